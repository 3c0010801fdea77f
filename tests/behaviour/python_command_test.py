"""`ensure python list` and `ensure python find`: real interpreters, each once, no shim ever run."""

import json
import os
from pathlib import Path

import support
from interpreters import all_interpreters, newest, two_minors
from support import NO_INTERPRETER, SUCCESS, USAGE, Case, clean_environment, run

KEYS = {"executable", "version", "implementation", "platform"}


class PythonCase(Case):
    def command(self, *words, **variables):
        return self.ensure("python", *words, env=clean_environment(**variables))

    def listed(self, **variables):
        result = self.command("list", "--json", **variables)
        self.assert_exit(result, SUCCESS)
        self.assertEqual(result.stderr, "")
        return json.loads(result.stdout)

    def found(self, spec, **variables):
        result = self.command("find", spec, **variables)
        self.assert_exit(result, SUCCESS)
        self.assertEqual(len(result.stdout.splitlines()), 1)
        return result.stdout.rstrip("\n")

    def version_of(self, executable):
        code = "import sys; print('%d.%d.%d' % sys.version_info[:3])"
        return run([executable, "-c", code], check=True).stdout.strip()

    def make_bin(self, **links):
        """A directory for PATH; `python3` can be written as `python3`, `python3.9` as `python3_9`."""
        directory = self.directory / "bin"
        directory.mkdir(exist_ok=True)
        for name, target in links.items():
            (directory / name.replace("_", ".")).symlink_to(target)
        return str(directory)


class ListTest(PythonCase):
    def test_every_interpreter_on_path_once(self):
        directories = [os.path.dirname(each.executable) for each in all_interpreters()]
        listed = self.listed(PATH=":".join(directories * 2))
        for entry in listed:
            self.assertLessEqual(KEYS, entry.keys())
        reals = [os.path.realpath(entry["executable"]) for entry in listed]
        self.assertEqual(len(reals), len(set(reals)))
        for interpreter in all_interpreters():
            self.assertIn(os.path.realpath(interpreter.executable), reals)
        for entry in listed:
            self.assertTrue(entry["version"].startswith(self.version_of(entry["executable"])))

    def test_environments_are_no_interpreters_of_their_own(self):
        self.make("--venv", self.directory / "env", "--python", newest().executable, "--without-pip")
        listed = self.listed(PATH=f"{self.directory}/env/bin:{os.path.dirname(newest().executable)}")
        self.assertFalse([e for e in listed if str(self.directory) in e["executable"]])

    def test_broken_ones_are_left_out_silently(self):
        directory = Path(self.make_bin(python3_12="/nowhere", python3_11="/bin/false", python3_10="/etc/passwd"))
        (directory / "python3.9").mkdir()
        listed = self.listed(PATH=str(directory))
        self.assertFalse([entry for entry in listed if str(directory) in entry["executable"]])

    def test_text_names_versions_and_paths(self):
        told = self.command("list", PATH=os.path.dirname(newest().executable)).stdout
        self.assertIn(newest().minor, told)


class FindTest(PythonCase):
    def setUp(self):
        super().setUp()
        self.older, self.newer = two_minors()
        self.path = self.make_bin(
            **{
                "python3": self.older.executable,
                f"python{self.older.minor}": self.older.executable,
                f"python{self.newer.minor}": self.newer.executable,
            }
        )

    def test_every_form_of_spec(self):
        older, newer = self.older, self.newer
        full = ".".join(map(str, newer.version))
        for spec, expected in (
            (newer.minor, newer),
            (full, newer),
            (f"python{newer.minor}", newer),
            (f"cpython@{newer.minor}", newer),
            (f">={newer.minor}", newer),
            (f">={newer.minor},<3.99", newer),
            (f"=={newer.minor}.*", newer),
            (f"~={newer.minor}.0", newer),
            (f"<{newer.minor}", older),
            ("3", older),
            ("python3", older),
            ("cpython", older),
            (newer.executable, newer),
            (os.path.realpath(newer.base_prefix), newer),
        ):
            with self.subTest(spec=spec):
                version = self.version_of(self.found(spec, PATH=self.path))
                self.assertEqual(version, ".".join(map(str, expected.version)))

    def test_first_on_path_is_the_default(self):
        environment = self.directory / "env"
        self.make("--venv", environment, "--without-pip", env=clean_environment(PATH=self.path))
        self.assertEqual(
            self.version_of(environment / "bin" / "python"), ".".join(map(str, self.older.version))
        )

    def test_path_of_an_environment_leads_to_its_base(self):
        environment = self.directory / "env"
        self.make("--venv", environment, "--python", self.newer.executable, "--without-pip")
        for spec in (environment, environment / "bin" / "python"):
            found = self.found(spec, PATH=self.path)
            self.assertEqual(os.path.realpath(found), os.path.realpath(self.newer.executable))

    def test_environment_from_an_environment_is_as_venv_makes_it(self):
        # Before 3.11 `venv` leads one environment to the other.
        found = [each for each in all_interpreters() if each.has("venv") and each.version >= (3, 11)]
        if not found:
            self.skipTest("needs CPython 3.11 or newer with the module venv")
        first, expected, made = self.directory / "first", self.directory / "expected", self.directory / "made"
        self.make("--venv", first, "--python", found[-1].executable, "--without-pip")
        for name in ("python", "python3"):
            python = first / "bin" / name
            run([python, "-m", "venv", "--without-pip", "--clear", expected], check=True)
            self.make("--venv", made, "--python", python, "--without-pip", "--clear")
            links = [
                {path.name: os.readlink(path) for path in (root / "bin").iterdir() if path.is_symlink()}
                for root in (expected, made)
            ]
            self.assertEqual(links[1], links[0])

    def test_too_old_versions_are_told_to_be(self):
        for spec in ("2.7", "python3.7", "2"):
            result = self.command("find", spec, PATH=self.path)
            self.assert_error(result, NO_INTERPRETER, spec, "3.8 is the oldest")

    def test_pypy(self):
        pypys = [each for each in all_interpreters() if each.implementation == "pypy"]
        if not pypys:
            self.skipTest("needs PyPy")
        for spec in ("pypy", "pypy3", f"pypy{pypys[0].minor}", f"pypy@{pypys[0].minor}"):
            found = self.found(spec, PATH=os.path.dirname(pypys[0].executable))
            self.assertEqual(os.path.realpath(found), os.path.realpath(pypys[0].executable))

    def test_what_is_not_there_is_told_with_the_alternatives(self):
        for spec in ("3.99", ">=3.99", "==3.2.*", "python3.99", "jython", "3.99t"):
            with self.subTest(spec=spec):
                result = self.command("find", spec, PATH=self.path)
                self.assert_error(result, NO_INTERPRETER, spec)
        result = self.command("find", "3.99", PATH=self.path)
        self.assertIn(self.newer.minor, result.stderr, "the alternatives")

    def test_malformed_specs(self):
        for words in (["find"], ["find", ""], ["find", ">=x"], ["find", "3.9", "3.10"], ["list", "x"]):
            with self.subTest(words=words):
                self.assert_error(self.command(*words), USAGE)

    def test_json(self):
        result = self.command("find", self.newer.minor, "--json", PATH=self.path)
        self.assertLessEqual(KEYS, json.loads(result.stdout).keys())


