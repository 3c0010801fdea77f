"""A run that changes an environment and a run that replaces it exclude each other, by two locks.

A change in place locks the staging directory inside the environment, `env/.ensure`. A run with
`--clear` locks `.env.ensure` beside the environment first, and then the one inside, too.
"""

import contextlib
import fcntl
import os
import signal
import time

import support
from hostile_case import MOVES, staging_directories
from in_place_case import InPlaceCase
from snapshot import snapshot
from strace import injecting, is_held, need_strace
from support import LOCKED, SUCCESS, kill_group, run, wait_for

CHANGE = ("-U", "demo", "extra")
CLEAR = ("--clear", "bystander")
LINKS = "symlink,symlinkat"  # a run that clears makes some for its new environment, once it has its locks


@contextlib.contextmanager
def locked(directory):
    """Makes and locks a staging directory as a run does, and removes it in the end."""
    directory.mkdir(mode=0o700)
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        directory.rmdir()
        os.close(descriptor)


def is_locked(directory):
    if not directory.exists():
        return False
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


class TwoLocksCase(InPlaceCase):
    def setUp(self):
        super().setUp()
        self.begin()
        self.beside, self.inside = self.env.staging_paths

    def assert_locked_out(self, lock, *words):
        """The run ends at once with exit code 9, names the lock that is held, and changes nothing."""
        before = snapshot(self.place)
        result = run(self.command(self.env, "--lock-timeout", "0", *words))
        self.assert_error(result, LOCKED, f"`{lock}`", "--lock-timeout")
        self.assertEqual(snapshot(self.place), before)

    def assert_settled(self):
        """Both runs have ended, and left nothing."""
        self.assert_names(self.place, "env")
        self.assertEqual(staging_directories(self.place), [])
        self.assertTrue(self.importable("bystander", "pip"))


class HeldLockTest(TwoLocksCase):
    """The test itself holds a lock, with the system call that the program uses."""

    def test_the_lock_inside_keeps_everybody_out(self):
        with locked(self.inside):
            for words in (CLEAR, CHANGE):
                with self.subTest(words=words):
                    self.assert_locked_out(self.inside, *words)
        self.put(self.env, *CLEAR)
        self.assert_settled()

    def test_the_lock_beside_keeps_everybody_out(self):
        """A change takes the lock inside alone, but it first recovers what lies beside."""
        with locked(self.beside):
            for words in (CLEAR, CHANGE):
                with self.subTest(words=words):
                    self.assert_locked_out(self.beside, *words)
        self.put(self.env, *CLEAR)
        self.assert_settled()


