"""Locks (PEP 751): entries besides wheels of an index, groups and extras, and several locks."""

import hashlib
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from source_case import BUILD, SourceCase  # noqa: E402
from source_projects import project, tar_gz  # noqa: E402

import support  # noqa: E402
from support import NO_SOLUTION, SUCCESS, USAGE, VERIFICATION  # noqa: E402


def sha256(data):
    return hashlib.sha256(data).hexdigest()

HEAD = 'lock-version = "1.0"\ncreated-by = "tests"\n'


class LockCase(SourceCase):
    def lock(self, *packages, name="pylock.toml", head=""):
        path = self.directory / name
        path.write_text(HEAD + head + "".join(packages))
        return path

    def entry(self, name, more, version=None):
        version = f'version = "{version}"\n' if version else ""
        return f'[[packages]]\nname = "{name}"\n{version}{more}\n'

    def wheel(self, release, name, marker=""):
        marker = f"marker = {marker!r}\n" if marker else ""
        return self.entry(name, f'{marker}[[packages.wheels]]\nname = "{release.filename}"\n'
                          f'url = "{self.index.file_url(release)}"\nhashes = {{sha256 = "{release.sha256}"}}',
                          release.version)  # fmt: skip


class DirectTest(LockCase):
    def test_archive(self):
        data = tar_gz(project("demo", "1.0"), "demo-1.0")
        (self.directory / "demo-1.0.tar.gz").write_bytes(data)
        source = self.lock(self.entry(
            "demo", f'archive = {{path = "demo-1.0.tar.gz", hashes = {{sha256 = "{sha256(data)}"}}}}', "1.0"))
        self.assert_error(self.online("-r", source), USAGE, "--build-sdists")
        self.make_online("-r", source, BUILD)
        self.assertEqual(self.direct_url("demo")["archive_info"]["hashes"], {"sha256": sha256(data)})
        self.assertEqual(self.tell_online("-r", source, BUILD)["outcome"], "unchanged")
        wrong = self.lock(self.entry(
            "demo", f'archive = {{path = "demo-1.0.tar.gz", hashes = {{sha256 = "{"0" * 64}"}}}}'))
        self.assert_error(self.online("-r", wrong, BUILD, "--clear"), VERIFICATION, "demo-1.0.tar.gz")

    def test_archive_that_is_a_wheel(self):
        release = self.index.add("demo", "1.0")
        self.make_online("-r", self.lock(self.entry(
            "demo", f'archive = {{url = "{self.index.file_url(release)}", '
            f'hashes = {{sha256 = "{release.sha256}"}}}}')))  # fmt: skip
        self.assertEqual(self.installed(), {"demo": "1.0"})

    def test_directory(self):
        self.local_project("demo", "1.0")
        source = self.lock(self.entry("demo", 'directory = {path = "project"}'))
        self.assert_error(self.online("-r", source), USAGE, "--build-sdists", "--no-emit-project", "pylock.toml")
        self.make_online("-r", source, BUILD)
        self.assertEqual(self.direct_url("demo")["dir_info"], {})
        self.make_online("-r", self.lock(self.entry("demo", 'directory = {path = "project", editable = true}')))
        self.assertEqual(self.direct_url("demo")["dir_info"], {"editable": True})

    def test_directory_of_another_version(self):
        self.local_project("demo", "1.0")
        source = self.lock(self.entry("demo", 'directory = {path = "project"}', "2.0"))
        self.assert_error(self.online("-r", source, BUILD), VERIFICATION, "2.0", "1.0")
        self.assert_nothing_made()

    def test_repository(self):
        directory = self.local_project("demo", "1.0")
        git = ["git", "-C", directory, "-c", "user.name=t", "-c", "user.email=t@host.test"]
        for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "x"]):
            subprocess.run([*git, *words], check=True)
        commit = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
        vcs = f'vcs = {{type = "git", path = "project", commit-id = "{commit}"}}'
        self.make_online("-r", self.lock(self.entry("demo", vcs)))
        self.assertEqual(self.direct_url("demo")["vcs_info"]["commit_id"], commit)
        branch = self.lock(self.entry("demo", vcs.replace(commit, "main")))
        self.assert_error(self.online("-r", branch, "--clear"), USAGE, "commit-id", "`main`")
        other = self.lock(self.entry("demo", vcs.replace('"git"', '"hg"')))
        self.assert_error(self.online("-r", other, "--clear"), USAGE, "hg", "git")


