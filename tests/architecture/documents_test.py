"""The documents: every file, link, option and test that they name exists."""

import re
import unittest

from include_table_test import MAY_INCLUDE
from source_tree import ROOT, name_of, tracked_files

DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
TOPS = "bootstrap|bundled|docs|installer|packaging|tests|venv"
PATH = re.compile(rf"(?<![\w/.-])((?:{TOPS})/[\w./-]*\w)")
LINK = re.compile(r"\]\(([^)\s]+)\)")
OPTION = re.compile(r"`(--[a-z][a-z-]+)")
TEST = re.compile(r"`(\w+_test)`")


def text_of(path):
    return path.read_text(encoding="utf-8")


def anchors_of(path):
    """The names that the headings of a page get on the web."""
    titles = re.findall(r"^#+ (.+)$", text_of(path), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}


class Documents(unittest.TestCase):
    def missing(self, find):
        """What `find` yields for each document and its text."""
        return [f"{name_of(path)}: {name}" for path in DOCUMENTS for name in find(path, text_of(path))]

    def test_every_named_file_exists(self):
        def find(path, text):
            for name in PATH.findall(text):
                if not any((ROOT / f"{name}{suffix}").exists() for suffix in ("", ".h")):
                    yield name

        self.assertEqual(self.missing(find), [])

    def test_every_link_leads_to_a_page_and_a_heading(self):
        def find(path, text):
            for link in LINK.findall(text):
                name, _, anchor = link.partition("#")
                page = path.parent / name if name else path
                if not page.exists() or (anchor and anchor not in anchors_of(page)):
                    yield link

        self.assertEqual(self.missing(find), [])

    def test_every_option_exists(self):
        sources = [text_of(path) for path in sorted((ROOT / "bootstrap/cli").glob("*.cc"))]
        options = {option for source in sources for option in re.findall(r'"(?:-\w, )?(--[a-z][a-z-]+)"', source)}
        self.assertGreater(len(options), 50)

        def find(path, text):
            """Other pages name options of other programs, too."""
            if path.name in ("README.md", "usage.md", "security.md"):
                yield from sorted(set(OPTION.findall(text)) - options)

        self.assertEqual(self.missing(find), [])

    def test_every_test_exists(self):
        names = {path.stem for path in tracked_files() if "tests" in path.parts}
        self.assertEqual(self.missing(lambda path, text: sorted(set(TEST.findall(text)) - names)), [])

    def test_the_table_of_layers_is_the_one_that_is_checked(self):
        text = text_of(ROOT / "ARCHITECTURE.md")
        rows = re.findall(r"^\| `([\w/]+)` \| [^|]+ \| ([^|`]+) \|$", text, re.MULTILINE)
        table = {}
        for directory, used in rows:
            names = [] if used == "nothing of ours" else used.split(", ")
            table[directory] = {name if name == "venv" else f"installer/{name}" for name in names}
        everything = table.pop("bootstrap")
        self.assertEqual(everything, {"installer/all of the above"})
        programs = {"bootstrap", "bundled/pack", "packaging/generate"}
        self.assertEqual(table, {name: uses for name, uses in MAY_INCLUDE.items() if name not in programs})


if __name__ == "__main__":
    unittest.main()
