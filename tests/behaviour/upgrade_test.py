"""`--clear` and `--upgrade`: what was there is replaced or brought up to date, and nobody's work is lost."""

import os
import shutil
from pathlib import Path

import support
from environment_case import EnvironmentCase
from interpreters import all_interpreters, copy_interpreter, need_copyable, some_interpreters, two_minors
from snapshot import snapshot
from support import FILE_SYSTEM, bundled_pip, run
from wheels import put_old_pip


class ClearTest(EnvironmentCase):
    def test_replaces_an_environment(self):
        self.make_environment()
        before = snapshot(self.environment)
        (self.environment / "lib" / "left over").write_text("x")
        self.make_environment("--clear")
        after = snapshot(self.environment)
        self.assertEqual(after.keys(), before.keys())

    def test_takes_an_empty_directory_and_a_missing_one(self):
        self.make_environment("--clear", "--without-pip")
        support.remove_tree(self.environment)
        self.environment.mkdir()
        self.make_environment("--clear", "--without-pip")

    def test_refuses_a_directory_that_is_no_environment(self):
        for options in ([], ["--clear"], ["--upgrade"]):
            with self.subTest(options=options):
                support.remove_tree(self.environment)
                (self.environment / "thesis").mkdir(parents=True)
                (self.environment / "thesis" / "chapter 1").write_text("years of work")
                before = snapshot(self.environment)
                result = self.try_environment(*options)
                self.assert_error(result, FILE_SYSTEM, "thesis")
                self.assertEqual(snapshot(self.environment), before)
                self.assert_names(self.directory, "env")

    def test_refuses_a_directory_with_a_pyvenv_cfg_alone(self):
        home = f"home = {os.path.dirname(self.interpreter.executable)}\n"
        for configuration, python in (("", "python3"), ("home =\n", "python3"), (home, "pythonista")):
            for options in ([], ["--clear"], ["--upgrade"], ["--clear", "--without-pip"]):
                with self.subTest(configuration=configuration, options=options):
                    support.remove_tree(self.environment)
                    (self.environment / "bin").mkdir(parents=True)
                    (self.environment / "pyvenv.cfg").write_text(configuration)
                    (self.environment / "bin" / python).symlink_to(self.interpreter.executable)
                    (self.environment / "thesis").write_text("years of work")
                    before = snapshot(self.environment)
                    result = self.try_environment(*options)
                    self.assert_error(result, FILE_SYSTEM, "is not a virtual environment", "another path")
                    self.assertEqual(snapshot(self.environment), before)
                    self.assert_names(self.directory, "env")

    def test_keeps_the_version_of_python_where_none_is_named(self):
        older, newer = two_minors()
        path = self.directory / "path"
        path.mkdir()
        (path / "python3").symlink_to(newer.executable)
        variables = support.clean_environment(PATH=str(path))
        for options in ([], ["--copies"]):
            with self.subTest(options=options):
                self.make("--venv", self.environment, "--python", older.executable, *options)
                self.make("--venv", self.environment, "--clear", env=variables)
                told = self.inside("import sys; print('%d.%d' % sys.version_info[:2])")
                self.assertEqual(told, older.minor)
                support.remove_tree(self.environment)

    def test_takes_another_python_where_the_one_before_is_gone(self):
        older, newer = two_minors()
        path = self.directory / "path"
        path.mkdir()
        (path / "python3").symlink_to(newer.executable)
        need_copyable(older)
        copy = copy_interpreter(older, self.directory / "python")
        self.make("--venv", self.environment, "--python", copy)
        support.remove_tree(self.directory / "python")
        # Neither on PATH nor where version managers put them.
        variables = support.clean_environment(PATH=str(path), HOME=str(self.directory))
        self.make("--venv", self.environment, "--clear", env=variables)
        told = self.inside("import sys; print('%d.%d' % sys.version_info[:2])")
        self.assertEqual(told, newer.minor)

    def test_tells_what_went(self):
        self.make_environment("--without-pip")
        put_old_pip(self.environment, self.interpreter)
        library = self.environment / "lib" / self.interpreter.library_name / "site-packages"
        (library / "mine-1.0.dist-info").mkdir()
        result = self.make_environment("--clear", "--without-pip")
        self.assertRegex(result.stderr, r"(?m)^ - mine 1\.0$")
        self.make_environment("--without-pip")
        (library / "mine-1.0.dist-info").mkdir()
        told = self.make_json(
            "--venv", self.environment, "--python", self.interpreter.executable, "--clear"
        )
        self.assertEqual([(p["name"], p["version"]) for p in told["removed"]], [("mine", "1.0")])

    def test_keeps_the_mode_of_the_directory(self):
        self.make_environment("--without-pip")
        self.environment.chmod(0o750)
        self.make_environment("--clear", "--without-pip")
        self.assertEqual(self.environment.stat().st_mode & 0o7777, 0o750)


