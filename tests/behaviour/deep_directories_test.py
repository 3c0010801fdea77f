"""Directories nested deeper than a process may open files: 600 levels, which a wheel can bring."""

import resource

import support
from hostile_case import HostileCase, staging_directories
from strace import injecting, need_strace
from support import SUCCESS, run
from wheels import make_wheel

LEVELS = 600
COMMON_LIMIT = 1024  # what most systems give a process
FEW = 256


class DeepTest(HostileCase):
    def setUp(self):
        super().setUp()
        levels = "/".join(["d"] * LEVELS)
        for version in ("1.0", "2.0"):
            files = {"deep/__init__.py": f"version = '{version}'\n", f"deep/{levels}/leaf.txt": version}
            make_wheel(self.wheels, "deep", version, files=files)

    def limited(self, limit, command):
        return run(command, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)))

    def leaf(self, target):
        return target.packages.joinpath("deep", *["d"] * LEVELS, "leaf.txt")

    def check(self, target, *words, deep, limit=COMMON_LIMIT):
        """One step, after which the deep package has this version."""
        result = self.limited(limit, self.command(target, *words))
        self.assert_exit(result, SUCCESS)
        self.assertEqual(self.leaf(target).read_text() if self.leaf(target).exists() else None, deep)
        self.assertEqual(staging_directories(self.place), [])

    def test_a_deep_package_is_installed_upgraded_and_removed(self):
        for kind in ("venv", "prefix", "target", "root"):
            with self.subTest(kind=kind):
                target = self.target(kind, kind)
                self.check(target, "deep==1.0", deep="1.0")
                self.check(target, "extra", deep="1.0")
                self.check(target, "-U", "deep", deep="2.0")
                self.check(target, "--sync", "extra", deep=None)
                self.assertFalse((target.packages / "deep").exists())

    def test_few_descriptors_do_for_changes_beside_it_and_its_removal(self):
        """Only one that installs the files may need more: it keeps their directories open."""
        for kind in ("venv", "prefix", "target", "root"):
            with self.subTest(kind=kind):
                target = self.target(kind, kind)
                self.check(target, "deep==1.0", deep="1.0")
                self.check(target, "extra", deep="1.0", limit=FEW)
                self.check(target, "--sync", "extra", deep=None, limit=FEW)

    def test_an_environment_with_a_deep_package_is_cleared(self):
        target = self.target("venv", "env")
        self.check(target, "deep==1.0", deep="1.0")
        self.check(target, "--clear", "extra", deep=None)

    def test_leftovers_of_a_killed_run_are_removed(self):
        """Its staging directory holds a tree as deep as the package."""
        need_strace()
        target = self.target("venv", "env")
        self.check(target, "deep==1.0", deep="1.0")
        command = self.command(target, "-U", "deep")
        self.limited(COMMON_LIMIT, injecting("signal=KILL", "rename,renameat,renameat2", 1, command))
        self.assertNotEqual(staging_directories(self.place), [], "nothing was staged")
        self.check(target, "extra", deep="1.0")


if __name__ == "__main__":
    support.main()
