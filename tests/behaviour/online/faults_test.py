"""Killed, or without space, while packages are installed: the environment is as before or as asked."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from fabricated_index import FabricatedIndex  # noqa: E402

import support  # noqa: E402
from faults import DECISIVE, FaultCase, Scenario  # noqa: E402
from snapshot import snapshot  # noqa: E402
from support import FILE_SYSTEM, FULL_SWEEP, NETWORK, need_root, run  # noqa: E402

# With these a disk is not written to.
NOT_OF_A_DISK = ("close", "flock", "fcntl", "ioctl", "unlink", "unlinkat", "rmdir", "chmod", "fchmod", "fchmodat")


class OnlineFaultCase(FaultCase):
    errors = (FILE_SYSTEM, NETWORK)  # a socket is a descriptor, too

    def points(self):
        """Half of them: an online run takes ten times as long as an offline one."""
        points = super().points()
        if FULL_SWEEP:
            return points
        return [each for place, each in enumerate(points) if place % 2 == 0 or each[0] in DECISIVE]

    def setUp(self):
        super().setUp()
        self.index = FabricatedIndex(self.directory / "index")
        for version in ("1.0", "2.0"):
            files = {f"a/module{number}.py": f"version = '{version}'\n" for number in range(5)}
            self.index.add("a", version, requires=["b"], files=files, scripts="say-a = a:say")
        self.index.add("b", "1.0")
        self.index.add("c", "1.0", files={"c/__init__.py": "", "c/only_here.py": ""})
        self.index.__enter__()
        self.addCleanup(self.index.stop)
        self.env = self.place / "env"

    def words(self, *more):
        return ("--venv", str(self.env), "--python", self.interpreter.executable, "--index-url",
                self.index.simple, "--retries", "0", "--no-compile-bytecode", *more)  # fmt: skip

    def scenarios(self):
        cache = ("--cache-dir", str(self.directory / "cache"))
        return [
            Scenario("fresh", self.words("--no-cache", "a"), (self.env,)),
            Scenario("install", self.words("--no-cache", "a"), (self.env,), self.environment, one_step=False),
            Scenario("upgrade", self.words("--no-cache", "-U", "a"), (self.env,), self.environment_with_old,
                     one_step=False),
            Scenario("sync", self.words("--no-cache", "--sync", "a>=2"), (self.env,), self.environment_with_old,
                     one_step=False),
            Scenario("upgrade, with a cache", self.words(*cache, "-U", "a"), (self.env,),
                     self.environment_with_old, one_step=False),
        ]  # fmt: skip

    def environment(self):
        self.make(*self.words("--without-pip"))
        (self.env / "work").write_text("mine")

    def environment_with_old(self):
        self.make(*self.words("--without-pip", "--no-cache", "a==1.0", "c"))
        (self.env / "work").write_text("mine")

    def strike(self, *fault):
        support.remove_tree(self.directory / "cache")
        return super().strike(*fault)


class KillTest(OnlineFaultCase):
    def test_fresh(self):
        self.sweep_kills("fresh")

    def test_install(self):
        self.sweep_kills("install")

    def test_upgrade(self):
        self.sweep_kills("upgrade")

    def test_sync(self):
        self.sweep_kills("sync")

    def test_upgrade_with_a_cache(self):
        self.sweep_kills("upgrade, with a cache")


class ErrnoTest(OnlineFaultCase):
    def test_upgrade_on_a_full_disk(self):
        self.sweep_errors("upgrade", "ENOSPC", NOT_OF_A_DISK)

    def test_sync_on_a_broken_disk(self):
        self.sweep_errors("sync", "EIO")

    def test_cache_on_a_full_disk(self):
        """A cache that cannot be written stops nobody."""
        self.sweep_errors("upgrade, with a cache", "ENOSPC", NOT_OF_A_DISK)


@need_root("mounts file systems")
class SpaceTest(OnlineFaultCase):
    def mount(self, directory):
        directory.mkdir(exist_ok=True)
        if run(["mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", directory]).returncode != 0:
            self.skipTest("needs the permission to mount")
        self.addCleanup(run, ["umount", "--lazy", directory])

    def leave_free(self, directory, size):
        status = os.statvfs(directory)
        used = (status.f_blocks - status.f_bfree) * status.f_frsize
        run(["mount", "-o", f"remount,size={used + size}", directory], check=True)

    def test_target_on_a_full_disk(self):
        self.place.mkdir()
        self.mount(self.place)
        self.environment_with_old()
        self.index.add("large", "1.0", files={"large.txt": os.urandom(1 << 20).hex()})
        before = snapshot(self.env)
        for size in (0, 1 << 14, 1 << 18, 1 << 20):
            with self.subTest(free=size):
                self.leave_free(self.place, size)
                result = self.ensure(*self.words("--no-cache", "-U", "a", "large"))
                self.assert_error(result, FILE_SYSTEM)
                self.assertEqual(snapshot(self.env), before)
        self.leave_free(self.place, 1 << 24)
        self.make(*self.words("--no-cache", "-U", "a", "large"))

    def test_cache_on_a_full_disk(self):
        self.place.mkdir()
        cache = self.directory / "small"
        self.mount(cache)
        self.leave_free(cache, 1 << 16)
        self.index.add("large", "1.0", files={"large.txt": os.urandom(1 << 20).hex()})
        for _ in range(2):
            support.remove_tree(self.env)
            self.make(*self.words("--cache-dir", str(cache), "a", "large"))
            self.assertTrue(next(self.env.rglob("large.txt")).is_file())


if __name__ == "__main__":
    support.main()
