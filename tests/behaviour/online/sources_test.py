"""Requirements from files, digests that are given, and wheels that are named by where they are."""

import hashlib
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from online_case import OnlineCase  # noqa: E402

import support  # noqa: E402
from support import NO_SOLUTION, USAGE, VERIFICATION  # noqa: E402


class RequirementsFileTest(OnlineCase):
    def setUp(self):
        super().setUp()
        self.a = self.index.add("a", "1.0", requires=["b"])
        self.b = self.index.add("b", "1.0")

    def write(self, name, text):
        path = self.directory / name
        path.write_text(text)
        return path

    def test_file_that_names_others(self):
        self.write("deeper.txt", "b  # a comment\n")
        self.write("limits.txt", "a<3\n")
        self.index.add("a", "3.0")
        file = self.write("requirements.txt", "-r deeper.txt\n-c limits.txt\na \\\n  >=1\n")
        self.assertEqual(self.plan_online("-r", file), {"a": "1.0", "b": "1.0"})

    def test_standard_input(self):
        file = self.write("stdin", "a\n")
        with open(file, encoding="utf-8") as stream:
            self.make_online("-r", "-", stdin=stream)
        self.assertEqual(self.installed(), {"a": "1.0", "b": "1.0"})

    def test_options_in_a_file(self):
        file = self.write("requirements.txt", f"--index-url {self.index.simple}\na\n")
        self.make_online("-r", file, index=False)
        self.assertEqual(self.installed(), {"a": "1.0", "b": "1.0"})

    def test_all_bad_lines_at_once(self):
        file = self.write("requirements.txt", "a\nb ==\na\n>>>\n\na[\n")
        result = self.online("-r", file)
        self.assert_error(result, USAGE)
        for line in (2, 4, 6):
            self.assertRegex(result.stderr, rf"requirements\.txt:{line}\b")
        self.assert_nothing_made()
        self.assertEqual(self.index.seen, [])

    def test_missing_file(self):
        self.assert_error(self.online("-r", self.directory / "none.txt"), USAGE, "none.txt")
        self.assert_nothing_made()

    def test_pyproject_groups_and_scripts(self):
        text = ('[project]\nname = "x"\nversion = "1"\ndependencies = ["a"]\n'
                '[dependency-groups]\ndev = ["b"]\n')  # fmt: skip
        file = self.write("pyproject.toml", text)
        self.assertEqual(self.plan_online("-r", file), {"a": "1.0", "b": "1.0"})
        self.assertEqual(self.plan_online("--group", f"{file}:dev"), {"b": "1.0"})
        self.assert_error(self.online("--group", f"{file}:dve"), USAGE, "dev")
        script = self.write("script.py", '# /// script\n# dependencies = ["b"]\n# ///\n')
        self.assertEqual(self.plan_online("-r", script), {"b": "1.0"})

    def test_hashes_of_a_file(self):
        file = self.write(
            "requirements.txt",
            f"a==1.0 --hash=sha256:{self.a.sha256}\nb==1.0 --hash=sha256:{self.b.sha256}\n",
        )
        self.make_online("--require-hashes", "-r", file)
        self.assertEqual(self.installed(), {"a": "1.0", "b": "1.0"})

    def test_wrong_hash(self):
        for tells in (True, False):
            with self.subTest(index_tells_digests=tells):
                self.index.hashes = tells
                file = self.write("requirements.txt", f"b==1.0 --hash=sha256:{'0' * 64}\n")
                result = self.online("--no-cache", "-r", file)
                self.assert_error(result, VERIFICATION, "b")
                self.assert_nothing_made()

    def test_require_hashes_wants_all(self):
        file = self.write("requirements.txt", f"a==1.0 --hash=sha256:{self.a.sha256}\n")
        result = self.online("--require-hashes", "-r", file)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn(result.returncode, (USAGE, VERIFICATION), result.stderr)
        self.assertIn("b", result.stderr)
        self.assertRegex(result.stderr, r"(?m)^hint: ")
        self.assert_nothing_made()

    def test_one_hash_demands_all(self):
        file = self.write("requirements.txt", f"a==1.0 --hash=sha256:{self.a.sha256}\n")
        self.assert_error(self.online("-r", file), VERIFICATION, "`b`")
        self.assert_nothing_made()

    def test_the_hash_chooses_the_version(self):
        self.index.add("b", "2.0")
        hashed = f"--hash=sha256:{self.b.sha256}"
        for tells in (True, False):
            with self.subTest(index_tells_digests=tells):
                self.index.hashes = tells
                file = self.write("requirements.txt", f"b==2.0 {hashed}\n")
                self.assert_error(self.online("--no-cache", "-r", file), VERIFICATION, "b")
                self.assert_nothing_made()
        self.index.hashes = True
        file = self.write("requirements.txt", f"b>=0.5 {hashed}\n")
        self.assertEqual(self.plan_online("--no-cache", "-r", file), {"b": "1.0"})

    def test_what_is_installed_counts_only_with_its_digest(self):
        self.make_online("b")
        record = self.dist_info("b") / "provenance_url.json"
        wrong = self.write("wrong.txt", f"b==1.0 --hash=sha256:{'0' * 64}\n")
        self.assert_error(self.online("-r", wrong), VERIFICATION, "b")
        right = self.write("right.txt", f"b==1.0 --hash=sha256:{self.b.sha256}\n")
        self.assertFalse(record.exists())
        self.assertEqual(self.tell_online("-r", right)["outcome"], "changed")
        self.assertEqual(json.loads(record.read_text())["archive_info"]["hashes"], {"sha256": self.b.sha256})
        self.assertEqual(self.tell_online("-r", right)["outcome"], "unchanged")
        self.assert_error(self.online("-r", wrong), VERIFICATION, "b")

    def test_a_file_as_requirement(self):
        for word in ("requirements.txt", "pyproject.toml", "requirements/dev.in"):
            self.assert_error(self.online(word), USAGE, f"`-r {word}`")

    def test_variables_and_configuration_of_pip(self):
        variables = {"PIP_INDEX_URL": self.index.simple}
        self.assertEqual(self.plan_online("b", index=False, variables=variables), {"b": "1.0"})
        file = self.write("pip.conf", f"[global]\nindex-url = {self.index.simple}\n")
        variables = {"PIP_CONFIG_FILE": str(file)}
        self.assertEqual(self.plan_online("b", index=False, variables=variables), {"b": "1.0"})

    def test_lock(self):
        lock = (
            'lock-version = "1.0"\ncreated-by = "tests"\n'
            '[[packages]]\nname = "b"\nversion = "1.0"\n[[packages.wheels]]\n'
            f'name = "{self.b.filename}"\nurl = "{self.index.file_url(self.b)}"\n'
            f'hashes = {{ sha256 = "{self.b.sha256}" }}\n'
        )
        self.make_online("-r", self.write("pylock.toml", lock))
        self.assertEqual(self.installed(), {"b": "1.0"})
        support.remove_tree(self.environment)
        wrong = self.write("pylock.toml", lock.replace(self.b.sha256, "0" * 64))
        self.assert_error(self.online("--no-cache", "-r", wrong), VERIFICATION)
        self.assert_nothing_made()


