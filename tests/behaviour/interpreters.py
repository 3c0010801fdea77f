"""The Pythons of the machine that the tests can make environments for."""

import dataclasses
import functools
import glob
import json
import os
import pwd
import re
import shutil
import subprocess
import unittest
from pathlib import Path

from support import clean_environment, remove_tree

OLDEST_SUPPORTED = (3, 8)

# Of a copied library: what is large and not needed.
_LEFT_OUT = (
    "site-packages", "dist-packages", "test", "tests", "__pycache__", "idlelib", "tkinter", "lib2to3", "config-*",
)  # fmt: skip

_QUESTION = """
import sys, json
try:
    import importlib.util as util
    modules = [name for name in ("venv", "ensurepip", "zipfile", "test.test_venv") if util.find_spec(name)]
except ImportError:
    modules = []
print(json.dumps([list(sys.version_info[:3]), sys.implementation.name, modules, sys.base_prefix,
                  sys.implementation.cache_tag, getattr(sys, "abiflags", "")]))
"""


@dataclasses.dataclass(frozen=True)
class Interpreter:
    """A Python that is no environment's."""

    executable: str
    version: tuple
    implementation: str
    modules: tuple
    base_prefix: str
    cache_tag: str
    abiflags: str

    @property
    def minor(self):
        return "%d.%d" % self.version[:2]

    @property
    def library_name(self):
        """The directory below `lib`."""
        prefix = "pypy" if self.implementation == "pypy" else "python"
        return prefix + self.minor + ("t" if "t" in self.abiflags else "")

    @property
    def is_distribution(self):
        """Whether a distribution's package manager owns it, as Debian's."""
        return self.base_prefix == "/usr"

    def has(self, module):
        return module in self.modules

    def __str__(self):
        return f"{self.implementation} {'.'.join(map(str, self.version))} ({self.executable})"


def _candidates():
    named = os.environ.get("ENSURE_TEST_PYTHONS", "")
    yield from filter(None, named.split(":"))
    home = pwd.getpwuid(os.getuid()).pw_dir
    for pattern in (
        "/usr/bin/python3.*",
        "/usr/local/bin/python3.*",
        f"{home}/.pyenv/versions/*/bin/python3.*",
        f"{home}/.pyenv/versions/pypy*/bin/pypy3",
        "/usr/bin/pypy3",
    ):
        yield from (
            path
            for path in sorted(glob.glob(pattern))
            if re.fullmatch(r"python3\.\d+t?|pypy3", os.path.basename(path))
        )


def _ask(path):
    try:
        answer = subprocess.run(
            [path, "-I", "-c", _QUESTION],
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    version, implementation, modules, base_prefix, cache_tag, abiflags = json.loads(answer.stdout)
    return Interpreter(path, tuple(version), implementation, tuple(modules), base_prefix, cache_tag, abiflags)


@functools.lru_cache(maxsize=None)
def all_interpreters():
    """Each supported Python once, the oldest first."""
    found = {}
    for path in _candidates():
        real = os.path.realpath(path)
        if real in found:
            continue
        interpreter = _ask(path)
        if interpreter and interpreter.version >= OLDEST_SUPPORTED:
            found[real] = interpreter
    return sorted(found.values(), key=lambda each: (each.implementation, each.version))


def for_each_interpreter(needs):
    """Calls a test method with each interpreter that has the module `needs`, as subtests.

    Each begins with nothing at `self.environment`.
    """

    def decorate(method):
        @functools.wraps(method)
        def call_for_each(self):
            found = [each for each in all_interpreters() if each.has(needs)]
            if not found:
                self.skipTest(f"needs a Python with the module {needs}")
            for interpreter in found:
                with self.subTest(str(interpreter)):
                    remove_tree(self.environment)
                    method(self, interpreter)

        return call_for_each

    return decorate


def copy_interpreter(interpreter, prefix):
    """Copies an installation to `prefix`, without pip and other packages; returns its executable.

    It works there, because a Python finds its library from where its executable is.
    """
    source, prefix = Path(interpreter.base_prefix), Path(prefix)
    library = Path("lib") / interpreter.library_name
    (prefix / "bin").mkdir(parents=True)
    shutil.copytree(
        source / library, prefix / library, symlinks=True, ignore=shutil.ignore_patterns(*_LEFT_OUT)
    )
    (prefix / library / "site-packages").mkdir()
    for shared in source.glob("lib/libpython*"):
        shutil.copy2(shared, prefix / "lib", follow_symlinks=False)
    name = f"python{interpreter.minor}"
    shutil.copy2(source / "bin" / name, prefix / "bin" / name)
    (prefix / "bin" / "python3").symlink_to(name)
    return prefix / "bin" / name


def some_interpreters(limit=2):
    """The newest CPythons, for tests whose answer hardly depends on the version."""
    cpythons = [each for each in all_interpreters() if each.implementation == "cpython"]
    if not cpythons:
        raise unittest.SkipTest("needs CPython 3.8 or newer")
    return cpythons[-limit:][::-1]


def need_copyable(interpreter):
    """Skips where `copy_interpreter` cannot copy it: a distribution spreads its Python over `/usr`."""
    if interpreter is None or interpreter.is_distribution:
        raise unittest.SkipTest("needs a CPython that is not the distribution's, and so can be copied")


def upstream():
    """The newest CPython that is laid out as upstream does it, and can be copied elsewhere."""
    found = [e for e in all_interpreters() if e.implementation == "cpython" and not e.is_distribution]
    need_copyable(found[-1] if found else None)
    return found[-1]


def newest():
    """The newest CPython of the machine."""
    return some_interpreters(1)[0]


def two_minors():
    """Two CPythons of different minor versions, the older first."""
    last = newest()
    for other in reversed(all_interpreters()):
        if other.implementation == "cpython" and other.version[:2] != last.version[:2]:
            return other, last
    raise unittest.SkipTest("needs two minor versions of CPython")
