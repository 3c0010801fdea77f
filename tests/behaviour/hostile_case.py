"""What tests share that attack a target: a victim outside of it, small wheels, runs that are killed."""

import dataclasses
import os
import re
import signal
import subprocess
from pathlib import Path

from interpreters import all_interpreters, newest
from snapshot import differences, snapshot
from strace import injecting, most_per_thread, need_strace, trace
from support import FILE_SYSTEM, SUCCESS, Case, remove_tree, run
from wheels import make_pip_wheel, make_wheel

MOVES = "rename,renameat,renameat2"


@dataclasses.dataclass(frozen=True)
class Target:
    """One kind of target at `path`: the words that name it, and where its packages are."""

    kind: str
    path: Path
    words: tuple
    packages: Path

    @property
    def commands(self):
        """The directory of console scripts."""
        return self.path / "bin"

    @property
    def staging_paths(self):
        """The staging directories that a run on this target obeys, as far as the kind has them."""
        inside = self.packages if self.kind in ("prefix", "root", "target") else self.path
        return [self.path.parent / f".{self.path.name}.ensure", inside / ".ensure"]


def package_files(version):
    """A package with modules and data, which lie in two parts of the target."""
    return {
        "demo/__init__.py": f"version = '{version}'\ndef main():\n    print(version)\n",
        "demo/inner/__init__.py": f"version = '{version}'\n",
        f"demo/only_{version.replace('.', '_')}.py": "",
        f"demo-{version}.data/data/share/demo/readme": f"data of {version}\n",
    }


class HostileCase(Case):
    """A place with targets, and `self.outside`, whose content no run may change."""

    def setUp(self):
        super().setUp()
        self.interpreter = newest()
        self.place = self.directory / "place"
        self.place.mkdir()
        self.outside = self.directory / "outside"
        self.outside.mkdir()
        (self.outside / "precious").write_text("mine")
        self.wheels = self.directory / "wheels"
        self.wheels.mkdir()
        for version in ("1.0", "2.0"):
            make_wheel(self.wheels, "demo", version, files=package_files(version), scripts="demo = demo:main")
            header = {f"withheader-{version}.data/headers/demo.h": f"/* {version} */\n"}
            make_wheel(self.wheels, "withheader", version, files=header)
        self.pips = self.directory / "pips"
        self.pips.mkdir()
        make_pip_wheel(self.pips, "99.0")
        make_wheel(self.wheels, "extra", "1.0", files={"extra/__init__.py": "", "extra/module.py": ""})
        make_wheel(self.wheels, "bystander", "1.0", files={"bystander/__init__.py": "whole = True\n"})

    # Commands.

    @property
    def local_only(self):
        """Packages come from the wheels of the test, and from nowhere else; pip is a small one."""
        return ("--no-index", "--find-links", str(self.wheels), "--wheel-dir", str(self.pips),
                "--no-cache", "--no-compile-bytecode")  # fmt: skip

    def target(self, kind, name="target", place=None):
        path = (place or self.place) / name
        python = ("--python", str(self.interpreter.executable))
        packages = path / "lib" / self.interpreter.library_name / "site-packages"
        if kind == "root":
            return Target(kind, path, ("--root", str(path), "--prefix", "/usr", *python),
                          path / "usr" / packages.relative_to(path))  # fmt: skip
        return Target(kind, path, (f"--{kind}", str(path), *python), path if kind == "target" else packages)

    def command(self, target, *words):
        return [self.executable, *target.words, *self.local_only, *map(str, words)]

    def put(self, target, *words):
        """Installs the packages that `words` name, which must succeed."""
        result = run(self.command(target, *words))
        self.assert_exit(result, SUCCESS)
        return result

    # Kills.

    def moves(self, command):
        """Every point (call, number) at which this command moves something."""
        result, calls = trace(command, MOVES, children=False)
        self.assert_exit(result, SUCCESS)
        return [(call, number) for call, count in sorted(most_per_thread(calls).items())
                for number in range(1, count + 1)]  # fmt: skip

    def interrupt_halfway(self, target, *words):
        """Kills a run that changes `target` while its journal is in force.

        The run is killed before each of its moves in turn, on a copy, until the target is neither
        as it was before nor as requested: only a journal can tell how to get out of that state.
        """
        need_strace()
        command = self.command(target, *words)
        saved = self.save_place()
        before = whole_entries(target.path)
        points = self.moves(command)
        asked = whole_entries(target.path)
        for call, number in points:
            self.restore_place(saved)
            result = run(injecting("signal=KILL", call, number, command))
            self.assertIn(result.returncode, (SUCCESS, -signal.SIGKILL), result.stderr)
            if whole_entries(target.path) not in (before, asked):
                return before, asked
        raise AssertionError("no kill leaves the target half changed, so there is no journal to attack")

    def save_place(self):
        saved = self.directory / "saved"
        remove_tree(saved)
        copy_tree(self.place, saved)
        return saved

    def restore_place(self, saved):
        remove_tree(self.place)
        copy_tree(saved, self.place)

    # Judgement.

    def assert_outside_unchanged(self, before):
        self.assertEqual(differences(before, snapshot(self.outside)), [])

    def assert_refused(self, result, path, *mentions):
        """Exit 8 and the exact command that removes the staging directory at `path`."""
        self.assert_error(result, FILE_SYSTEM, *mentions)
        self.assertRegex(result.stderr, rf"""rm -rf -- (["']?){re.escape(str(path))}\1(?![/\w])""")


def copy_tree(source, destination):
    """A copy as backups and images have it: all content, modes, owners and times; other inodes."""
    subprocess.run(["cp", "-a", os.fspath(source), os.fspath(destination)], check=True)


def is_staging(name):
    return name.startswith(".ensure") or (name.startswith(".") and name.endswith(".ensure"))


def whole_entries(path):
    """The snapshot of a target without staging directories."""
    entries = snapshot(path) or {}
    return {name: entry for name, entry in entries.items() if not any(map(is_staging, Path(name).parts))}


def staging_directories(place):
    """All staging directories in `place`, by their names."""
    return [path for path in sorted(place.rglob("*")) if path.is_dir() and is_staging(path.name)]


def shared_interpreter():
    """A Python that every user can start, or None."""
    for each in all_interpreters():
        if each.is_distribution and each.implementation == "cpython":
            return each
    return None
