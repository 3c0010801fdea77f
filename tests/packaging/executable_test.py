"""The static executable needs nothing of the machine: no file, and no module of glibc."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

LARGEST = 16 * 1024 * 1024
# What a program may look at without depending on it.
HARMLESS = ("/proc/", "/sys/", "/dev/")


def executable():
    return Path(os.environ["ENSURE"]).resolve()


def is_static():
    """Whether no dynamic loader is named: PT_INTERP would hold its path."""
    return b"ld-linux" not in executable().read_bytes()[:4096]


class StaticExecutable(unittest.TestCase):
    def setUp(self):
        if not is_static():
            self.skipTest("needs a static executable")

    def test_it_is_small_and_stripped(self):
        self.assertLessEqual(executable().stat().st_size, LARGEST)
        if shutil.which("nm"):
            listing = subprocess.run(["nm", executable()], capture_output=True, text=True)
            self.assertEqual(listing.stdout, "")

    def test_it_is_position_independent(self):
        header = executable().read_bytes()[:18]
        self.assertEqual(header[:4], b"\x7fELF")
        self.assertEqual(int.from_bytes(header[16:18], "little"), 3, "its type is not ET_DYN")

    def test_it_runs_in_an_empty_root(self):
        if os.geteuid() != 0:
            self.skipTest("needs root: calls chroot")
        with tempfile.TemporaryDirectory() as directory:
            shutil.copy(executable(), Path(directory, "ensure"))
            for option in ("--version", "--help"):
                result = subprocess.run(
                    ["/ensure", option], preexec_fn=lambda: os.chroot(directory) or os.chdir("/"),
                    capture_output=True, text=True, env={})  # fmt: skip
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                self.assertIn("ensure", result.stdout)

    def test_it_opens_no_module_and_no_table_of_the_machine(self):
        if not shutil.which("strace"):
            self.skipTest("needs strace")
        with tempfile.TemporaryDirectory() as directory:
            notes = Path(directory, "notes")
            subprocess.run(
                ["strace", "-o", notes, "-e", "trace=open,openat", executable(), "--venv",
                 Path(directory, "env"), "--without-pip"],
                check=True, capture_output=True,
                # With such a variable, it does not read the libraries of the interpreter either.
                env={"PATH": "/usr/bin:/bin", "LD_NO_SUCH": "1"})  # fmt: skip
            text = notes.read_text(errors="replace")
        for forbidden in (".so", "nsswitch", "/etc/passwd", "gconv", "/locale", "openssl.cnf"):
            self.assertNotIn(forbidden, text)


if __name__ == "__main__":
    unittest.main()
