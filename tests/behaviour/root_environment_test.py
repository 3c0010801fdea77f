"""`--root DIR --venv PATH`: an environment inside a root, for the Python there, of which nothing is run."""

import json
import os
import struct
from pathlib import Path

import support
from interpreter_case import UpstreamCase
from interpreters import copy_interpreter
from snapshot import differences, files_containing, snapshot
from support import NO_INTERPRETER, USAGE
from wheels import make_wheel

AARCH64 = 183


class RootEnvironmentTest(UpstreamCase):
    def setUp(self):
        super().setUp()
        self.root = self.directory / "root"
        program = copy_interpreter(self.original, Path(f"{self.root}/usr"))
        # For another processor: whatever runs it fails.
        with open(program.resolve(), "r+b") as file:
            file.seek(18)
            file.write(struct.pack("<H", AARCH64))
        self.python_inside = f"/usr/bin/python{self.original.minor}"
        self.environment = Path(f"{self.root}/opt/app")
        self.wheels = self.directory / "wheels"
        self.wheels.mkdir()
        for tag in ("x86_64", "aarch64"):
            make_wheel(self.wheels, "native", "1.0", files={"native.py": tag},
                       filename=f"native-1.0-py3-none-manylinux_2_17_{tag}.whl")  # fmt: skip
        make_wheel(self.wheels, "demo", "1.0", metadata="Requires-Dist: native\n", scripts="demo = demo:main\n",
                   files={"demo.py": "def main(): pass\n"})  # fmt: skip

    def put_inside(self, *words, venv="/opt/app"):
        result = self.ensure("--root", self.root, "--venv", venv, "--json", *words)
        self.assert_exit(result, support.SUCCESS)
        return json.loads(result.stdout)

    def offline(self, *words):
        return ["--no-index", "--find-links", self.wheels, "--no-cache", *words]

    def test_everything_is_as_seen_from_inside(self):
        before = snapshot(self.root)
        told = self.put_inside()
        self.assertEqual(told["outcome"], "created")
        self.assertEqual(os.readlink(self.environment / "bin/python"), "python3")
        self.assertEqual(os.readlink(self.environment / "bin/python3"), "/usr/bin/python3")
        first = (self.environment / "bin/pip").read_text().splitlines()[0]
        self.assertRegex(first, r"^#!/opt/app/bin/python")
        self.assertIn("VIRTUAL_ENV='/opt/app'", (self.environment / "bin/activate").read_text())
        self.assertIn("home = /usr/bin\n", (self.environment / "pyvenv.cfg").read_text())
        self.assertEqual(files_containing(self.environment, os.fsencode(self.root)), [])
        outside = [line for line in differences(before, snapshot(self.root)) if not line.startswith("opt")]
        self.assertEqual(outside, [])

    def test_a_second_run_changes_nothing(self):
        self.put_inside()
        before = snapshot(self.root)
        self.assertEqual(self.put_inside()["outcome"], "unchanged")
        self.assertEqual(snapshot(self.root), before)

    def test_packages_are_those_of_the_root(self):
        self.put_inside(*self.offline("demo"))
        library = self.environment / "lib" / self.original.library_name / "site-packages"
        self.assertEqual((library / "native.py").read_text(), "aarch64")
        self.assertTrue((self.environment / "bin/demo").read_text().startswith("#!/opt/app/bin/"))
        self.assertEqual(self.put_inside(*self.offline("demo"))["outcome"], "unchanged")

    def test_a_repair_and_a_change(self):
        self.put_inside()
        (self.environment / "bin/activate").unlink()
        (self.environment / "bin/python3").unlink()
        (self.environment / "bin/python3").symlink_to("/nowhere/python3")
        told = self.put_inside(*self.offline("demo"))
        self.assertIn({"path": "bin/activate", "reason": "was missing"}, told["changes"])
        self.assertEqual(os.readlink(self.environment / "bin/python3"), "/usr/bin/python3")
        self.assertEqual(self.put_inside("--clear")["outcome"], "replaced")

    def test_links_stay_inside(self):
        outside = self.directory / "outside"
        outside.mkdir()
        (self.root / "srv").mkdir()
        (self.root / "opt").symlink_to(outside)  # as seen from inside: a directory that does not exist
        result = self.ensure("--root", self.root, "--venv", "/opt/app")
        self.assertNotEqual(result.returncode, support.SUCCESS)
        (self.root / "opt").unlink()
        (self.root / "opt").symlink_to("/srv")
        self.put_inside()
        self.assertTrue((self.root / "srv/app/pyvenv.cfg").is_file())
        self.assertEqual(list(outside.iterdir()), [])
        self.assertIn("VIRTUAL_ENV='/opt/app'", (self.root / "srv/app/bin/activate").read_text())
        self.assertEqual(self.put_inside()["outcome"], "unchanged")

    def test_copies_come_from_the_root(self):
        self.put_inside("--copies")
        inside = Path(f"{self.root}{self.python_inside}").resolve()
        self.assertEqual((self.environment / "bin/python3").read_bytes(), inside.read_bytes())
        self.assertEqual(self.put_inside()["outcome"], "unchanged")

    def test_several(self):
        self.put_inside("--venv", "/srv/b")
        self.assertTrue((self.root / "srv/b/pyvenv.cfg").exists())
        self.assertTrue((self.environment / "pyvenv.cfg").exists())

    def test_what_cannot_be(self):
        empty = self.directory / "empty"
        empty.mkdir()
        self.assert_error(self.ensure("--root", empty, "--venv", "/opt/app"), NO_INTERPRETER, str(empty))
        self.assert_error(self.ensure("--root", self.root, "--venv", "/opt/app", "-e", "."), USAGE, "-e")
        if os.uname().machine == "x86_64":
            result = self.ensure("--root", self.root, "--venv", "/opt/app", "--relocatable")
            self.assert_error(result, USAGE, "aarch64")
        self.assertFalse(self.environment.exists())
        self.assert_names(empty)


if __name__ == "__main__":
    support.main()