class StoppedRunTest(TwoLocksCase):
    """A run is stopped while it holds its locks."""

    def stop(self, calls, number, words):
        """A run that stands still right after it has made one of `calls` for the `number`-th time."""
        need_strace()
        process = self.start_command(injecting("signal=STOP", calls, number, self.command(self.env, *words)))
        wait_for(lambda: is_held(process.pid))
        return process

    def finish(self, process, code=SUCCESS):
        """Lets a run go on; it may be stopped once at each of several calls."""

        def has_ended():
            os.killpg(process.pid, signal.SIGCONT)
            return process.poll() is not None

        wait_for(has_ended)
        told = process.stderr.read()
        self.assertEqual(process.returncode, code, told)
        return told

    def test_a_plan_that_missed_a_package_is_made_again(self):
        """Another run replaces the package after the plan, made without a lock, has found it."""
        need_strace()
        (metadata,) = self.env.packages.glob("demo-1.0.dist-info/METADATA")
        command = self.command(self.env, "demo==1.0", "extra")
        calls = "%%stat"  # the plan looks at the file before it reads it
        change = self.start_command(injecting("signal=STOP", calls, 1, command, metadata))
        wait_for(lambda: is_held(change.pid))
        self.put(self.env, "-U", "demo")
        self.assertEqual(self.version(), "2.0")
        self.finish(change)
        self.assertEqual(self.version(), "1.0")
        self.assertTrue(self.importable("extra"))
        self.assert_settled()

    def test_a_change_in_place_holds_the_lock_inside(self):
        for calls in ("flock", MOVES):  # before and after its journal is in force
            with self.subTest(calls=calls):
                self.begin()
                process = self.stop(calls, 1, CHANGE)
                self.assertTrue(is_locked(self.inside))
                self.assertFalse(self.beside.exists())
                for words in (CLEAR, ("--sync", "bystander"), ("bystander",)):
                    self.assert_locked_out(self.inside, *words)
                self.finish(process)
                self.assertEqual(self.version(), "2.0")
                self.put(self.env, *CLEAR)
                self.assert_settled()

    def test_a_run_that_clears_holds_both_locks(self):
        process = self.stop(LINKS, 1, CLEAR)
        self.assertTrue(is_locked(self.beside))
        self.assertTrue(is_locked(self.inside))
        for words in (CLEAR, CHANGE):
            self.assert_locked_out(self.beside, *words)
        self.assertEqual(self.version(), "1.0")
        self.finish(process)
        self.assertFalse(self.importable("demo"))
        self.assert_settled()

    def test_a_change_that_is_about_to_lock_finds_the_lock_of_a_run_that_clears(self):
        """It has looked beside the environment before the other run began."""
        change = self.stop("mkdir,mkdirat", 1, ("--lock-timeout", "0", *CHANGE))
        self.assertTrue(self.inside.exists())
        self.assertFalse(is_locked(self.inside))
        clearing = self.stop(LINKS, 1, CLEAR)
        self.assertIn(f"`{self.inside}`", self.finish(change, LOCKED))
        self.finish(clearing)
        self.assert_settled()

    def test_what_a_change_writes_before_the_lock_inside_is_taken_is_cleared(self):
        """It is not taken for the work of somebody who does not know the locks."""
        change = self.stop("mkdir,mkdirat", 1, CHANGE)
        # It makes `.ensure`, `new` and `old` to look at the leftover, and then the same three beside.
        clearing = self.stop("mkdir,mkdirat", 6, CLEAR)
        self.assertTrue(is_locked(self.beside))
        self.assertTrue((self.beside / "old").exists())
        self.assertFalse(self.inside.exists())
        self.finish(change)
        self.assertEqual(self.version(), "2.0")
        self.finish(clearing)
        self.assertFalse(self.importable("demo"))
        self.assert_settled()

    def test_a_change_whose_environment_is_replaced_before_it_locks_is_made_in_the_new_one(self):
        change = self.stop("mkdir,mkdirat", 1, CHANGE)
        self.put(self.env, *CLEAR)
        self.assertFalse(self.importable("demo"))
        self.finish(change)
        self.assertEqual(self.version(), "2.0")
        self.assert_settled()

    def wait_with(self, process, words):
        """Another run, with these words, waits for `process` and then succeeds."""
        waiter = self.start_command(self.command(self.env, "--lock-timeout", "120", *words))
        time.sleep(0.3)
        self.assertIsNone(waiter.poll(), "it has not waited")
        self.finish(process)
        _, told = waiter.communicate(timeout=120)
        self.assertEqual(waiter.returncode, SUCCESS, told)
        self.assert_settled()

    def test_a_change_that_waits_is_made_in_the_new_environment(self):
        self.wait_with(self.stop(LINKS, 1, CLEAR), CHANGE)
        self.assertEqual(self.version(), "2.0")
        self.assertTrue(self.importable("extra"))
        self.assertFalse((self.env.path / "work").exists())

    def test_a_run_that_clears_waits_for_a_change(self):
        self.wait_with(self.stop("flock", 1, CHANGE), CLEAR)
        self.assertFalse(self.importable("demo"))
        self.assertFalse((self.env.path / "work").exists())

    def test_locks_end_with_a_run_that_is_killed(self):
        for words in (CHANGE, CLEAR):
            with self.subTest(words=words):
                self.begin()
                kill_group(self.stop(MOVES, 1, words))
                wait_for(lambda: not is_locked(self.inside) and not is_locked(self.beside))
                for later in (CHANGE, CLEAR):
                    self.put(self.env, "--lock-timeout", "0", *later)
                self.assert_settled()


class CrowdTest(TwoLocksCase):
    """Staging directories come and go all the time, and every run finds its own or waits."""

    def run_at_once(self, target, *operations):
        commands = [self.command(target, "--lock-timeout", "120", *words) for words in operations * 4]
        processes = [self.start_command(command) for command in commands]
        for process in processes:
            _, told = process.communicate(timeout=300)
            self.assertEqual(process.returncode, SUCCESS, told)
        self.assertEqual(staging_directories(self.place), [])

    def test_runs_that_change_and_runs_that_clear(self):
        for _ in range(5):
            self.run_at_once(self.env, CHANGE, CLEAR)
            self.assert_settled()

    def test_runs_on_a_target_that_is_no_environment(self):
        for kind in ("prefix", "target", "root"):
            with self.subTest(kind=kind):
                target = self.target(kind, kind)
                for _ in range(3):
                    self.run_at_once(target, ("-U", "demo"), ("demo==1.0", "extra"))
                    (dist_info,) = target.packages.glob("demo-*.dist-info")
                    version = dist_info.name.removeprefix("demo-").removesuffix(".dist-info")
                    self.assertIn(f"'{version}'", (target.packages / "demo/__init__.py").read_text())


if __name__ == "__main__":
    support.main()
