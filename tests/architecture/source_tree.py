"""The files of the project, as git knows them."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_IGNORED = {".git", ".cache", "__pycache__"}


def _walk(directory):
    for path in directory.iterdir():
        if path.is_symlink() or path.name in _IGNORED:
            continue
        if path.parent == ROOT and path.name.startswith("build"):
            continue
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path


def tracked_files():
    """Every file in git; in an unpacked release, which has no git, every file that is no output."""
    try:
        listing = subprocess.run(
            ["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, check=True
        ).stdout.decode()
    except (OSError, subprocess.CalledProcessError):
        return sorted(_walk(ROOT))
    paths = (ROOT / name for name in listing.split("\0") if name)
    return sorted(path for path in paths if path.is_file())


def files_in(directories, suffixes):
    """The tracked files below one of `directories` whose name ends in one of `suffixes`."""
    return [
        path
        for path in tracked_files()
        if path.suffix in suffixes and path.relative_to(ROOT).parts[0] in directories
    ]


def name_of(path):
    """The path as it is written in messages: from the project's root."""
    return path.relative_to(ROOT).as_posix()
