"""Projects in editable form (PEP 660): `-e DIRECTORY`."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from source_case import BUILD, SourceCase  # noqa: E402
from source_projects import BACKEND  # noqa: E402

import support  # noqa: E402
from interpreters import all_interpreters  # noqa: E402
from support import FAILURE, NO_SOLUTION, USAGE, VERIFICATION  # noqa: E402


class EditableTest(SourceCase):
    def test_the_environment_refers_to_the_project(self):
        directory = self.local_project("demo", "1.0", headers=["Requires-Dist: other"])
        self.index.add("other", "1.0")
        self.make_online("-e", directory)
        self.assertEqual(self.installed(), {"demo": "1.0", "other": "1.0"})
        self.assertEqual(self.direct_url("demo"), {"url": directory.as_uri(), "dir_info": {"editable": True}})
        (directory / "src/demo.py").write_text("version = 'edited'\n")
        self.assertEqual(self.python("import demo; print(demo.version)"), "edited")
        self.assertIn(f"-e {directory}", self.pip("freeze").stdout)
        self.assertEqual(self.pip("check").returncode, 0)
        self.assert_nothing_left()

    def test_a_second_run_changes_nothing_until_the_project_changes(self):
        directory = self.local_project("demo", "1.0")
        self.make_online("-e", directory)
        self.assertEqual(self.tell_online("-e", directory)["outcome"], "unchanged")
        self.local_project("demo", "2.0")
        self.make_online("-e", directory)
        self.assertEqual(self.installed(), {"demo": "2.0"})

    def test_the_first_line_of_a_ci_job(self):
        """Extras, a second project that the first one needs, and a group, in one run."""
        pyproject = self.local_project("app", "1.0", headers=["Requires-Dist: lib"])
        with (pyproject / "pyproject.toml").open("a") as file:
            file.write('[dependency-groups]\ntest = ["checks"]\n')
        self.local_project("lib", "0.1", directory="project/lib",
                           headers=["Provides-Extra: dev", 'Requires-Dist: tool; extra == "dev"'])  # fmt: skip
        for name in ("checks", "tool", "lib"):
            self.index.add(name, "9.0")
        self.make_online("-e", ".", "-e", "./lib[dev]", "--group", "test", cwd=pyproject)
        self.assertEqual(self.installed(), {"app": "1.0", "lib": "0.1", "tool": "9.0", "checks": "9.0"})

    def test_in_a_requirements_file(self):
        directory = self.local_project("demo", "1.0")
        file = self.directory / "requirements.txt"
        file.write_text(f"-e {directory}\n--editable {directory}\n")
        self.make_online("-r", file)
        self.assertTrue(self.direct_url("demo")["dir_info"]["editable"])

    def test_from_one_form_to_the_other(self):
        directory = self.local_project("demo", "1.0")
        self.make_online("-e", directory)
        self.make_online(directory, BUILD)
        self.assertEqual(self.direct_url("demo")["dir_info"], {})
        (directory / "src/demo.py").write_text("version = 'edited'\n")
        self.assertEqual(self.python("import demo; print(demo.version)"), "1.0")
        self.make_online("-e", directory, directory, BUILD)
        self.assertEqual(self.python("import demo; print(demo.version)"), "edited")

    def test_in_reports(self):
        directory = self.local_project("demo", "1.0")
        report = self.directory / "report.json"
        told = self.tell_online("--dry-run", "-e", directory, "--report", report)
        self.assertEqual(told["unverified"], [])
        entry = json.loads(report.read_text())["install"][0]
        self.assertEqual(entry["download_info"], {"url": directory.as_uri(), "dir_info": {"editable": True}})
        self.assert_nothing_made()

    def test_a_backend_without_the_hook(self):
        directory = self.local_project("demo", "1.0", backend=BACKEND.replace("build_editable", "_none"))
        self.assert_error(self.online("-e", directory), FAILURE, "own_backend", "build_editable", str(directory))
        self.assert_nothing_made()

    def test_a_failing_build_changes_nothing(self):
        good = self.local_project("good", "1.0")
        bad = self.local_project("bad", "1.0", directory="bad", steps="raise SystemExit('no way')")
        self.assert_error(self.online("-e", good, "-e", bad), FAILURE, "no way")
        self.assert_nothing_made()
        self.assert_nothing_left()

    def test_what_cannot_be_editable(self):
        directory = self.local_project("demo", "1.0")
        wheel = self.index.add("wheel", "1.0")
        for word in (self.index.directory / wheel.filename, "git+https://host.test/x", "./none", "name",
                     "https://host.test/x.tar.gz"):  # fmt: skip
            with self.subTest(word):
                self.assert_error(self.online("-e", word), USAGE, str(word).rpartition("/")[2])
        self.assert_error(self.online("-e", directory, "--require-hashes"), VERIFICATION, str(directory))
        self.local_project("demo", "1.0", headers=["Requires-Python: >=99"])
        self.assert_error(self.online("-e", directory), NO_SOLUTION, ">=99")
        self.assert_nothing_made()

    def test_it_moves_to_another_python(self):
        cpythons = [each for each in all_interpreters() if each.implementation == "cpython" and each.version >= (3, 9)]
        if len({each.version[:2] for each in cpythons}) < 2:
            self.skipTest("only one CPython")
        directory = self.local_project("demo", "1.0")
        self.interpreter = cpythons[0]
        self.make_online("-e", directory)
        self.interpreter = cpythons[-1]
        self.make_online("--upgrade")
        self.assertEqual(self.installed(), {"demo": "1.0"})
        self.assertTrue(self.direct_url("demo")["dir_info"]["editable"])


if __name__ == "__main__":
    support.main()
