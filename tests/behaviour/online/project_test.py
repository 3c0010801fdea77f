"""Projects that are named by their path or URL, and what building takes."""

import bz2
import gzip
import hashlib
import json
import lzma
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from source_case import BUILD, SourceCase  # noqa: E402
from source_projects import (  # noqa: E402
    BACKEND, has_compiler, project, setuptools_and_python, tar_gz, wheel_wheel, write_project,
)  # fmt: skip

import support  # noqa: E402
from support import NO_SOLUTION, USAGE, VERIFICATION  # noqa: E402

class LocalTest(SourceCase):
    """Projects that are named by where they are."""

    def test_refused_without_the_option(self):
        directory = self.local_project("demo", "1.0")
        archive = self.directory / "demo-1.0.tar.gz"
        archive.write_bytes(tar_gz(project("demo", "1.0"), "demo-1.0"))
        for word in (directory, archive, f"demo @ {archive.as_uri()}", self.index.origin + "/files/d.tar.gz"):
            with self.subTest(word):
                result = self.online(word)
                self.assert_error(result, USAGE, "--build-sdists", f"{self.environment}/bin/pip install")
                self.assert_nothing_made()

    def test_directory(self):
        directory = self.local_project("demo", "1.0", headers=["Requires-Dist: other"])
        self.index.add("other", "1.0")
        told = self.tell_online(directory, BUILD)
        self.assertEqual(self.installed(), {"demo": "1.0", "other": "1.0"})
        self.assertEqual(self.direct_url("demo"), {"url": directory.as_uri(), "dir_info": {}})
        self.assertTrue((self.dist_info("demo") / "REQUESTED").exists())
        self.assertEqual(told["unverified"], [])
        self.assert_nothing_left()

    def test_directory_again_changes_what_has_changed(self):
        directory = self.local_project("demo", "1.0")
        self.make_online(directory, BUILD)
        self.assertEqual(self.tell_online(directory, BUILD)["outcome"], "unchanged")
        (directory / "src/demo.py").write_text("version = 'edited'\n")
        self.assertEqual(self.tell_online(directory, BUILD)["outcome"], "changed")
        self.assertEqual(self.python("import demo; print(demo.version)"), "edited")

    def test_relative_path_extras_and_marker(self):
        self.local_project("demo", "1.0", headers=["Provides-Extra: x", "Requires-Dist: other; extra == 'x'"])
        self.index.add("other", "1.0")
        self.make_online("./project[x]", BUILD, cwd=self.directory)
        self.assertEqual(self.installed(), {"demo": "1.0", "other": "1.0"})
        self.make_online("./missing ; python_version < '3'", BUILD, cwd=self.directory)

    def test_archive_by_path(self):
        archive = self.directory / "demo-1.0.tar.gz"
        archive.write_bytes(tar_gz(project("demo", "1.0"), "demo-1.0"))
        digest = hashlib.sha256(archive.read_bytes()).hexdigest()
        self.make_online(archive, BUILD)
        info = self.direct_url("demo")
        self.assertEqual(info["url"], archive.as_uri())
        self.assertEqual(info["archive_info"]["hashes"], {"sha256": digest})
        self.assertEqual(self.tell_online(archive, BUILD)["outcome"], "unchanged")
        self.assert_error(self.online(f"demo @ {archive.as_uri()}#sha256={'0' * 64}", BUILD), VERIFICATION)

    def test_archives_of_every_format(self):
        plain = gzip.decompress(tar_gz(project("demo", "1.0"), "demo-1.0"))
        for suffix, data in (
            (".tar", plain), (".tgz", gzip.compress(plain)), (".tar.bz2", bz2.compress(plain)),
            (".tbz", bz2.compress(plain)), (".tar.xz", lzma.compress(plain)), (".txz", lzma.compress(plain)),
        ):  # fmt: skip
            with self.subTest(suffix):
                archive = self.directory / f"demo-1.0{suffix}"
                archive.write_bytes(data)
                self.make_online(f"./{archive.name}", BUILD, cwd=self.directory)
                self.assertEqual(self.direct_url("demo")["url"], archive.as_uri())
                archive.write_bytes(data + b"more")
                self.assert_error(self.online(archive, BUILD), VERIFICATION, archive.name)

    def test_archive_by_url_with_digest_and_subdirectory(self):
        files = {f"deep/er/{path}": text for path, text in project("demo", "1.0").items()}
        data = tar_gz(files, "snapshot")
        self.index.add_file("demo", "1.0", "snapshot.tar.gz", data)
        digest = hashlib.sha256(data).hexdigest()
        url = f"{self.index.origin}/files/snapshot.tar.gz"
        self.make_online(f"demo @ {url}#sha256={digest}&subdirectory=deep/er", BUILD, "--require-hashes")
        self.assertEqual(self.direct_url("demo"), {
            "url": url, "subdirectory": "deep/er",
            "archive_info": {"hash": f"sha256={digest}", "hashes": {"sha256": digest}},
        })  # fmt: skip
        self.assert_error(self.online(f"demo @ {url}#subdirectory=../x", BUILD), USAGE, "subdirectory")
        self.assert_error(self.online(f"demo @ {url}", BUILD), USAGE, "pyproject.toml")
        self.assert_error(self.online(f"demo @ {url}", BUILD, "--require-hashes"), VERIFICATION, "#sha256")

    def test_dry_run_and_report_of_a_directory(self):
        directory = self.local_project("demo", "1.0")
        report = self.directory / "report.json"
        self.make_online("--dry-run", directory, BUILD, "--report", report)
        entry = json.loads(report.read_text())["install"][0]
        self.assertEqual(entry["download_info"], {"url": directory.as_uri(), "dir_info": {}})
        self.assertTrue(entry["is_direct"])
        self.assertFalse(self.environment.exists())

    def test_what_cannot_be(self):
        empty = self.directory / "empty"
        empty.mkdir()
        self.assert_error(self.online(empty, BUILD), USAGE, "pyproject.toml")
        self.assert_error(self.online("./none", BUILD, cwd=self.directory), USAGE, "none")
        (self.directory / "demo.tar.lz").write_bytes(b"")
        self.assert_error(self.online("./demo.tar.lz", BUILD, cwd=self.directory), USAGE, ".tar.gz")
        (self.directory / "demo.tar.bz2").write_bytes(b"")
        self.assert_error(self.online("./demo.tar.bz2", BUILD, cwd=self.directory), VERIFICATION, "demo.tar.bz2")
        directory = self.local_project("demo", "1.0")
        self.assert_error(self.online(f"other @ {directory.as_uri()}", BUILD), VERIFICATION, "other", "demo")
        self.assert_error(self.online(directory, BUILD, "--require-hashes"), VERIFICATION, "directory")
        self.assert_nothing_made()


