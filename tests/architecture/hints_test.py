"""Every error says what to do: each place that makes one adds a hint.

Exit code 1 is for faults of the program itself; `bootstrap/main.cc` says to report those.
"""

import re
import unittest

from source_tree import name_of, tracked_files

DIRECTORIES = ("bootstrap/", "bundled/", "installer/", "venv/")
# Functions whose callers add the hints, and notes that are never thrown.
WITHOUT = {
    ("installer/cache/cache_directory.cc", "note"),
    ("venv/discovery/discovery.cc", "not_found"),
    ("venv/root/target_root.cc", "error_in"),
}
MADE = re.compile(r"\b(?:Parse)?Error\b[^;{}()]*\([^;{}]*?ExitCode::k(\w+)|return \{(?:base::)?ExitCode::k(\w+)")


def without_hint(text):
    """The lines that make an error and are not followed by a hint before their function ends."""
    for found in MADE.finditer(text):
        end = re.compile(r"^}", re.MULTILINE).search(text, found.end())
        rest = text[found.start() : end.start() if end else len(text)]
        if "Failure" in found.groups() or "with_hint(" in rest or "add_hint(" in rest:
            continue
        yield text.count("\n", 0, found.start()) + 1


class Hints(unittest.TestCase):
    def test_every_error_has_one(self):
        wrong = []
        for path in tracked_files():
            name = name_of(path)
            if not name.startswith(DIRECTORIES) or not name.endswith(".cc") or "/pack/" in name:
                continue
            text = path.read_text()
            lines = text.splitlines()
            for line in without_hint(text):
                near = "\n".join(lines[max(0, line - 2) : line])
                if not any(name == file and function in near for file, function in WITHOUT):
                    wrong.append(f"{name}:{line}")
        self.assertEqual(wrong, [])

    def test_the_search_finds_them(self):
        bare = "void f() {\n  throw Error(ExitCode::kUsage, x);\n}\n"
        self.assertEqual(list(without_hint(bare)), [2])
        self.assertEqual(list(without_hint(bare.replace("x)", "x).with_hint(y)"))), [])


if __name__ == "__main__":
    unittest.main()
