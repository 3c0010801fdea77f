"""A journal or staging directory that somebody else could have written is never obeyed.

Recovery moves and removes files, so a journal is a list of orders. A cloned repository, an unpacked
tarball, a root image or a copied directory can carry anything at the path of a staging directory.
"""

import os
import re
import subprocess
import tarfile
from pathlib import Path

import support
from hostile_case import HostileCase, copy_tree, staging_directories, whole_entries
from snapshot import differences, snapshot
from support import FILE_SYSTEM, SUCCESS, need_root, remove_tree, run

STRANGER = 12345
KINDS = ("venv", "prefix", "target", "root")
# Only a hang takes so long, such as the read of a FIFO that nobody writes to.
HANGS = 60


def fields(*words):
    """The journal format of version 0.1: fields that each end in NUL."""
    return b"".join(os.fsencode(word) + b"\0" for word in words)


def put_staging(path, journal=None):
    """A staging directory as a clone would bring it along; all of it belongs to this user."""
    path.mkdir(parents=True)
    path.chmod(0o700)
    for name in ("new", "old"):
        (path / name).mkdir(mode=0o755)
    (path / "old" / "0").write_text("chosen by the attacker")
    if journal is not None:
        (path / "journal").write_bytes(journal)
        (path / "journal").chmod(0o600)
    return path


class ForgedCase(HostileCase):
    def setUp(self):
        super().setUp()
        (self.outside / "empty").mkdir()
        self.outside_before = snapshot(self.outside)

    def run_on(self, target, *words):
        return run(self.command(target, *words), timeout=HANGS)

    def assert_refused_unchanged(self, target, staging, *words):
        """Exit 8; nothing is changed, not even the forgery; the command that is told helps."""
        before = snapshot(self.place)
        result = self.run_on(target, *words)
        self.assert_outside_unchanged(self.outside_before)
        self.assertEqual(differences(before, snapshot(self.place)), [])
        self.assert_refused(result, staging)
        return result

    def obey_hint(self, result):
        """Runs the command that the message tells, as a user would."""
        command = re.search(r"rm -rf -- [^\n`]+", result.stderr)
        self.assertTrue(command, result.stderr)
        subprocess.run(["sh", "-c", command[0]], check=True)


