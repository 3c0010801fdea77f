"""Others at work on the same target: processes that wait for each other, and links that mislead."""

import json
import os
import signal
import threading
import time

import support
from interpreters import newest
from snapshot import snapshot
from strace import injecting, is_held, need_strace, trace
from support import FILE_SYSTEM, LOCKED, SUCCESS, Case, kill_group, need_root, run


class RaceCase(Case):
    def setUp(self):
        super().setUp()
        self.place = self.directory / "place"
        self.place.mkdir()
        self.target = self.place / "env"
        self.command = [self.executable, "--venv", str(self.target), "--python", newest().executable]

    def start_and_stop_midway(self):
        """A run that is stopped while it holds the lock: before the first link of the environment."""
        need_strace()
        process = self.start_command(injecting("signal=STOP", "symlink,symlinkat", 1, self.command))
        support.wait_for(lambda: is_held(process.pid))
        return process

    def staging_names(self):
        """The names that a run creates beside its target, learned by watching one."""
        need_strace()
        _, calls = trace(self.command, "mkdir,mkdirat", children=False)
        made = {path for call in calls for path in call.paths}
        beside = [path for path in made if os.path.dirname(path) == str(self.place)]
        support.remove_tree(self.target)
        return [os.path.basename(path) for path in beside if path != str(self.target)]


class ManyTest(RaceCase):
    def test_eight_processes_on_one_new_target(self):
        reference = run(self.command, check=True) and snapshot(self.target)
        for _ in range(3):
            support.remove_tree(self.target)
            processes = [self.start_command([*self.command, "--json"]) for _ in range(8)]
            answers = [process.communicate(timeout=120) for process in processes]
            self.assertEqual([p.returncode for p in processes], [SUCCESS] * 8, answers)
            outcomes = sorted(json.loads(out)["outcome"] for out, _ in answers)
            self.assertEqual(outcomes, ["created"] + ["unchanged"] * 7)
            self.assertEqual(snapshot(self.target), reference)
            self.assert_names(self.place, "env")

    def test_eight_processes_that_clear(self):
        reference = run(self.command, check=True) and snapshot(self.target, content=False)
        processes = [self.start_command([*self.command, "--clear"]) for _ in range(8)]
        for process in processes:
            _, told = process.communicate(timeout=120)
            self.assertEqual(process.returncode, SUCCESS, told)
        self.assertEqual(snapshot(self.target, content=False), reference)
        self.assert_names(self.place, "env")

    def test_different_targets_in_one_directory_do_not_wait(self):
        processes = []
        for number in range(6):
            command = [*self.command]
            command[2] = str(self.place / f"env {number}")
            processes.append(self.start_command([*command, "--lock-timeout", "0"]))
        for process in processes:
            _, told = process.communicate(timeout=120)
            self.assertEqual(process.returncode, SUCCESS, told)

    def test_terminated_runs_leave_nothing(self):
        for kind, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            for delay in (0.001, 0.003, 0.006, 0.01):
                with self.subTest(kind=kind, delay=delay):
                    support.remove_tree(self.target)
                    process = self.start_command(self.command)
                    time.sleep(delay)
                    process.send_signal(kind)
                    _, told = process.communicate(timeout=120)
                    self.assertIn(process.returncode, (SUCCESS, code, -kind), told)
                    if process.returncode == SUCCESS:
                        self.assert_names(self.place, "env")
                    else:
                        self.assert_names(self.place)


class LockTest(RaceCase):
    def test_held_lock_is_exit_9_and_nothing_is_written(self):
        holder = self.start_and_stop_midway()
        before = snapshot(self.place)
        result = run([*self.command, "--lock-timeout", "0.3"], timeout=120)
        self.assert_error(result, LOCKED, "--lock-timeout")
        self.assertEqual(snapshot(self.place), before)
        result = run([*self.command, "--lock-timeout", "0", "--json"])
        self.assert_exit(result, LOCKED)
        self.assertEqual(json.loads(result.stdout)["exit_code"], LOCKED)
        kill_group(holder)

    def test_killed_holder_is_no_obstacle(self):
        kill_group(self.start_and_stop_midway())
        time.sleep(0.1)
        self.assert_exit(run([*self.command, "--lock-timeout", "5"]), SUCCESS)
        self.assert_names(self.place, "env")

    def test_waiter_goes_on_when_the_holder_has_ended(self):
        holder = self.start_and_stop_midway()
        waiter = self.start_command([*self.command, "--lock-timeout", "120", "--json"])
        time.sleep(0.3)
        self.assertIsNone(waiter.poll())
        os.killpg(holder.pid, signal.SIGCONT)
        out, told = waiter.communicate(timeout=120)
        self.assertEqual(waiter.returncode, SUCCESS, told)
        self.assertIn(json.loads(out)["outcome"], ("created", "unchanged"))
        self.assert_names(self.place, "env")


