"""Which directory may include which: the table of ARCHITECTURE.md, in the sources and in CMake."""

import fnmatch
import re
import unittest

from source_tree import ROOT, files_in, name_of

_PACKAGES = {
    "installer/base": [],
    "installer/text": ["base"],
    "installer/specs": ["text", "base"],
    "installer/net": ["base"],
    "installer/cache": ["specs", "base"],
    "installer/wheel": ["specs", "base"],
    "installer/sdist": ["wheel", "specs", "base"],
    "installer/resolve": ["specs", "base"],
    "installer/index": ["resolve", "net", "cache", "wheel", "specs", "base"],
    "installer/install": ["cache", "wheel", "specs", "base"],
}
MAY_INCLUDE = {
    directory: {f"installer/{used}" for used in uses} for directory, uses in _PACKAGES.items()
}
MAY_INCLUDE["bundled"] = {"installer/specs", "installer/base"}
MAY_INCLUDE["venv"] = {"installer/specs", "installer/text", "installer/base"}
MAY_INCLUDE["bootstrap/build"] = {"venv", *(f"installer/{name}" for name in
    ("install", "index", "resolve", "net", "cache", "sdist", "wheel", "specs", "text", "base"))}  # fmt: skip
MAY_INCLUDE["bootstrap"] = set(MAY_INCLUDE)
# Programs that run only while building.
MAY_INCLUDE["bundled/pack"] = {"bundled", "installer/wheel", "installer/specs", "installer/base"}
MAY_INCLUDE["packaging/generate"] = {
    "bootstrap", *(f"installer/{name}" for name in
    ("install", "index", "resolve", "wheel", "specs", "base"))}  # fmt: skip

# Each third-party header, and the files that may include it.
HOMES = {
    "archive*.h": ["installer/sdist/archive_reader.cc", "bundled/bundle/*"],
    "libdeflate.h": ["installer/wheel/*", "installer/sdist/archive_reader.cc"],
    "curl/*": ["installer/net/*", "installer/base/url.cc"],
    "nlohmann/*": ["*.cc"],
    "openssl/*": [
        "installer/base/digest.*",
        "installer/net/*.cc",
        "installer/*/attestation*",
        "installer/*/signature*",
    ],
    "lz4.h": ["bundled/*"],
    "lz4hc.h": ["bundled/*"],
    "xxhash.h": ["installer/base/digest.cc"],
    "zstd.h": ["bundled/*"],
}
# Headers of the C library and the kernel, and what the C++ library passes on from them. They are the
# business of installer/base alone, so that another system needs other sources there and nowhere else.
SYSTEM = re.compile(
    r"(sys|linux|arpa|netinet|net|bits|asm)/\w+\.h|"
    r"(dirent|dlfcn|elf|fcntl|link|netdb|poll|pwd|sched|signal|spawn|termios|unistd)\.h|"
    r"cerrno|csignal"
)
SYSTEM_HOMES = ["installer/base/posix/*", "installer/base/error.cc", "installer/install/wheel/launcher/*"]
# They cost start-up time, load locales, or print past bootstrap/report.
REFUSED = {"iostream", "locale", "regex", "codecvt"}

