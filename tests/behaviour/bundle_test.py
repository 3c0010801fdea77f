"""The cargo of the executable: damage is noticed, and a site can replace it without a compiler."""

import os
import random
import shutil
import struct
import warnings
import zipfile

import support
from interpreters import newest
from snapshot import snapshot
from support import FULL_SWEEP, SUCCESS, VERIFICATION, Case, bundled_pip, remove_tree, run
from wheels import make_pip_wheel, record_hash


def section(path, name):
    """Offset and size of a section of a 64-bit ELF file."""
    with open(path, "rb") as file:
        data = file.read()
    (table,) = struct.unpack_from("<Q", data, 0x28)
    entry_size, count, names_index = struct.unpack_from("<HHH", data, 0x3A)
    entries = [struct.unpack_from("<IIQQQQ", data, table + entry_size * i) for i in range(count)]
    names = data[entries[names_index][4] :]
    for name_offset, _, _, _, offset, size in entries:
        if names[name_offset : names.index(b"\0", name_offset)] == name.encode():
            return offset, size
    raise AssertionError(f"no section {name}")


class BundleCase(Case):
    def setUp(self):
        super().setUp()
        self.copy = self.directory / "ensure"
        shutil.copy2(self.executable, self.copy)
        self.target = self.directory / "env"

    def run_copy(self, *options):
        return run([self.copy, "--venv", self.target, "--python", newest().executable, *options])

    def installed(self):
        code = "import pip; print(pip.__version__)"
        return run([self.target / "bin" / "python", "-c", code], check=True).stdout.strip()