class ForgedTest(ForgedCase):
    """Journals that an attacker has written without having run anything here."""

    def forgeries(self, staging):
        """Names and bytes of journals that name paths outside of the target."""
        outside, old, new = self.outside, staging / "old" / "0", staging / "new" / "0"
        upwards = os.path.relpath(outside, staging.parent)
        return {
            "place": fields("ensure journal 1", "p", outside / "precious", new, old, "end"),
            "remove": fields("ensure journal 1", "r", outside / "precious", old, "end"),
            "remove a directory": fields("ensure journal 1", "f", outside / "empty", "end"),
            "change a mode": fields("ensure journal 1", "e", outside / "empty", staging / "new", "end"),
            "create": fields("ensure journal 1", "r", outside / "planted", old, "end"),
            "upwards": fields("ensure journal 1", "r", f"{upwards}/precious", "old/0", "end"),
            "nothing": fields("ensure journal 1", "end"),
            "another version": fields("ensure journal 2", "r", f"{upwards}/precious", "old/0", "end"),
            "garbage": bytes(range(256)) * 16,
            "text": b"{\"version\": 1}\n",
            "empty": b"",
        }  # fmt: skip

    def assert_all_refused(self, target, staging):
        before = self.save_place()
        for name, journal in self.forgeries(staging).items():
            with self.subTest(target=target.kind, staging=staging.name, forgery=name):
                self.restore_place(before)
                put_staging(staging, journal)
                self.assert_refused_unchanged(target, staging, "demo==1.0")

    def test_beside_an_environment_that_is_not_there(self):
        """`git clone` brings `..venv.ensure`; then somebody runs `ensure --venv .venv`."""
        target = self.target("venv", ".venv")
        self.assert_all_refused(target, self.place / "..venv.ensure")

    def test_beside_an_existing_environment(self):
        target = self.target("venv", ".venv")
        self.put(target, "extra")
        self.assert_all_refused(target, self.place / "..venv.ensure")

    def test_inside_an_environment(self):
        target = self.target("venv", ".venv")
        self.put(target, "extra")
        self.assert_all_refused(target, target.path / ".ensure")

    def test_inside_a_directory_that_is_no_environment_yet(self):
        target = self.target("venv", ".venv")
        target.path.mkdir()
        self.assert_all_refused(target, target.path / ".ensure")

    def test_inside_the_packages_of_other_targets(self):
        for kind in ("prefix", "target", "root"):
            target = self.target(kind, kind)
            target.packages.mkdir(parents=True)
            self.assert_all_refused(target, target.packages / ".ensure")

    def test_without_packages_as_well(self):
        """The offline mode has steps of its own; it reads no wheel here."""
        target = self.target("venv", ".venv")
        staging = self.place / "..venv.ensure"
        put_staging(staging, self.forgeries(staging)["place"])
        before = snapshot(self.place)
        result = run([self.executable, *target.words], timeout=HANGS)
        self.assert_outside_unchanged(self.outside_before)
        self.assertEqual(differences(before, snapshot(self.place)), [])
        self.assert_refused(result, staging)

    def test_the_command_in_the_message_removes_the_forgery(self):
        target = self.target("venv", "my venv")
        staging = self.place / ".my venv.ensure"
        put_staging(staging, self.forgeries(staging)["place"])
        result = self.run_on(target, "demo==1.0")
        self.assert_error(result, FILE_SYSTEM, "rm -rf -- ")
        self.obey_hint(result)
        self.assertFalse(staging.exists())
        self.assert_exit(self.run_on(target, "demo==1.0"), SUCCESS)
        self.assert_outside_unchanged(self.outside_before)
        self.assert_names(self.place, "my venv")

    def test_old_content_without_a_journal_goes_nowhere(self):
        for kind in KINDS:
            with self.subTest(kind=kind):
                target = self.target(kind, kind)
                staging = target.staging_paths[0 if kind == "venv" else 1]
                put_staging(staging)
                result = self.run_on(target, "demo==1.0")
                self.assert_outside_unchanged(self.outside_before)
                self.assertIn(result.returncode, (SUCCESS, FILE_SYSTEM), result.stderr)
                if result.returncode == SUCCESS:
                    self.assertFalse(staging.exists())
                    self.assertEqual(
                        [path for path in target.path.rglob("*") if path.is_file()
                         and b"chosen by the attacker" in path.read_bytes()], [])  # fmt: skip
                else:
                    self.assert_refused(result, staging)

    def test_a_further_staging_directory_of_a_forged_journal_is_kept(self):
        """`b` names a directory on another file system, which recovery empties and removes."""
        target = self.target("venv", ".venv")
        staging = self.place / "..venv.ensure"
        further = put_staging(self.outside / ".ensure-0123456789abcdef")
        before = snapshot(self.outside)
        put_staging(staging, fields("ensure journal 1", "b", further, "end"))
        result = self.run_on(target, "demo==1.0")
        self.assertEqual(snapshot(self.outside), before)
        self.assert_refused(result, staging)


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

    def test_in_its_own_place_it_recovers(self):
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
        staging = staging_directories(self.place)
        self.assertEqual(len(staging), 1, staging)
        result = self.assert_refused_unchanged(target, staging[0], "-U", "demo")
        self.obey_hint(result)
        self.assertEqual(staging_directories(self.place), [])

    def test_copied_to_the_same_path(self):
        """A restored backup: every path is as it was, and the inodes are others."""
        for kind in KINDS:
            with self.subTest(kind=kind):
                target = self.interrupt(kind, kind)
                copy_tree(self.place, self.folder / "copy")
                self.place.rename(self.folder / f"original {kind}")
                (self.folder / "copy").rename(self.place)
                self.assert_carried_is_refused(target)

    def test_copied_to_another_path(self):
        for kind in KINDS:
            with self.subTest(kind=kind):
                self.interrupt(kind, kind)
                original = snapshot(self.place)
                kept, self.place = self.place, self.folder / f"elsewhere {kind}"
                copy_tree(kept, self.place)
                self.addCleanup(setattr, self, "place", kept)
                self.assert_carried_is_refused(self.target(kind, kind))
                self.assertEqual(snapshot(kept), original)

    def test_unpacked_from_an_archive(self):
        for kind in ("venv", "root"):
            with self.subTest(kind=kind):
                target = self.interrupt(kind, kind)
                with tarfile.open(self.folder / "all.tar", "w") as archive:
                    archive.add(self.place, arcname="place")
                # The original stays, as its inodes could be given to the files unpacked.
                self.place.rename(self.folder / f"original {kind}")
                subprocess.run(["tar", "-C", self.folder, "-xpf", self.folder / "all.tar"], check=True)
                self.assert_carried_is_refused(target)

    def test_content_alone_as_git_carries_it(self):
        """git keeps content, links and the executable bit; no owner, no time, no empty directory."""
        target = self.interrupt("venv", ".venv")
        self.place.rename(self.folder / "original")
        for directory, _, files in os.walk(self.folder / "original"):
            for name in files:
                path = Path(directory) / name
                copied = self.place / path.relative_to(self.folder / "original")
                copied.parent.mkdir(parents=True, exist_ok=True)
                if path.is_symlink():
                    copied.symlink_to(os.readlink(path))
                else:
                    copied.write_bytes(path.read_bytes())
                    copied.chmod(0o755 if os.access(path, os.X_OK) and path.stat().st_mode & 0o111 else 0o644)
        for path in staging_directories(self.place):
            path.chmod(0o700)
        self.assert_carried_is_refused(target)

    def test_put_beside_another_target(self):
        """The journal of one environment of ours says nothing about another one."""
        target = self.interrupt("venv", "one")
        other = self.target("venv", "two")
        self.put(other, "extra")
        (staging,) = staging_directories(self.place)
        inside = staging.parent == target.path
        planted = other.path / ".ensure" if inside else self.place / ".two.ensure"
        staging.rename(planted)
        result = self.assert_refused_unchanged(other, planted, "-U", "demo")
        self.obey_hint(result)
        self.assert_exit(self.run_on(other, "-U", "demo"), SUCCESS)

    def journal_file(self):
        """The file that says what to undo, whatever its name is."""
        (staging,) = staging_directories(self.place)
        found = [path for path in staging.iterdir() if path.is_file() and "journal" in path.name]
        self.assertEqual(len(found), 1, sorted(staging.iterdir()))
        return staging, found[0]

    def rewrite(self, path, data):
        """In place, so that the inode stays."""
        with open(path, "r+b") as file:
            file.truncate(len(data))
            file.write(data)

    def test_truncated(self):
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

    def test_changed_by_one_byte(self):
        """A byte can name another entry. Nothing outside of the target is touched for it."""
        target = self.interrupt("venv")
        _, journal = self.journal_file()
        whole = journal.read_bytes()
        state = snapshot(self.place)
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
                self.assertEqual(snapshot(self.place), state)

    def test_names_that_lead_upwards_in_a_genuine_journal(self):
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

    def test_journal_with_two_names(self):
        """A hard link: somebody else may hold the other name, and write to it."""
        self.each_odd(lambda staging: os.link(staging / "journal", self.place / "second name"))

    def test_journal_that_others_may_write(self):
        self.each_odd(lambda staging: (staging / "journal").chmod(0o666))
        self.each_odd(lambda staging: (staging / "journal").chmod(0o620))

    def test_staging_directory_that_others_may_write(self):
        for mode in (0o777, 0o1777, 0o775, 0o702):
            self.each_odd(lambda staging, mode=mode: staging.chmod(mode))

    def test_empty_staging_directory_that_others_may_write(self):
        """Nothing in it is wrong yet, but anybody can fill it while the run goes on."""
        for target, staging in self.stagings():
            for mode in (0o777, 0o770, 0o1777):
                with self.subTest(target=target.kind, staging=staging, mode=oct(mode)):
                    staging.mkdir(parents=True)
                    staging.chmod(mode)
                    self.assert_refused_unchanged(target, staging, "demo==1.0")
                    remove_tree(self.place)
                    self.place.mkdir()

    def test_fifo_as_journal(self):
        self.each_odd(lambda staging: self.replace_journal(staging, os.mkfifo))

    def test_directory_as_journal(self):
        self.each_odd(lambda staging: self.replace_journal(staging, os.mkdir))

    def test_link_as_journal(self):
        journal = self.folder / "journal elsewhere"
        for target, staging in self.stagings():
            journal.write_bytes(self.genuine_bytes(staging))
            for led_to in (journal, self.outside / "precious", self.folder / "nowhere", "/dev/zero"):
                with self.subTest(target=target.kind, staging=staging, led_to=led_to):
                    put_staging(staging)
                    (staging / "journal").symlink_to(led_to)
                    self.assert_refused_unchanged(target, staging, "demo==1.0")
                    self.assertFalse((self.folder / "nowhere").exists())
                    remove_tree(self.place)
                    self.place.mkdir()

    def test_link_as_new_or_old(self):
        for name in ("new", "old"):
            for target, staging in self.stagings():
                with self.subTest(name=name, target=target.kind, staging=staging):
                    put_staging(staging)
                    remove_tree(staging / name)
                    (staging / name).symlink_to(self.outside)
                    result = self.run_on(target, "demo==1.0")
                    self.assert_outside_unchanged(self.outside_before)
                    # To remove the link alone is as good as to refuse it.
                    self.assertIn(result.returncode, (SUCCESS, FILE_SYSTEM), result.stderr)
                    if result.returncode == FILE_SYSTEM:
                        self.assert_refused(result, staging)
                    remove_tree(self.place)
                    self.place.mkdir()

    def test_link_as_staging_directory(self):
        """It leads to a whole staging directory that is ours in every respect."""
        real = self.folder / "real staging"
        for target, staging in self.stagings():
            with self.subTest(target=target.kind, staging=staging):
                put_staging(real, self.genuine_bytes(real))
                staging.parent.mkdir(parents=True, exist_ok=True)
                staging.symlink_to(real)
                before = snapshot(real)
                self.assert_refused_unchanged(target, staging, "demo==1.0")
                self.assertEqual(snapshot(real), before)
                remove_tree(real)

    def test_other_kinds_as_staging_directory(self):
        makers = {"file": lambda path: path.write_text("mine"), "fifo": os.mkfifo,
                  "dangling": lambda path: path.symlink_to(self.folder / "nowhere")}  # fmt: skip
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
    def test_journal_or_staging_directory_of_another_user(self):
        self.each_odd(lambda staging: os.chown(staging / "journal", STRANGER, STRANGER))
        self.each_odd(lambda staging: os.chown(staging, STRANGER, STRANGER))


if __name__ == "__main__":
    support.main()
