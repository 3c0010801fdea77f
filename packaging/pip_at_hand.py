"""Finds a pip on this machine and has it fetch wheels by name.

Needs Python 3.8 or newer and any pip: an installed one, the one that comes with this Python, or
Debian's wheel, which runs without being installed. The configuration of that pip decides where packages
come from; no address is written here.
"""

import glob
import os
import shutil
import subprocess
import sys

DEBIAN_WHEELS = "/usr/share/python-wheels"


class NoPip(Exception):
    """No pip on this machine runs."""


def _candidates():
    yield [sys.executable, "-m", "pip"]
    for program in ("pip3", "pip"):
        found = shutil.which(program)
        if found:
            yield [found]
    directories = [DEBIAN_WHEELS]
    for path in sys.path:
        directories.append(os.path.join(path, "ensurepip", "_bundled"))
    for directory in directories:
        for wheel in sorted(glob.glob(os.path.join(glob.escape(directory), "pip-*.whl"))):
            yield [sys.executable, os.path.join(wheel, "pip")]


def find_pip():
    """The command of the first pip that runs, as an argument vector."""
    for command in _candidates():
        try:
            done = subprocess.run(
                command + ["--version"],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
            )
        except OSError:
            continue
        if done.returncode == 0:
            return command
    raise NoPip(
        "no pip was found: install python3-pip or python3-pip-whl, or name the wheels with "
        "-DENSURE_PIP_WHEELS=PATH;PATH"
    )


def download(pip, requirement, python_version, directory):
    """Downloads the pure wheel of `requirement` that pip takes for `python_version` into `directory`.

    It does not depend on the Python that runs pip.
    """
    command = pip + ["download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary=:all:", "--python-version", python_version]
    command += ["--implementation", "py", "--abi", "none", "--platform", "any"]
    command += ["--dest", directory, requirement]
    subprocess.run(command, check=True)