class DamageTest(BundleCase):
    def flip(self, position):
        with open(self.copy, "r+b") as file:
            file.seek(position)
            byte = file.read(1)[0]
            file.seek(position)
            file.write(bytes([byte ^ 0x40]))

    def test_any_flipped_byte_is_noticed_or_was_not_needed(self):
        offset, size = section(self.copy, ".ensure.payload")
        self.assert_exit(self.run_copy(), SUCCESS)
        whole = snapshot(self.target)
        chance = random.Random("ensure")
        places = {offset, offset + 1, offset + 8, offset + size // 2, offset + size - 1}
        places |= {offset + chance.randrange(min(size, 65536)) for _ in range(20)}
        places |= {offset + chance.randrange(size) for _ in range(2000 if FULL_SWEEP else 60)}
        noticed = 0
        for place in sorted(places):
            with self.subTest(place=place - offset, of=size):
                remove_tree(self.target)
                self.flip(place)
                result = self.run_copy()
                self.flip(place)
                if result.returncode == SUCCESS:
                    self.assertEqual(snapshot(self.target), whole)
                else:
                    self.assert_error(result, VERIFICATION)
                    self.assert_names(self.directory, "ensure")
                    noticed += 1
        self.assertGreater(noticed, 10)

    def test_truncated_executable(self):
        offset, size = section(self.copy, ".ensure.payload")
        os.truncate(self.copy, offset + size // 2)
        try:
            result = self.run_copy()
        except OSError:
            return  # the kernel refuses it
        self.assertNotEqual(result.returncode, SUCCESS)
        self.assertFalse(self.target.exists())

    def test_cargo_survives_strip(self):
        if not shutil.which("strip"):
            self.skipTest("needs the program strip")
        run(["strip", self.copy], check=True)
        self.assert_exit(self.run_copy(), SUCCESS)
        self.assertEqual(self.installed(), bundled_pip(newest())["version"])


class AppendedTest(BundleCase):
    """An appended archive replaces bundled wheels, as docs/usage.md says."""

    def append(self, *wheels, compression=zipfile.ZIP_STORED, adjusted=False):
        if adjusted:  # as `zip -A` does: offsets count from the start of the file
            with zipfile.ZipFile(self.copy, "a", compression) as archive:
                for wheel in wheels:
                    archive.write(wheel, wheel.name)
            return
        path = self.directory / "cargo.zip"
        with zipfile.ZipFile(path, "w", compression) as archive:
            for wheel in wheels:
                archive.write(wheel, wheel.name)
        with open(self.copy, "ab") as file:
            file.write(path.read_bytes())
        path.unlink()

    def test_replaces_the_seed_whether_newer_or_older(self):
        for version in ("99.0", "9.0"):
            for compression in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                for adjusted in (False, True):
                    with self.subTest(version=version, compression=compression, adjusted=adjusted):
                        shutil.copy2(self.executable, self.copy)
                        remove_tree(self.target)
                        wheel = make_pip_wheel(self.directory, version)
                        self.append(wheel, compression=compression, adjusted=adjusted)
                        self.assert_exit(self.run_copy(), SUCCESS)
                        self.assertEqual(self.installed(), version)

    def test_version_shows_it(self):
        self.append(make_pip_wheel(self.directory, "99.0"))
        self.assertIn("99.0", run([self.copy, "--version"], check=True).stdout)
        self.assertIn("99.0", run([self.copy, "--version", "--json"], check=True).stdout)

    def test_lists_with_unzip(self):
        self.append(make_pip_wheel(self.directory, "99.0"), adjusted=True)
        with zipfile.ZipFile(self.copy) as archive:
            self.assertEqual(archive.namelist(), ["pip-99.0-py3-none-any.whl"])

    def test_strip_before_keeps_it_and_strip_after_gives_the_bundled_one_back(self):
        if not shutil.which("strip"):
            self.skipTest("needs the program strip")
        run(["strip", self.copy], check=True)
        self.append(make_pip_wheel(self.directory, "99.0"))
        self.assertIn("99.0", run([self.copy, "--version"], check=True).stdout)
        run(["strip", self.copy], check=True)
        self.assert_exit(self.run_copy(), SUCCESS)

    def test_wheel_for_other_pythons_leaves_the_bundled_one(self):
        self.append(make_pip_wheel(self.directory, "99.0", requires_python=">=4"))
        self.assert_exit(self.run_copy(), SUCCESS)
        self.assertEqual(self.installed(), bundled_pip(newest())["version"])

    def test_damaged_or_foreign_additions_are_refused(self):
        wheel = make_pip_wheel(self.directory, "99.0")
        size = self.copy.stat().st_size
        self.append(wheel)
        whole = self.copy.read_bytes()
        for damaged in (
            whole[:-10],
            whole[: size + 100],
            whole + b"behind the end",
            whole[:size] + b"no zip at all" * 10,
            whole[: size + 40] + bytes([whole[size + 40] ^ 1]) + whole[size + 41 :],
            whole[: size + 300] + bytes([whole[size + 300] ^ 1]) + whole[size + 301 :],
        ):
            remove_tree(self.target)
            self.copy.write_bytes(damaged)
            self.assert_error(self.run_copy(), VERIFICATION)
            self.assert_names(self.directory, "ensure", wheel.name)


class HostileWheelTest(BundleCase):
    """`--wheel-dir` is read as strictly as anything else."""

    def refuse(self, **lies):
        wheels = self.directory / "wheels"
        remove_tree(wheels)
        wheels.mkdir()
        make_pip_wheel(wheels, "99.0", **lies)
        before = sorted(os.listdir(self.directory))
        result = self.run_copy("--wheel-dir", wheels)
        self.assert_error(result, VERIFICATION, "pip-99.0")
        self.assertEqual(sorted(os.listdir(self.directory)), before)

    def test_entries_that_climb_out(self):
        for path in ("../evil.py", "pip/../../evil.py", "/evil.py", "pip\\..\\evil.py", "pip/./x.py", "pip//x.py",
                     "C:/evil.py", "pip-99.0.data/scripts/../../evil", "pip-99.0.data/nowhere/x"):  # fmt: skip
            with self.subTest(path=path):
                self.refuse(files={path: "x = 1\n"})

    def test_contradictions(self):
        for lies in (
            {"metadata_version": "98.0"},
            {"metadata_name": "pop"},
            {"dist_info": "pip-98.0.dist-info"},
            {"record": "pip/__init__.py,sha256=AAAA,3\n"},
            {"record": ""},
        ):
            with self.subTest(**lies):
                self.refuse(**lies)

    def test_file_that_is_no_zip(self):
        wheels = self.directory / "wheels"
        wheels.mkdir()
        for content in (b"", b"PK", b"x" * 1000):
            (wheels / "pip-99.0-py3-none-any.whl").write_bytes(content)
            self.assert_error(self.run_copy("--wheel-dir", wheels), VERIFICATION)
            self.assertFalse(self.target.exists())

    def test_script_names_that_leave_bin(self):
        wheels = self.directory / "wheels"
        wheels.mkdir()
        path = make_pip_wheel(wheels, "99.0")
        with zipfile.ZipFile(path) as archive:
            content = {name: archive.read(name) for name in archive.namelist()}
        points = b"[console_scripts]\n../../evil = pip:main\n"
        content["pip-99.0.dist-info/entry_points.txt"] = points
        record = "".join(
            f"{name},{record_hash(data)},{len(data)}\n"
            for name, data in content.items()
            if "RECORD" not in name
        )
        content["pip-99.0.dist-info/RECORD"] = (record + "pip-99.0.dist-info/RECORD,,\n").encode()
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in content.items():
                archive.writestr(name, data)
        self.assert_error(self.run_copy("--wheel-dir", wheels), VERIFICATION)
        self.assert_names(self.directory, "ensure", "wheels")

    def test_duplicate_entries(self):
        wheels = self.directory / "wheels"
        wheels.mkdir()
        path = make_pip_wheel(wheels, "99.0")
        with zipfile.ZipFile(path, "a") as archive:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                archive.writestr("pip/__init__.py", "import os\n")
        self.assert_error(self.run_copy("--wheel-dir", wheels), VERIFICATION)
        self.assert_names(self.directory, "ensure", "wheels")


if __name__ == "__main__":
    support.main()
