"""`--clear` and `--upgrade`: what was there is replaced or brought up to date, and nobody's work is lost."""

import support
from environment_case import EnvironmentCase
from interpreters import two_minors
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

    def test_takes_an_empty_folder_and_a_missing_one(self):
        self.make_environment("--clear", "--without-pip")
        support.remove_tree(self.environment)
        self.environment.mkdir()
        self.make_environment("--clear", "--without-pip")

    def test_refuses_a_folder_that_is_no_environment(self):
        for options in ([], ["--clear"], ["--upgrade"]):
            with self.subTest(options=options):
                support.remove_tree(self.environment)
                (self.environment / "thesis").mkdir(parents=True)
                (self.environment / "thesis" / "chapter 1").write_text("years of work")
                before = snapshot(self.environment)
                result = self.try_environment(*options)
                self.assert_error(result, FILE_SYSTEM, "thesis")
                self.assertEqual(snapshot(self.environment), before)
                self.assert_names(self.folder, "env")

    def test_keeps_the_mode_of_the_folder(self):
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

    def test_keeps_what_the_user_installed(self):
        self.make_environment("--without-pip")
        put_old_pip(self.environment, self.interpreter)
        purelib = self.environment / "lib" / self.interpreter.library_name / "site-packages"
        (purelib / "mine.py").write_text("x = 1\n")
        (self.environment / "bin" / "mine").write_text("#!/bin/sh\n")
        self.make_environment("--upgrade")
        self.assertEqual((purelib / "mine.py").read_text(), "x = 1\n")
        self.assertTrue((self.environment / "bin" / "mine").exists())


if __name__ == "__main__":
    support.main()
