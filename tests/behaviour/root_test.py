"""`--root`: only the root counts, and its Python may be for another machine."""

import os
import re
import struct
from pathlib import Path

import support
from interpreter_case import UpstreamCase, pip_scripts
from interpreters import all_interpreters, copy_interpreter
from snapshot import differences, files_containing, snapshot
from strace import need_strace, trace
from support import FILE_SYSTEM, NO_INTERPRETER, bundled_pip, run

MARKER = "[externally-managed]\nError=Ask the keeper of this root,\n before you change it.\n"


class RootTest(UpstreamCase):
    def setUp(self):
        super().setUp()
        self.root = self.directory / "destination"

    def inside(self, path):
        return Path(f"{self.root}{path}")

    def test_pip_of_the_host_does_not_count(self):
        self.assert_exit(self.put(), 0)
        before = snapshot(self.prefix)
        self.assert_exit(self.put("--root", self.root), 0)
        self.assertTrue(self.inside(self.purelib / "pip").is_dir())
        self.assertEqual(differences(before, snapshot(self.prefix)), [])

    def test_site_packages_of_the_host_are_never_opened(self):
        need_strace()
        self.assert_exit(self.put(), 0)
        command = [self.executable, "--python", self.python, "--root", self.root]
        result, calls = trace(command, "%file", children=False)
        self.assert_exit(result, 0)
        self.assertEqual([call for call in calls if f'"{self.purelib}' in call.arguments], [])

    def test_staging_path_is_in_no_file(self):
        self.assert_exit(self.put("--root", self.root, "--default-pip"), 0)
        self.assertEqual(files_containing(self.root, os.fsencode(self.root)), [])
        self.assertEqual(files_containing(self.root, b".ensure/"), [])
        compiled = list(self.root.rglob("*.pyc"))
        self.assertEqual(bool(compiled), self.original.cache_tag in bundled_pip(self.original)["bytecode"])

    def test_scripts_name_the_interpreter_as_seen_from_inside(self):
        self.assert_exit(self.put("--root", self.root), 0)
        first = self.inside(self.prefix / "bin" / "pip3").read_text().splitlines()[0]
        self.assertRegex(first, rf"^#!{re.escape(str(self.prefix))}/bin/python3(\.\d+)?$")

    def test_only_the_roots_own_marker_counts(self):
        (self.library / "EXTERNALLY-MANAGED").write_text(MARKER)
        self.assert_error(self.put(), FILE_SYSTEM, "Ask the keeper of this root", "--break-system-packages")
        self.assertEqual(pip_scripts(self.prefix / "bin"), set())
        self.assert_exit(self.put("--root", self.root), 0)
        (self.library / "EXTERNALLY-MANAGED").unlink()

        other = self.directory / "other root"
        marker = Path(f"{other}{self.library}/EXTERNALLY-MANAGED")
        marker.parent.mkdir(parents=True)
        marker.write_text(MARKER)
        before = snapshot(other)
        result = self.put("--root", other)
        self.assert_error(result, FILE_SYSTEM, "Ask the keeper of this root", "--break-system-packages")
        self.assertEqual(snapshot(other), before)
        self.assert_exit(self.put("--root", other, "--break-system-packages"), 0)
        self.assertTrue(Path(f"{other}{self.purelib}/pip").is_dir())

    def test_second_run_on_the_root_changes_nothing(self):
        self.assert_exit(self.put("--root", self.root), 0)
        before = snapshot(self.root)
        told = self.make_json("--python", self.python, "--root", self.root)
        self.assertEqual(told["outcome"], "unchanged")
        self.assertEqual(snapshot(self.root), before)

    def test_a_whole_python_in_the_root_is_described_from_its_files(self):
        copy_interpreter(self.original, self.inside("/opt/python"))
        interpreter = f"/opt/python/bin/python{self.original.minor}"
        self.make("--root", self.root, "--python", interpreter)
        script = self.inside("/opt/python/bin/pip3").read_text()
        self.assertTrue(script.startswith(f"#!{interpreter.rpartition('/')[0]}/python"))
        self.assertEqual(files_containing(self.inside("/opt/python/bin"), os.fsencode(self.root)), [])


