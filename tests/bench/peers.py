"""The tools that `ensure` is compared with, in a scratch environment of their own."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def cache_directory():
    """Kept between runs, so that the peers are fetched once."""
    base = os.environ.get("XDG_CACHE_HOME") or tempfile.gettempdir()
    directory = Path(base) / f"ensure-bench-{os.getuid()}"
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def install_peers():
    """Puts uv and virtualenv into the scratch environment, by name and with the user's own pip
    settings; returns its directory of programs."""
    environment = cache_directory() / "peers"
    programs = environment / "bin"
    if (programs / "uv").exists() and (programs / "virtualenv").exists():
        return programs
    shutil.rmtree(environment, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    subprocess.run([programs / "pip", "install", "--quiet", "uv", "virtualenv"], check=True)
    return programs


def pip_index(programs):
    """The index that pip is set up to use, for uv, which does not read pip's settings."""
    asked = subprocess.run(
        [programs / "pip", "config", "get", "global.index-url"], capture_output=True, text=True
    )
    return asked.stdout.strip() or os.environ.get("PIP_INDEX_URL", "")


def built_in_index(programs):
    """The default index of pip."""
    question = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"
    asked = [programs / "python", "-c", question]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()


def warm_uv(programs, directory, python):
    """Fills uv's cache once over the network; returns the variables for running it offline.

    The cache is on the file system of the targets, because that is where hard links work."""
    variables = {"UV_CACHE_DIR": str(directory / "uv-cache"), "UV_PYTHON_DOWNLOADS": "never"}
    index = pip_index(programs)
    online = {**os.environ, **variables, **({"UV_DEFAULT_INDEX": index} if index else {})}
    target = directory / "warm"
    command = [programs / "uv", "venv", "--seed", "--python", python, target]
    subprocess.run(command, env=online, check=True, capture_output=True)
    shutil.rmtree(target)
    return {**variables, **({"UV_DEFAULT_INDEX": index} if index else {})}


def compile_program(name):
    """Compiles one of the C++ programs beside this file."""
    source = Path(__file__).with_name(f"{name}.cc")
    program = cache_directory() / name
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        compiler = os.environ.get("CXX") or shutil.which("c++") or "g++"
        command = [compiler, "-std=c++20", "-O2", "-pthread", source, "-o", program]
        subprocess.run(command, check=True)
    return program
