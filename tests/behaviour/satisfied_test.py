"""A second run finds everything as asked: it writes nothing. `tests/bench/offline.py` measures it."""

import support
from interpreters import all_interpreters, newest
from snapshot import file_times, snapshot
from strace import need_strace, trace
from support import Case, bundled_pip, remove_tree
from wheels import put_old_pip

CHANGES = (
    "open,openat,openat2,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,rmdir,"
    "link,linkat,symlink,symlinkat,chmod,fchmod,fchmodat,chown,fchown,fchownat,lchown,"
    "utimensat,truncate,ftruncate,mknod,mknodat,setxattr,lsetxattr,fsetxattr"
)


class SatisfiedTest(Case):
    def setUp(self):
        super().setUp()
        self.environment = self.directory / "env"
        self.command = ["--venv", self.environment, "--python", newest().executable]

    def assert_satisfied(self, *options):
        """Runs again with `options`; nothing may change."""
        before, times = snapshot(self.environment), file_times(self.directory)
        told = self.make_json(*self.command, *options)
        self.assertEqual(told["outcome"], "unchanged")
        self.assertEqual(snapshot(self.environment), before)
        self.assertEqual(file_times(self.directory), times)

    def test_nothing_changes_with_every_set_of_options(self):
        for options in (
            [],
            ["--without-pip"],
            ["--copies"],
            ["--system-site-packages"],
            ["--prompt", "text"],
            ["--no-compile-bytecode"],
            ["--relocatable"],
            ["--without-scm-ignore-files"],
        ):
            with self.subTest(options=options):
                remove_tree(self.environment)
                self.make(*self.command, *options)
                self.assert_satisfied(*options)
                self.assert_satisfied("--upgrade", *options)

    def test_every_interpreter(self):
        for interpreter in all_interpreters():
            with self.subTest(str(interpreter)):
                remove_tree(self.environment)
                self.command[-1] = interpreter.executable
                self.make(*self.command)
                self.assert_satisfied()

    def test_environment_of_python_m_venv(self):
        found = [each for each in all_interpreters() if each.has("venv")]
        if not found:
            self.skipTest("needs a Python with the module venv")
        for interpreter in found:
            with self.subTest(str(interpreter)):
                remove_tree(self.environment)
                support.run([interpreter.executable, "-m", "venv", "--without-pip", self.environment],
                            check=True)  # fmt: skip
                put_old_pip(self.environment, interpreter, bundled_pip(interpreter)["version"])
                self.command[-1] = interpreter.executable
                self.assert_satisfied()

    def test_the_option_that_is_not_met_yet_is_met_by_the_run(self):
        self.make(*self.command, "--without-pip")
        told = self.make_json(*self.command, "--system-site-packages")
        self.assertEqual(told["outcome"], "changed")
        self.assertIn("include-system-site-packages = true", (self.environment / "pyvenv.cfg").read_text())
        self.assert_satisfied("--system-site-packages")

    def test_damaged_environments_are_mended(self):
        self.make(*self.command)
        whole = snapshot(self.environment)
        for damage in ("bin/pip", "bin/python", "bin/activate"):
            with self.subTest(damage=damage):
                (self.environment / damage).unlink()
                self.make(*self.command)
                self.assertEqual(snapshot(self.environment), whole)

    def test_no_call_changes_anything(self):
        need_strace()
        self.make(*self.command)
        result, calls = trace([self.executable, *self.command], CHANGES, children=False)
        self.assert_exit(result, 0)
        harmful = [
            call for call in calls if call.opens_for_writing or not call.name.startswith(("open", "creat"))
        ]
        self.assertEqual([call for call in harmful if "/dev/null" not in call.arguments], [])

    def test_read_only_to_everybody(self):
        self.make(*self.command)
        for path in self.directory.rglob("*"):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode & ~0o222)
        self.assert_satisfied()


if __name__ == "__main__":
    support.main()
