"""Runs under the interpreter that is tested: its own `test.test_venv`, routed to `ensure`.

Every call that would make an environment (`venv.create`, `EnvBuilder.create`, `venv.main`,
`python -m venv`) runs the executable named by the first argument instead. The second one is a directory
with a wheel of pip, for `--upgrade-deps`; the third the version of the pip that is put in, which
takes the place of ensurepip's. What happened is printed as JSON: the tests that ran, those that were
skipped, and those that failed, with their tracebacks.
"""

import ensurepip
import json
import os
import subprocess
import sys
import types
import unittest
import venv

ENSURE, WHEELS, PIP_VERSION = sys.argv[1:]
PYTHON = getattr(sys, "_base_executable", None) or sys.executable
real_check_call = subprocess.check_call


def run_ensure(arguments):
    finished = subprocess.run([ENSURE, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if finished.returncode == 0:
        return
    message = finished.stderr.decode(errors="replace")
    # `venv` raises ValueError for a target that cannot be, OSError for what the disk says.
    raise ValueError(message) if finished.returncode == 2 else OSError(message)


class RoutedBuilder(venv.EnvBuilder):
    """Hands everything that was asked for to the command line."""

    def create(self, env_dir):
        path = os.fspath(env_dir)
        run_ensure(["--venv", path, "--python", PYTHON, *self.options()])
        context = types.SimpleNamespace(env_dir=os.path.abspath(path))
        for name in getattr(self, "scm_ignore_files", ()):
            if name != "git":
                getattr(self, "create_%s_ignore_file" % name)(context)

    def options(self):
        yield "--symlinks" if self.symlinks else "--copies"
        for name, option in (
            ("system_site_packages", "--system-site-packages"),
            ("clear", "--clear"),
            ("upgrade", "--upgrade"),
        ):
            if getattr(self, name):
                yield option
        if not self.with_pip:
            yield "--without-pip"
        if getattr(self, "upgrade_deps", False):
            yield from ("--upgrade-deps", "--no-index", "--find-links=" + WHEELS, "--no-cache")
        prompt = getattr(self, "orig_prompt", self.prompt)
        if prompt is not None:
            yield "--prompt=%s" % prompt
        if hasattr(self, "scm_ignore_files") and "git" not in self.scm_ignore_files:
            yield "--without-scm-ignore-files"


def routed_check_call(command, *arguments, **options):
    if list(command[1:3]) != ["-m", "venv"]:
        return real_check_call(command, *arguments, **options)
    words = ["--venv", command[-1], "--python", command[0], *command[3:-1]]
    return real_check_call([ENSURE, *words], *arguments, **options)


class Result(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.ran = []

    def startTest(self, test):
        super().startTest(test)
        self.ran.append(test.id().rpartition(".")[2])


def failures(result):
    for test, traceback in result.failures + result.errors:
        inner = getattr(test, "test_case", test)
        subtest = str(test) if inner is not test else ""
        yield {"test": inner.id().rpartition(".")[2], "subtest": subtest, "traceback": traceback}


def main():
    import test.test_venv as suite

    venv.EnvBuilder = RoutedBuilder
    ensurepip.version = lambda: PIP_VERSION
    subprocess.check_call = routed_check_call
    result = Result()
    unittest.defaultTestLoader.loadTestsFromModule(suite).run(result)
    skipped = [test.id().rpartition(".")[2] for test, _ in result.skipped]
    json.dump({"ran": result.ran, "skipped": skipped, "failures": list(failures(result))}, sys.stdout)


main()
