"""TOML nested 30,000 levels deep, which overflows the stack of a careless parser, is refused."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from source_case import BUILD, SourceCase  # noqa: E402
from source_projects import project, tar_gz, write_project  # noqa: E402

import support  # noqa: E402
from support import USAGE, VERIFICATION  # noqa: E402

DEEP = 30_000
ACCEPTED = 50
LONGEST_OUTPUT = 4_000  # characters; each document has at least 60,000

LOCK = 'lock-version = "1.0"\ncreated-by = "test"\npackages = []\n'
PYPROJECT = 'project = {name = "demo", version = "1.0"}\ndependency-groups = {dev = []}\n'
BUILD_SYSTEM = 'build-system = {requires = [], build-backend = "own_backend", backend-path = ["tools"]}\n'


def nested(levels):
    """Every way to nest a value, as lines that can follow any keys of a document."""
    dotted = ".".join(["a"] * levels)
    return {
        "dotted key": f"{dotted} = 1\n",
        "header": f"[{dotted}]\n",
        "header of an array": f"[[{dotted}]]\n",
        "arrays": f"a = {'[' * levels}{']' * levels}\n",
        "inline tables": f"a = {'{a = ' * levels}1{'}' * levels}\n",
        "arrays and inline tables": f"a = {'[{a = ' * (levels // 2)}1{'}]' * (levels // 2)}\n",
        "dotted key in an inline table": f"a = {{{dotted} = 1}}\n",
        "dotted keys in inline tables": f"a = {'{a.a.a = ' * (levels // 4)}1{'}' * (levels // 4)}\n",
    }


# A parser has opened all of these levels before it sees that they are never closed.
UNCLOSED = {"unclosed arrays": f"a = {'[' * DEEP}", "unclosed inline tables": f"a = {'{a = ' * DEEP}"}


class DeepTomlCase(SourceCase):
    def run_without_index(self, *words):
        return self.online("--no-index", *words, index=False)

    def assert_refused(self, result, code, name):
        self.assert_error(result, code, name)
        self.assertRegex(result.stderr, "more than 100 (levels|parts)")
        self.assertLess(len(result.stdout + result.stderr), LONGEST_OUTPUT)
        self.assert_nothing_made()


class NamedFileTest(DeepTomlCase):
    """Files that the command line names."""

    def check(self, name, text_of, *words):
        """Writes `text_of(lines)` to the file `name` for each way to nest `lines`."""
        path = self.directory / name
        for form, lines in {**nested(DEEP), **UNCLOSED}.items():
            with self.subTest(form=form):
                path.write_text(text_of(lines))
                self.assert_refused(self.run_without_index(*words), USAGE, name)
        for form, lines in nested(ACCEPTED).items():
            with self.subTest(form=form, levels=ACCEPTED):
                path.write_text(text_of(lines))
                self.assert_exit(self.run_without_index("--dry-run", *words), support.SUCCESS)

    def test_lock(self):
        path = self.directory / "pylock.toml"
        self.check(path.name, lambda lines: LOCK + lines, "-r", path)

    def test_lock_with_json_output(self):
        path = self.directory / "pylock.toml"
        path.write_text(LOCK + nested(DEEP)["dotted key"])
        result = self.run_without_index("--json", "-r", path)
        self.assert_exit(result, USAGE)
        self.assertEqual(json.loads(result.stdout)["exit_code"], USAGE)
        self.assertLess(len(result.stdout + result.stderr), LONGEST_OUTPUT)

    def test_dependencies_of_a_project(self):
        path = self.directory / "pyproject.toml"
        self.check(path.name, lambda lines: PYPROJECT + lines, "-r", path)

    def test_dependency_group(self):
        path = self.directory / "pyproject.toml"
        self.check(path.name, lambda lines: PYPROJECT + lines, "--group", f"{path}:dev")

    def test_metadata_of_a_script(self):
        path = self.directory / "script.py"

        def script(lines):
            block = "".join(f"# {line}\n" for line in f"dependencies = []\n{lines}".splitlines())
            return f"# /// script\n{block}# ///\n"

        self.check(path.name, script, "-r", path)


class SourceTest(DeepTomlCase):
    """The pyproject.toml of a source distribution or a project directory, which is to be built."""

    def files(self, lines):
        return project("demo", "1.0", more={"pyproject.toml": BUILD_SYSTEM + lines})

    def test_archive_named_by_path(self):
        archive = self.directory / "demo-1.0.tar.gz"
        for form, lines in {**nested(DEEP), **UNCLOSED}.items():
            with self.subTest(form=form):
                archive.write_bytes(tar_gz(self.files(lines), "demo-1.0"))
                self.assert_refused(self.run_without_index(archive, BUILD), VERIFICATION, "pyproject.toml")
                self.assert_nothing_left()
        archive.write_bytes(tar_gz(self.files(nested(ACCEPTED)["dotted key"]), "demo-1.0"))
        self.assert_exit(self.run_without_index(archive, BUILD), support.SUCCESS)
        self.assertEqual(self.installed(), {"demo": "1.0"})

    def test_archive_of_an_index(self):
        for form in ("tar.gz", "zip"):
            with self.subTest(form=form):
                self.index.releases.clear()
                self.add_files("demo", "1.0", self.files(nested(DEEP)["dotted key"]), form)
                self.assert_refused(self.online("demo", BUILD), VERIFICATION, "pyproject.toml")
                self.assert_nothing_left()

    def test_project_directory(self):
        directory = write_project(self.directory / "project", self.files(nested(DEEP)["arrays"]))
        self.assert_refused(self.run_without_index(directory, BUILD), VERIFICATION, "pyproject.toml")
        self.assert_nothing_left()


if __name__ == "__main__":
    support.main()
