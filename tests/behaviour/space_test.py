"""Disks that are too small, full or read-only: exit 8, a message that says what is missing, no trace."""

import os
import re

import support
from interpreters import newest
from snapshot import snapshot
from support import FILE_SYSTEM, SUCCESS, Case, need_root, remove_tree, run

PAGE = os.sysconf("SC_PAGE_SIZE")


@need_root("mounts file systems")
class SpaceTest(Case):
    def setUp(self):
        super().setUp()
        self.disk = self.directory / "disk"
        self.disk.mkdir()
        self.target = self.disk / "env"
        self.command = ["--venv", self.target, "--python", newest().executable]

    def mount(self, *options):
        if run(["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", self.disk]).returncode != 0:
            self.skipTest("needs the permission to mount")
        self.addCleanup(run, ["umount", "--lazy", self.disk])

    def resize(self, size):
        run(["mount", "-o", f"remount,size={size}", self.disk], check=True)

    def used(self):
        status = os.statvfs(self.disk)
        return (status.f_blocks - status.f_bfree) * status.f_frsize

    def test_too_small_by_one_page_and_just_large_enough(self):
        self.mount("size=256m")
        self.make(*self.command)
        needed = self.used()
        remove_tree(self.target)
        self.resize(needed - PAGE)
        before = snapshot(self.disk)
        result = self.ensure(*self.command)
        self.assert_error(result, FILE_SYSTEM)
        self.assertEqual(snapshot(self.disk), before)

        for size in range(needed, needed + (4 << 20), PAGE * 64):
            self.resize(size)
            result = self.ensure(*self.command)
            if result.returncode == SUCCESS:
                break
            self.assert_error(result, FILE_SYSTEM)
            self.assertEqual(snapshot(self.disk), before)
        self.assert_exit(result, SUCCESS)

    def test_says_before_the_first_write_what_is_missing(self):
        self.mount("size=1m")
        before = os.stat(self.disk).st_mtime_ns
        result = self.ensure(*self.command)
        self.assert_error(result, FILE_SYSTEM, self.disk)
        self.assertGreaterEqual(len(re.findall(r"\d[\d.,]* ?[KMG]i?B", result.stderr)), 2, result.stderr)
        self.assertEqual(os.stat(self.disk).st_mtime_ns, before)

    def test_several_environments_need_their_room_together(self):
        self.mount("size=256m")
        self.make(*self.command)
        needed = self.used()
        remove_tree(self.target)
        self.resize(needed * 5 // 2)
        before = os.stat(self.disk).st_mtime_ns
        several = [word for name in "abc" for word in ("--venv", self.disk / name)]
        self.assert_error(self.ensure(*several, *self.command[2:]), FILE_SYSTEM, self.disk, "needs")
        self.assertEqual(os.stat(self.disk).st_mtime_ns, before)

    def test_every_size_is_enough_or_refused(self):
        self.mount("size=256m")
        self.make(*self.command)
        needed = self.used()
        remove_tree(self.target)
        for tenth in range(1, 10):
            self.resize(needed * tenth // 10)
            self.assert_error(self.ensure(*self.command), FILE_SYSTEM)
            self.assert_names(self.disk)

    def test_no_more_inodes(self):
        self.mount("size=256m", "nr_inodes=100")
        result = self.ensure(*self.command)
        self.assert_error(result, FILE_SYSTEM)
        self.assert_names(self.disk)

    def test_upgrade_on_a_full_disk_keeps_the_old(self):
        self.mount("size=256m")
        self.make(*self.command, "--without-pip")
        (self.target / "work").write_text("mine")
        before = snapshot(self.target)
        for extra in (1 << 16, 1 << 20, 3 << 20):
            self.resize(self.used() + extra)
            for options in ([], ["--clear"]):
                with self.subTest(extra=extra, options=options):
                    self.assert_error(self.ensure(*self.command, *options), FILE_SYSTEM)
                    self.assertEqual(snapshot(self.target), before)
                    self.assert_names(self.disk, "env")

    def test_read_only_file_system(self):
        self.mount("size=64m")
        self.make(*self.command, "--without-pip")
        run(["mount", "-o", "remount,ro", self.disk], check=True)
        before = snapshot(self.disk)
        for options in ([], ["--clear"], ["--upgrade"]):
            with self.subTest(options=options):
                result = self.ensure(*self.command, *options)
                self.assert_error(result, FILE_SYSTEM, self.disk, "read-only")
                self.assertEqual(snapshot(self.disk), before)
        self.make(*self.command, "--without-pip")
        result = self.ensure("--venv", self.disk / "other", "--python", newest().executable)
        self.assert_error(result, FILE_SYSTEM, self.disk)

    def test_target_is_a_mount_point(self):
        self.mount("size=256m")
        self.command[1] = self.disk
        self.make(*self.command)
        run([self.disk / "bin" / "pip", "--version"], check=True)
        (self.disk / "lib" / "left over").write_text("x")
        self.make(*self.command, "--clear")
        self.assertFalse((self.disk / "lib" / "left over").exists())
        self.assertEqual(self.make_json(*self.command)["outcome"], "unchanged")

    def test_what_is_mounted_inside_an_environment_is_kept(self):
        self.target.parent.mkdir(exist_ok=True)
        self.make(*self.command)
        data = self.target / "mounted data"
        data.mkdir()
        owned = self.directory / "owned"
        owned.mkdir()
        (owned / "file").write_text("mine")
        # A directory of the same file system: only the mount tells that it is another one.
        if run(["mount", "--bind", owned, data]).returncode != 0:
            self.skipTest("needs the permission to mount")
        self.addCleanup(run, ["umount", "--lazy", data])
        before = snapshot(self.disk)
        self.assert_error(self.ensure(*self.command, "--clear"), FILE_SYSTEM, data)
        self.assertEqual(snapshot(self.disk), before)
        self.make(*self.command, "--system-site-packages")
        self.assertEqual((owned / "file").read_text(), "mine")
        run(["umount", data], check=True)
        self.make(*self.command, "--clear")
        self.assertEqual((owned / "file").read_text(), "mine")
        self.assert_names(self.disk, "env")


if __name__ == "__main__":
    support.main()
