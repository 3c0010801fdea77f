"""The program touches the target and the staging directory beside it, and nothing else of the machine."""

import os
import re

import support
from interpreters import newest, some_interpreters
from snapshot import snapshot
from strace import NETWORK, need_strace, trace
from support import Case, clean_environment, run

CHANGES = (
    "open,openat,openat2,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,rmdir,"
    "link,linkat,symlink,symlinkat,chmod,fchmod,fchmodat,chown,fchown,fchownat,lchown,"
    "utimensat,truncate,ftruncate,mknod,mknodat"
)


class ConfinementTest(Case):
    def setUp(self):
        super().setUp()
        self.parent = self.directory / "parent"
        self.parent.mkdir()
        self.target = self.parent / "env"
        self.command = [self.executable, "--venv", self.target, "--python", newest().executable]

    def assert_within(self, calls, *allowed):
        for call in calls:
            opening = call.name.startswith(("open", "creat"))
            if (opening and not call.opens_for_writing) or not call.succeeded:
                continue
            for path in call.paths:
                if path in ("/dev/null", "/dev/tty"):
                    continue
                self.assertTrue(
                    any(path == str(each) or path.startswith(f"{each}/") for each in allowed),
                    f"{path} by {call}",
                )

    def test_writes_only_the_target_and_its_siblings(self):
        need_strace()
        for options in ([], ["--clear"], ["--upgrade", "--system-site-packages"]):
            with self.subTest(options=options):
                result, calls = trace([*self.command, *options], CHANGES)
                self.assert_exit(result, 0)
                self.assertTrue(calls)
                self.assert_within(calls, self.parent)
                self.assert_names(self.parent, "env")

    def test_opens_no_socket(self):
        need_strace()
        for interpreter in some_interpreters(3):
            result, calls = trace([*self.command[:-1], interpreter.executable, "--clear"], NETWORK)
            self.assert_exit(result, 0)
            self.assertEqual(calls, [])

    def test_starts_one_program_at_most(self):
        need_strace()
        for options in ([], ["--copies", "--clear"], ["--venv", self.parent / "second"]):
            result, calls = trace([*self.command, *options], "execve")
            self.assert_exit(result, 0)
            started = [call for call in calls if call.succeeded]
            self.assertLessEqual(len(started), 2, "the program itself and an interpreter")

    def test_reads_nothing_of_the_home_directory(self):
        need_strace()
        home = self.directory / "home"
        (home / ".config" / "pip").mkdir(parents=True)
        (home / ".config" / "pip" / "pip.conf").write_text("[global]\nno-such = option\n")
        result, calls = trace(self.command, "%file", env=clean_environment(HOME=str(home)))
        self.assert_exit(result, 0)
        self.assertEqual([call for call in calls if str(home) in call.arguments], [])

    def test_home_unset_absent_or_read_only(self):
        read_only = self.directory / "home"
        read_only.mkdir(mode=0o500)
        trees = []
        for home in (None, "", "/nonexistent", str(read_only), "relative"):
            with self.subTest(home=home):
                variables = clean_environment() if home is None else clean_environment(HOME=home)
                result = run([*self.command, "--clear"], env=variables)
                self.assert_exit(result, 0)
                trees.append(snapshot(self.target))
                self.assertEqual(trees[-1], trees[0])
        self.assertFalse(os.path.exists("/nonexistent"))
        self.assert_names(read_only)

    def test_temporary_directories_are_not_used(self):
        need_strace()
        elsewhere = self.directory / "tmp"
        elsewhere.mkdir()
        variables = clean_environment(**dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(elsewhere)))
        result, calls = trace(self.command, "%file", env=variables)
        self.assert_exit(result, 0)
        touched = [call for call in calls if re.search(r'"/(var/)?tmp|' + str(elsewhere), call.arguments)]
        # The checkout itself may lie there.
        expected = (str(self.parent), self.executable, os.getcwd())
        own = [call for call in touched if not any(path in call.arguments for path in expected)]
        self.assertEqual(own, [])

    def test_works_without_a_network(self):
        command = ["unshare", "--net", "--", *map(str, self.command)]
        if run(["unshare", "--net", "--", "true"]).returncode != 0:
            self.skipTest("needs the permission to create a network namespace")
        self.assert_exit(run(command), 0)


if __name__ == "__main__":
    support.main()
