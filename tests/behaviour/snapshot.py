"""What a directory holds, as a value that can be compared."""

import dataclasses
import hashlib
import os
import stat


@dataclasses.dataclass(frozen=True)
class Entry:
    """One name: its kind, its permissions, and what it holds or leads to."""

    kind: str
    mode: int
    content: str


def snapshot(path, content=True):
    """All names below `path` (which is "."), or None where nothing is there."""
    path = os.fspath(path)
    if not os.path.lexists(path):
        return None
    entries = {}
    _add(entries, path, ".", content)
    return entries


def _add(entries, path, name, content):
    status = os.lstat(path)
    mode = stat.S_IMODE(status.st_mode)
    if stat.S_ISLNK(status.st_mode):
        entries[name] = Entry("link", 0o777, os.readlink(path))
    elif stat.S_ISDIR(status.st_mode):
        entries[name] = Entry("directory", mode, "")
        for child in os.listdir(path):
            relative = child if name == "." else f"{name}/{child}"
            _add(entries, os.path.join(path, child), relative, content)
    elif stat.S_ISREG(status.st_mode):
        entries[name] = Entry("file", mode, _digest(path) if content else "")
    else:
        entries[name] = Entry("other", mode, str(stat.S_IFMT(status.st_mode)))


def _digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def differences(before, after):
    """How two snapshots differ, one line each; empty where they are equal."""
    if before is None or after is None:
        return [] if before is after else [f"{'nothing' if before is None else 'a tree'} before"]
    lines = []
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old != new:
            lines.append(f"{name}: {_show(old)} -> {_show(new)}")
    return lines


def _show(entry):
    return f"{entry.kind} {entry.mode:o} {entry.content[:60]}" if entry else "missing"


def file_times(path):
    """The modification time in nanoseconds of everything below `path`."""
    times = {}
    for directory, directories, files in os.walk(path):
        for name in [".", *directories, *files]:
            full = os.path.normpath(os.path.join(directory, name))
            times[os.path.relpath(full, path)] = os.lstat(full).st_mtime_ns
    return times


def files_containing(path, needle):
    """The files and links below `path` that hold the bytes `needle`."""
    found = []
    for directory, directories, files in os.walk(path):
        for name in files + directories:
            full = os.path.join(directory, name)
            if os.path.islink(full):
                held = os.fsencode(os.readlink(full))
            elif os.path.isfile(full):
                with open(full, "rb") as file:
                    held = file.read()
            else:
                continue
            if needle in held:
                found.append(os.path.relpath(full, path))
    return found
