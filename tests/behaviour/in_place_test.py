"""An existing environment is changed in place: nothing that others write meanwhile is lost.

Files that a change does not concern are never touched, moved or copied, so its cost follows the
change. A run that is killed leaves all packages importable that were not to change.
"""

import os
import re
import signal
import stat
import subprocess
import threading
import time

import support
from hostile_case import MOVES, HostileCase, staging_directories, whole_entries
from interpreters import two_minors
from snapshot import differences, snapshot
from strace import injecting, need_strace, trace
from support import FILE_SYSTEM, SUCCESS, clean_environment, kill_group, remove_tree, run
from wheels import make_wheel, put_old_pip

PAUSE = 400_000  # microseconds
CREATING = "link,linkat,symlink,symlinkat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,rmdir"


def is_held(tracer):
    """Whether a program under the tracer stands still, and not only for the moment of a call."""

    def states():
        with open(f"/proc/{tracer}/task/{tracer}/children") as file:
            for child in file.read().split():
                with open(f"/proc/{child}/stat") as status:
                    yield status.read().rpartition(")")[2].split()[0]

    try:
        for _ in range(4):
            if not any(state in ("T", "t") for state in states()):
                return False
            time.sleep(0.02)
    except OSError:  # it has just ended
        return False
    return True


class InPlaceCase(HostileCase):
    def setUp(self):
        super().setUp()
        self.env = self.target("venv", "env")

    def begin(self):
        """An environment with packages, one of which is to change, and files of the user."""
        remove_tree(self.place)
        self.place.mkdir()
        self.put(self.env, "demo==1.0", "bystander")
        (self.env.path / "work").mkdir()
        (self.env.path / "work" / "thesis").write_text("mine")

    def importable(self, *names):
        """Whether the environment's own Python imports these packages."""
        code = "import sys, importlib; [importlib.import_module(name) for name in sys.argv[1:]]"
        return run([self.env.path / "bin/python", "-I", "-B", "-c", code, *names]).returncode == 0

    def version(self):
        code = "import demo, demo.inner; print(demo.version, demo.inner.version)"
        told = run([self.env.path / "bin/python", "-I", "-B", "-c", code], check=True).stdout.split()
        self.assertEqual(told[0], told[1])
        return told[0]

    def points(self, *words):
        """Where a run moves something; leaves the place as `begin` does."""
        self.begin()
        points = self.moves(self.command(self.env, *words))
        self.begin()
        return points

    def run_with_pause(self, point, words, act):
        """Holds the run before it moves something at `point`, and calls `act` in that time.

        Where this machine is so busy that `act` comes late, it comes at another moment of the run,
        and has to survive as well.
        """
        call, number = point
        command = injecting(f"delay_enter={PAUSE}", call, number, self.command(self.env, *words))
        process = subprocess.Popen(
            list(map(str, command)), env=clean_environment(), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        try:
            while process.poll() is None and not is_held(process.pid):
                time.sleep(0.005)
            act()
            told = process.communicate(timeout=120)[1]
        finally:
            kill_group(process)
            process.stderr.close()
        return process.returncode, told


class OthersTest(InPlaceCase):
    """Somebody else writes into the environment while it is being changed."""

    OPERATIONS = (("-U", "demo"), ("extra",), ("--sync", "bystander"))

    def others_files(self):
        """What a user, an editor and a concurrent pip write."""
        packages, environment = self.env.packages, self.env.path
        return {
            environment / "notes.txt": "written meanwhile",
            environment / "work" / "chapter": "written meanwhile",
            environment / "bin" / "newtool": "#!/bin/sh\n",
            environment / "share" / "newdata" / "table": "1,2,3\n",
            packages / "newpackage" / "__init__.py": "",
            packages / "newpackage-1.0.dist-info" / "METADATA": "Metadata-Version: 2.1\nName: newpackage\nVersion: 1.0\n",
            packages / "newpackage-1.0.dist-info" / "INSTALLER": "pip\n",
            packages / "newpackage-1.0.dist-info" / "RECORD": "newpackage/__init__.py,,\n",
            packages / "bystander" / "cache.json": "{}",
            packages / "written.pth": "# nothing\n",
        }  # fmt: skip

    def write_others(self):
        for path, text in self.others_files().items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def assert_others_kept(self, where):
        for path, text in self.others_files().items():
            self.assertTrue(path.exists(), f"{path} is lost {where}")
            self.assertEqual(path.read_text(), text, where)

    def test_new_files_survive(self):
        need_strace()
        for words in self.OPERATIONS:
            for point in self.points(*words):
                with self.subTest(words=words, point=point):
                    self.begin()
                    code, told = self.run_with_pause(point, words, self.write_others)
                    self.assertEqual(code, SUCCESS, told)
                    self.assert_others_kept(f"after a pause at {point}")
                    self.assertTrue(self.importable("bystander", "newpackage"))
                    self.assertEqual(staging_directories(self.place), [])

    def test_an_edit_survives(self):
        """An editor writes in place or renames a new file over the old one."""
        need_strace()
        for words in (("-U", "demo"), ("extra",)):
            for by_rename in (False, True):
                for point in self.points(*words):
                    with self.subTest(words=words, by_rename=by_rename, point=point):
                        self.begin()
                        edited = [self.env.path / "pyvenv.cfg", self.env.path / "work/thesis",
                                  self.env.packages / "bystander/__init__.py"]  # fmt: skip

                        def edit(by_rename=by_rename, edited=edited):
                            for path in edited:
                                text = path.read_text() + "# edited\n"
                                if by_rename:
                                    path.with_name("edited").write_text(text)
                                    path.with_name("edited").rename(path)
                                else:
                                    path.write_text(text)

                        code, told = self.run_with_pause(point, words, edit)
                        self.assertEqual(code, SUCCESS, told)
                        for path in edited:
                            self.assertTrue(path.read_text().endswith("# edited\n"), path)

    def test_a_file_in_the_package_that_is_replaced_survives(self):
        """pip, too, leaves files in a package that its RECORD does not list."""
        need_strace()
        for words in (("-U", "demo"), ("--sync", "bystander")):
            for point in self.points(*words):
                with self.subTest(words=words, point=point):
                    self.begin()
                    kept = self.env.packages / "demo" / "user.db"

                    def write(kept=kept):
                        kept.parent.mkdir(exist_ok=True)
                        kept.write_text("written meanwhile")

                    code, told = self.run_with_pause(point, words, write)
                    self.assertIn(code, (SUCCESS, FILE_SYSTEM), told)
                    self.assertTrue(kept.exists(), f"exit code {code}: {told}")
                    self.assertEqual(kept.read_text(), "written meanwhile")

    def test_clear_and_another_python_look_again(self):
        """They exchange the whole; what has appeared since is kept, or nothing is exchanged."""
        need_strace()
        self.begin()
        (self.env.path / "work/thesis").unlink()
        (self.env.path / "work").rmdir()
        saved = self.save_place()
        for words in (("--clear", "bystander"),):
            points = self.moves(self.command(self.env, *words))
            for point in points:
                with self.subTest(words=words, point=point):
                    self.restore_place(saved)
                    notes = self.env.path / "notes.txt"

                    def write(notes=notes):
                        notes.parent.mkdir(exist_ok=True)
                        notes.write_text("written meanwhile")

                    code, told = self.run_with_pause(point, words, write)
                    self.assertIn(code, (SUCCESS, FILE_SYSTEM), told)
                    self.assertTrue(notes.exists(), f"exit code {code}: {told}")

    def test_a_writer_that_never_pauses(self):
        """As a `pip install` of many packages beside many runs of ours."""
        self.begin()
        stop, written, failures = threading.Event(), [], []

        def write():
            number = 0
            while not stop.is_set():
                for directory in (self.env.packages, self.env.path / "bin", self.env.path / "share"):
                    path = directory / f"writer{number}"
                    try:
                        path.mkdir() if directory == self.env.packages else path.write_text(str(number))
                        if directory == self.env.packages:
                            (path / "__init__.py").write_text(str(number))
                    except OSError as error:
                        failures.append(f"{path}: {error}")
                    written.append(path)
                number += 1
                time.sleep(0.0005)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for _ in range(6):
                for words in (("-U", "demo"), ("extra",), ("--sync", "bystander", "demo==1.0")):
                    self.put(self.env, *words)
        finally:
            stop.set()
            writer.join()
        self.assertEqual(failures, [], "directories were missing for a moment")
        self.assertEqual([str(path) for path in written if not path.exists()], [])
        self.assertGreater(len(written), 30)

    def test_a_package_that_others_install_is_not_half_replaced(self):
        """pip installs another version of the package that we upgrade: one of the two is whole."""
        need_strace()
        for point in self.points("-U", "demo"):
            with self.subTest(point=point):
                self.begin()

                def install():
                    dist_info = self.env.packages / "extra-9.0.dist-info"
                    dist_info.mkdir(exist_ok=True)
                    (dist_info / "METADATA").write_text("Metadata-Version: 2.1\nName: extra\nVersion: 9.0\n")
                    (dist_info / "RECORD").write_text("extra/__init__.py,,\n")
                    (self.env.packages / "extra").mkdir(exist_ok=True)
                    (self.env.packages / "extra/__init__.py").write_text("others = True\n")

                code, told = self.run_with_pause(point, ("-U", "demo", "extra"), install)
                self.assertIn(code, (SUCCESS, FILE_SYSTEM), told)
                if code == FILE_SYSTEM:
                    self.assertEqual(self.version(), "1.0")
                    self.assertIn("others", (self.env.packages / "extra/__init__.py").read_text())


class UntouchedTest(InPlaceCase):
    """Files and directories that are not of the change keep their inodes and times."""

    def identities(self, *left_out):
        """What would tell that a file was touched, of everything that the change does not concern."""
        found = {}
        for directory, directories, files in os.walk(self.env.path):
            for name in [".", *directories, *files]:
                path = os.path.normpath(os.path.join(directory, name))
                relative = os.path.relpath(path, self.env.path)
                if any(word in relative for word in left_out):
                    continue
                status = os.lstat(path)
                if stat.S_ISDIR(status.st_mode):  # a new entry in it changes its times
                    found[relative] = (status.st_ino, status.st_mode)
                else:
                    found[relative] = (status.st_ino, status.st_mode, status.st_nlink, status.st_mtime_ns,
                                       status.st_ctime_ns)  # fmt: skip
        return found

    def check(self, words, *concerned, prepare=None, command=None):
        with self.subTest(words=words):
            self.begin()
            if prepare:
                prepare()
            before = self.identities(*concerned)
            self.assertGreater(len(before), 20)
            self.assert_exit(run(command or self.command(self.env, *words)), SUCCESS)
            after = self.identities(*concerned)
            self.assertEqual({name: after.get(name) for name in before}, before)
            self.assert_names(self.place, "env")

    def test_packages(self):
        self.check(("extra",), "extra")
        self.check(("-U", "demo"), "demo")
        self.check(("--sync", "bystander"), "demo")
        self.check(("withheader",), "withheader")

    def test_the_directory_itself_and_what_holds_it_open(self):
        """A shell whose current directory it is stays in the environment."""
        self.begin()
        descriptor = os.open(self.env.path, os.O_RDONLY | os.O_DIRECTORY)
        self.addCleanup(os.close, descriptor)
        self.put(self.env, "-U", "demo", "extra")
        self.assertEqual(os.fstat(descriptor).st_ino, self.env.path.stat().st_ino)
        self.assertIn("work", os.listdir(f"/proc/self/fd/{descriptor}"))

    def test_pip(self):
        words = [self.executable, *self.env.words, "--upgrade", "--no-compile-bytecode"]

        def prepare():
            remove_tree(self.env.packages / "pip")
            for path in self.env.packages.glob("pip-*"):
                remove_tree(path)
            put_old_pip(self.env.path, self.interpreter)

        self.check(("--upgrade",), "pip", prepare=prepare, command=words)

    def test_a_part_of_the_environment_that_was_lost(self):
        def prepare():
            (self.env.path / "bin/activate").unlink()

        self.check(("repair",), "activate", prepare=prepare, command=[self.executable, *self.env.words])

    def test_the_prompt(self):
        self.check(("--prompt",), "activate", "pyvenv.cfg",
                   command=[self.executable, *self.env.words, "--prompt", "another", "--upgrade"])  # fmt: skip

    def test_cost_follows_the_change(self):
        """As many changes of the file system in a large environment as in a small one."""
        need_strace()
        files = {f"large/module{number}.py": "" for number in range(500)}
        make_wheel(self.wheels, "large", "1.0", files=files)
        for words in (("extra",), ("-U", "demo"), ("--sync", "bystander", "large")):
            counts = []
            for more in ((), ("large",)):
                with self.subTest(words=words, more=more):
                    self.begin()
                    if more:
                        self.put(self.env, *more)
                    used = [word for word in words if word != "large" or more]
                    result, calls = trace(self.command(self.env, *used), CREATING, children=False)
                    self.assert_exit(result, SUCCESS)
                    counts.append(len([call for call in calls if call.succeeded]))
            self.assertEqual(counts[0], counts[1], words)


class KilledTest(InPlaceCase):
    """SIGKILL before each move of a change."""

    OPERATIONS = (("-U", "demo", "extra"), ("extra",), ("--sync", "bystander"), ("-U", "demo", "withheader"))

    def kill_at(self, point, words):
        self.begin()
        result = run(injecting("signal=KILL", *point, self.command(self.env, *words)))
        self.assertIn(result.returncode, (SUCCESS, -signal.SIGKILL), result.stderr)

    def states(self, words):
        self.begin()
        before = whole_entries(self.env.path)
        self.put(self.env, *words)
        return before, whole_entries(self.env.path)

    def assert_others_whole(self):
        """Before the next run: what was not to change is complete and importable."""
        self.assertTrue(self.importable("bystander", "pip"))
        self.assertTrue((self.env.packages / "bystander-1.0.dist-info/RECORD").exists())
        self.assertTrue((self.env.packages / "pip-99.0.dist-info/RECORD").exists())
        self.assertEqual((self.env.path / "work/thesis").read_text(), "mine")
        self.assertTrue((self.env.path / "pyvenv.cfg").exists())
        self.assertTrue((self.env.path / "bin/activate").exists())

    def assert_metadata_came_last(self):
        """A new package that is listed is whole."""
        for name in ("extra", "withheader"):
            dist_info = self.env.packages / f"{name}-1.0.dist-info"
            if not dist_info.exists():
                continue
            for row in (dist_info / "RECORD").read_text().split():
                path = os.path.normpath(self.env.packages / row.split(",")[0])
                self.assertTrue(os.path.exists(path), f"{name} is listed without {path}")

    def test_the_next_run_finishes_it(self):
        need_strace()
        for words in self.OPERATIONS:
            before, asked = self.states(words)
            for point in self.points(*words):
                with self.subTest(words=words, point=point):
                    self.kill_at(point, words)
                    self.assert_others_whole()
                    self.assert_metadata_came_last()
                    self.assert_exit(run(self.command(self.env, *words)), SUCCESS)
                    self.assertEqual(differences(asked, whole_entries(self.env.path)), [])
                    self.assert_names(self.place, "env")
                    self.assertEqual(staging_directories(self.place), [])

    def test_a_run_that_wants_something_else_finds_it_old_or_new(self):
        need_strace()
        for words in self.OPERATIONS:
            states = self.states(words)
            for point in self.points(*words):
                with self.subTest(words=words, point=point):
                    self.kill_at(point, words)
                    self.assert_exit(run(self.command(self.env, "bystander")), SUCCESS)
                    self.assertIn(whole_entries(self.env.path), states)
                    self.assertEqual(staging_directories(self.place), [])

    def test_what_others_wrote_after_the_kill_survives_recovery(self):
        """Hours may lie between the kill and the next run."""
        need_strace()
        words = ("-U", "demo", "extra")
        for point in self.points(*words):
            with self.subTest(point=point):
                self.kill_at(point, words)
                added = [self.env.path / "notes", self.env.packages / "new.py", self.env.path / "share/table",
                         self.env.packages / "bystander/data"]  # fmt: skip
                for path in added:
                    path.parent.mkdir(exist_ok=True)
                    path.write_text("written meanwhile")
                self.assert_exit(run(self.command(self.env, *words)), SUCCESS)
                for path in added:
                    self.assertEqual(path.read_text() if path.exists() else "lost", "written meanwhile", path)
                self.assertEqual(self.version(), "2.0")

    def test_recovery_that_is_killed_again(self):
        need_strace()
        words = ("-U", "demo", "extra")
        _, asked = self.states(words)
        points = self.points(*words)
        for first in points[len(points) // 2 :: 3]:
            for second in points:
                with self.subTest(first=first, second=second):
                    self.kill_at(first, words)
                    run(injecting("signal=KILL", *second, self.command(self.env, *words)))
                    self.assert_others_whole()
                    self.assert_exit(run(self.command(self.env, *words)), SUCCESS)
                    self.assertEqual(differences(asked, whole_entries(self.env.path)), [])


class FlushTest(InPlaceCase):
    """What is on the disk before the first move, as docs/security.md says."""

    def test_the_journal_is_flushed_before_the_first_move(self):
        need_strace()
        for kind in ("venv", "prefix", "target", "root"):
            with self.subTest(kind=kind):
                target = self.target(kind, kind)
                self.put(target, "demo==1.0", "bystander")
                command = self.command(target, "-U", "demo")
                result, calls = trace(command, f"fsync,fdatasync,syncfs,{MOVES}", children=False)
                self.assert_exit(result, SUCCESS)
                flushed, renamed = [], False
                for call in calls:
                    if call.name in ("fsync", "fdatasync", "syncfs") and call.succeeded:
                        flushed.append(re.search(r"<([^>]*)>", call.arguments)[1])
                    elif not all(".ensure" in path for path in call.paths):
                        break  # the first move of an entry of the target
                    else:
                        renamed = True
                else:
                    self.fail("nothing was moved into the target")
                files = [path for path in flushed if "journal" in os.path.basename(path)]
                directories = [path for path in flushed if path.endswith("ensure")]
                self.assertTrue(files or not renamed, f"the journal is not flushed: {flushed}")
                self.assertTrue(directories, f"the directory of the journal is not flushed: {flushed}")


class TargetDirectoryTest(HostileCase):
    """Packages of `--target` have their headers and data beside their modules."""

    def test_upgrade_of_a_package_with_headers(self):
        for kind in ("venv", "prefix", "target", "root"):
            with self.subTest(kind=kind):
                target = self.target(kind, kind)
                self.put(target, "withheader==1.0", "bystander")
                self.put(target, "-U", "withheader")
                (header,) = target.path.rglob("demo.h")
                self.assertIn("2.0", header.read_text())


class OtherPythonTest(InPlaceCase):
    def test_another_minor_keeps_the_files_of_the_user(self):
        older, newer = two_minors()
        environment = self.place / "env"
        self.make("--venv", environment, "--python", older.executable)
        (environment / "work").write_text("mine")
        (environment / "share").mkdir(exist_ok=True)
        (environment / "share/table").write_text("mine")
        self.make("--venv", environment, "--python", newer.executable, "--upgrade")
        self.assertEqual((environment / "work").read_text(), "mine")
        self.assertEqual((environment / "share/table").read_text(), "mine")
        self.assert_names(self.place, "env")
        self.assertIsNotNone(snapshot(environment))


if __name__ == "__main__":
    support.main()