class UpgradeTest(EnvironmentCase):
    def test_older_pip_is_replaced_without_a_trace(self):
        self.make_environment("--without-pip")
        put_old_pip(self.environment, self.interpreter)
        told = self.make_json(
            "--venv", self.environment, "--python", self.interpreter.executable, "--upgrade"
        )
        self.assertEqual([(p["name"], p["version"]) for p in told["removed"]], [("pip", "20.0")])
        purelib = self.environment / "lib" / self.interpreter.library_name / "site-packages"
        self.assert_names(purelib, "pip", f"pip-{bundled_pip(self.interpreter)['version']}.dist-info")
        self.assertFalse((purelib / "pip" / "gone_since.py").exists())

    def test_older_pip_is_left_alone_without_upgrade(self):
        self.make_environment("--without-pip")
        put_old_pip(self.environment, self.interpreter)
        before = snapshot(self.environment)
        self.make_environment()
        self.assertEqual(snapshot(self.environment), before)

    def test_newer_pip_is_not_taken_back(self):
        self.make_environment("--without-pip")
        put_old_pip(self.environment, self.interpreter, version="99.0")
        before = snapshot(self.environment)
        self.make_environment("--upgrade")
        self.assertEqual(snapshot(self.environment), before)

    def test_another_minor_version_needs_upgrade(self):
        older, newer = two_minors()
        self.make("--venv", self.environment, "--python", older.executable)
        before = snapshot(self.environment)
        result = self.ensure("--venv", self.environment, "--python", newer.executable)
        self.assert_error(result, FILE_SYSTEM, "--upgrade")
        self.assertEqual(snapshot(self.environment), before)

    def test_another_minor_version_leaves_nothing_stale(self):
        older, newer = two_minors()
        self.make("--venv", self.environment, "--python", newer.executable)
        expected = snapshot(self.environment, content=False)
        support.remove_tree(self.environment)
        self.make("--venv", self.environment, "--python", older.executable)
        self.make("--venv", self.environment, "--python", newer.executable, "--upgrade")
        self.assertEqual(snapshot(self.environment, content=False), expected)
        self.assertIn(newer.minor, self.configuration()["version"])
        run([self.environment / "bin" / "pip", "--version"], check=True)

    def test_files_of_the_user_come_along_to_another_minor_version(self):
        older, newer = two_minors()
        self.make("--venv", self.environment, "--python", older.executable)
        packages = self.environment / "lib" / older.library_name / "site-packages"
        mine = {"mine.py": "x = 1\n", "paths.pth": "/nowhere\n", "pip/notes.txt": "mine\n", "deep/er/data": "y\n"}
        for name, text in mine.items():
            (packages / name).parent.mkdir(parents=True, exist_ok=True)
            (packages / name).write_text(text)
        self.make("--venv", self.environment, "--python", newer.executable, "--upgrade")
        packages = self.environment / "lib" / newer.library_name / "site-packages"
        for name, text in mine.items():
            self.assertEqual((packages / name).read_text(), text, name)
        self.assertEqual(self.inside("import mine; print(mine.x)"), "1")
        self.assertFalse((self.environment / "lib" / older.library_name).exists())

    def test_a_record_takes_no_file_of_the_environment_away(self):
        """To another Python, a package goes with what its RECORD lists, but it does not own these."""
        older, newer = two_minors()
        self.make("--venv", self.environment, "--python", older.executable)
        packages = self.environment / "lib" / older.library_name / "site-packages"
        (record,) = packages.glob("pip-*.dist-info/RECORD")
        claimed = ("pyvenv.cfg", "bin/python", "bin/activate", "lib64", "work")
        (self.environment / "work").write_text("listed, and so the package's own")
        record.write_text(record.read_text() + "".join(f"../../../{name},,\n" for name in claimed))
        self.make("--venv", self.environment, "--python", newer.executable, "--upgrade")
        for name in claimed:
            self.assertEqual(os.path.lexists(self.environment / name), name != "work", name)
        run([self.environment / "bin" / "pip", "--version"], check=True)

    def test_copies_stay_copies_and_are_those_of_the_new_python(self):
        older, newer = two_minors()
        self.make("--venv", self.environment, "--python", older.executable, "--copies")
        self.make("--venv", self.environment, "--python", newer.executable, "--upgrade")
        for name in ("python", "python3", f"python{newer.minor}"):
            program = self.environment / "bin" / name
            self.assertFalse(program.is_symlink(), name)
            self.assertEqual(program.read_bytes(), Path(newer.executable).read_bytes(), name)
        told = self.inside("import sys; print('%d.%d' % sys.version_info[:2])")
        self.assertEqual(told, newer.minor)

    def test_a_dry_run_tells_what_the_run_will_do(self):
        older, newer = two_minors()
        for options in (["--upgrade"], ["--clear"]):
            with self.subTest(options=options):
                support.remove_tree(self.environment)
                self.make("--venv", self.environment, "--python", older.executable, "--without-pip")
                put_old_pip(self.environment, older)
                words = ["--venv", self.environment, "--python", newer.executable, *options]
                planned, done = self.make_json(*words, "--dry-run"), self.make_json(*words)
                for key in ("outcome", "installed", "removed", "kept"):
                    self.assertEqual(planned[key], done[key], key)

    def test_names_of_pypy_do_not_stay(self):
        pypys = [each for each in all_interpreters() if each.implementation == "pypy"]
        if not pypys:
            self.skipTest("needs PyPy")
        self.make_environment("--without-pip")
        expected = snapshot(self.environment, content=False)
        self.make("--venv", self.environment, "--python", pypys[0].executable, "--upgrade", "--without-pip")
        self.assertIn("pypy", os.listdir(self.environment / "bin"))
        self.make_environment("--upgrade", "--without-pip")
        self.assertEqual(snapshot(self.environment, content=False), expected)

    def test_one_run_is_enough_for_an_environment_of_virtualenv(self):
        older, newer = two_minors()
        self.make("--venv", self.environment, "--python", older.executable, "--without-pip")
        shutil.rmtree(self.environment / "include")
        for script in (self.environment / "bin").glob("[aA]ctivate*"):
            script.unlink()
        (self.environment / "bin" / "activate").write_text("# of virtualenv\n")
        with open(self.environment / "pyvenv.cfg", "a") as configuration:
            configuration.write("virtualenv = 20.0\n")
        before = snapshot(self.environment)
        self.make("--venv", self.environment, "--without-pip")
        self.assertEqual(snapshot(self.environment), before)
        self.make("--venv", self.environment, "--python", newer.executable, "--upgrade", "--without-pip")
        after = snapshot(self.environment)
        self.make("--venv", self.environment, "--without-pip")
        self.assertEqual(snapshot(self.environment), after)

    def test_keeps_what_the_user_installed(self):
        self.make_environment("--without-pip")
        put_old_pip(self.environment, self.interpreter)
        purelib = self.environment / "lib" / self.interpreter.library_name / "site-packages"
        (purelib / "mine.py").write_text("x = 1\n")
        (self.environment / "bin" / "mine").write_text("#!/bin/sh\n")
        self.make_environment("--upgrade")
        self.assertEqual((purelib / "mine.py").read_text(), "x = 1\n")
        self.assertTrue((self.environment / "bin" / "mine").exists())


