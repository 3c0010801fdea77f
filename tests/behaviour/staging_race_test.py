"""The owner of the parent directory exchanges what has been checked for what he has prepared.

He may rename everything in his directory at any moment, also a staging directory of root's. So a
path proves nothing: what was checked is what is open.
"""

import contextlib
import ctypes
import os
import subprocess
import sys
from pathlib import Path

import support
from hostile_case import HostileCase
from snapshot import snapshot
from staging_case import fields, put_staging
from strace import need_strace
from support import FILE_SYSTEM, FULL_SWEEP, SUCCESS, clean_environment, need_root, remove_tree, run

OWNER = 12345
ROUNDS = 400 if FULL_SWEEP else 40
HANGS = 120
PAUSE = 4000  # microseconds after each call of a run that is slowed down

# Exchanges two names for as long as it lives: a C call a step, so that it is fast enough.
EXCHANGER = """
import ctypes, os, sys, time
directory, one, other, uid = sys.argv[1:]
if int(uid):
    os.setgroups([]); os.setgid(int(uid)); os.setuid(int(uid))
os.chdir(directory)
call = ctypes.CDLL(None).renameat2
one, other = os.fsencode(one), os.fsencode(other)
print("ready", flush=True)
while True:
    call(-100, one, -100, other, 2)
"""

# Waits until `one` is locked, which everybody sees, and then for so many seconds; exchanges once.
EXCHANGER_AFTER_LOCK = """
import ctypes, os, sys, time
directory, one, other, uid, seconds = sys.argv[1:]
os.setgroups([]); os.setgid(int(uid)); os.setuid(int(uid))
os.chdir(directory)
call = ctypes.CDLL(None).renameat2
inode = f":{os.stat(one).st_ino} "
print("ready", flush=True)
while inode not in open("/proc/locks").read():
    pass
time.sleep(float(seconds))
call(-100, os.fsencode(one), -100, os.fsencode(other), 2)
"""


def can_exchange(directory):
    """Whether the file system and the C library exchange names."""
    for name in ("one", "other"):
        (directory / name).mkdir()
    try:
        call = ctypes.CDLL(None).renameat2
        return call(-100, os.fsencode(directory / "one"), -100, os.fsencode(directory / "other"), 2) == 0
    except AttributeError:
        return False
    finally:
        for name in ("one", "other"):
            (directory / name).rmdir()


class RaceCase(HostileCase):
    """Root works in a directory of `OWNER`, who can reach no other directory of the test."""

    def setUp(self):
        super().setUp()
        if not can_exchange(self.directory):
            self.skipTest("needs a file system with renameat2(RENAME_EXCHANGE)")
        self.directory.chmod(0o711)
        os.chown(self.place, OWNER, OWNER)
        self.before = snapshot(self.outside)

    @contextlib.contextmanager
    def exchanging(self, directory, one, other, after_lock=None):
        words = [sys.executable, "-I", "-c", EXCHANGER, directory, one, other, OWNER]
        if after_lock is not None:
            words[3:4] = [EXCHANGER_AFTER_LOCK]
            words.append(after_lock)
        with subprocess.Popen(list(map(str, words)), env=clean_environment(), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, text=True) as process:  # fmt: skip
            try:
                self.assertEqual(process.stdout.readline(), "ready\n")
                yield
            finally:
                process.kill()

    def own(self, *paths):
        """Gives trees to the owner of the parent directory."""
        for path in paths:
            for directory, directories, files in os.walk(path):
                for name in [".", *directories, *files]:
                    os.lchown(os.path.join(directory, name), OWNER, OWNER)

    def slowed(self, command, calls, microseconds):
        """The command, which stops for a while after each of these calls."""
        return ["strace", "-f", "-b", "execve", "-qq", "-o", "/dev/null", "-e", f"trace={calls}",
                "-e", f"inject={calls}:delay_exit={microseconds}", "--", *command]  # fmt: skip

    def assert_confined(self, result):
        self.assert_outside_unchanged(self.before)
        self.assertIn(result.returncode, (SUCCESS, FILE_SYSTEM, support.LOCKED), result.stderr)


