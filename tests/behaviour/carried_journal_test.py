"""The journal of a run that was killed counts where it was written, and nowhere else.

A copy, an archive or a repository has the same bytes at the same paths, and is another place.
"""

import os
import subprocess
import tarfile
from pathlib import Path

import support
from hostile_case import copy_tree, staging_directories, whole_entries
from snapshot import differences, snapshot
from staging_case import ForgedCase
from support import FILE_SYSTEM, SUCCESS, remove_tree

KINDS = ("venv", "prefix", "target", "root")


class GenuineTest(ForgedCase):
    """The journal of a run that was really killed, carried elsewhere or changed."""

    def interrupt(self, kind, name="target"):
        """In a place that holds nothing else."""
        remove_tree(self.place)
        self.place.mkdir()
        target = self.target(kind, name)
        self.put(target, "demo==1.0", "bystander")
        self.states = self.interrupt_halfway(target, "-U", "demo")
        return target

    def journal_file(self):
        """The staging directory with a journal, and the file that says what to undo.

        A further staging directory may hold nothing but the lock.
        """
        found = [path for staging in staging_directories(self.place) for path in staging.iterdir()
                 if path.is_file() and "journal" in path.name]  # fmt: skip
        self.assertEqual(len(found), 1, found)
        return found[0].parent, found[0]

    def test_a_journal_in_its_own_place_is_obeyed(self):
        for kind in KINDS:
            with self.subTest(kind=kind):
                target = self.interrupt(kind, kind)
                self.assert_exit(self.run_on(target, "-U", "demo"), SUCCESS)
                self.assertEqual(whole_entries(target.path), self.states[1])
                self.assertEqual(staging_directories(self.place), [])

    def test_recovery_comes_before_anything_else(self):
        """A run that wants nothing new undoes or finishes the change, too."""
        for kind in KINDS:
            with self.subTest(kind=kind):
                target = self.interrupt(kind, kind)
                self.assert_exit(self.run_on(target, "demo"), SUCCESS)
                self.assertIn(whole_entries(target.path), self.states)
                self.assertEqual(staging_directories(self.place), [])

    def assert_carried_is_refused(self, target):
        """All in the place has come from elsewhere, the target half changed and its journal."""
        staging, _ = self.journal_file()
        result = self.assert_refused_unchanged(target, staging, "-U", "demo")
        self.obey_hint(result)
        self.assertFalse(staging.exists())

    def test_a_copy_at_the_same_path_is_refused(self):
        """A restored backup: every path is as it was, and the inodes are others."""
        for kind in KINDS:
            with self.subTest(kind=kind):
                target = self.interrupt(kind, kind)
                copy_tree(self.place, self.directory / "copy")
                self.place.rename(self.directory / f"original {kind}")
                (self.directory / "copy").rename(self.place)
                self.assert_carried_is_refused(target)

    def test_a_copy_at_another_path_is_refused(self):
        for kind in KINDS:
            with self.subTest(kind=kind):
                self.interrupt(kind, kind)
                original = snapshot(self.place)
                kept, self.place = self.place, self.directory / f"elsewhere {kind}"
                copy_tree(kept, self.place)
                self.addCleanup(setattr, self, "place", kept)
                self.assert_carried_is_refused(self.target(kind, kind))
                self.assertEqual(snapshot(kept), original)

    def test_a_journal_from_an_archive_is_refused(self):
        for kind in ("venv", "root"):
            with self.subTest(kind=kind):
                target = self.interrupt(kind, kind)
                with tarfile.open(self.directory / "all.tar", "w") as archive:
                    archive.add(self.place, arcname="place")
                # The original stays, as its inodes could be given to the files unpacked.
                self.place.rename(self.directory / f"original {kind}")
                subprocess.run(["tar", "-C", self.directory, "-xpf", self.directory / "all.tar"], check=True)
                self.assert_carried_is_refused(target)

    def test_a_journal_as_git_carries_it_is_refused(self):
        """git keeps content, links and the executable bit; no owner, no time, no empty directory."""
        target = self.interrupt("venv", ".venv")
        self.place.rename(self.directory / "original")
        for directory, _, files in os.walk(self.directory / "original"):
            for name in files:
                path = Path(directory) / name
                copied = self.place / path.relative_to(self.directory / "original")
                copied.parent.mkdir(parents=True, exist_ok=True)
                if path.is_symlink():
                    copied.symlink_to(os.readlink(path))
                else:
                    copied.write_bytes(path.read_bytes())
                    copied.chmod(0o755 if os.access(path, os.X_OK) and path.stat().st_mode & 0o111 else 0o644)
        for path in staging_directories(self.place):
            path.chmod(0o700)
        self.assert_carried_is_refused(target)

    def test_a_journal_beside_another_target_is_refused(self):
        """The journal of one environment of ours says nothing about another one."""
        target = self.interrupt("venv", "one")
        other = self.target("venv", "two")
        self.put(other, "extra")
        staging, _ = self.journal_file()
        inside = staging.parent == target.path
        planted = other.path / ".ensure" if inside else self.place / ".two.ensure"
        staging.rename(planted)
        self.assert_error_unchanged(other, planted, "-U", "demo")
        remove_tree(planted)
        self.assert_exit(self.run_on(other, "-U", "demo"), SUCCESS)

    def rewrite(self, path, data):
        """In place, so that the inode stays."""
        with open(path, "r+b") as file:
            file.truncate(len(data))
            file.write(data)

    def test_a_truncated_journal_is_refused(self):
        for kind in ("venv", "prefix"):
            target = self.interrupt(kind, kind)
            staging, journal = self.journal_file()
            whole = journal.read_bytes()
            for length in sorted({0, 1, 8, 16, len(whole) // 2, len(whole) - 1}):
                with self.subTest(kind=kind, length=length):
                    self.rewrite(journal, whole[:length])
                    self.assert_refused_unchanged(target, staging, "-U", "demo")
            self.rewrite(journal, whole)
            self.assert_exit(self.run_on(target, "-U", "demo"), SUCCESS)
            self.assertEqual(whole_entries(target.path), self.states[1])

    def test_a_journal_with_a_changed_byte_does_no_harm_outside(self):
        """A byte can name another entry. Nothing outside of the target is touched for it."""
        target = self.interrupt("venv")
        _, journal = self.journal_file()
        whole = journal.read_bytes()
        staging, _ = self.journal_file()
        state = self.without_locks(staging)
        for position in range(0, len(whole), max(1, len(whole) // 24)):
            with self.subTest(position=position):
                changed = bytearray(whole)
                changed[position] ^= 1
                self.rewrite(journal, changed)
                result = self.run_on(target, "-U", "demo")
                self.assert_outside_unchanged(self.outside_before)
                self.assertIn(result.returncode, (SUCCESS, FILE_SYSTEM), result.stderr)
                if result.returncode == SUCCESS:
                    break  # it was recovered: there is no further journal to change
                self.rewrite(journal, whole)
                self.assertEqual(differences(state, self.without_locks(staging)), [])

    def test_names_that_lead_upwards_are_refused(self):
        """All names of the target's own entries are replaced by ways out of it, of equal length."""
        target = self.interrupt("prefix")
        _, journal = self.journal_file()
        whole = journal.read_bytes()
        for name in (b"demo", b"demo-1.0.dist-info", b"share", b"include", b"bin"):
            for way in (b"..", b"../" * 6, b"/" * 18):
                changed = whole.replace(name, (way + b"/" * len(name))[: len(name)])
                if changed == whole:
                    continue
                self.rewrite(journal, changed)
                result = self.run_on(target, "-U", "demo")
                self.assert_outside_unchanged(self.outside_before)
                self.assertEqual(result.returncode, FILE_SYSTEM, f"{name} is {way}: {result.stderr}")
                self.rewrite(journal, whole)


if __name__ == "__main__":
    support.main()