class MisleadingTest(RaceCase):
    """Somebody else may write into the parent directory, and tries to lead the writes astray."""

    def setUp(self):
        super().setUp()
        self.victim = self.directory / "victim"
        self.victim.mkdir()
        (self.victim / "precious").write_text("mine")
        self.victim_before = snapshot(self.victim)

    def assert_harmless(self, result):
        self.assertEqual(snapshot(self.victim), self.victim_before)
        self.assertIn(result.returncode, (SUCCESS, FILE_SYSTEM), result.stderr)
        if result.returncode == SUCCESS:
            run([self.target / "bin" / "pip", "--version"], check=True)
        else:
            self.assert_error(result, FILE_SYSTEM)
            self.assertFalse(self.target.exists())

    def test_link_planted_at_the_staging_path(self):
        for name in self.staging_names():
            for led_to in (self.victim, self.directory / "nowhere"):
                with self.subTest(name=name, led_to=led_to):
                    support.remove_tree(self.target)
                    (self.place / name).symlink_to(led_to)
                    self.assert_harmless(run(self.command))
                    self.assertTrue((self.place / name).is_symlink())
                    self.assertFalse((self.directory / "nowhere").exists())
                    (self.place / name).unlink()

    def test_file_or_foreign_directory_at_the_staging_path_is_kept(self):
        for name in self.staging_names():
            path = self.place / name
            path.write_text("mine")
            self.assert_harmless(run(self.command))
            self.assertEqual(path.read_text(), "mine")
            path.unlink()
            support.remove_tree(self.target)
            path.mkdir()
            (path / "thesis").write_text("mine")
            self.assert_harmless(run(self.command))
            self.assertEqual((path / "thesis").read_text(), "mine")
            support.remove_tree(path)
            support.remove_tree(self.target)

    def test_links_inside_a_planted_staging_directory(self):
        for name in self.staging_names():
            for inner in ("new", "old", "journal"):
                with self.subTest(inner=inner):
                    support.remove_tree(self.target)
                    (self.place / name).mkdir()
                    (self.place / name / inner).symlink_to(self.victim)
                    self.assert_harmless(run(self.command))
                    support.remove_tree(self.place / name)

    def test_journal_that_somebody_wrote_does_not_move_his_files(self):
        """A forged journal names files outside of the target."""
        for name in self.staging_names():
            (self.place / name).mkdir()
            forged = [
                "ensure journal 1",
                "r",
                f"{self.directory}/victim/moved",
                f"{self.directory}/victim/precious",
                "end",
            ]
            (self.place / name / "journal").write_bytes(b"".join(f.encode() + b"\0" for f in forged))
            run(self.command)
            self.assertEqual(snapshot(self.victim), self.victim_before)

    @need_root("gives a directory to another user")
    def test_staging_directory_of_another_user_is_refused(self):
        for name in self.staging_names():
            (self.place / name).mkdir()
            os.chown(self.place / name, 12345, 12345)
            result = run(self.command)
            self.assert_error(result, FILE_SYSTEM, name)
            self.assert_names(self.place, name)
            self.assert_names(self.place / name)

    def test_link_raced_into_the_staging_path(self):
        names = self.staging_names()
        for round_number in range(20):
            stop = threading.Event()
            racer = threading.Thread(target=self.swap, args=(names, stop, round_number * 0.0003))
            racer.start()
            result = run(self.command)
            stop.set()
            racer.join()
            self.assertEqual(snapshot(self.victim), self.victim_before)
            self.assertIn(result.returncode, (SUCCESS, FILE_SYSTEM), result.stderr)
            for entry in os.listdir(self.place):
                support.remove_tree(self.place / entry)

    def swap(self, names, stop, delay):
        """Moves the staging directory aside as soon as it is there and puts a link in its place."""
        while not stop.is_set():
            for name in names:
                path = self.place / name
                if path.is_dir() and not path.is_symlink():
                    time.sleep(delay)
                    try:
                        path.rename(self.place / "aside")
                        path.symlink_to(self.victim)
                    except OSError:
                        pass
                    return


if __name__ == "__main__":
    support.main()
