#!/usr/bin/env python3
"""Runs the text files of tests/cli: each holds one command line and everything a user sees of it.

    ENSURE=build/ensure python3 tests/cli/run.py [FILE|DIRECTORY ...]
    ENSURE_TEST_ACCEPT=1 ENSURE=build/ensure python3 tests/cli/run.py

The second form rewrites the expectations with what the executable prints now; review the change with
`git diff`. README.md explains the sections of a file and the placeholders.
"""

import difflib
import json
import os
import platform
import re
import shlex
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "behaviour"), str(HERE.parent / "behaviour" / "online")]

from fabricated_index import FabricatedIndex  # noqa: E402
from interpreters import newest  # noqa: E402
from support import bundled_pip, executable, remove_tree, run, scratch_root  # noqa: E402

SECTIONS = ("ARGS", "ENV", "FILE", "WHEELS", "INDEX", "SETUP", "EXPECT-EXIT", "EXPECT-STDOUT", "EXPECT-STDERR")

# Texts that differ between machines, builds and runs. The order counts.
PATTERNS = (
    (r"\b\d+(\.\d+)? ?(ms|s)\b(?=[\s,.;)`]|$)", "[TIME]"),
    (r'"elapsed_ms": [\d.e+-]+', '"elapsed_ms": "[TIME]"'),
    (r"\b[0-9a-f]{64}\b", "[SHA256]"),
    (r"\b\d+(\.\d+)? ([kMG]i?)?B\b|\b\d+ bytes\b", "[SIZE]"),
    (r'"(size|bytes)": \d+', r'"\1": "[SIZE]"'),
    (r'"pip_version": "[^"]*"', '"pip_version": "[PIP]"'),
    (r"^ensure \d+\.\d+\.\d+$", "ensure [ENSURE-VERSION]"),
    (r"\bpip \d+(\.\d+)+", "pip [PIP]"),
    (r"((pypy)?\d+\.\d+\.\d+ \(`[^`]+`\)(, )?)+", "[PYTHONS]"),
    (r"\bPython (\d\.\d+(, )?)+;", "Python [PYTHONS];"),
    (rf"\b(many|musl)linux_\d+_\d+_{platform.machine()}\b", "[PLATFORM]"),
    (rf"\blinux-{platform.machine()}\b", "linux-[MACHINE]"),
    (r'"base_prefix": "[^"]*"', '"base_prefix": "[PREFIX]"'),
)


class BadFile(Exception):
    """A test file that does not follow the format."""


class TestFile:
    """One `.test` file: the comment at its top and its sections, in order."""

    def __init__(self, path):
        self.path = path
        self.comment = []
        self.sections = []  # (name, argument, lines)
        for line in path.read_text().splitlines():
            match = re.fullmatch(r"@([A-Z-]+)(?: (.+))?", line)
            if match and match[1] in SECTIONS:
                self.sections.append((match[1], match[2], []))
            elif match:
                raise BadFile(f"{path}: unknown section {line}")
            elif self.sections:
                self.sections[-1][2].append(line)
            else:
                self.comment.append(line)
        if not self.text("ARGS"):
            raise BadFile(f"{path}: there is no section @ARGS")

    def lines(self, name):
        return [line for section, _, lines in self.sections if section == name for line in lines]

    def text(self, name):
        return "".join(line + "\n" for line in self.lines(name))

    def has(self, name):
        return any(section == name for section, _, _ in self.sections)

    def mentions(self, placeholder):
        return any(placeholder in line for _, _, lines in self.sections for line in lines)

    def write(self, outcome):
        """Replaces the expectations by `outcome`, a dictionary of section names and texts."""
        kept = [each for each in self.sections if not each[0].startswith("EXPECT-")]
        new = [(name, None, text.splitlines()) for name, text in outcome.items()]
        out = list(self.comment)
        for name, argument, lines in kept + new:
            out += [f"@{name} {argument}" if argument else f"@{name}", *lines]
        self.path.write_text("".join(line + "\n" for line in out))


