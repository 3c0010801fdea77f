"""What every behaviour test stands on: the executable, a scratch directory, a clean environment.

The executable is the one that the variable ENSURE names. Nothing here depends on the variables,
the home directory, the network or the Pythons of the machine: what there is is looked for, and tests
that need more are skipped.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

FULL_SWEEP = os.environ.get("ENSURE_FULL_SWEEP") == "1"
IS_ROOT = os.geteuid() == 0

# SPEC, "General options and output".
SUCCESS, FAILURE, USAGE, NO_INTERPRETER, NO_SOLUTION = 0, 1, 2, 3, 4
NETWORK, VERIFICATION, FILE_SYSTEM, LOCKED = 5, 7, 8, 9
INTERRUPTED, TERMINATED = 130, 143

# An index that nobody serves.
NO_SERVER = ("--index-url", "http://127.0.0.1:9/simple/", "--retries", "0", "--no-cache")


def executable():
    """The program under test."""
    path = os.environ.get("ENSURE")
    if not path:
        raise unittest.SkipTest("needs the variable ENSURE, which names the executable")
    return str(Path(path).resolve())


def scratch_root():
    """Where scratch directories are made: in memory where that is possible, because it is quick."""
    shm = "/dev/shm"
    return shm if os.access(shm, os.W_OK | os.X_OK) else tempfile.gettempdir()


def clean_environment(**variables):
    """The whole environment of a child; nothing of this process' own is in it."""
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", **variables}


def remove_tree(path):
    """Removes a directory whatever the modes in it are."""

    def loosen_and_retry(function, name, _information):
        os.chmod(os.path.dirname(name), 0o700)
        if os.path.isdir(name) and not os.path.islink(name):
            os.chmod(name, 0o700)
        function(name)

    if os.path.islink(path) or os.path.isfile(path):
        os.unlink(path)
    elif os.path.lexists(path):
        shutil.rmtree(path, onerror=loosen_and_retry)


def run(command, *, env=None, check=False, timeout=300, **options):
    """Runs `command`; its output is text in which bytes that are no UTF-8 survive."""
    options.setdefault("stdin", subprocess.DEVNULL)
    if not {"stdout", "stderr"} & options.keys():
        options["capture_output"] = True
    result = subprocess.run(
        [os.fspath(word) for word in command],
        env=clean_environment() if env is None else env,
        text=True,
        errors="surrogateescape",
        timeout=timeout,
        **options,
    )
    if check and result.returncode != 0:
        raise AssertionError(f"{command} ended with {result.returncode}:\n{result.stderr}")
    return result


def wait_for(condition, seconds=120):
    """Waits until `condition()` holds; only a program that hangs takes as long as `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"still waiting after {seconds} s")
        time.sleep(0.01)


def kill_group(process):
    """Ends a process that was started with `start_new_session=True`, and its children."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def bundled_wheels():
    """What `ensure --version --json` says is bundled."""
    return json.loads(run([executable(), "--version", "--json"], check=True).stdout)["bundled"]


def bundled_pip(interpreter):
    """The bundled pip that fits: the newest whose Requires-Python allows the interpreter."""
    fitting = [
        wheel
        for wheel in bundled_wheels()
        if wheel["name"] == "pip" and interpreter.version[:2] >= minimum(wheel["requires_python"])
    ]
    return max(fitting, key=lambda wheel: [int(part) for part in wheel["version"].split(".")])


def minimum(requires_python):
    """The version of a `>=` specifier, which is all that pip ever uses."""
    return tuple(int(part) for part in requires_python.lstrip(">= ").split(".")[:2])


class Case(unittest.TestCase):
    """A test with a scratch directory `self.directory`, which is removed afterwards."""

    maxDiff = 4000

    def setUp(self):
        self.executable = executable()
        self.directory = Path(tempfile.mkdtemp(prefix="ensure-test-", dir=scratch_root()))
        self.addCleanup(remove_tree, self.directory)

    def ensure(self, *arguments, **options):
        """Runs the program; returns the finished process."""
        return run([self.executable, *arguments], **options)

    def make(self, *arguments, **options):
        """Runs the program, which must succeed."""
        result = self.ensure(*arguments, **options)
        self.assert_exit(result, SUCCESS)
        return result

    def make_json(self, *arguments, **options):
        """Runs the program with `--json`; returns the object that it prints."""
        return json.loads(self.make("--json", *arguments, **options).stdout)

    def start_command(self, command, **options):
        """Starts `command`, which is killed at the end of the test where it still runs."""
        process = subprocess.Popen(
            list(map(os.fspath, command)), env=clean_environment(), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, **options,
        )  # fmt: skip
        self.addCleanup(kill_group, process)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        return process

    def assert_exit(self, result, code):
        if result.returncode != code:
            command = " ".join(map(repr, result.args))
            self.fail(
                f"exit code {result.returncode}, not {code}: {command}\n"
                f"stdout: {result.stdout}\nstderr: {result.stderr}"
            )

    def assert_error(self, result, code, *mentions):
        """The exit code, and an error that says what to do and mentions these words."""
        self.assert_exit(result, code)
        self.assertRegex(result.stderr, r"(?m)^error: \S")
        self.assertRegex(result.stderr, r"(?m)^hint: \S")
        for word in mentions:
            self.assertIn(str(word), result.stderr)

    def assert_names(self, directory, *names):
        """Exactly these names are in `directory`."""
        self.assertEqual(sorted(os.listdir(directory)), sorted(names))


def need_root(reason):
    """For tests that mount or change owners."""
    return unittest.skipUnless(IS_ROOT, f"needs root: {reason}")


# What ctest takes as "skipped" (SKIP_RETURN_CODE).
EXIT_SKIPPED = 77


def main():
    """Runs the tests of the calling file, and names the skipped ones at the end."""
    result = unittest.main(module=sys.modules["__main__"], verbosity=2, exit=False).result
    for test, reason in result.skipped:
        print(f"skipped: {str(test).split()[0]}: {reason}")
    if result.wasSuccessful() and result.testsRun and result.testsRun == len(result.skipped):
        sys.exit(EXIT_SKIPPED)
    sys.exit(0 if result.wasSuccessful() else 1)
