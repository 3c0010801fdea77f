"""Every environment option does what SPEC says, and what contradicts itself is refused."""

import json
import os
from pathlib import Path

import support
from environment_case import EnvironmentCase
from interpreters import all_interpreters
from snapshot import files_containing, snapshot
from support import FILE_SYSTEM, NETWORK, NO_INTERPRETER, NO_SERVER, USAGE, VERIFICATION, bundled_pip, run
from wheels import make_pip_wheel


class PlainOptionTest(EnvironmentCase):
    def test_system_site_packages(self):
        self.make_environment("--system-site-packages")
        self.assertEqual(self.configuration()["include-system-site-packages"], "true")
        base = Path(self.interpreter.base_prefix) / "lib"
        self.assertIn(str(base), self.inside("import sys; print(sys.path)"))

    def test_copies_are_files_that_start(self):
        self.make_environment("--copies")
        python = self.environment / "bin" / "python"
        self.assertFalse(python.is_symlink())
        self.assertEqual(self.inside("import sys; print(sys.prefix)"), str(self.environment))

    def test_last_of_copies_and_symlinks_counts(self):
        self.make_environment("--copies", "--symlinks")
        self.assertTrue((self.environment / "bin" / "python").is_symlink())

    def test_symlinks_take_the_place_of_copies_where_they_are_asked_for(self):
        self.make_environment("--copies", "--without-pip")
        self.make_environment("--without-pip")
        self.assertFalse((self.environment / "bin" / "python").is_symlink())
        self.make_environment("--symlinks", "--without-pip")
        self.assertTrue((self.environment / "bin" / "python").is_symlink())

    def test_without_pip(self):
        self.make_environment("--without-pip")
        self.assert_names(self.environment / "lib" / self.interpreter.library_name / "site-packages")
        self.assertEqual([n for n in os.listdir(self.environment / "bin") if "pip" in n], [])

    def test_pip_is_added_to_an_environment_without(self):
        self.make_environment("--without-pip")
        self.make_environment()
        run([self.environment / "bin" / "pip", "--version"], check=True)

    def test_scm_ignore_file_from_3_13(self):
        for interpreter in all_interpreters():
            with self.subTest(str(interpreter)):
                support.remove_tree(self.environment)
                self.make("--venv", self.environment, "--python", interpreter.executable, "--without-pip")
                ignore = self.environment / ".gitignore"
                self.assertEqual(ignore.exists(), interpreter.version >= (3, 13))
        support.remove_tree(self.environment)
        self.make_environment("--without-scm-ignore-files")
        self.assertFalse((self.environment / ".gitignore").exists())

    def test_prompt(self):
        self.make_environment("--prompt", "my prompt", "--without-pip")
        self.assertEqual(self.configuration()["prompt"].strip("'"), "my prompt")

    def test_prompt_that_python_cannot_read_is_refused(self):
        """CPython 3.11 and newer do not start with a `pyvenv.cfg` of 32 kB."""
        result = self.try_environment("--prompt", "p" * 100_000, "--without-pip")
        self.assert_error(result, USAGE, "the prompt of 100000 bytes is too long")
        self.assertFalse(self.environment.exists())
        self.make_environment("--prompt", "p" * 15_000, "--without-pip")
        self.assertIn("p" * 15_000, self.configuration()["prompt"])

    def test_prompt_dot_is_the_current_directory(self):
        current = self.directory / "project"
        current.mkdir()
        self.make("--venv", self.environment, "--python", self.interpreter.executable, "--prompt", ".",
                  "--without-pip", cwd=current)  # fmt: skip
        self.assertEqual(self.configuration()["prompt"].strip("'"), "project")

    def test_link_modes_are_accepted_and_others_are_not(self):
        for mode in ("clone", "hardlink", "copy", "symlink"):
            self.make_environment("--clear", "--link-mode", mode, "--without-pip")
        self.assert_error(self.try_environment("--link-mode", "teleport"), USAGE, "teleport")

    def test_upgrade_deps_offline_fails_quickly_and_changes_nothing(self):
        self.make_environment("--without-pip")
        before = snapshot(self.environment)
        for offline in (NO_SERVER, ("--offline", "--no-cache")):
            self.assert_error(self.try_environment("--upgrade-deps", *offline), NETWORK)
            self.assertEqual(snapshot(self.environment), before)

    def test_several_environments_by_one_call(self):
        targets = [self.directory / name for name in ("a", "b", "c")]
        words = [word for target in targets for word in ("--venv", target)]
        told = self.make_json(*words, "--python", self.interpreter.executable)
        self.assertEqual([each["target"] for each in told["targets"]], list(map(str, targets)))
        for target in targets:
            run([target / "bin" / "pip", "--version"], check=True)
        self.assert_names(self.directory, "a", "b", "c")

    def test_several_environments_all_or_none(self):
        foreign = self.directory / "b"
        foreign.mkdir()
        (foreign / "my file").write_text("mine")
        result = self.ensure("--venv", self.directory / "a", "--venv", foreign, "--python",
                             self.interpreter.executable)  # fmt: skip
        self.assert_error(result, FILE_SYSTEM, "my file")
        self.assert_names(self.directory, "b")

    def test_one_environment_inside_of_another_is_refused(self):
        for names in (["a", "a/b"], ["a/b/c", "a"]):
            words = [word for name in names for word in ("--venv", self.directory / name)]
            self.assert_error(self.ensure(*words), USAGE, names[0])
            self.assert_names(self.directory)

    def test_the_same_environment_twice_is_one(self):
        self.make("--venv", self.environment, "--venv", f"{self.directory}/./env", "--python",
                  self.interpreter.executable, "--without-pip")  # fmt: skip
        self.assert_names(self.directory, "env")