class ForeignRootTest(UpstreamCase):
    """A root whose Python is for another processor: it is read, never run."""

    AARCH64 = 183

    def setUp(self):
        super().setUp()
        self.root = self.directory / "root"

    def make_foreign(self, program):
        """Changes e_machine of the ELF header, after which the kernel refuses to run it."""
        real = program.resolve()
        with open(real, "r+b") as file:
            file.seek(18)
            file.write(struct.pack("<H", self.AARCH64))
        with self.assertRaises(OSError):
            run([real, "--version"])

    def test_upstream_layout(self):
        prefix = Path(f"{self.root}/usr/local")
        self.make_foreign(copy_interpreter(self.original, prefix))
        name = self.original.library_name
        self.make("--root", self.root, "--python", f"/usr/local/bin/python{self.original.minor}")
        self.assertTrue((prefix / "lib" / name / "site-packages" / "pip").is_dir())
        first = (prefix / "bin" / "pip3").read_text().splitlines()[0]
        self.assertRegex(first, r"^#!/usr/local/bin/python3")
        self.assertEqual(files_containing(prefix / "bin", os.fsencode(self.root)), [])

    def test_a_root_without_python_needs_one_that_is_named(self):
        empty = self.directory / "empty"
        empty.mkdir()
        for root in (empty, self.directory / "misspelt"):
            with self.subTest(root=root):
                result = self.ensure("--root", root)
                self.assert_error(result, NO_INTERPRETER, f"`{root}`", "--python-version", "--python SPEC")
        self.assert_names(empty)
        self.assertFalse((self.directory / "misspelt").exists())
        self.make("--root", empty, "--python-version", "3.12")
        self.assertNotEqual(list(empty.rglob("pip-*.dist-info")), [])

    def test_the_only_python_of_the_root_is_found(self):
        prefix = Path(f"{self.root}/usr/local")
        self.make_foreign(copy_interpreter(self.original, prefix))
        self.make("--root", self.root)
        self.assertTrue((prefix / "bin" / "pip3").exists())

    def test_debian_layout(self):
        found = [each for each in all_interpreters() if each.is_distribution]
        if not found or not os.path.exists("/etc/debian_version"):
            self.skipTest("needs Debian's own Python, whose layout is copied")
        usr = self.root / "usr"
        name = found[0].library_name
        self.make_foreign(copy_interpreter(found[0], usr))
        (usr / "lib" / "python3" / "dist-packages").mkdir(parents=True)
        (usr / "lib" / name / "EXTERNALLY-MANAGED").unlink(missing_ok=True)
        (usr / "lib" / name / "site-packages").rmdir()
        self.make("--root", self.root)
        self.assertTrue((usr / "local" / "lib" / name / "dist-packages" / "pip").is_dir())
        self.assertEqual(pip_scripts(usr / "local" / "bin"), {"pip3", f"pip{found[0].minor}"})

    def test_what_is_told_goes_over_what_the_root_says(self):
        prefix = Path(f"{self.root}/usr/local")
        self.make_foreign(copy_interpreter(self.original, prefix))
        name = self.original.library_name
        marker = prefix / "lib" / name / "EXTERNALLY-MANAGED"
        marker.write_text(MARKER)
        for told in (["--python-version", self.original.minor], ["--python-platform", "aarch64-linux"]):
            result = self.ensure("--root", self.root, *told)
            self.assert_error(result, FILE_SYSTEM, "Ask the keeper of this root")
            self.assert_names(prefix / "lib" / name / "site-packages")
        marker.unlink()
        for told in (["--python-version", self.original.minor], ["--python-platform", "aarch64-linux"]):
            report = self.make_json("--root", self.root, *told)
            self.assertEqual(report["target"], str(prefix / "lib" / name / "site-packages"))
        self.assertEqual(pip_scripts(prefix / "bin"), {"pip3", f"pip{self.original.minor}"})
        self.assert_names(self.root, "usr")

    def test_a_library_without_what_pip_needs_is_told(self):
        prefix = Path(f"{self.root}/usr/local")
        self.make_foreign(copy_interpreter(self.original, prefix))
        self.assertEqual(self.make_json("--root", self.root)["warnings"], [])
        library = prefix / "lib" / self.original.library_name
        support.remove_tree(library / "json")
        (library / "shutil.py").unlink()
        warnings = self.make_json("--root", self.root)["warnings"]
        self.assertEqual(len(warnings), 1)
        self.assertIn("`json`, `shutil`", warnings[0])

    def test_environment_for_it_is_refused(self):
        python = copy_interpreter(self.original, self.root / "usr")
        self.make_foreign(python)
        result = self.ensure("--venv", self.directory / "env", "--python", python)
        self.assert_error(result, NO_INTERPRETER, python)
        self.assertFalse((self.directory / "env").exists())


if __name__ == "__main__":
    support.main()
