"""Nothing of one machine, and no registry's address, is in the repository."""

import re
import unittest

from source_tree import name_of, tracked_files

# In pieces, so that this file holds none of them.
REGISTRIES = ["py" + "pi.org", "python" + "hosted", "test" + "py" + "pi", "deb." + "debian.org"]
MACHINE_PATHS = re.compile(r"(?<![\w.-])(/ro" + r"ot/(?!\.local)|/wo" + r"rk/(main|shared))")
LARGEST_FILE = 300_000


def texts():
    for path in tracked_files():
        yield path, path.read_bytes().decode("utf-8", errors="replace")


class Repository(unittest.TestCase):
    def test_no_registry_is_named(self):
        wrong = [
            f"{name_of(path)}: {host}"
            for path, text in texts()
            for host in REGISTRIES
            if host in text.lower()
        ]
        self.assertEqual(wrong, [])

    def test_no_path_of_a_machine_is_named(self):
        wrong = [
            f"{name_of(path)}: {found.group(0)}"
            for path, text in texts()
            for found in [MACHINE_PATHS.search(text)]
            if found
        ]
        self.assertEqual(wrong, [])

    def test_no_cargo_is_checked_in(self):
        wrong = [
            name_of(path)
            for path in tracked_files()
            if path.suffix in {".whl", ".pyc", ".zip", ".gz"} or path.stat().st_size > LARGEST_FILE
        ]
        self.assertEqual(wrong, [])


if __name__ == "__main__":
    unittest.main()