class RelocatableTest(EnvironmentCase):
    def test_only_home_is_absolute(self):
        self.make_environment("--relocatable")
        self.assertEqual(files_containing(self.environment, os.fsencode(self.directory)), [])

    def test_works_after_a_move(self):
        self.make_environment("--relocatable")
        moved = self.directory / "moved to" / "another place"
        moved.parent.mkdir()
        self.environment.rename(moved)
        for name in ("pip", "pip3", f"pip{self.interpreter.minor}"):
            told = run([moved / "bin" / name, "--version"], check=True, cwd="/").stdout
            self.assertIn(str(moved), told)
        link = self.directory / "pip link"
        link.symlink_to(moved / "bin" / "pip")
        self.assertIn(str(moved), run([link, "--version"], check=True).stdout)
        self.assertIn(
            str(moved),
            run(["/bin/bash", "-c", '. "$1" && echo "$VIRTUAL_ENV" && command -v pip', "-",
                 moved / "bin" / "activate"], check=True).stdout,
        )  # fmt: skip


class WheelDirTest(EnvironmentCase):
    def installed(self):
        return self.inside("import pip; print(pip.__version__)")

    def test_newer_wheel_wins_by_version_order(self):
        for version in ("9.0", "99.0", "100.0", "100.1rc1"):
            make_pip_wheel(self.directory, version)
        told = self.make_json("--venv", self.environment, "--python", self.interpreter.executable,
                              "--wheel-dir", self.directory)  # fmt: skip
        self.assertEqual(self.installed(), "100.0")
        self.assertEqual(told["installed"][0]["version"], "100.0")
        self.assertIn("pip-100.0-py3-none-any.whl", json.dumps(told["installed"]))

    def test_older_wheel_loses_to_the_bundled_one(self):
        make_pip_wheel(self.directory, "9.0")
        self.make_environment("--wheel-dir", self.directory)
        self.assertEqual(self.installed(), bundled_pip(self.interpreter)["version"])

    def test_wheel_for_other_pythons_is_passed_over(self):
        make_pip_wheel(self.directory, "99.0", requires_python=">=4.0")
        self.make_environment("--wheel-dir", self.directory)
        self.assertEqual(self.installed(), bundled_pip(self.interpreter)["version"])

    def test_wheel_for_python_2_is_passed_over(self):
        wheel = make_pip_wheel(self.directory, "99.0")
        wheel.rename(self.directory / "pip-99.0-py2-none-any.whl")
        self.make_environment("--wheel-dir", self.directory)
        self.assertEqual(self.installed(), bundled_pip(self.interpreter)["version"])

    def test_directory_that_is_not_there(self):
        result = self.try_environment("--wheel-dir", self.directory / "nowhere")
        self.assertIn(result.returncode, (USAGE, FILE_SYSTEM))
        self.assertIn("nowhere", result.stderr)
        self.assertFalse(self.environment.exists())

    def test_wheel_that_lies_is_refused(self):
        make_pip_wheel(self.directory, "99.0", metadata_version="98.0")
        self.assert_error(self.try_environment("--wheel-dir", self.directory), VERIFICATION)
        self.assertFalse(self.environment.exists())


class InterpreterOptionTest(EnvironmentCase):
    def test_too_old_or_broken_or_missing_interpreters(self):
        liar = self.directory / "python3"
        liar.write_text("#!/bin/sh\necho hello\n")
        liar.chmod(0o755)
        for spec in ("/nowhere/python3", "/bin/true", "/bin/false", "/etc/passwd", liar, "3.2", "3.99"):
            with self.subTest(spec=spec):
                result = self.ensure("--venv", self.environment, "--python", spec)
                self.assert_error(result, NO_INTERPRETER, spec)
                self.assert_names(self.directory, "python3")

    def test_an_interpreter_that_hangs_on_its_output_is_no_obstacle(self):
        wrapper = self.directory / "python3"
        wrapper.write_text(
            f'#!/bin/sh\necho noise; echo noise >&2\nexec {self.interpreter.executable} "$@"\n'
        )
        wrapper.chmod(0o755)
        self.make("--venv", self.environment, "--python", wrapper, "--without-pip")
        self.assertEqual(self.inside("import sys; print(sys.prefix)"), str(self.environment))


class MisuseTest(EnvironmentCase):
    def test_contradictions_are_usage_errors(self):
        env = ["--venv", self.environment]
        for words in (
            [*env, "--user"],
            [*env, "--prefix", "/x"],
            [*env, "--target", "/x"],
            [*env, "--altinstall"],
            [*env, "--clear", "--upgrade"],
            ["--altinstall", "--default-pip"],
            ["--user", "--prefix", "/x"],
            ["--clear"],
            ["--copies"],
            ["--venv"],
            ["--venv", ""],
            [*env, "--no-such-option"],
            [*env, "--lock-timeout", "soon"],
            [*env, "--color", "pink"],
            [*env, "--python", ""],
            [*env, "--copies=yes"],
        ):
            with self.subTest(words=words):
                self.assert_error(self.ensure(*words), USAGE)
                self.assert_names(self.directory)


if __name__ == "__main__":
    support.main()
