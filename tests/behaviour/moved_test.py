"""An environment that was moved or copied is repaired for its new place; one behind a link keeps its name."""

import csv
import json
import os
import shutil
import subprocess

import support
from environment_case import EnvironmentCase
from interpreters import for_each_interpreter, newest
from snapshot import files_containing, snapshot
from support import run
from wheels import make_wheel, record_hash


class MovedTest(EnvironmentCase):
    def setUp(self):
        super().setUp()
        self.other = self.directory / "other place"

    def repair(self, environment, *words):
        result = self.ensure("--venv", environment, "--json", *words)
        self.assert_exit(result, support.SUCCESS)
        return json.loads(result.stdout)

    def assert_whole(self, environment, gone):
        """Its pip runs and belongs to it, nothing names the old place, and RECORD is true."""
        told = run([environment / "bin" / "pip", "--version"], check=True).stdout
        self.assertIn(f" from {environment}/lib", told)
        found = files_containing(environment, os.fsencode(gone))
        self.assertEqual([name for name in found if not name.endswith(".pyc")], [], "tracebacks may")
        for record in environment.glob("lib/*/site-packages/*.dist-info/RECORD"):
            for path, digest, size in csv.reader(record.read_text().splitlines()):
                if "/bin/" in path:
                    content = (record.parent.parent / path).read_bytes()
                    self.assertEqual([digest, size], [record_hash(content), str(len(content))], path)
        self.assertEqual(self.repair(environment)["outcome"], "unchanged")

    @for_each_interpreter("zipfile")
    def test_moved(self, interpreter):
        support.remove_tree(self.other)
        self.make("--venv", self.environment, "--python", interpreter.executable)
        self.environment.rename(self.other)
        told = self.repair(self.other)
        self.assertEqual(told["outcome"], "changed")
        self.assertIn({"path": "bin", "reason": f"commands named `{self.environment}`"}, told["changes"])
        self.assert_whole(self.other, self.environment)

    def test_copied(self):
        self.make_environment()
        before = snapshot(self.environment)
        shutil.copytree(self.environment, self.other, symlinks=True)
        self.repair(self.other)
        self.assert_whole(self.other, f"{self.environment}/")
        self.assertEqual(snapshot(self.environment), before)

    def test_commands_of_packages(self):
        script = "#!python\nprint('run')\n"
        make_wheel(self.directory, "demo", "1.0", files={
            "demo.py": "import sys\ndef main(): print(sys.prefix)\n", "demo-1.0.data/scripts/tool": script,
            "demo-1.0.dist-info/entry_points.txt": "[console_scripts]\ndemo = demo:main\n",
        })  # fmt: skip
        self.make_environment("--no-index", "--find-links", self.directory, "--no-cache", "demo")
        own = self.environment / "bin" / "own"
        own.write_text(f"#!{self.environment}/bin/python\n")
        changed = self.environment / "bin" / "tool"
        changed.write_text(changed.read_text() + "# edited\n")
        self.environment.rename(self.other)
        self.repair(self.other)
        self.assertEqual(run([self.other / "bin" / "demo"], check=True).stdout.strip(), str(self.other))
        for name in ("own", "tool"):
            self.assertIn(str(self.environment), (self.other / "bin" / name).read_text(), "is not ours any more")

    def test_made_by_venv(self):
        subprocess.run([newest().executable, "-m", "venv", self.environment], check=True)
        self.environment.rename(self.other)
        self.repair(self.other)
        self.assert_whole(self.other, self.environment)

    def test_a_link_is_another_name_of_the_environment(self):
        self.make_environment()
        before = snapshot(self.environment)
        current = self.directory / "current"
        current.symlink_to("env")
        self.assertEqual(self.repair(current)["outcome"], "unchanged")
        self.assertEqual(snapshot(self.environment), before)
        make_wheel(self.directory, "demo", "1.0", files={
            "demo.py": "def main(): pass\n",
            "demo-1.0.dist-info/entry_points.txt": "[console_scripts]\ndemo = demo:main\n",
        })  # fmt: skip
        self.repair(current, "--no-index", "--find-links", self.directory, "--no-cache", "demo")
        self.assertTrue((self.environment / "bin/demo").read_text().startswith(f"#!{self.environment}/bin/"))


class DamageTest(EnvironmentCase):
    def changes(self):
        return {each["path"]: each["reason"] for each in json.loads(self.try_environment("--json").stdout)["changes"]}

    def test_what_was_damaged_is_told(self):
        self.make_environment()
        (self.environment / "bin/activate").unlink()
        (self.environment / "bin/activate.fish").write_text("")
        self.assertEqual(self.changes(), {"bin/activate": "was missing", "bin/activate.fish": "had other content"})
        self.assertEqual(self.changes(), {})

    def test_an_emptied_script_of_venv(self):
        subprocess.run([newest().executable, "-m", "venv", self.environment], check=True)
        (self.environment / "bin/activate.csh").write_text("")
        self.assertEqual(self.changes(), {"bin/activate.csh": "had other content"})

    def test_a_command_that_lost_its_x_bit(self):
        self.make_environment()
        (self.environment / "bin/pip").chmod(0o644)
        self.assert_exit(self.try_environment(), support.SUCCESS)
        self.assertEqual(run([self.environment / "bin" / "pip", "--version"]).returncode, 0)

    def test_reinstall(self):
        self.make_environment()
        module = next(self.environment.glob("lib/*/site-packages/pip/__init__.py"))
        whole = module.read_text()
        module.write_text(whole.replace("pip", "qiq"))  # of the same size
        self.assertIn("already as requested", self.try_environment().stderr)
        self.assert_exit(self.try_environment("--reinstall"), support.SUCCESS)
        self.assertEqual(module.read_text(), whole)


if __name__ == "__main__":
    support.main()
