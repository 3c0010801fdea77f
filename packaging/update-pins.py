#!/usr/bin/env python3
"""Updates the pins of bundled/manifest.json to the newest pip for every supported Python.

    update-pins.py [--manifest FILE] [PYTHON ...]

For each PYTHON (default: every supported version), the pip of this machine finds the newest pip that
runs there. Each of these is pinned once. Look at the difference before you commit it.
"""

import argparse
import email.parser
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import zipfile

from pip_at_hand import NoPip, download, find_pip

SUPPORTED = ["3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"]
MANIFEST = os.path.join(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "bundled", "manifest.json"
)


def metadata_of(wheel):
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.count("/") == 1 and name.endswith(".dist-info/METADATA"):
                return email.parser.Parser().parsestr(archive.read(name).decode("utf-8"))
    raise SystemExit("error: {} has no METADATA".format(wheel))


def pin_of(wheel):
    metadata = metadata_of(wheel)
    with open(wheel, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    return {
        "name": metadata["Name"],
        "version": metadata["Version"],
        "requires_python": metadata["Requires-Python"] or "",
        "filename": os.path.basename(wheel),
        "sha256": digest,
    }


def newest_pins(pip, pythons):
    """One pin for each of the newest pips, that of the newest Python first."""
    pins = []
    for python in sorted(pythons, key=lambda text: [int(part) for part in text.split(".")]):
        with tempfile.TemporaryDirectory() as directory:
            download(pip, "pip", python, directory)
            for name in os.listdir(directory):
                pin = pin_of(os.path.join(directory, name))
                if pin not in pins:
                    pins.insert(0, pin)
    return pins


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--manifest", default=MANIFEST, help="the file to rewrite")
    parser.add_argument("pythons", metavar="PYTHON", nargs="*", default=SUPPORTED)
    options = parser.parse_args()
    try:
        pins = newest_pins(find_pip(), options.pythons)
    except (NoPip, subprocess.CalledProcessError) as error:
        print("error: {}".format(error), file=sys.stderr)
        return 1
    with open(options.manifest, "w", encoding="utf-8") as file:
        json.dump({"wheels": pins}, file, indent=2)
        file.write("\n")
    for pin in pins:
        print("{name} {version}, Python {requires_python}, sha256 {sha256}".format(**pin))
    return 0


if __name__ == "__main__":
    sys.exit(main())
