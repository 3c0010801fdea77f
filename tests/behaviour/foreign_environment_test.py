"""Whose environment says which Python is started: never another user's, unless the user names it."""

import os
import shutil

import support
from environment_case import EnvironmentCase
from support import FILE_SYSTEM, SUCCESS, need_root, remove_tree, run

OTHER = 12345  # a user whom no system has


@need_root("gives files to another user")
class ForeignEnvironmentTest(EnvironmentCase):
    def setUp(self):
        super().setUp()
        self.witness = self.directory / "started"
        self.program = self.directory / "python" / f"python3.{self.interpreter.version[1]}"
        self.program.parent.mkdir()
        script = f'#!/bin/sh\necho started >> {self.witness}\nexec {self.interpreter.executable} "$@"\n'
        self.program.write_text(script)
        self.program.chmod(0o755)

    def make_trap(self, *options):
        """An environment whose Python is the program of the test."""
        remove_tree(self.environment)
        self.make_environment(*options)
        if "--copies" in options:
            text = (self.environment / "pyvenv.cfg").read_text().splitlines()
            text = [f"home = {self.program.parent}" if line.startswith("home") else line for line in text]
            (self.environment / "pyvenv.cfg").write_text("\n".join(text) + "\n")
            return
        for link in (self.environment / "bin").glob("python*"):
            if link.readlink().is_absolute():
                link.unlink()
                link.symlink_to(self.program)

    def assert_refused(self, *mentions):
        before = sorted(os.listdir(self.environment))
        for words in ([], ["--upgrade"]):
            result = self.ensure("--venv", self.environment, *words)
            self.assert_error(result, FILE_SYSTEM, self.environment, "--python", *mentions)
            self.assertFalse(self.witness.exists(), f"the program was started {words}")
        self.assertEqual(sorted(os.listdir(self.environment)), before)
        self.ensure("--venv", self.environment, "--clear")
        self.assertFalse(self.witness.exists(), "the program was started by --clear")

    def test_the_trap_works_where_everything_is_the_callers(self):
        self.make_trap()
        self.make("--venv", self.environment, "--upgrade")
        self.assertTrue(self.witness.exists())

    def test_files_of_another_user_name_no_python(self):
        for file in ("", "bin", "pyvenv.cfg", "bin/python"):
            with self.subTest(file=file):
                self.make_trap()
                os.chown(self.environment / file, OTHER, OTHER, follow_symlinks=False)
                if file == "bin/python":
                    for link in (self.environment / "bin").glob("python*"):
                        os.chown(link, OTHER, OTHER, follow_symlinks=False)
                self.assert_refused("another user")

    def test_a_python_of_another_user_is_not_started(self):
        for options in ([], ["--copies"]):
            with self.subTest(options=options):
                os.chown(self.program, 0, 0)
                self.make_trap(*options)
                os.chown(self.program, OTHER, OTHER)
                self.assert_refused(self.program)

    def test_a_python_that_anybody_can_write_is_not_started(self):
        self.make_trap()
        self.program.chmod(0o757)
        self.assert_refused(self.program)

    def test_a_configuration_that_anybody_can_write_names_no_python(self):
        self.make_trap("--copies")
        (self.environment / "pyvenv.cfg").chmod(0o666)
        self.assert_refused(self.program)

    def test_the_python_that_the_user_names_is_used(self):
        self.make_environment()
        for path in (self.environment, self.environment / "bin"):
            os.chown(path, OTHER, OTHER)
        result = self.ensure("--venv", self.environment, "--python", self.interpreter.executable)
        self.assert_exit(result, SUCCESS)

    def test_an_environment_of_ones_own_goes_on(self):
        self.make_environment()
        self.make("--venv", self.environment)
        self.make("--venv", self.environment, "--upgrade")
        link = self.directory / "link"
        link.symlink_to(self.environment)
        os.chown(link, OTHER, OTHER, follow_symlinks=False)  # the user has named it
        self.make("--venv", link, "--upgrade")


@need_root("becomes another user")
class UserNamespaceTest(EnvironmentCase):
    def test_the_python_of_a_root_that_is_not_known_is_used(self):
        python = "/usr/bin/python3"
        if not os.access(python, os.X_OK) or os.stat(python).st_uid != 0:
            self.skipTest("needs a /usr/bin/python3 that root owns")
        self.directory.chmod(0o777)
        copy = self.directory / "ensure"
        shutil.copy(self.executable, copy)
        copy.chmod(0o755)
        inside = ["setpriv", f"--reuid={OTHER}", f"--regid={OTHER}", "--clear-groups", "--",
                  "unshare", "--user", "--map-root-user", "--"]  # fmt: skip
        try:
            works = run([*inside, "stat", "-c", "%u", python]).stdout.strip() == "65534"
        except FileNotFoundError:
            works = False
        if not works:
            self.skipTest("needs the permission for every user to create user namespaces")
        target = self.directory / "env"
        run([*inside, copy, "--venv", target, "--python", python], check=True)
        for words in ([], ["--upgrade"], ["--clear"]):
            result = run([*inside, copy, "--venv", target, *words])
            self.assert_exit(result, SUCCESS)


if __name__ == "__main__":
    support.main()