class World:
    """The fresh directory of one run, what its placeholders mean, and how output is made comparable."""

    def __init__(self, test, scratch):
        self.test = test
        self.directory = scratch / "work"
        self.home = scratch / "home"
        self.programs = scratch / "bin"
        for path in (self.directory, self.home, self.programs):
            path.mkdir()
        (self.programs / "ensure").symlink_to(executable())
        self.index = FabricatedIndex(self.directory / "wheels") if test.has("WHEELS") else None
        self.python = newest() if test.mentions("[PYTHON]") else None
        self.meanings = {"[DIR]": self.directory, "[HOME]": self.home, "[BIN]": self.programs}
        self.meanings = {name: str(path) for name, path in self.meanings.items()}
        if self.index:
            self.meanings["[INDEX]"] = self.index.origin
        if self.python:
            self.meanings["[PYTHON]"] = self.python.executable

    def fill_in(self, text):
        for name, value in self.meanings.items():
            text = text.replace(name, value)
        return text

    def variables(self):
        own = dict(line.split("=", 1) for line in map(self.fill_in, self.test.lines("ENV")) if line)
        return {"PATH": f"{self.programs}:/usr/bin:/bin", "HOME": str(self.home), "LC_ALL": "C.UTF-8", **own}

    def prepare(self):
        for line in filter(None, self.test.lines("WHEELS")):
            name, version, *more = shlex.split(line)
            self.index.add(name, version, **wheel_options(more))
        for line in filter(None, self.test.lines("INDEX")):
            name, _, value = line.partition(" ")
            setattr(self.index, name, index_attribute(name, json.loads(value)))
        for section, argument, lines in self.test.sections:
            if section == "FILE":
                path = self.directory / argument
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(self.fill_in("".join(line + "\n" for line in lines)))
        setup = self.fill_in(self.test.text("SETUP"))
        if setup:
            self.start(["sh", "-eu", "-c", setup], check=True)

    def start(self, command, **options):
        return run(command, env=self.variables(), cwd=self.directory, **options)

    def outcome(self):
        if self.index:
            with self.index:
                return self.run_prepared()
        return self.run_prepared()

    def run_prepared(self):
        self.prepare()
        arguments = shlex.split(self.fill_in(self.test.text("ARGS")))
        result = self.start([executable(), *arguments])
        stdout = result.stdout
        if stdout.startswith(("{", "[")):
            stdout = readable_json(stdout)
        return {
            "EXPECT-EXIT": f"{result.returncode}\n",
            "EXPECT-STDOUT": self.comparable(stdout),
            "EXPECT-STDERR": self.comparable(result.stderr),
        }

    def comparable(self, text):
        """`text` with placeholders for everything that differs between runs and machines."""
        for name, value in sorted(self.meanings.items(), key=lambda item: -len(item[1])):
            text = text.replace(value, name)
        text = text.replace(executable(), "[ENSURE]")
        if self.python:
            text = self.without_version(text)
        for pattern, placeholder in PATTERNS:
            text = re.sub(pattern, placeholder, text, flags=re.MULTILINE)
        # Downloads begin in whatever order the threads reach them.
        return re.sub(r"(downloading .*\n)+", lambda lines: "".join(sorted(lines[0].splitlines(True))), text)

    def without_version(self, text):
        python = self.python
        major, minor, _ = python.version
        pip = re.escape(bundled_pip(python)["version"])
        text = re.sub(rf"(?<![\d.]){pip}(?![\d.]*\d)", "[PIP]", text)
        for exact in {python.executable, os.path.realpath(python.executable)}:
            text = text.replace(exact, "[PYTHON]")
        text = re.sub(rf"(?<![\d.]){major}\.{minor}\.\d+\w*", "[VERSION]", text)
        text = re.sub(rf"(?<![\d.]){major}\.{minor}(?![\d.]*\d)", "[MINOR]", text)
        return re.sub(rf"\b(cp|cpython-){major}{minor}\b", r"\1[TAG]", text)


def wheel_options(words):
    """The options of `FabricatedIndex.add` that a line of @WHEELS has."""
    options = {}
    for word in words:
        key, _, value = word.partition("=")
        key = key.replace("-", "_")
        if key == "requires":
            options.setdefault("requires", []).append(value)
        elif key == "file":
            options.setdefault("files", {})[value] = "content\n"
        else:
            options[key] = value or True
    return options


def index_attribute(name, value):
    """An attribute of `FabricatedIndex` from its JSON; bodies of answers are bytes there."""
    if name == "answers":
        return {path: (status, headers, body.encode()) for path, (status, headers, body) in value.items()}
    return value


def readable_json(text):
    """JSON with one value a line, without the lists that differ between builds and machines."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    if isinstance(value, dict):
        for key in ("bundled", "bytecode", "environment"):
            if value.get(key):
                value[key] = f"[{key.upper()}]"
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def check(path, accept):
    """The differences between what `path` expects and what happens; accepted ones are written."""
    test = TestFile(path)
    scratch = Path(tempfile.mkdtemp(prefix="ensure-cli-", dir=scratch_root()))
    try:
        world = World(test, scratch)
        outcome = world.outcome()
        expected = {name: test.text(name) for name in outcome}
        if accept:
            if expected != outcome:
                test.write(outcome)
            return []
        # A version that an example names may be the one of this machine's Python.
        return differences(path, {k: world.comparable(v) for k, v in expected.items()}, outcome)
    finally:
        remove_tree(scratch)


def differences(path, expected, outcome):
    lines = []
    for name, text in outcome.items():
        old, new = expected[name].splitlines(), text.splitlines()
        lines += difflib.unified_diff(old, new, f"{path} @{name}", "what it is now", lineterm="")
    return lines


def test_files(arguments):
    for argument in map(Path, arguments or [HERE]):
        yield from sorted(argument.rglob("*.test")) if argument.is_dir() else [argument]


def main(arguments):
    accept = os.environ.get("ENSURE_TEST_ACCEPT") == "1"
    passed, failed, skipped = 0, 0, 0
    for path in test_files(arguments):
        try:
            found = check(path, accept)
        except unittest.SkipTest as reason:
            print(f"skipped: {path}: {reason}")
            skipped += 1
            continue
        except (AssertionError, BadFile, KeyError, TypeError) as error:
            found = [f"{path}: {error!r}" if isinstance(error, (KeyError, TypeError)) else f"{path}: {error}"]
        print("\n".join(found), end="\n" if found else "")
        failed += bool(found)
        passed += not found
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    if failed:
        print("if the new texts are right: ENSURE_TEST_ACCEPT=1 python3 tests/cli/run.py, and read git diff")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
