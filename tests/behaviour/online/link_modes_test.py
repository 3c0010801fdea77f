"""How files come out of the cache: what each mode really does, and that no edit shows elsewhere."""

import os
import signal
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from online_case import OnlineCase  # noqa: E402

import support  # noqa: E402
from snapshot import snapshot  # noqa: E402
from support import SUCCESS, need_root, run  # noqa: E402

LARGE = "x = 1\n" * 50_000  # more than what is cloned at least
WARNING = r"(?m)^warning: files are copied"


class LinkCase(OnlineCase):
    def setUp(self):
        super().setUp()
        files = {"a/__init__.py": LARGE, "a/small.py": "y = 2\n"}
        self.index.add("a", "1.0", requires=["b"], files=files, scripts="say-a = a:say")
        self.index.add("b", "1.0")
        self.other = self.directory / "other"

    def large(self, environment):
        return self.site_packages(environment) / "a/__init__.py"

    def edit(self, environment):
        for name in ("__init__.py", "small.py"):
            with open(self.site_packages(environment) / "a" / name, "a", encoding="utf-8") as stream:
                stream.write("# edited\n")

    def assert_clean(self, environment):
        self.assertEqual(self.large(environment).read_text(), LARGE)
        self.assertEqual((self.site_packages(environment) / "a/small.py").read_text(), "y = 2\n")
        self.assertEqual(self.installed(environment), {"a": "1.0", "b": "1.0"})
        run([environment / "bin/python", "-c", "import a, b"], check=True)

    def mount(self, directory, *words):
        directory.mkdir(exist_ok=True)
        if run(["mount", *words, directory]).returncode != 0:
            self.skipTest("needs the permission to mount")
        self.addCleanup(run, ["umount", "--lazy", directory])


class ModeTest(LinkCase):
    def test_hard_links_are_the_files_of_the_cache(self):
        for environment in (self.environment, self.other):  # the first fills the cache
            result = self.make_online("--link-mode", "hardlink", "a", environment=environment)
            self.assertNotIn("warning", result.stderr)
            self.assert_clean(environment)
        self.assertEqual(self.large(self.environment).stat().st_ino, self.large(self.other).stat().st_ino)
        self.assertEqual(stat.S_IMODE(self.large(self.other).stat().st_mode), 0o644)
        # What an environment has of its own is no link.
        for name in ("bin/say-a", "lib/{}/site-packages/a-1.0.dist-info/RECORD"):
            path = self.other / name.format(self.interpreter.library_name)
            self.assertEqual(path.stat().st_nlink, 1, path)

    def test_symbolic_links_lead_into_the_cache(self):
        for environment in (self.environment, self.other):
            result = self.make_online("--link-mode", "symlink", "a", environment=environment)
            self.assertNotIn("warning", result.stderr)
            self.assert_clean(environment)
            self.assertTrue(self.large(environment).is_symlink())
            self.assertIn(self.cache, self.large(environment).resolve().parents)

    def test_the_default_links_to_nothing(self):
        for environment in (self.environment, self.other):
            self.make_online("a", environment=environment)
            self.assertEqual(self.large(environment).lstat().st_nlink, 1)
            self.assertFalse(self.large(environment).is_symlink())

    def test_an_edit_through_a_link_does_not_reach_the_next_environment(self):
        for mode in ("hardlink", "symlink"):
            with self.subTest(mode=mode):
                for directory in (self.environment, self.other, self.cache):
                    support.remove_tree(directory)
                self.make_online("--link-mode", mode, "a")
                self.edit(self.environment)
                self.make_online("--link-mode", mode, "a", environment=self.other)
                self.assert_clean(self.other)

    def test_damage_in_the_unpacked_files(self):
        self.make_online("--link-mode", "hardlink", "a")
        for path in sorted(self.cache.glob("unpacked-*/*/**/*")):
            if path.is_dir():
                continue
            with self.subTest(file=path.name):
                data = path.read_bytes()
                path.unlink()
                path.write_bytes(data[:-1] + b"?" if data else b"?")
                support.remove_tree(self.other)
                self.make_online("--link-mode", "hardlink", "a", environment=self.other)
                self.assert_clean(self.other)

    def test_modes_of_a_cache_that_was_filled_under_another_umask(self):
        for mode in ("clone", "hardlink", "copy"):
            with self.subTest(mode=mode):
                for directory in (self.environment, self.other, self.cache):
                    support.remove_tree(directory)
                for umask, environment in (("077", self.environment), ("022", self.other)):
                    words = self.online_words("--link-mode", mode, "a", environment=environment)
                    run(["/bin/sh", "-c", f'umask {umask}; exec "$0" "$@"', self.executable, *words],
                        env=self.variables(), check=True)  # fmt: skip
                for environment, expected in ((self.environment, 0o600), (self.other, 0o644)):
                    self.assertEqual(stat.S_IMODE(self.large(environment).stat().st_mode), expected)


