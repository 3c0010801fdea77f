"""Variables full of nonsense, and machines that lack what one takes for granted."""

import os
import shutil

import support
from interpreters import copy_interpreter, newest, some_interpreters, upstream
from snapshot import snapshot
from strace import injecting, need_strace
from support import NO_INTERPRETER, SUCCESS, Case, clean_environment, need_root, remove_tree, run

NONSENSE = {
    "PYTHONHOME": "/nonexistent",
    "PYTHONPATH": "/nonexistent:relative:",
    "PYTHONSTARTUP": "/nonexistent",
    "PYTHONPLATLIBDIR": "nonsense",
    "PYTHONPYCACHEPREFIX": "/nonexistent",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONOPTIMIZE": "2",
    "PYTHONINSPECT": "1",
    "PYTHONVERBOSE": "1",
    "PYTHONWARNINGS": "error",
    "PYTHONEXECUTABLE": "/nonexistent",
    "PYTHONSAFEPATH": "1",
    "PYTHONNOUSERSITE": "",
    "PYTHONUSERBASE": "/nonexistent",
    "PYTHONCASEOK": "1",
    "PYTHONIOENCODING": "nonsense",
    "__PYVENV_LAUNCHER__": "/nonexistent",
    "VIRTUAL_ENV": "/nonexistent",
    "VIRTUAL_ENV_PROMPT": "nonsense",
    "CONDA_PREFIX": "/nonexistent",
    "PIP_TARGET": "/nonexistent",
    "PIP_PREFIX": "/nonexistent",
    "PIP_USER": "1",
    "PIP_REQUIRE_VIRTUALENV": "1",
    "PIP_CONFIG_FILE": "/nonexistent",
    "PIP_INDEX_URL": "file:///nonexistent",
    "PIP_NO_SUCH_OPTION": "1",
    "ENSUREPIP_OPTIONS": "nonsense",
    "DEB_PYTHON_INSTALL_LAYOUT": "nonsense",
    "LD_PRELOAD": "/nonexistent.so",
    "LD_LIBRARY_PATH": "/nonexistent",
    "TMPDIR": "/nonexistent",
    "HOME": "/nonexistent",
    "XDG_CONFIG_HOME": "/nonexistent",
    "XDG_CACHE_HOME": "/nonexistent",
    "LANG": "xx_YY.nonsense",
    "LC_ALL": "xx_YY.nonsense",
    "LANGUAGE": "\x7f",
    "TZ": "nonsense",
    "TERM": "nonsense",
    "COLUMNS": "-1",
    "SHELL": "/nonexistent",
    "MALLOC_CHECK_": "3",
    "http_proxy": "http://127.0.0.1:1",
    "ENSURE_NO_SUCH_OPTION": "1",
}


class VariablesTest(Case):
    def setUp(self):
        super().setUp()
        self.target = self.directory / "env"
        self.command = [self.executable, "--venv", self.target, "--python", newest().executable]

    def result_with(self, variables):
        remove_tree(self.target)
        result = run(self.command, env=variables)
        self.assert_exit(result, SUCCESS)
        return snapshot(self.target), result.stderr.replace("ERROR: ld.so", "")

    def test_nonsense_changes_no_byte(self):
        expected, _ = self.result_with(clean_environment())
        everything, _ = self.result_with({**clean_environment(), **NONSENSE})
        self.assertEqual(everything, expected)
        for name, value in NONSENSE.items():
            with self.subTest(name=name):
                self.assertEqual(self.result_with({**clean_environment(), name: value})[0], expected)

    def test_empty_environment(self):
        expected, _ = self.result_with(clean_environment())
        self.assertEqual(self.result_with({})[0], expected)

    def test_nonsense_does_not_confuse_the_search(self):
        for variables in ({}, {"PATH": ""}, {"PATH": "relative:::/nonexistent"}):
            result = run([self.executable, "python", "list", "--json"], env=variables)
            self.assert_exit(result, SUCCESS)

    def test_python_in_the_current_directory_is_not_taken(self):
        trap = self.directory / "python3"
        trap.write_text("#!/bin/sh\ntouch sprung\n")
        trap.chmod(0o755)
        variables = {"PATH": f":.:{self.directory}/empty"}
        run([self.executable, "--venv", self.target], env=variables, cwd=self.directory)
        self.assertFalse((self.directory / "sprung").exists())

    def test_limits(self):
        for limit in ("-n 16", "-n 20", "-n 64", "-s 512", "-f 100000"):
            with self.subTest(limit=limit):
                remove_tree(self.target)
                shell = f'ulimit {limit} && exec "$@"'
                self.assert_exit(run(["/bin/bash", "-c", shell, "-", *self.command]), SUCCESS)

    def test_limit_of_file_size_is_an_error_like_any_other(self):
        result = run(["/bin/bash", "-c", 'ulimit -f 1 && exec "$@"', "-", *self.command])
        self.assert_exit(result, support.FILE_SYSTEM)
        self.assert_names(self.directory)