class SuccessorTest(EnvironmentCase):
    """The interpreter of an environment is gone; another release of its version is here."""

    def setUp(self):
        super().setUp()
        self.interpreter = some_interpreters()[-1]
        need_copyable(self.interpreter)
        copy = copy_interpreter(self.interpreter, self.directory / "python")
        self.make("--venv", self.environment, "--python", copy)
        support.remove_tree(self.directory / "python")
        self.path = self.directory / "path"
        self.path.mkdir()
        for each in some_interpreters():
            (self.path / f"python{each.minor}").symlink_to(each.executable)
        # The first Python on PATH is not the one that fits.
        (self.path / "python3").symlink_to(some_interpreters()[0].executable)

    def heal(self, *options):
        variables = support.clean_environment(PATH=str(self.path))
        return self.make("--venv", self.environment, *options, env=variables)

    def test_it_takes_over_and_packages_stay(self):
        library = self.environment / "lib" / self.interpreter.library_name / "site-packages"
        (library / "mine.py").write_text("x = 1\n")
        for options in ([], ["--upgrade"]):
            self.heal(*options)
            told = self.inside("import sys, mine; print('%d.%d' % sys.version_info[:2])")
            self.assertEqual(told, self.interpreter.minor)
            run([self.environment / "bin" / "pip", "--version"], check=True)


if __name__ == "__main__":
    support.main()
