"""A cache that others can write to: what they have put there is neither installed nor followed."""

import hashlib
import os
import stat
import sys
import time
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from online_case import OnlineCase  # noqa: E402

import support  # noqa: E402
from support import FILE_SYSTEM, SUCCESS, need_root, run  # noqa: E402

OTHER = 12345  # a user whom no system has
PATIENCE = 120  # only a run that waits for ever needs so long
GENUINE = b"y = 2  # as published\n"
FORGED = b"y = 3  # as published\n"


class SharedCase(OnlineCase):
    def setUp(self):
        super().setUp()
        self.index.add("a", "1.0", files={"a/small.py": GENUINE.decode()})
        self.other = self.directory / "other"

    def bucket(self, kind):
        return next(path for path in self.cache.iterdir() if path.name.startswith(kind + "-v"))

    def only(self, kind):
        return next(self.bucket(kind).iterdir())

    def requirements(self):
        wheel = next(self.index.directory.glob("**/a-1.0-*.whl"))
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        file = self.directory / "requirements.txt"
        file.write_text(f"a==1.0 --hash=sha256:{digest}\n")
        return ["--require-hashes", "-r", file]

    def installed_content(self):
        return (self.site_packages(self.other) / "a/small.py").read_bytes()

    def cache_command(self, verb):
        return self.ensure("cache", verb, "--cache-dir", self.cache, env=self.variables(), timeout=PATIENCE)


def forge(path):
    """Changes the stored form of a wheel, checksums included, as whoever can write to it can."""
    old, new = (zlib.crc32(content).to_bytes(4, "little") for content in (GENUINE, FORGED))
    bytes_ = path.read_bytes()
    assert GENUINE in bytes_ and old in bytes_
    path.write_bytes(bytes_.replace(GENUINE, FORGED).replace(old, new))


@need_root("gives files to another user")
class ForeignEntryTest(SharedCase):
    def fill(self, *words):
        support.remove_tree(self.cache)
        support.remove_tree(self.environment)
        support.remove_tree(self.other)
        self.make_online(*words, *self.requirements())

    def test_the_forgery_works_for_who_owns_the_cache(self):
        """So the tests below do not pass for another reason."""
        self.fill()
        forge(self.only("wheels"))
        self.make_online(*self.requirements(), environment=self.other)
        self.assertEqual(self.installed_content(), FORGED)

    def give(self, *paths):
        for path in paths:
            os.chown(path, OTHER, OTHER, follow_symlinks=False)

    def open_up(self, *paths):
        for path in paths:
            path.chmod(0o777 if path.is_dir() else 0o666)

    def test_no_wheel_of_another_user_is_installed(self):
        cases = {
            "entry of another user": lambda bucket, entry: self.give(entry),
            "bucket of another user": lambda bucket, entry: self.give(bucket),
            "both of another user": lambda bucket, entry: (self.give(bucket, entry), self.open_up(self.cache)),
            "entry that all can write": lambda bucket, entry: self.open_up(entry),
            "entry that the group can write": lambda bucket, entry: entry.chmod(0o664),
            "bucket that all can write": lambda bucket, entry: self.open_up(bucket),
            "sticky bucket": lambda bucket, entry: bucket.chmod(0o1777),
        }
        for name, change in cases.items():
            with self.subTest(case=name):
                self.fill()
                forge(self.only("wheels"))
                change(self.bucket("wheels"), self.only("wheels"))
                self.index.forget()
                result = self.make_online(*self.requirements(), environment=self.other)
                self.assertEqual(self.installed_content(), GENUINE)
                self.assertEqual(len(self.index.files_fetched()), 1)
                if "bucket" in name or "both" in name:
                    self.assertRegex(result.stderr, r"(?m)^warning: the cache is not used")

    def test_a_foreign_entry_is_replaced_in_a_bucket_of_ones_own(self):
        self.fill()
        forge(self.only("wheels"))
        self.give(self.only("wheels"))
        self.make_online(*self.requirements(), environment=self.other)
        self.assertEqual(self.only("wheels").stat().st_uid, os.geteuid())
        self.assertIn(GENUINE, self.only("wheels").read_bytes())

    def test_no_link_leads_to_a_file_of_another_user(self):
        for mode in ("hardlink", "symlink"):
            with self.subTest(mode=mode):
                self.fill("--link-mode", mode)
                file = self.only("unpacked") / "a/small.py"
                before = file.stat()
                # As whoever owns an environment of hard links can change it.
                self.give(file)
                file.write_bytes(FORGED)
                os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
                self.make_online("--link-mode", mode, *self.requirements(), environment=self.other)
                self.assertEqual(self.installed_content(), GENUINE)

    def test_no_symbolic_link_leads_into_a_cache_whose_directories_others_can_exchange(self):
        self.cache.mkdir()
        self.open_up(self.cache)
        self.make_online("--link-mode", "symlink", *self.requirements(), environment=self.other)
        self.assertFalse((self.site_packages(self.other) / "a/small.py").is_symlink())
        self.cache.chmod(0o1777)  # there, only its owner can
        support.remove_tree(self.other)
        self.make_online("--link-mode", "symlink", *self.requirements(), environment=self.other)
        self.assertTrue((self.site_packages(self.other) / "a/small.py").is_symlink())

    def test_a_directory_that_everybody_can_write_is_used(self):
        self.cache.mkdir()
        self.open_up(self.cache)
        self.assertNotIn("warning", self.make_online(*self.requirements()).stderr)
        self.index.forget()
        self.make_online(*self.requirements(), environment=self.other)
        self.assertEqual(self.index.files_fetched(), [])


