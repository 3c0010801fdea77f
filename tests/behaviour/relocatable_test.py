"""Commands of a relocatable environment run wherever it is moved, with nothing but their Python."""

import csv
import os
import unittest

import support
from environment_case import EnvironmentCase
from interpreters import for_each_interpreter, newest, two_minors
from snapshot import files_containing, snapshot
from support import clean_environment, need_root, remove_tree, run
from wheels import make_wheel, record_hash

NOT_STARTED = 127

# Each changes what a process and its children see, and starts the rest of the words.
WITHOUT_SHELL = """
for program in /bin/sh /bin/bash /usr/bin/realpath /usr/bin/dirname; do
    [ ! -e "$program" ] || mount --bind /dev/null "$program" || exit
done
exec "$@"
"""
WITHOUT_PROC = 'mount -t tmpfs none /proc || exit; exec "$@"'


def launches():
    """Whether this processor has a launcher, or the shell has to do."""
    return os.uname().machine in ("x86_64", "aarch64")


def in_own_mounts(change):
    """Words that start a command where `change` was made to the mounts, and only there."""
    words = ["unshare", "--mount", "/bin/sh", "-c", change, "-"]
    if run([*words, "true"]).returncode != 0:
        raise unittest.SkipTest("needs the permission to mount")
    return words


class RelocatableCase(EnvironmentCase):
    def setUp(self):
        super().setUp()
        if not launches():
            self.skipTest("needs an x86-64 or ARM64 processor: the launcher exists for these")
        self.moved = self.directory / "moved to" / 'another "place\''

    def make_and_move(self, interpreter):
        """Makes an environment and moves it; nothing is left where it was."""
        remove_tree(self.moved)
        self.make("--venv", self.environment, "--python", interpreter.executable, "--relocatable")
        self.moved.parent.mkdir(exist_ok=True)
        self.environment.rename(self.moved)

    def assert_is_pip_of_the_environment(self, command, **options):
        told = run([*command, "--version"], **options)
        self.assert_exit(told, support.SUCCESS)
        self.assertIn(f" from {self.moved}/lib", told.stdout)
        self.assertEqual(told.stderr, "")


class MovedTest(RelocatableCase):
    @for_each_interpreter("zipfile")
    def test_all_commands_run(self, interpreter):
        self.make_and_move(interpreter)
        for name in ("pip", "pip3", f"pip{interpreter.minor}"):
            self.assert_is_pip_of_the_environment([self.moved / "bin" / name])
            told = run([self.moved / "bin" / name, "--help"], check=True).stdout
            self.assertIn(f" {name} <command>", told)

    @for_each_interpreter("zipfile")
    def test_the_record_is_true(self, interpreter):
        self.make_and_move(interpreter)
        (record,) = self.moved.glob("lib/*/site-packages/pip-*.dist-info/RECORD")
        rows = {row[0]: row[1:] for row in csv.reader(record.read_text().splitlines())}
        for name in ("pip", "pip3", f"pip{interpreter.minor}"):
            content = (self.moved / "bin" / name).read_bytes()
            self.assertEqual(rows[f"../../../bin/{name}"], [record_hash(content), str(len(content))])

    def test_pip_removes_its_own_commands(self):
        self.make_and_move(newest())
        run([self.moved / "bin" / "pip", "uninstall", "--yes", "pip"], check=True)
        self.assertEqual(list(self.moved.glob("bin/pip*")), [])

    def test_what_comes_later_can_be_moved_as_well(self):
        older, newer = two_minors()
        wheel = make_wheel(self.directory, "demo", "1.0", files={"demo.py": "def main(): print('hi')\n"},
                           scripts="demo = demo:main\n")  # fmt: skip
        self.make("--venv", self.environment, "--python", older.executable, "--relocatable", "--without-pip")
        self.make("--venv", self.environment, "--python", newer.executable, "--upgrade")
        self.make("--venv", self.environment, "--no-cache", wheel)
        self.moved.parent.mkdir()
        self.environment.rename(self.moved)
        self.assertEqual(files_containing(self.moved, os.fsencode(self.environment)), [])
        self.assert_is_pip_of_the_environment([self.moved / "bin" / "pip"])
        self.assertEqual(run([self.moved / "bin" / "demo"], check=True).stdout, "hi\n")

    def test_a_fixed_environment_does_not_pass_for_a_movable_one(self):
        self.make_environment("--without-pip")
        self.make_environment("--relocatable")
        self.assertEqual(files_containing(self.environment, os.fsencode(self.environment)), [])
        self.make_environment("--clear")
        before = snapshot(self.environment)
        self.assert_error(self.try_environment("--relocatable"), support.FILE_SYSTEM, "--clear")
        self.assertEqual(snapshot(self.environment), before)
        self.make_environment("--relocatable", "--clear")
        self.make_environment("--relocatable")

    def test_nothing_tells_of_the_old_place(self):
        self.make_and_move(newest())
        run([self.moved / "bin" / "pip", "list"], check=True)
        self.assertEqual(files_containing(self.moved, os.fsencode(self.environment)), [])

    def test_commands_have_the_same_bytes_each_time(self):
        made = []
        for _ in range(2):
            self.make_and_move(newest())
            made.append((self.moved / "bin" / "pip").read_bytes())
        self.assertEqual(*made)
        self.assertLess(len(made[0]), 4096)