@need_root("works in a directory of another user")
class StagingRaceTest(RaceCase):
    def forge(self, name):
        """A staging directory of the owner's, whose journal replaces a file of root's."""
        target = self.place / "env"
        staging = self.place / ".env.ensure"
        kinds = {
            "place": ("p", self.outside / "precious", staging / "new/0", staging / "old/0"),
            "remove": ("r", self.outside / "precious", staging / "old/0"),
        }
        prepared = self.place / "prepared"
        put_staging(prepared, fields("ensure journal 1", *kinds[name], "end") if name in kinds else None)
        if name == "links":
            for inner in ("new", "old"):
                remove_tree(prepared / inner)
                (prepared / inner).symlink_to(self.outside)
        if name == "link":
            remove_tree(prepared)
            prepared.symlink_to(self.outside)
            os.lchown(prepared, OWNER, OWNER)
        else:
            prepared.chmod(0o755)
            self.own(prepared)
        return target

    def race(self, name, rounds, slow=None):
        for number in range(rounds):
            for entry in os.listdir(self.place):
                remove_tree(self.place / entry)
            (self.outside / "precious").write_text("mine")
            target = self.forge(name)
            words = [self.executable, "--venv", target, "--python", self.interpreter.executable,
                     "--without-pip", "--lock-timeout", "1"]  # fmt: skip
            (self.place / ".env.ensure").mkdir(mode=0o700)  # root's own, left by an earlier run
            after_lock = number * PAUSE / 1e6 if slow else None
            with self.exchanging(self.place, ".env.ensure", "prepared", after_lock):
                result = run(slow(words) if slow else words, timeout=HANGS)
            self.assert_confined(result)

    def test_staging_directory_is_exchanged_all_the_time(self):
        for name in ("place", "remove", "links", "link"):
            with self.subTest(forgery=name):
                self.race(name, ROUNDS)

    def test_staging_directory_is_exchanged_once_it_is_locked(self):
        """The run is slowed down, so that the exchange falls between two calls that were chosen."""
        need_strace()
        if not os.access("/proc/locks", os.R_OK):
            self.skipTest("needs /proc/locks, which shows when the run has its lock")
        calls = "flock,openat,openat2,newfstatat,fstat,statx,getdents64"
        for name in ("place", "remove", "links", "link"):
            with self.subTest(forgery=name):
                self.race(name, 16, lambda words: self.slowed(words, calls, PAUSE))

    def test_the_target_itself_is_exchanged_for_a_link(self):
        """A new environment takes its name by one rename, whatever is there meanwhile."""
        for _ in range(ROUNDS // 3):
            (self.place / "prepared").symlink_to(self.outside)
            os.lchown(self.place / "prepared", OWNER, OWNER)
            (self.place / "env").mkdir()
            self.own(self.place / "env")
            with self.exchanging(self.place, "env", "prepared"):
                result = run([self.executable, "--venv", self.place / "env", "--python",
                              self.interpreter.executable, "--without-pip", "--lock-timeout", "1"],
                             timeout=HANGS)  # fmt: skip
            self.assertEqual((self.outside / "precious").read_text(), "mine")
            # A target that is a link on the command line is followed, as a user of it expects.
            for entry in os.listdir(self.outside):
                if entry != "precious":
                    remove_tree(self.outside / entry)
            self.assertIn(result.returncode, (SUCCESS, FILE_SYSTEM, support.LOCKED), result.stderr)
            for entry in os.listdir(self.place):
                remove_tree(self.place / entry)


@need_root("works in a directory of another user")
class TargetRaceTest(RaceCase):
    """The environment belongs to somebody who exchanges its directories while root changes it."""

    def race_inside(self, directory, name, rounds):
        target = self.target("venv", "env")
        self.put(target, "demo==1.0")
        self.own(target.path)
        saved = self.save_place()
        inner = target.path / directory
        led_to = self.outside / "copy"
        subprocess.run(["cp", "-a", inner / name, led_to], check=True)
        self.before = snapshot(self.outside)
        for _ in range(rounds):
            (inner / "prepared").symlink_to(led_to)
            os.lchown(inner / "prepared", OWNER, OWNER)
            with self.exchanging(inner, name, "prepared"):
                result = run(self.command(target, "-U", "demo", "extra", "--lock-timeout", "1"), timeout=HANGS)
            self.assert_outside_unchanged(self.before)
            self.assertNotIn(result.returncode, (support.FAILURE, -6, -11), result.stderr)
            self.restore_place(saved)
        remove_tree(led_to)

    def test_directories_of_the_environment_are_exchanged_for_links(self):
        packages = Path("lib") / self.interpreter.library_name / "site-packages"
        for path in (Path("lib"), Path("share"), packages, packages / "demo", packages.parent):
            with self.subTest(path=path):
                remove_tree(self.place)
                self.place.mkdir()
                os.chown(self.place, OWNER, OWNER)
                self.race_inside(path.parent, path.name, ROUNDS // 4)


if __name__ == "__main__":
    support.main()