@need_root("mounts file systems")
class FileSystemTest(LinkCase):
    def test_across_file_systems_there_are_copies_and_one_warning(self):
        self.mount(self.directory / "disk", "-t", "tmpfs", "tmpfs")
        target = self.directory / "disk/env"
        for mode in ("hardlink", "clone"):
            with self.subTest(mode=mode):
                support.remove_tree(target)
                self.make_online("a", environment=self.other)
                result = self.make_online("--link-mode", mode, "a", environment=target)
                self.assertRegex(result.stderr, WARNING)
                self.assertEqual(result.stderr.count("warning:"), 1, result.stderr)
                self.assert_clean(target)
                support.remove_tree(self.other)

    def test_clones_share_their_blocks_and_no_edits(self):
        for kind, words in (("xfs", ["-q", "-m", "reflink=1"]), ("btrfs", ["-q"])):
            with self.subTest(kind=kind):
                self.on_image(kind, words)

    def on_image(self, kind, words):
        maker = shutil.which(f"mkfs.{kind}", path="/usr/sbin:/sbin:/usr/bin")
        filefrag = shutil.which("filefrag", path="/usr/sbin:/sbin:/usr/bin")
        if not maker or not filefrag:
            self.skipTest(f"needs mkfs.{kind} and filefrag")
        image = self.directory / f"{kind}.img"
        with open(image, "wb") as file:
            file.truncate(400 << 20)
        run([maker, *words, image], check=True)
        disk = self.directory / kind
        self.mount(disk, "-o", "loop", image)
        self.cache = disk / "cache"
        self.make_online("a", environment=disk / "first")
        os.sync()
        for mode in ([], ["--link-mode", "clone"]):
            result = self.make_online(*mode, "a", environment=disk / "env")
            self.assertNotIn("warning", result.stderr)
            self.assert_clean(disk / "env")
            extents = run([filefrag, "-v", self.large(disk / "env")], check=True).stdout
            self.assertIn("shared", extents)
            self.edit(disk / "env")
            self.make_online(*mode, "a", environment=disk / "next")
            self.assert_clean(disk / "next")
            for name in ("env", "next"):
                support.remove_tree(disk / name)

    def test_a_cache_on_a_read_only_disk_is_read(self):
        self.mount(self.cache, "-t", "tmpfs", "tmpfs")
        self.index.max_age = 600
        self.make_online("a")
        run(["mount", "-o", "remount,ro", self.cache], check=True)
        self.index.forget()
        for mode in ("copy", "hardlink", "symlink"):
            support.remove_tree(self.other)
            self.make_online("--link-mode", mode, "a", environment=self.other)
            self.assert_clean(self.other)
        self.assertEqual(self.index.files_fetched(), [])
        self.index.add("c", "1.0")
        result = self.make_online("c", environment=self.directory / "third")
        self.assertRegex(result.stderr, r"(?m)^warning: the cache is not used")

    def test_a_full_cache_is_told_and_does_no_harm(self):
        for mode in ("copy", "hardlink"):
            with self.subTest(mode=mode):
                self.mount(self.cache, "-t", "tmpfs", "-o", "size=128k", "tmpfs")
                support.remove_tree(self.environment)
                result = self.make_online("--link-mode", mode, "a")
                self.assertRegex(result.stderr, r"(?m)^warning: the cache is not used: .*[Nn]o space")
                self.assert_clean(self.environment)
                run(["umount", "--lazy", self.cache])


class ManyProcessesTest(LinkCase):
    def start(self, *words, environment):
        return subprocess.Popen(
            [self.executable, *self.online_words(*words, "a", environment=environment)],
            env=self.variables(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def test_killed_runs_leave_a_cache_that_can_be_used(self):
        self.make_online("a")
        expected = snapshot(self.site_packages())
        for number in range(12):
            mode = ("copy", "hardlink")[number % 2]
            support.remove_tree(self.cache)
            process = self.start("--link-mode", mode, environment=self.other)
            time.sleep(number * 0.006)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            self.make_online("--link-mode", mode, "a", environment=self.other)
            now = snapshot(self.site_packages(self.other))
            self.assertEqual([n for n in expected if now.get(n) != expected[n] and "RECORD" not in n], [])
            support.remove_tree(self.other)

    def test_prune_and_clean_beside_running_installations(self):
        long_ago = time.time() - 90 * 86400
        for verb in ("prune", "clean"):
            for mode in ("copy", "hardlink"):
                with self.subTest(verb=verb, mode=mode):
                    self.make_online("--link-mode", mode, "a")
                    for path in self.cache.glob("*-v*/*"):
                        os.utime(path, (long_ago, long_ago))
                    targets = [self.directory / f"env{number}" for number in range(3)]
                    running = [self.start("--link-mode", mode, environment=each) for each in targets]
                    while any(process.poll() is None for process in running):
                        self.ensure("cache", verb, "--cache-dir", self.cache, env=self.variables())
                    for process, target in zip(running, targets):
                        _, errors = process.communicate()
                        self.assertEqual(process.returncode, SUCCESS, errors)
                        self.assert_clean(target)
                    for target in [self.environment, *targets]:
                        support.remove_tree(target)


if __name__ == "__main__":
    support.main()
