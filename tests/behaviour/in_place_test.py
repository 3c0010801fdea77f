"""Nothing is lost that others write into an environment while it is being changed."""

import threading
import time

import support
from hostile_case import staging_directories
from in_place_case import InPlaceCase
from interpreters import two_minors
from strace import need_strace
from support import FILE_SYSTEM, SUCCESS


class OthersTest(InPlaceCase):
    """Somebody else writes into the environment while it is being changed."""

    OPERATIONS = (("-U", "demo"), ("extra",), ("--sync", "bystander"))

    def others_files(self):
        """What a user, an editor and a concurrent pip write."""
        packages, environment = self.env.packages, self.env.path
        metadata = "Metadata-Version: 2.1\nName: newpackage\nVersion: 1.0\n"
        return {
            environment / "notes.txt": "written meanwhile",
            environment / "work" / "chapter": "written meanwhile",
            environment / "bin" / "newtool": "#!/bin/sh\n",
            environment / "share" / "newdata" / "table": "1,2,3\n",
            packages / "newpackage" / "__init__.py": "",
            packages / "newpackage-1.0.dist-info" / "METADATA": metadata,
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

    def assert_written_file_survives(self, path, point, words):
        """Writes a file while a run stands before a move: the run keeps it, or ends with exit code 8."""

        def write():
            path.parent.mkdir(exist_ok=True)
            path.write_text("written meanwhile")

        code, told = self.run_with_pause(point, words, write)
        self.assertIn(code, (SUCCESS, FILE_SYSTEM), told)
        self.assertTrue(path.exists(), f"exit code {code}: {told}")
        self.assertEqual(path.read_text(), "written meanwhile")

    def test_a_file_in_a_package_that_is_replaced_or_removed_survives(self):
        """pip, too, leaves files in a package that its RECORD does not list."""
        need_strace()
        for words in (("-U", "demo"), ("--sync", "bystander")):
            for point in self.points(*words):
                with self.subTest(words=words, point=point):
                    self.begin()
                    self.assert_written_file_survives(self.env.packages / "demo" / "user.db", point, words)

    def test_a_file_in_an_environment_that_is_cleared_survives(self):
        """A run with `--clear` puts the old environment back where somebody has just written in it."""
        need_strace()
        words = ("--clear", "bystander")
        points = self.points(*words)
        saved = self.save_place()
        for point in points:
            with self.subTest(point=point):
                self.restore_place(saved)
                self.assert_written_file_survives(self.env.path / "notes.txt", point, words)

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
                self.assertEqual(self.version(), "2.0" if code == SUCCESS else "1.0")
                self.assertTrue(self.importable("extra", "bystander"))
                self.assertEqual(staging_directories(self.place), [])
                if code == FILE_SYSTEM:
                    self.assertIn("others", (self.env.packages / "extra/__init__.py").read_text())


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


if __name__ == "__main__":
    support.main()