class SandboxTest(Case):
    """What a sandbox or an older kernel does not permit is done in another way, or ends the run."""

    def setUp(self):
        super().setUp()
        need_strace()
        self.target = self.directory / "env"

    def without(self, call, error, interpreter):
        command = [self.executable, "--venv", self.target, "--python", interpreter.executable]
        return run(injecting(f"error={error}", call, "1+", command))

    def test_calls_that_can_be_done_without(self):
        for call, error in (
            ("openat2", "EPERM"),
            ("openat2", "ENOSYS"),
            ("renameat2", "ENOSYS"),
            ("statx", "EPERM"),
            ("copy_file_range", "EPERM"),
            ("flock", "ENOSYS"),
            ("statfs", "EPERM"),
        ):
            with self.subTest(call=call, error=error):
                remove_tree(self.target)
                self.assert_exit(self.without(call, error, newest()), SUCCESS)
                run([self.target / "bin" / "pip", "--version"], check=True)
                self.assert_names(self.directory, "env")

    def test_no_program_can_be_started(self):
        """An interpreter is confirmed by `-VV`, so nothing can be made without that."""
        for error in ("EAGAIN", "EPERM"):
            with self.subTest(error=error):
                result = self.without("clone3,clone", error, newest())
                self.assert_error(result, NO_INTERPRETER, newest().executable, "cannot be started")
                self.assert_names(self.directory)

    def test_file_system_without_fsync(self):
        self.make("--venv", self.target, "--python", newest().executable, "--without-pip")
        self.assert_exit(self.without("fsync", "EINVAL", newest()), SUCCESS)
        run([self.target / "bin" / "pip", "--version"], check=True)

    def test_no_program_can_be_waited_for(self):
        old = [each for each in some_interpreters(9) if each.version < (3, 11)]
        # The files of newer ones say all that is needed, so that no program is started.
        if not old:
            self.skipTest("needs CPython 3.10 or older")
        result = self.without("poll", "EPERM", old[0])
        self.assertIn(result.returncode, (NO_INTERPRETER, support.FILE_SYSTEM))
        self.assert_error(result, result.returncode)
        self.assert_names(self.directory)


CHROOT = shutil.which("chroot", path="/usr/sbin:/sbin:/usr/bin:/bin") or "/usr/sbin/chroot"


@need_root("calls chroot")
class BareMachineTest(Case):
    """Nothing but the executable is there."""

    def setUp(self):
        super().setUp()
        self.root = self.directory / "root"
        self.root.mkdir()
        shutil.copy2(self.executable, self.root / "ensure")
        if self.inside("--version").returncode != SUCCESS:
            self.skipTest("needs a static executable and the permission for chroot")

    def inside(self, *words, **options):
        return run([CHROOT, self.root, "/ensure", *words], env={}, **options)

    def test_says_its_version_and_help(self):
        for word in ("--version", "--help"):
            self.assertIn("ensure", self.inside(word).stdout)

    def test_no_interpreter_says_where_it_looked(self):
        result = self.inside("--venv", "/env")
        self.assert_error(result, NO_INTERPRETER, "/usr/bin")
        self.assert_names(self.root, "ensure")

    def test_list_is_empty(self):
        result = self.inside("python", "list", "--json")
        self.assert_exit(result, SUCCESS)
        self.assertEqual(os.listdir(self.root), ["ensure"])


@need_root("calls chroot")
class ScarceMachineTest(Case):
    """A root with a Python and its libraries: no shell, no /tmp, no /proc, no /dev, no HOME."""

    def setUp(self):
        super().setUp()
        self.root = self.directory / "root"
        self.root.mkdir()
        self.interpreter = newest()
        shutil.copy2(self.executable, self.root / "ensure")
        real = os.path.realpath(self.interpreter.executable)
        for path in {real, *self.libraries(real), *self.libraries(self.executable)}:
            self.bring(path)
        stdlib = os.path.join(self.interpreter.base_prefix, "lib", self.interpreter.library_name)
        shutil.copytree(
            stdlib,
            f"{self.root}{stdlib}",
            ignore=shutil.ignore_patterns("test", "__pycache__", "site-packages", "dist-packages", "idlelib"),
        )
        self.python = real

    def libraries(self, program):
        for line in run(["ldd", program]).stdout.splitlines():
            found = [word for word in line.split() if word.startswith("/")]
            yield from found[:1]

    def bring(self, path):
        copy = f"{self.root}{path}"
        os.makedirs(os.path.dirname(copy), exist_ok=True)
        shutil.copy2(path, copy)

    def test_makes_an_environment_that_works(self):
        result = run([CHROOT, self.root, "/ensure", "--venv", "/env", "--python", self.python], env={})
        if "chroot" in result.stderr:
            self.skipTest("needs the permission for chroot")
        self.assert_exit(result, SUCCESS)
        told = run([CHROOT, self.root, "/env/bin/python", "-m", "pip", "--version"], env={"HOME": "/"})
        self.assertIn("/env/lib/", told.stdout, told.stderr)
        self.assertFalse((self.root / "tmp").exists())


class MinimalLibraryTest(Case):
    """A Python with as little of its library as Debian's python3-minimal has."""

    MISSING = (
        "json",
        "shutil.py",
        "http",
        "venv",
        "ensurepip",
        "zipfile*",
        "importlib/metadata",
        "email",
        "urllib",
    )

    def test_is_enough_for_an_environment_and_told(self):
        interpreter, prefix = upstream(), self.directory / "python"
        python = copy_interpreter(interpreter, prefix)
        library = prefix / "lib" / interpreter.library_name
        for pattern in self.MISSING:
            for path in library.glob(pattern):
                remove_tree(path)
        target = self.directory / "env"
        told = self.make_json("--venv", target, "--python", python)
        self.assertTrue(told["warnings"], "pip needs more of the library")
        self.assertTrue((target / "bin" / "pip").exists())
        self.assertEqual(self.make_json("--venv", target, "--python", python)["outcome"], "unchanged")


if __name__ == "__main__":
    support.main()
