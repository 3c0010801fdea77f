"""What lies at the path of a staging directory is refused where somebody else could have put it there."""

import os

import support
from snapshot import snapshot
from staging_case import ForgedCase, fields, put_staging
from support import FILE_SYSTEM, need_root, remove_tree

STRANGER = 12345


class OddStagingTest(ForgedCase):
    """What lies at the staging path, or in it, is of a kind that this program never makes."""

    def stagings(self):
        """Targets of two kinds with their staging paths, beside and inside."""
        for kind, index in (("venv", 0), ("venv", 1), ("prefix", 1)):
            target = self.target(kind, f"{kind}{index}")
            yield target, target.staging_paths[index]

    def genuine_bytes(self, staging):
        return fields("ensure journal 1", "r", self.outside / "precious", staging / "old/0", "end")

    def each_odd(self, make):
        for target, staging in self.stagings():
            with self.subTest(target=target.kind, staging=staging):
                put_staging(staging, self.genuine_bytes(staging))
                make(staging)
                self.assert_refused_unchanged(target, staging, "demo==1.0")
                remove_tree(self.place)
                self.place.mkdir()

    def replace_journal(self, staging, make):
        (staging / "journal").unlink()
        make(staging / "journal")

    def test_journal_with_two_names_is_refused(self):
        """A hard link: somebody else may hold the other name, and write to it."""
        self.each_odd(lambda staging: os.link(staging / "journal", self.place / "second name"))

    def test_journal_that_others_may_write_is_refused(self):
        self.each_odd(lambda staging: (staging / "journal").chmod(0o666))
        self.each_odd(lambda staging: (staging / "journal").chmod(0o620))

    def test_staging_directory_that_others_may_write_is_refused(self):
        for mode in (0o777, 0o1777, 0o775, 0o702):
            self.each_odd(lambda staging, mode=mode: staging.chmod(mode))

    def test_empty_staging_directory_that_others_may_write_is_refused(self):
        """Nothing in it is wrong yet, but anybody can fill it while the run goes on."""
        for target, staging in self.stagings():
            for mode in (0o777, 0o770, 0o1777):
                with self.subTest(target=target.kind, staging=staging, mode=oct(mode)):
                    staging.mkdir(parents=True)
                    staging.chmod(mode)
                    self.assert_refused_unchanged(target, staging, "demo==1.0")
                    remove_tree(self.place)
                    self.place.mkdir()

    def test_fifo_as_journal_is_refused(self):
        self.each_odd(lambda staging: self.replace_journal(staging, os.mkfifo))

    def test_directory_as_journal_is_refused(self):
        self.each_odd(lambda staging: self.replace_journal(staging, os.mkdir))

    def test_link_as_journal_is_refused(self):
        journal = self.directory / "journal elsewhere"
        for target, staging in self.stagings():
            journal.write_bytes(self.genuine_bytes(staging))
            for led_to in (journal, self.outside / "precious", self.directory / "nowhere", "/dev/zero"):
                with self.subTest(target=target.kind, staging=staging, led_to=led_to):
                    put_staging(staging)
                    (staging / "journal").symlink_to(led_to)
                    self.assert_refused_unchanged(target, staging, "demo==1.0")
                    self.assertFalse((self.directory / "nowhere").exists())
                    remove_tree(self.place)
                    self.place.mkdir()

    def test_link_as_new_or_old_is_refused(self):
        for name in ("new", "old"):
            for target, staging in self.stagings():
                with self.subTest(name=name, target=target.kind, staging=staging):
                    put_staging(staging)
                    remove_tree(staging / name)
                    (staging / name).symlink_to(self.outside)
                    self.assert_refused_unchanged(target, staging, "demo==1.0")
                    remove_tree(self.place)
                    self.place.mkdir()

    def test_link_as_staging_directory_is_refused(self):
        """It leads to a whole staging directory that is ours in every respect."""
        real = self.directory / "real staging"
        for target, staging in self.stagings():
            with self.subTest(target=target.kind, staging=staging):
                put_staging(real, self.genuine_bytes(real))
                staging.parent.mkdir(parents=True, exist_ok=True)
                staging.symlink_to(real)
                before = snapshot(real)
                self.assert_refused_unchanged(target, staging, "demo==1.0")
                self.assertEqual(snapshot(real), before)
                remove_tree(real)

    def test_other_kinds_as_staging_directory_is_refused(self):
        makers = {"file": lambda path: path.write_text("mine"), "fifo": os.mkfifo,
                  "dangling": lambda path: path.symlink_to(self.directory / "nowhere")}  # fmt: skip
        for kind, make in makers.items():
            for target, staging in self.stagings():
                with self.subTest(kind=kind, target=target.kind, staging=staging):
                    staging.parent.mkdir(parents=True, exist_ok=True)
                    make(staging)
                    before = snapshot(self.place)
                    result = self.run_on(target, "demo==1.0")
                    self.assertEqual(snapshot(self.place), before)
                    self.assert_error(result, FILE_SYSTEM, staging)
                    remove_tree(self.place)
                    self.place.mkdir()

    @need_root("gives files to another user")
    def test_journal_or_staging_directory_of_another_user_is_refused(self):
        self.each_odd(lambda staging: os.chown(staging / "journal", STRANGER, STRANGER))
        self.each_odd(lambda staging: os.chown(staging, STRANGER, STRANGER))


if __name__ == "__main__":
    support.main()
