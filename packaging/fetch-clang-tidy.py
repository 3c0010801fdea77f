#!/usr/bin/env python3
"""Installs the clang-tidy that packaging/clang-tidy.txt pins, and prints its path.

    fetch-clang-tidy.py DIRECTORY

Does nothing if DIRECTORY already holds that version.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from pip_at_hand import NoPip, find_pip

PINS = Path(__file__).resolve().parent / "clang-tidy.txt"


def install(directory):
    partial = directory.with_name(directory.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    command = [*find_pip(), "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--require-hashes", "--only-binary=:all:", "--target", partial, "--requirement", PINS]
    subprocess.run(command, check=True, stdout=sys.stderr)
    (partial / "pins.txt").write_bytes(PINS.read_bytes())
    shutil.rmtree(directory, ignore_errors=True)
    partial.rename(directory)


def main():
    directory = Path(sys.argv[1]).resolve()
    pins = directory / "pins.txt"
    if not pins.is_file() or pins.read_bytes() != PINS.read_bytes():
        directory.parent.mkdir(parents=True, exist_ok=True)
        install(directory)
    print(directory / "clang_tidy/data/bin/clang-tidy")


if __name__ == "__main__":
    try:
        main()
    except (NoPip, subprocess.CalledProcessError) as error:
        sys.exit(f"error: clang-tidy cannot be installed: {error}")