class CalledTest(RelocatableCase):
    """However a command is called, it is that of the environment that it lies in."""

    def setUp(self):
        super().setUp()
        self.make_and_move(newest())
        self.links = self.directory / "links"
        self.links.mkdir()
        (self.links / "pip").symlink_to(self.moved / "bin" / "pip")
        (self.links / "chain").symlink_to("pip")
        (self.links / "bin").symlink_to(self.moved / "bin")

    def calls(self):
        """Command, directory that it is called in, PATH."""
        yield self.moved / "bin" / "pip", "/", ""
        yield self.links / "pip", "/", ""
        yield self.links / "chain", "/", ""
        yield self.links / "bin" / "pip3", "/", ""
        yield "bin/pip", self.moved, ""
        yield "./pip", self.moved / "bin", ""
        yield "../links/chain", self.links, ""
        yield "pip", "/", str(self.moved / "bin")
        yield "chain", "/", f"/nonexistent:{self.links}"
        yield "pip", self.links, "bin"

    def assert_all_calls_work(self, *prefix):
        for command, directory, path in self.calls():
            with self.subTest(command=command, directory=directory, path=path):
                # `env` looks the command up, and is looked up itself before PATH changes.
                words = ["/usr/bin/env", f"PATH={path}", command] if path else [command]
                self.assert_is_pip_of_the_environment([*prefix, *words], cwd=directory)

    def test_by_path_link_and_search(self):
        self.assert_all_calls_work()

    @need_root("hides /proc")
    def test_without_proc(self):
        self.assert_all_calls_work(*in_own_mounts(WITHOUT_PROC))

    def test_arguments_and_variables_are_handed_on(self):
        python = self.moved / "bin" / "python"
        python.unlink()
        python.write_text("#!/bin/sh\nprintf '%s|' \"$0\" \"$@\" \"$ODD\"\n")
        python.chmod(0o755)
        words = ["", "two words", "-x", "*", "caf\u00e9", "a\nb", "\udcff", "x" * 100_000]
        told = run([self.links / "pip", *words], env=clean_environment(ODD="a\tb\udcff"), check=True)
        expected = [str(python), str(self.moved / "bin" / "pip"), *words, "a\tb\udcff", ""]
        self.assertEqual(told.stdout, "|".join(expected))

    def test_missing_python_is_told(self):
        for name in ("python", "python3", f"python{newest().minor}"):
            (self.moved / "bin" / name).unlink()
        result = run([self.links / "pip", "--version"])
        self.assert_error(result, NOT_STARTED, f"{self.moved}/bin/python")


@need_root("hides programs by mounts")
class WithoutShellTest(RelocatableCase):
    def setUp(self):
        super().setUp()
        self.without_shell = in_own_mounts(WITHOUT_SHELL)

    def test_the_shell_is_really_hidden(self):
        script = self.directory / "script"
        script.write_text("#!/bin/sh\n")
        script.chmod(0o755)
        run([script], check=True)
        self.assertNotEqual(run([*self.without_shell, script]).returncode, support.SUCCESS)

    @for_each_interpreter("zipfile")
    def test_pip_runs(self, interpreter):
        self.make_and_move(interpreter)
        for name in ("pip", "pip3", f"pip{interpreter.minor}"):
            self.assert_is_pip_of_the_environment([*self.without_shell, self.moved / "bin" / name])


if __name__ == "__main__":
    support.main()