class PartsTest(LockCase):
    def setUp(self):
        super().setUp()
        self.main = self.wheel(self.index.add("main", "1.0"), "main")
        self.test = self.wheel(self.index.add("test", "1.0"), "test", '"t" in dependency_groups')
        self.extra = self.wheel(self.index.add("extra", "1.0"), "extra", '"x" in extras')
        self.path = self.lock(self.main, self.test, self.extra,
                              head='dependency-groups = ["t"]\nextras = ["x"]\n')  # fmt: skip

    def assert_planned(self, expected, *words):
        self.assertEqual(sorted(self.plan_online(*words)), sorted(expected))

    def test_groups_and_extras(self):
        self.assert_planned(["main"], "-r", self.path)
        self.assert_planned(["main", "test"], "-r", self.path, "--group", "t")
        self.assert_planned(["main", "test"], "--group", f"{self.path}:t")
        self.assert_planned(["main", "test"], "-r", self.path, "--all-groups")
        self.assert_planned(["main", "extra"], "-r", f"{self.path}[x]")
        self.assert_planned(["main", "extra"], "-r", self.path, "--extra", "x")
        self.assert_planned(["main", "extra"], "-r", self.path, "--all-extras")
        self.assert_error(self.online("-r", self.path, "--group", "u"), USAGE, "`u`", str(self.path))

    def test_two_locks_are_one_set(self):
        other = self.wheel(self.index.add("other", "1.0"), "other")
        second = self.lock(self.main, other, name="pylock.second.toml")
        self.assert_planned(["main", "other"], "-r", self.path, "-r", second)
        third = self.lock(self.wheel(self.index.add("main", "2.0"), "main"), name="pylock.third.toml")
        self.assert_error(self.online("-r", self.path, "-r", third), NO_SOLUTION, "main", "1.0", "2.0")

    def test_from_standard_input(self):
        with self.path.open() as file:
            result = self.online("-r", "-", stdin=file)
        self.assert_exit(result, SUCCESS)
        self.assertEqual(self.installed(), {"main": "1.0"})

    def test_as_constraint(self):
        self.assert_error(self.online("main", "-c", self.path), USAGE, "lock", "`-r`")

    def test_for_another_python_the_file_is_named(self):
        path = self.lock(self.main, head='requires-python = "<3"\n')
        self.assert_error(self.online("-r", path), NO_SOLUTION, "<3", str(path))


class ProjectFilesTest(SourceCase):
    """Scripts and pyproject.toml: where they are read from, and for which Python."""

    def setUp(self):
        super().setUp()
        for name in ("one", "two", "three"):
            self.index.add(name, "1.0")
        self.script = '# /// script\n# dependencies = ["one"]\n# ///\n'

    def test_a_script_without_suffix_with_a_byte_order_mark_and_from_standard_input(self):
        path = self.directory / "tool"
        path.write_text("\ufeff" + self.script)
        self.assertEqual(self.plan_online("-r", path), {"one": "1.0"})
        with path.open() as file:
            self.assertEqual(self.plan_online("-r", "-", stdin=file), {"one": "1.0"})

    def test_requires_python(self):
        script = self.directory / "tool.py"
        script.write_text(self.script.replace("# ///\n", '# requires-python = ">=99"\n# ///\n', 2).replace(
            '# /// script\n# requires-python = ">=99"\n', "# /// script\n"))  # fmt: skip
        project = self.directory / "pyproject.toml"
        project.write_text('[project]\nname = "x"\nversion = "1"\nrequires-python = ">=99"\n')
        for path in (script, project):
            with self.subTest(path.name):
                self.assert_error(self.online("-r", path), NO_SOLUTION, ">=99", str(path), "--python")

    def test_extras_and_groups(self):
        project = self.directory / "pyproject.toml"
        project.write_text('[project]\nname = "x"\nversion = "1"\ndependencies = ["one"]\n'
                           '[project.optional-dependencies]\nx = ["two"]\n[dependency-groups]\ng = ["three"]\n')  # fmt: skip
        self.assertEqual(sorted(self.plan_online("-r", project, "--extra", "x")), ["one", "two"])
        self.assertEqual(sorted(self.plan_online("-r", project, "--all-extras", "--all-groups", cwd=self.directory)),
                         ["one", "three", "two"])  # fmt: skip
        self.assert_error(self.online("one", "--extra", "x"), USAGE, "pyproject.toml")


if __name__ == "__main__":
    support.main()
