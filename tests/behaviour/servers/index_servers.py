"""Index servers as people run them, installed for the test where a package index can be reached.

They are installed once into the directory that ENSURE_TEST_SERVERS names, by default one in the
temporary directory, and kept there. Where that fails the tests that need them are skipped.
"""

import fcntl
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from .daemon import Daemon

_INSTALL_SECONDS = 600


def _kept_directory():
    return Path(
        os.environ.get("ENSURE_TEST_SERVERS")
        or Path(tempfile.gettempdir()) / f"ensure-test-servers-{os.getuid()}"
    )


def _run(*command, **options):
    return subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, **options
    )


def installed(*requirements):
    """The `bin` directory of an environment with `requirements`; skips the test if the machine has none."""
    environment = _kept_directory() / requirements[0].split("[")[0].split("=")[0]
    environment.parent.mkdir(parents=True, exist_ok=True)
    with open(environment.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (environment / "complete").exists():
            _install(environment, requirements)
    return environment / "bin"


def _install(environment, requirements):
    made = _run(sys.executable, "-m", "venv", "--clear", environment)
    if made.returncode != 0:
        raise unittest.SkipTest(f"no environment for {requirements[0]}: {made.stderr[-500:]}")
    try:
        done = _run(environment / "bin/python", "-m", "pip", "install", "--quiet", "--no-input",
                    "--retries", "1", *requirements, timeout=_INSTALL_SECONDS)  # fmt: skip
    except subprocess.TimeoutExpired:
        raise unittest.SkipTest(f"{requirements[0]} takes too long to install") from None
    if done.returncode != 0:
        raise unittest.SkipTest(f"{requirements[0]} cannot be installed: {done.stderr[-500:]}")
    (environment / "complete").touch()


class PypiServer(Daemon):
    """pypiserver on a directory of distributions, with Basic authentication where `password`, a pair
    of user and password, is given. HTTP/1.0, HTML only; a wrong password is answered with 403."""

    def __init__(self, directory, packages, password=None):
        super().__init__(directory)
        self._packages = packages
        self._password = password
        self.simple = f"http://127.0.0.1:{self.port}/simple/"

    def command(self):
        bin_directory = installed("pypiserver[passlib]==2.4.2")
        command = [bin_directory / "pypi-server", "run", "-p", self.port, "-i", "127.0.0.1"]
        # Otherwise a name it does not have is asked of the public index.
        command.append("--disable-fallback")
        if self._password is None:
            return [*command, "-P", ".", "-a", ".", self._packages]
        return [*command, "-P", self._password_file(bin_directory), "-a", "update,download,list",
                self._packages]  # fmt: skip

    def _password_file(self, bin_directory):
        user, password = self._password
        code = "import sys, passlib.hash as h; print(h.sha256_crypt.hash(sys.argv[1]))"
        digest = _run(bin_directory / "python", "-c", code, password, check=True).stdout.strip()
        path = self.directory / "htpasswd"
        path.write_text(f"{user}:{digest}\n")
        return path


class Devpi(Daemon):
    """devpi with one index, `u/dev`, that holds the distributions given. Its user is `u`, whose
    password is `pw1`. It ignores ranges, and its pages have other links for each User-Agent."""

    START_SECONDS = 120

    def __init__(self, directory, distributions=(), metadata=True):
        super().__init__(directory)
        self._distributions = list(distributions)
        self._metadata = metadata
        self._bin = None
        self.simple = f"http://127.0.0.1:{self.port}/u/dev/+simple/"

    def command(self):
        self._bin = installed("devpi-server==6.20.3", "devpi-client")
        storage = self.directory / "storage"
        if not storage.exists():
            _run(self._bin / "devpi-init", "--serverdir", storage, "--no-root-pypi",
                 "--root-passwd", "root", check=True, env=self.environment())  # fmt: skip
        command = [self._bin / "devpi-server", "--serverdir", storage, "--host", "127.0.0.1",
                   "--port", self.port]  # fmt: skip
        return [*command, "--enable-core-metadata"] if self._metadata else command

    def __enter__(self):
        super().__enter__()
        try:
            self._fill()
        except subprocess.CalledProcessError as error:
            self.stop()
            raise RuntimeError(f"devpi cannot be set up: {error.stdout}{error.stderr}") from error
        return self

    def _fill(self):
        self._client("use", f"http://127.0.0.1:{self.port}")
        self._client("user", "-c", "u", "password=pw1")
        self._client("login", "u", "--password", "pw1")
        self._client("index", "-c", "u/dev", "volatile=True")
        self._client("use", "u/dev")
        if self._distributions:
            self._client("upload", *self._distributions)

    def _client(self, verb, *arguments):
        _run(self._bin / "devpi", verb, *arguments, check=True, env=self.environment(),
             cwd=self.directory)  # fmt: skip
