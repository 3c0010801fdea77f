"""The pip that is put in works: it lists, checks, installs and uninstalls, and its RECORD is true."""

import csv
import json
import os
import struct

import support
from interpreters import for_each_interpreter, newest
from support import Case, bundled_pip, bundled_wheels, clean_environment, run
from wheels import make_wheel, record_hash


class PipInsideTest(Case):
    def setUp(self):
        super().setUp()
        self.environment = self.directory / "env"

    def make_environment(self, interpreter, *options):
        self.make("--venv", self.environment, "--python", interpreter.executable, *options)
        return self.environment

    def site_packages(self, interpreter, environment):
        return environment / "lib" / interpreter.library_name / "site-packages"

    def packages_of(self, interpreter):
        """What every environment of it sees: PyPy has packages in its standard library."""
        code = (
            "import importlib.metadata as m, sysconfig, json; print(json.dumps([{'name': d.name if hasattr(d, "
            "'name') else d.metadata['Name'], 'version': d.version} for d in "
            "m.distributions(path=[sysconfig.get_path('stdlib')])]))"
        )
        return json.loads(run([interpreter.executable, "-I", "-c", code], check=True).stdout)

    def pip(self, environment, *arguments, check=True):
        variables = clean_environment(
            HOME=str(self.directory), PIP_NO_INDEX="1", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_CACHE_DIR="1"
        )
        return run([environment / "bin" / "pip", *arguments], env=variables, check=check).stdout

    @for_each_interpreter("zipfile")
    def test_says_its_version_and_place(self, interpreter):
        environment = self.make_environment(interpreter)
        version = bundled_pip(interpreter)["version"]
        for name in ("pip", "pip3", f"pip{interpreter.minor}"):
            answer = run([environment / "bin" / name, "--version"], check=True).stdout
            self.assertIn(f"pip {version} from {environment}/lib/", answer)
            self.assertIn(f"(python {interpreter.minor})", answer)
        answer = run([environment / "bin" / "python", "-m", "pip", "--version"], check=True)
        self.assertIn(f"pip {version} ", answer.stdout)

    @for_each_interpreter("zipfile")
    def test_lists_itself_alone_and_finds_nothing_broken(self, interpreter):
        environment = self.make_environment(interpreter)
        packages = json.loads(self.pip(environment, "list", "--format", "json"))
        version = bundled_pip(interpreter)["version"]
        present = self.packages_of(interpreter)
        self.assertEqual([each for each in packages if each not in present], [{"name": "pip", "version": version}])
        # PyPy's own packages may lack some of what they require.
        told = self.pip(environment, "check", check=False).splitlines()
        names = {each["name"] for each in present}
        self.assertEqual(
            [line for line in told if line and line.split()[0] not in names and "No broken" not in line], []
        )

    @for_each_interpreter("zipfile")
    def test_installs_and_uninstalls_a_wheel(self, interpreter):
        wheel = make_wheel(
            self.directory,
            "sample",
            "1.5",
            files={"sample.py": "def main():\n    print('sample runs')\n"},
            scripts="sample = sample:main",
        )
        environment = self.make_environment(interpreter)
        self.pip(environment, "install", wheel)
        answer = run([environment / "bin" / "sample"], check=True).stdout
        self.assertEqual(answer, "sample runs\n")
        self.pip(environment, "uninstall", "--yes", "sample")
        self.assertFalse((environment / "bin" / "sample").exists())

    @for_each_interpreter("zipfile")
    def test_uninstalls_itself_without_a_trace(self, interpreter):
        environment = self.make_environment(interpreter)
        self.pip(environment, "uninstall", "--yes", "pip")
        self.assert_names(self.site_packages(interpreter, environment))
        left = [name for name in os.listdir(environment / "bin") if name.startswith("pip")]
        self.assertEqual(left, [])

    @for_each_interpreter("zipfile")
    def test_record_lists_every_file_and_every_digest_is_true(self, interpreter):
        environment = self.make_environment(interpreter)
        directory = self.site_packages(interpreter, environment)
        dist_info = f"pip-{bundled_pip(interpreter)['version']}.dist-info"
        with open(directory / dist_info / "RECORD", newline="") as file:
            rows = {row[0]: row for row in csv.reader(file)}
        for path, digest, size in rows.values():
            data = (directory / path).read_bytes()
            if digest:
                self.assertEqual((path, digest, int(size)), (path, record_hash(data), len(data)))
        there = {str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file()}
        self.assertEqual(there - rows.keys(), set())
        scripts = {f"../../../bin/{name}" for name in ("pip", "pip3", f"pip{interpreter.minor}")}
        self.assertLessEqual(scripts, rows.keys())
        self.assertEqual((directory / dist_info / "INSTALLER").read_text().strip(), "ensure")

    @for_each_interpreter("zipfile")
    def test_is_marked_as_asked_for(self, interpreter):
        environment = self.make_environment(interpreter)
        dist_info = f"pip-{bundled_pip(interpreter)['version']}.dist-info"
        requested = self.site_packages(interpreter, environment) / dist_info / "REQUESTED"
        self.assertTrue(requested.exists(), "pip marks what was named, PEP 376")

    @for_each_interpreter("zipfile")
    def test_has_bytecode_where_the_executable_has_it(self, interpreter):
        environment = self.make_environment(interpreter)
        compiled = list((environment / "lib").rglob("*.pyc"))
        if interpreter.cache_tag not in bundled_pip(interpreter)["bytecode"]:
            self.assertEqual(compiled, [])
            return
        sources = list((environment / "lib").rglob("*.py"))
        self.assertGreater(len(compiled), len(sources) * 0.9)
        for path in compiled:
            self.assertTrue(path.name.endswith(f".{interpreter.cache_tag}.pyc"))
            flags = struct.unpack("<I", path.read_bytes()[4:8])[0]
            self.assertEqual(flags, 1, "PEP 552: hash-based and unchecked")

    @for_each_interpreter("zipfile")
    def test_bytecode_is_what_the_interpreter_loads(self, interpreter):
        environment = self.make_environment(interpreter)
        if interpreter.cache_tag not in bundled_pip(interpreter)["bytecode"]:
            return
        code = "import pip._internal.cli.main as main; print(main.__spec__.loader.get_code.__name__)"
        command = [environment / "bin" / "python", "-v", "-B", "-c", code]
        told = run(command, check=True).stderr
        self.assertRegex(told, r"matches .*/pip/_internal/cli/main\.py")
        self.assertNotRegex(told, r"code object from '?[^' ]*/pip/[^' ]*\.py\b")

    @for_each_interpreter("zipfile")
    def test_no_bytecode_where_it_is_not_wanted(self, interpreter):
        environment = self.make_environment(interpreter, "--no-compile-bytecode")
        self.assertEqual(list((environment / "lib").rglob("__pycache__")), [])


class BundledVersionTest(Case):
    def test_version_lists_the_bundled_pips_with_their_digests(self):
        told = self.make("--version").stdout
        for wheel in bundled_wheels():
            self.assertIn(f"{wheel['name']} {wheel['version']}", told)
            self.assertRegex(wheel["sha256"], r"^[0-9a-f]{64}$")
            self.assertIn(wheel["sha256"], told)

    def test_json_of_a_run_names_the_digest_of_what_it_put_in(self):
        interpreter = newest()
        told = self.make_json("--venv", self.directory / "env", "--python", interpreter.executable)
        wheel = bundled_pip(interpreter)
        installed = told["installed"]
        self.assertEqual([each["name"] for each in installed], ["pip"])
        self.assertEqual(installed[0]["version"], wheel["version"])
        self.assertEqual(installed[0]["sha256"], wheel["sha256"])


if __name__ == "__main__":
    support.main()
