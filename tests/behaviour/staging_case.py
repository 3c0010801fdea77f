"""What tests share that put a staging directory there before the program does."""

import os
import re
import subprocess
from pathlib import Path

from hostile_case import HostileCase, is_staging
from snapshot import differences, snapshot
from support import FILE_SYSTEM, run

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
        """Exit 8; nothing is changed, not even the forgery; the message has the command that removes it."""
        result = self.assert_error_unchanged(target, staging, *words)
        self.assert_refused(result, staging)
        return result

    def assert_error_unchanged(self, target, staging, *words):
        """Exit 8, and all is as it was but for locks that a killed run has left elsewhere."""
        before = self.without_locks(staging)
        result = self.run_on(target, *words)
        self.assert_outside_unchanged(self.outside_before)
        self.assertEqual(differences(before, self.without_locks(staging)), [])
        self.assert_error(result, FILE_SYSTEM, staging)
        return result

    def without_locks(self, staging):
        """The place without staging directories that hold no journal, which anybody may remove."""
        kept = str(staging.relative_to(self.place))
        return {name: entry for name, entry in snapshot(self.place).items()
                if f"{name}/".startswith(f"{kept}/") or not any(map(is_staging, Path(name).parts))}  # fmt: skip

    def obey_hint(self, result):
        """Runs the command that the message ends with, as a user would."""
        subprocess.run(["sh", "-c", self.hinted_command(result)], check=True)

    def hinted_command(self, result):
        """The command that removes a staging directory: the rest of its line."""
        command = re.search(r"^hint: .*: (rm -rf -- .+)$", result.stderr, re.MULTILINE)
        self.assertTrue(command, result.stderr)
        return command[1]
