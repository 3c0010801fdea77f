"""Files that a change does not concern are never touched, so its cost follows the change."""

import os
import stat

import support
from hostile_case import HostileCase
from in_place_case import InPlaceCase
from strace import need_strace, trace
from support import SUCCESS, remove_tree, run
from wheels import make_wheel, put_old_pip

CREATING = "link,linkat,symlink,symlinkat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,rmdir"


class UntouchedTest(InPlaceCase):
    """Files and directories that are not of the change keep their inodes and times."""

    def identities(self, *left_out):
        """What would tell that a file was touched, of everything that the change does not concern."""
        found = {}
        for directory, directories, files in os.walk(self.env.path):
            for name in [".", *directories, *files]:
                path = os.path.normpath(os.path.join(directory, name))
                relative = os.path.relpath(path, self.env.path)
                if any(word in relative.lower() for word in left_out):
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
            self.assertEqual([name for name in before if after.get(name) != before[name]], [])
            self.assert_names(self.place, "env")

    def test_a_change_of_packages_touches_no_other_file(self):
        self.check(("extra",), "extra")
        self.check(("-U", "demo"), "demo")
        self.check(("--sync", "bystander"), "demo")
        self.check(("withheader",), "withheader")

    def test_the_environment_stays_the_same_directory(self):
        """A shell whose current directory it is stays in the environment."""
        self.begin()
        descriptor = os.open(self.env.path, os.O_RDONLY | os.O_DIRECTORY)
        self.addCleanup(os.close, descriptor)
        self.put(self.env, "-U", "demo", "extra")
        self.assertEqual(os.fstat(descriptor).st_ino, self.env.path.stat().st_ino)
        self.assertIn("work", os.listdir(f"/proc/self/fd/{descriptor}"))

    def test_an_upgrade_of_pip_touches_no_other_file(self):
        words = [self.executable, *self.env.words, "--upgrade", "--no-compile-bytecode"]

        def prepare():
            remove_tree(self.env.packages / "pip")
            for path in self.env.packages.glob("pip-*"):
                remove_tree(path)
            put_old_pip(self.env.path, self.interpreter)

        self.check(("--upgrade",), "pip", prepare=prepare, command=words)

    def test_a_repair_touches_no_other_file(self):
        def prepare():
            (self.env.path / "bin/activate").unlink()

        self.check(("repair",), "activate", prepare=prepare, command=[self.executable, *self.env.words])

    def test_a_new_prompt_touches_no_other_file(self):
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


class TargetDirectoryTest(HostileCase):
    """Packages of `--target` have their headers and data beside their modules."""

    def test_headers_are_upgraded_in_every_kind_of_target(self):
        for kind in ("venv", "prefix", "target", "root"):
            with self.subTest(kind=kind):
                target = self.target(kind, kind)
                self.put(target, "withheader==1.0", "bystander")
                self.put(target, "-U", "withheader")
                (header,) = target.path.rglob("demo.h")
                self.assertIn("2.0", header.read_text())


if __name__ == "__main__":
    support.main()