class DirectTest(OnlineCase):
    """`PATH`, `URL`, `name @ URL`."""

    def setUp(self):
        super().setUp()
        self.a = self.index.add("a", "1.0", requires=["b"])
        self.b = self.index.add("b", "1.0")
        self.path = self.index.directory / self.a.filename

    def direct_url(self):
        return json.loads((self.dist_info("a") / "direct_url.json").read_text())

    def test_by_path(self):
        self.make_online(self.path)
        self.assertEqual(self.installed(), {"a": "1.0", "b": "1.0"})
        told = self.direct_url()
        self.assertEqual(told["url"], self.path.as_uri())
        self.assertEqual(told["archive_info"]["hashes"], {"sha256": self.a.sha256})
        self.assertTrue((self.dist_info("a") / "REQUESTED").exists())

    def test_by_relative_path(self):
        self.make_online(f"./{self.path.name}", cwd=self.path.parent)
        self.assertEqual(self.direct_url()["url"], self.path.as_uri())

    def test_by_url_with_a_digest(self):
        url = self.index.file_url(self.a)
        for number, word in enumerate((f"{url}#sha256={self.a.sha256}", f"a @ {url}#sha256={self.a.sha256}")):
            with self.subTest(word):
                environment = self.directory / f"env{number}"
                self.make_online(word, environment=environment)
                self.assertEqual(self.installed(environment), {"a": "1.0", "b": "1.0"})
                dist_info = next(self.site_packages(environment).glob("a-*.dist-info"))
                told = json.loads((dist_info / "direct_url.json").read_text())
                self.assertEqual(told["url"].partition("#")[0], url)
                self.assertEqual(told["archive_info"]["hashes"], {"sha256": self.a.sha256})

    def test_second_run_changes_nothing(self):
        words = [f"a @ {self.index.file_url(self.a)}"]
        self.make_online(*words)
        self.assertEqual(self.tell_online(*words)["targets"][0]["outcome"], "unchanged")

    def test_wrong_digest(self):
        for word in (f"{self.index.file_url(self.a)}#sha256={'1' * 64}", f"{self.path.as_uri()}#sha256={'1' * 64}"):
            with self.subTest(word):
                self.assert_error(self.online(word), VERIFICATION, self.a.filename)
                self.assert_nothing_made()

    def test_wrong_name(self):
        self.assert_error(self.online(f"other @ {self.index.file_url(self.a)}"), VERIFICATION, "other")
        self.assert_nothing_made()

    def test_not_there(self):
        result = self.online(self.directory / "gone-1.0-py3-none-any.whl")
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("gone-1.0", result.stderr)
        self.assertRegex(result.stderr, r"(?m)^hint: ")
        self.assert_nothing_made()

    def test_not_for_this_interpreter(self):
        wheel = self.index.add("c", "1.0", tags="cp27-cp27m-win32")
        result = self.online(self.index.directory / wheel.filename)
        self.assert_error(result, NO_SOLUTION, "cp27")
        self.assert_nothing_made()

    def test_not_for_this_version_of_python(self):
        wheel = self.index.add("c", "1.0", requires_python=">=99")
        result = self.online(self.index.directory / wheel.filename)
        self.assert_error(result, NO_SOLUTION, ">=99")
        self.assert_nothing_made()

    def test_what_is_no_wheel(self):
        project = self.directory / "project"
        project.mkdir()
        (project / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1"\n')
        for word in (f"{project}", "hg+https://example.org/x"):
            with self.subTest(word):
                result = self.online(word)
                self.assertNotEqual(result.returncode, 0)
                self.assertRegex(result.stderr, r"(?m)^hint: ")
                self.assert_nothing_made()

    def test_source_distribution_is_named(self):
        name = "only-source-1.0.tar.gz"
        page = {
            "meta": {"api-version": "1.0"}, "name": "only-source",
            "files": [{"filename": name, "url": f"../../files/{name}", "hashes": {}}],
        }  # fmt: skip
        self.index.answers["/simple/only-source/"] = (
            200, {"Content-Type": "application/vnd.pypi.simple.v1+json"}, json.dumps(page).encode(),
        )  # fmt: skip
        self.assert_error(self.online("only-source"), NO_SOLUTION, "only-source", "--build-sdists")
        self.assert_nothing_made()


class ContentTest(OnlineCase):
    """A wheel that is not what the index says."""

    def test_other_bytes(self):
        release = self.index.add("a", "1.0")
        self.index.answers[f"/files/{release.filename}"] = (200, {}, release.data + b"x")
        result = self.online("a")
        self.assert_error(result, VERIFICATION, release.filename)
        self.assert_nothing_made()

    def test_wheel_of_another_version(self):
        release = self.index.add("a", "1.0")
        release.data = self.index.add("a", "2.0").data
        result = self.online("a==1.0")
        self.assert_error(result, VERIFICATION, "a")
        self.assert_nothing_made()

    def test_metadata_with_a_wrong_digest(self):
        release = self.index.add("a", "1.0")
        self.index.answers[f"/files/{release.filename}.metadata"] = (200, {}, b"Name: a\nVersion: 1.0\n")
        self.assert_error(self.online("a"), VERIFICATION, release.filename)
        self.assert_nothing_made()

    def test_unverified_is_said(self):
        self.index.hashes = False
        self.index.add("a", "1.0")
        told = self.tell_online("a")
        release = self.index.releases["a"][0]
        self.assertEqual(self.installed(), {"a": "1.0"})
        self.assertEqual(told["targets"][0]["installed"][-1]["sha256"], hashlib.sha256(release.data).hexdigest())
        self.assertIn("a", json.dumps(told.get("unverified", [])))


if __name__ == "__main__":
    support.main()
