"""A journal that an attacker has written is never obeyed.

Recovery moves and removes files, so a journal is a list of orders. A cloned repository, an unpacked
tarball or a root image can bring anything along at the path of a staging directory.
"""

import os

import support
from snapshot import differences, files_containing, snapshot
from staging_case import HANGS, ForgedCase, fields, put_staging
from support import FILE_SYSTEM, SUCCESS, run

KINDS = ("venv", "prefix", "target", "root")


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

    def test_forgeries_beside_a_missing_environment_are_refused(self):
        """`git clone` brings `..venv.ensure`; then somebody runs `ensure --venv .venv`."""
        target = self.target("venv", ".venv")
        self.assert_all_refused(target, self.place / "..venv.ensure")

    def test_forgeries_beside_an_environment_are_refused(self):
        target = self.target("venv", ".venv")
        self.put(target, "extra")
        self.assert_all_refused(target, self.place / "..venv.ensure")

    def test_forgeries_inside_an_environment_are_refused(self):
        target = self.target("venv", ".venv")
        self.put(target, "extra")
        self.assert_all_refused(target, target.path / ".ensure")

    def test_forgeries_inside_an_empty_directory_are_refused(self):
        target = self.target("venv", ".venv")
        target.path.mkdir()
        self.assert_all_refused(target, target.path / ".ensure")

    def test_forgeries_inside_other_targets_are_refused(self):
        for kind in ("prefix", "target", "root"):
            target = self.target(kind, kind)
            target.packages.mkdir(parents=True)
            self.assert_all_refused(target, target.packages / ".ensure")

    def test_forgeries_are_refused_where_only_pip_is_installed(self):
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

    def test_content_without_a_journal_is_removed(self):
        for kind in KINDS:
            with self.subTest(kind=kind):
                target = self.target(kind, kind)
                staging = target.staging_paths[0 if kind == "venv" else 1]
                put_staging(staging)
                result = self.run_on(target, "demo==1.0")
                self.assert_outside_unchanged(self.outside_before)
                self.assert_exit(result, SUCCESS)
                self.assertFalse(staging.exists())
                self.assertEqual(files_containing(target.path, b"chosen by the attacker"), [])

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


if __name__ == "__main__":
    support.main()