class ShimTest(PythonCase):
    """A pyenv of our own, whose shims leave a note when they are run."""

    def setUp(self):
        super().setUp()
        self.older, self.newer = two_minors()
        self.pyenv = self.directory / "pyenv"
        self.notes = self.directory / "run"
        shims = self.pyenv / "shims"
        shims.mkdir(parents=True)
        for each in (self.older, self.newer):
            version = ".".join(map(str, each.version))
            (self.pyenv / "versions").mkdir(exist_ok=True)
            (self.pyenv / "versions" / version).symlink_to(each.base_prefix)
        for name in ("python", "python3", f"python{self.older.minor}", f"python{self.newer.minor}"):
            self.write_shim(shims / name)
        self.variables = {
            "PATH": f"{shims}:/nonexistent",
            "PYENV_ROOT": str(self.pyenv),
            "HOME": "/nonexistent",
        }

    def write_shim(self, path):
        path.write_text(f'#!/usr/bin/env bash\nset -e\necho run >> "{self.notes}"\nexport PYENV_ROOT="{self.pyenv}"\nexec "pyenv" exec "$program" "$@"\n')  # fmt: skip
        path.chmod(0o755)

    def assert_found(self, spec, expected):
        found = self.found(spec, **self.variables)
        self.assertEqual(os.path.realpath(found), os.path.realpath(expected.executable))
        self.assertFalse(self.notes.exists(), "a shim was run")

    def test_version_that_is_not_selected_is_found_behind_its_shim(self):
        (self.pyenv / "version").write_text(".".join(map(str, self.newer.version)) + "\n")
        self.assert_found(self.older.minor, self.older)
        self.assert_found(f"{self.pyenv}/shims/python{self.older.minor}", self.older)
        self.assert_found(f"python{self.older.minor}", self.older)

    def test_selection_decides_where_nothing_is_asked_for(self):
        for selected in (self.older, self.newer):
            version = ".".join(map(str, selected.version))
            (self.pyenv / "version").write_text(version + "\n")
            self.assert_found("python3", selected)
            environment = self.directory / f"env {version}"
            self.make("--venv", environment, "--without-pip", env=clean_environment(**self.variables))
            self.assertEqual(self.version_of(environment / "bin" / "python"), version)
        self.assertFalse(self.notes.exists())

    def test_variable_and_file_of_the_directory_are_stronger(self):
        (self.pyenv / "version").write_text(".".join(map(str, self.newer.version)) + "\n")
        self.variables["PYENV_VERSION"] = ".".join(map(str, self.older.version))
        self.assert_found("python3", self.older)

    def test_list_has_no_shims(self):
        listed = self.listed(**self.variables)
        self.assertFalse([entry for entry in listed if "shims" in entry["executable"]])
        reals = {os.path.realpath(entry["executable"]) for entry in listed}
        self.assertLessEqual({os.path.realpath(e.executable) for e in (self.older, self.newer)}, reals)
        self.assertFalse(self.notes.exists())


if __name__ == "__main__":
    support.main()