SOURCES = {"installer", "bundled", "venv", "bootstrap", "packaging"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def directory_of(name):
    """The directory of the table that the file or header `name` lies in; the longest one counts."""
    directories = [directory for directory in MAY_INCLUDE if name.startswith(directory + "/")]
    return max(directories, key=len, default=None)


def includes():
    """Every `#include` of the product: file, bracket or quote, header."""
    for path in files_in(SOURCES, {".h", ".cc"}):
        for kind, header in INCLUDE.findall(path.read_text(encoding="utf-8")):
            yield name_of(path), kind, header


def is_at_home(name, header):
    if header == "filesystem":  # the product uses base::Path
        return name.startswith("packaging/")
    if SYSTEM.fullmatch(header):
        return any(fnmatch.fnmatch(name, home) for home in SYSTEM_HOMES)
    if fnmatch.fnmatch(name, "*/windows/*") or "." not in header:
        return header not in REFUSED
    homes = [globs for pattern, globs in HOMES.items() if fnmatch.fnmatch(header, pattern)]
    return any(fnmatch.fnmatch(name, home) for globs in homes for home in globs)


class IncludeTable(unittest.TestCase):
    def test_every_source_lies_in_a_directory_of_the_table(self):
        strays = {name for name, _, _ in includes() if directory_of(name) is None}
        self.assertEqual(strays, set())

    def test_no_include_leaves_the_table(self):
        wrong = []
        for name, kind, header in includes():
            source, target = directory_of(name), directory_of(header)
            if target is not None and target not in MAY_INCLUDE[source] | {source}:
                wrong.append(f"{name} includes {header}")
            if header.startswith("tests/"):
                wrong.append(f"{name} includes {header}")
        self.assertEqual(wrong, [])

    def test_own_headers_are_named_from_the_root(self):
        wrong = [
            f"{name} includes {header}"
            for name, kind, header in includes()
            if (kind == '"') != (directory_of(header) is not None) and not self._generated(name, header)
        ]
        self.assertEqual(wrong, [])

    @staticmethod
    def _generated(name, header):
        """The build embeds a file, such as a script, as the header that is named after it."""
        return (ROOT / directory_of(name) / header.removesuffix(".h")).is_file()

    def test_every_third_party_header_is_at_home(self):
        wrong = [
            f"{name} includes {header}"
            for name, kind, header in includes()
            if kind == "<" and not is_at_home(name, header)
        ]
        self.assertEqual(wrong, [])


class CMakeTable(unittest.TestCase):
    def test_no_layer_uses_what_the_table_does_not_name(self):
        wrong = []
        for path in files_in(SOURCES, {".txt"}):
            text = path.read_text(encoding="utf-8")
            for directory, arguments in re.findall(r"^ensure_layer\((\S+)([^)]*)\)", text, re.M):
                uses = re.search(r"USES\s+(.*?)(?:LIBRARIES|$)", arguments, re.S)
                named = set(uses.group(1).split()) if uses else set()
                for used in sorted(named - MAY_INCLUDE[directory]):
                    wrong.append(f"{name_of(path)}: {directory} uses {used}")
        self.assertEqual(wrong, [])

    def test_the_table_itself_has_no_cycle(self):
        for directory, used in MAY_INCLUDE.items():
            for other in used:
                self.assertNotIn(directory, MAY_INCLUDE[other] - ({directory} if directory == other else set()))


class TheTestItself(unittest.TestCase):
    """A check that never fails is none."""

    def test_directories_are_found(self):
        self.assertEqual(directory_of("bundled/pack/main.cc"), "bundled/pack")
        self.assertEqual(directory_of("bundled/payload/bundle.h"), "bundled")
        self.assertIsNone(directory_of("zstd.h"))

    def test_homes_are_kept(self):
        self.assertTrue(is_at_home("bundled/payload/bundle.cc", "zstd.h"))
        self.assertFalse(is_at_home("venv/interpreter/interpreter.cc", "zstd.h"))
        self.assertFalse(is_at_home("venv/interpreter/interpreter.h", "nlohmann/json.hpp"))
        self.assertFalse(is_at_home("venv/interpreter/interpreter.cc", "unknown.h"))
        self.assertFalse(is_at_home("venv/interpreter/interpreter.cc", "iostream"))
        self.assertFalse(is_at_home("venv/interpreter/interpreter.cc", "filesystem"))
        self.assertFalse(is_at_home("venv/interpreter/interpreter.cc", "sys/stat.h"))
        self.assertFalse(is_at_home("installer/base/files.h", "sys/types.h"))
        self.assertTrue(is_at_home("installer/base/posix/files.cc", "sys/stat.h"))

    def test_there_is_something_to_check(self):
        self.assertGreater(len(list(includes())), 500)


if __name__ == "__main__":
    unittest.main()
