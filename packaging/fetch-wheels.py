#!/usr/bin/env python3
"""Fetches the wheels that bundled/manifest.json pins, and checks them against their pins.

    fetch-wheels.py --pins bundled/manifest.json --output DIRECTORY

Wheels in DIRECTORY that match their pins are not fetched again, so a second run needs no network.
"""

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile

from pip_at_hand import NoPip, download, find_pip


class WrongWheel(Exception):
    """The fetched wheel is not the pinned one."""


def sha256_of(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def is_pinned_wheel(path, pin):
    return os.path.isfile(path) and sha256_of(path) == pin["sha256"]


def oldest_python(pin):
    """The first Python that `requires_python` admits, for pip's --python-version."""
    found = re.search(r">=\s*(\d+\.\d+)", pin["requires_python"])
    return found.group(1) if found else "3.8"


def fetch(pip, pin, output):
    """Fetches into a temporary directory, so that only a checked wheel gets its final name."""
    with tempfile.TemporaryDirectory(dir=output) as directory:
        requirement = "{}=={}".format(pin["name"], pin["version"])
        download(pip, requirement, oldest_python(pin), directory)
        fetched = os.path.join(directory, pin["filename"])
        if not os.path.isfile(fetched):
            raise WrongWheel(
                "{} is pinned, but pip fetched {}".format(
                    pin["filename"], ", ".join(sorted(os.listdir(directory))) or "nothing"
                )
            )
        if not is_pinned_wheel(fetched, pin):
            raise WrongWheel(
                "{} has the SHA-256 {}, but {} is pinned".format(
                    pin["filename"], sha256_of(fetched), pin["sha256"]
                )
            )
        os.replace(fetched, os.path.join(output, pin["filename"]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--pins", required=True, help="the manifest with the pins")
    parser.add_argument("--output", required=True, help="the directory for the wheels")
    options = parser.parse_args()

    with open(options.pins, encoding="utf-8") as file:
        pins = json.load(file)["wheels"]
    os.makedirs(options.output, exist_ok=True)
    missing = [
        pin
        for pin in pins
        if not is_pinned_wheel(os.path.join(options.output, pin["filename"]), pin)
    ]
    if not missing:
        return 0
    try:
        pip = find_pip()
        for pin in missing:
            print("fetching {} {}".format(pin["name"], pin["version"]), flush=True)
            fetch(pip, pin, options.output)
    except (NoPip, WrongWheel, subprocess.CalledProcessError) as error:
        print("error: {}".format(error), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