class NeedsTest(SourceCase):
    """What builds need."""

    def backend_project(self, requires):
        files = project("demo", "1.0")
        del files["tools/own_backend.py"]
        files["pyproject.toml"] = (
            f"[build-system]\nrequires = {json.dumps(requires)}\nbuild-backend = 'tiny_backend'\n"
        )
        return files

    def test_backend_of_the_index(self):
        self.index.add("tiny-backend", "1.0", files={"tiny_backend.py": "import tiny_helper\n" + BACKEND},
                       requires=["tiny-helper"])  # fmt: skip
        self.index.add("tiny-backend", "2.0", files={"tiny_backend.py": "raise SystemExit('new')\n"})
        self.index.add("tiny-helper", "1.0")
        self.add_files("demo", "1.0", self.backend_project(["tiny-backend<2"]))
        limits = self.directory / "limits.txt"
        limits.write_text("tiny-helper>5\n")
        self.make_online("demo", BUILD, "-c", limits)
        self.assertEqual(self.installed(), {"demo": "1.0"}, "what builds need is not installed")

    def test_backend_asks_for_more(self):
        self.index.add("late-helper", "1.0", files={"late_helper.py": "answer = 42\n"})
        self.add_sdist("demo", "1.0", requires=["late-helper"], steps="import late_helper")
        self.make_online("demo", BUILD)
        self.assertEqual(self.installed(), {"demo": "1.0"})

    def test_need_that_has_to_be_built_itself(self):
        files = project("tiny_backend", "1.0", module=BACKEND)
        self.add_files("tiny_backend", "1.0", files)
        self.index.releases["tiny-backend"] = self.index.releases.pop("tiny-backend", [])
        self.add_files("demo", "1.0", self.backend_project(["tiny_backend"]))
        self.make_online("demo", BUILD)
        self.assertEqual(self.installed(), {"demo": "1.0"})

    def test_need_that_is_nowhere(self):
        self.add_files("demo", "1.0", self.backend_project(["no-such-backend"]))
        result = self.online("demo", BUILD)
        self.assert_error(result, NO_SOLUTION, "no-such-backend", "demo-1.0.tar.gz")
        self.assert_nothing_made()
        self.assert_nothing_left()

    def test_need_of_itself(self):
        self.add_files("demo", "1.0", self.backend_project(["demo"]))
        self.assert_error(self.online("demo", BUILD), NO_SOLUTION, "demo")
        self.assert_nothing_left()

    def old_python_and_setuptools(self):
        """The index gets setuptools and wheel; the interpreter becomes one that they run on."""
        found, wheel = setuptools_and_python(), wheel_wheel(self.directory)
        if found is None or wheel is None:
            self.skipTest("needs a Python whose ensurepip carries setuptools, and the wheel project")
        setuptools, self.interpreter = found
        wheels = [setuptools, wheel]
        for wheel in wheels:
            name, version = wheel.name.split("-")[:2]
            self.index.add_file(name, version, wheel.name, wheel.read_bytes())

    def test_setuptools_project(self):
        self.old_python_and_setuptools()
        files = {
            "pyproject.toml": '[build-system]\nrequires = ["setuptools>=61"]\n'
            'build-backend = "setuptools.build_meta"\n[project]\nname = "demo"\nversion = "1.0"\n'
            '[project.scripts]\ndemo = "demo:main"\n',
            "demo/__init__.py": "def main():\n    print('from setuptools')\n",
        }
        self.make_online(write_project(self.directory / "project", files), BUILD)
        output = support.run([self.environment / "bin/demo"], check=True).stdout
        self.assertEqual(output, "from setuptools\n")

    def test_setup_py_alone(self):
        self.old_python_and_setuptools()
        files = {"setup.py": "from setuptools import setup\nimport helper\nsetup(name='demo', "
                 "version=helper.version, py_modules=['demo'])\n", "helper.py": "version = '1.5'\n",
                 "demo.py": ""}  # fmt: skip
        self.add_files("demo", "1.5", files)
        self.make_online("demo", BUILD)
        self.assertEqual(self.installed(), {"demo": "1.5"})

    def test_extension_module(self):
        self.old_python_and_setuptools()
        if not has_compiler(self.interpreter):
            self.skipTest("needs a C compiler and the headers of Python")
        files = {
            "setup.py": "from setuptools import Extension, setup\nsetup(name='demo', version='1.0', "
            "ext_modules=[Extension('demo', ['demo.c'])])\n",
            "demo.c": "#include <Python.h>\nstatic struct PyModuleDef module = {"
            'PyModuleDef_HEAD_INIT, "demo", 0, -1, 0, 0, 0, 0, 0};\n'
            "PyMODINIT_FUNC PyInit_demo(void) { return PyModule_Create(&module); }\n",
        }
        self.make_online(write_project(self.directory / "project", files), BUILD)
        self.assertTrue(self.python("import demo; print(demo.__file__)").endswith(".so"))


if __name__ == "__main__":
    support.main()