class ModeTest(SharedCase):
    def test_nobody_else_can_write_to_a_cache_whatever_the_umask(self):
        for umask in ("000", "002", "077"):
            with self.subTest(umask=umask):
                support.remove_tree(self.cache)
                support.remove_tree(self.environment)
                words = self.online_words("--link-mode", "hardlink", "a")
                run(["/bin/sh", "-c", f'umask {umask}; exec "$0" "$@"', self.executable, *words],
                    env=self.variables(), check=True)  # fmt: skip
                for path in (self.cache, *self.cache.rglob("*")):
                    self.assertEqual(stat.S_IMODE(path.stat().st_mode) & 0o022, 0, path)


class LinkTest(SharedCase):
    def test_a_page_is_not_renewed_through_a_link(self):
        self.make_online("a")
        page = self.only("pages")
        for hard in (False, True):
            with self.subTest(hard=hard):
                outside = self.directory / "outside"
                support.remove_tree(outside)
                page.rename(outside)
                before = outside.read_bytes()
                if hard:
                    os.link(outside, page)
                else:
                    page.symlink_to(outside)
                support.remove_tree(self.other)
                time.sleep(1.1)  # how fresh a page is counts in seconds
                self.make_online("a", environment=self.other)
                self.assertEqual(outside.read_bytes(), before)
                if hard:
                    page.unlink()
                    outside.rename(page)

    def test_pruning_and_cleaning_do_not_leave_the_cache(self):
        self.make_online("a")
        outside = self.directory / "outside"
        outside.mkdir()
        precious = outside / ("a" * 64)
        precious.write_text("mine")
        wheel = self.only("wheels")
        for verb in ("prune", "clean"):
            with self.subTest(verb=verb):
                long_ago = time.time() - 90 * 86400
                for path in (precious, wheel):
                    if path.exists():
                        os.utime(path, (long_ago, long_ago))
                bucket = self.cache / "sources-v1"
                support.remove_tree(bucket)
                bucket.symlink_to(outside)
                self.assert_error(self.cache_command(verb), FILE_SYSTEM, bucket)
                self.assertEqual(precious.read_text(), "mine")
                self.assertFalse(wheel.exists(), "the rest is not done")

    def test_a_cache_that_is_reached_through_a_link_is_used(self):
        real = self.directory / "real"
        real.mkdir()
        self.cache.symlink_to(real)
        self.make_online("a")
        self.index.forget()
        self.make_online("a", environment=self.other)
        self.assertEqual(self.index.files_fetched(), [])
        self.assert_exit(self.cache_command("clean"), SUCCESS)
        self.assert_names(real)

    @need_root("gives files to another user")
    def test_the_cache_of_another_user_is_left_alone(self):
        self.make_online("a")
        wheel = self.only("wheels")
        os.utime(wheel, (0, 0))
        os.chown(self.cache, OTHER, OTHER)
        for verb in ("prune", "clean", "size"):
            self.assert_error(self.cache_command(verb), FILE_SYSTEM, self.cache, "another user")
        self.assertTrue(wheel.exists())


class SpecialFileTest(SharedCase):
    def test_nobody_is_waited_for(self):
        for name, make in {"pipe": os.mkfifo, "device": lambda path: path.symlink_to("/dev/zero")}.items():
            with self.subTest(kind=name):
                support.remove_tree(self.cache)
                support.remove_tree(self.environment)
                support.remove_tree(self.other)
                self.make_online("--link-mode", "hardlink", "a")
                for path in [path for path in self.cache.rglob("*") if path.is_file()]:
                    path.unlink()
                    make(path)
                self.make_online("--link-mode", "hardlink", "a", environment=self.other, timeout=PATIENCE)
                self.assertEqual(self.installed_content(), GENUINE)
                for verb in ("size", "prune", "clean"):
                    self.assert_exit(self.cache_command(verb), SUCCESS)


if __name__ == "__main__":
    support.main()
