"""Source distributions of an index or a lock: when they are built, and what becomes of them."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from online_case import versions  # noqa: E402
from source_case import BUILD, SourceCase  # noqa: E402
from source_projects import project, tar_gz  # noqa: E402

import support  # noqa: E402
from support import FAILURE, NETWORK, NO_INTERPRETER, NO_SOLUTION, VERIFICATION  # noqa: E402

class IndexTest(SourceCase):
    """Source distributions among the files of an index."""

    def test_not_without_the_option(self):
        self.add_sdist("demo", "1.0")
        self.assert_error(self.online("demo"), NO_SOLUTION, "demo", "--build-sdists")
        self.assertEqual(self.index.files_fetched(), [])
        self.assert_nothing_made()

    def test_built_with_the_option(self):
        release = self.add_sdist("demo", "1.0", headers=["Requires-Dist: other"])
        self.index.add("other", "1.0")
        told = self.tell_online("demo", BUILD)
        self.assertEqual(self.installed(), {"demo": "1.0", "other": "1.0"})
        self.assertEqual(self.python("import demo; print(demo.version)"), "1.0")
        mine = next(each for each in told["installed"] if each["name"] == "demo")
        self.assertEqual(mine["sha256"], release.sha256)
        self.assertNotIn("demo 1.0", told["unverified"])
        self.assertFalse((self.dist_info("demo") / "direct_url.json").exists())
        self.assertEqual(self.pip("check").returncode, 0)
        self.assert_nothing_left()

    def test_wheel_of_the_same_version_comes_first(self):
        self.index.add("demo", "1.0")
        self.add_sdist("demo", "1.0", steps="raise SystemExit('built')")
        self.make_online("demo", BUILD)
        self.assertEqual(self.index.files_fetched(), ["demo-1.0-py3-none-any.whl"])

    def test_no_binary_takes_the_source(self):
        self.index.add("demo", "1.0")
        self.index.add("other", "1.0")
        self.add_sdist("demo", "1.0", module="version = 'from source'\n")
        for value in ("demo", ":all:"):
            with self.subTest(value):
                support.remove_tree(self.environment)
                self.make_online("demo", "--no-binary", value)
                self.assertEqual(self.python("import demo; print(demo.version)"), "from source")
        self.assert_error(self.online("other", "--no-binary", ":all:"), NO_SOLUTION, "--no-binary")
        self.assert_error(self.online("demo==1.0", BUILD, "--only-binary", "demo", "--no-binary", "other",
                                      "other"), NO_SOLUTION)  # fmt: skip

    def test_newest_version_wins(self):
        self.index.add("demo", "1.0")
        self.add_sdist("demo", "2.0")
        self.assertEqual(self.plan_online("demo"), {"demo": "1.0"})
        self.assertEqual(self.plan_online("demo", BUILD), {"demo": "2.0"})
        self.assertEqual(self.plan_online("demo", BUILD, "--only-binary", "demo"), {"demo": "1.0"})

    def test_what_a_page_says_of_a_source_counts(self):
        self.add_sdist("demo", "1.0", more={"upload_time": "2024-01-01T00:00:00Z"})
        self.add_sdist("demo", "2.0", more={"yanked": "broken", "upload_time": "2024-02-01T00:00:00Z"})
        self.add_sdist("demo", "3.0", more={"requires_python": ">=4", "upload_time": "2024-02-01T00:00:00Z"})
        self.add_sdist("demo", "4.0", more={"upload_time": "2025-01-01T00:00:00Z"})
        limit = ("--exclude-newer", "2024-06-01")
        self.assertEqual(self.plan_online("demo", BUILD, *limit), {"demo": "1.0"})
        self.assertEqual(self.plan_online("demo==2.0", BUILD, *limit), {"demo": "2.0"})
        self.assertEqual(self.plan_online("demo", BUILD), {"demo": "4.0"})

    def test_zip(self):
        self.add_sdist("demo", "1.0", form="zip")
        self.make_online("demo", BUILD)
        self.assertEqual(self.installed(), {"demo": "1.0"})

    def test_digest_is_enforced(self):
        release = self.add_sdist("demo", "1.0")
        release.data += b"\0"
        self.index.answers["/simple/demo/"] = (200, {"Content-Type": "text/html"}, (
            f'<a href="../../files/{release.filename}#sha256={"0" * 64}">{release.filename}</a>').encode())
        self.assert_error(self.online("demo", BUILD), VERIFICATION, release.filename)
        self.assert_nothing_made()

    def test_require_hashes_demands_that_of_the_source(self):
        release = self.add_sdist("demo", "1.0")
        file = self.directory / "requirements.txt"
        self.assert_error(self.online("demo", BUILD, "--require-hashes"), VERIFICATION, "demo")
        file.write_text(f"demo==1.0 --hash=sha256:{'0' * 64}\n")
        self.assert_error(self.online("-r", file, BUILD), VERIFICATION)
        self.assert_nothing_made()
        file.write_text(f"demo==1.0 --hash=sha256:{release.sha256}\n")
        self.make_online("-r", file, BUILD)
        self.assertEqual(self.installed(), {"demo": "1.0"})

    def test_options_of_a_requirements_file(self):
        self.index.add("demo", "1.0")
        self.add_sdist("demo", "1.0", module="version = 'from source'\n")
        file = self.directory / "requirements.txt"
        file.write_text("--no-binary demo\ndemo\n")
        self.make_online("-r", file)
        self.assertEqual(self.python("import demo; print(demo.version)"), "from source")

    def test_metadata_that_are_promised_are_known_without_a_build(self):
        never = "raise SystemExit('built')"
        release = self.add_sdist("demo", "1.0", promise=True, steps=never, headers=["Requires-Dist: other"])
        self.index.add("other", "1.0")
        report = self.directory / "report.json"
        told = self.tell_online("--dry-run", "demo", BUILD, "--report", report)
        self.assertEqual(versions(told["targets"][0]["installed"]), {"demo": "1.0", "other": "1.0"})
        entry = next(each for each in json.loads(report.read_text())["install"]
                     if each["metadata"]["name"] == "demo")  # fmt: skip
        self.assertEqual(entry["download_info"]["url"], self.index.file_url(release))
        self.assertEqual(entry["download_info"]["archive_info"]["hashes"]["sha256"], release.sha256)
        self.assertFalse(entry["is_direct"])
        self.assert_error(self.online("demo", BUILD), FAILURE)

    def test_metadata_beside_the_file(self):
        release = self.add_sdist("demo", "1.0", steps="raise SystemExit('built')")
        release.metadata = b"Metadata-Version: 2.2\nName: demo\nVersion: 1.0\n"
        self.index.forget()
        self.assertEqual(self.plan_online("demo", BUILD), {"demo": "1.0"})
        self.assertEqual(self.index.files_fetched(), [])

    def test_metadata_that_may_change_are_known_by_a_build_only(self):
        self.add_sdist("demo", "1.0", steps="headers.append('Requires-Dist: other')")
        self.index.add("other", "1.0")
        self.assertEqual(self.plan_online("demo", BUILD), {"demo": "1.0", "other": "1.0"})
        self.assertFalse(self.environment.exists())
        self.assert_nothing_left()


class CacheTest(SourceCase):
    def test_built_once(self):
        self.add_sdist("demo", "1.0", steps="open(os.environ['COUNT'], 'a').write('built ')")
        count = self.directory / "count"
        for environment in ("one", "two"):
            self.make_online("demo", BUILD, environment=self.directory / environment, variables={"COUNT": str(count)})
        self.assertEqual(count.read_text(), "built ")
        self.assertEqual(self.index.files_fetched(), ["demo-1.0.tar.gz"])

    def test_offline(self):
        self.add_sdist("demo", "1.0")
        self.add_sdist("later", "1.0", promise=True)
        self.assert_error(self.online("demo", BUILD, "--offline"), NO_SOLUTION)
        self.make_online("demo", BUILD)
        self.make_online("--dry-run", "later", BUILD)
        self.index.stop()
        for name in ("demo", "later"):
            with self.subTest(name):
                support.remove_tree(self.environment)
                self.make_online(name, BUILD, "--offline")
                self.assertEqual(self.installed(), {name: "1.0"})

    def test_offline_by_url(self):
        self.index.add_file("demo", "1.0", "demo.tar.gz", tar_gz(project("demo", "1.0"), "demo"))
        url = f"demo @ {self.index.origin}/files/demo.tar.gz"
        self.assert_error(self.online(url, BUILD, "--offline"), NETWORK)
        self.make_online(url, BUILD)
        self.index.stop()
        support.remove_tree(self.environment)
        self.make_online(url, BUILD, "--offline")
        self.assertEqual(self.installed(), {"demo": "1.0"})

    def test_no_index(self):
        links = self.directory / "links"
        links.mkdir()
        (links / "demo-1.0.tar.gz").write_bytes(tar_gz(project("demo", "1.0"), "demo-1.0"))
        self.make_online("demo", BUILD, "--no-index", "--find-links", links, index=False)
        self.assertEqual(self.installed(), {"demo": "1.0"})

    def test_damaged_entry_is_built_again(self):
        self.add_sdist("demo", "1.0")
        self.make_online("demo", BUILD)
        (entry,) = (self.cache / "built-v1").iterdir()
        entry.write_bytes(entry.read_bytes()[:-1])
        support.remove_tree(self.environment)
        self.make_online("demo", BUILD)
        self.assertEqual(self.installed(), {"demo": "1.0"})

    def test_without_a_cache(self):
        self.add_sdist("demo", "1.0")
        self.make_online("demo", BUILD, "--no-cache")
        self.assertEqual(self.installed(), {"demo": "1.0"})
        self.assert_nothing_left()


class OtherTargetsTest(SourceCase):
    def test_into_a_directory(self):
        self.add_sdist("demo", "1.0")
        target = self.directory / "target"
        result = self.ensure("--target", target, "--python", self.interpreter.executable, "demo", BUILD,
                             "--index-url", self.index.simple, "--cache-dir", self.cache,
                             env=self.variables())  # fmt: skip
        self.assert_exit(result, 0)
        self.assertTrue((target / "demo.py").exists())

    def test_foreign_targets_are_not_built_for(self):
        self.add_sdist("demo", "1.0", promise=True)
        target = self.directory / "target"
        result = self.ensure("--target", target, "--python", self.interpreter.executable,
                             "--python-platform", "aarch64-unknown-linux-gnu", "demo", BUILD, "--index-url",
                             self.index.simple, "--cache-dir", self.cache, env=self.variables())  # fmt: skip
        self.assert_error(result, NO_INTERPRETER, "demo-1.0.tar.gz", "does not run here")
        self.assertFalse(target.exists())


class LockTest(SourceCase):
    def lock(self, release, digest=None):
        path = self.directory / "pylock.toml"
        path.write_text(
            'lock-version = "1.0"\ncreated-by = "tests"\n[[packages]]\nname = "demo"\nversion = "1.0"\n'
            f'[packages.sdist]\nname = "{release.filename}"\nurl = "{self.index.file_url(release)}"\n'
            f'[packages.sdist.hashes]\nsha256 = "{digest or release.sha256}"\n'
        )
        return path

    def test_source_distribution_of_a_lock(self):
        release = self.add_sdist("demo", "1.0")
        lock = self.lock(release)
        self.assert_error(self.online("-r", lock), NO_SOLUTION, "demo", "--build-sdists")
        self.make_online("-r", lock, BUILD)
        self.assertEqual(self.installed(), {"demo": "1.0"})
        self.assertEqual(self.tell_online("-r", lock, BUILD)["outcome"], "unchanged")

    def test_wrong_digest(self):
        lock = self.lock(self.add_sdist("demo", "1.0"), "0" * 64)
        self.assert_error(self.online("-r", lock, BUILD), VERIFICATION)
        self.assert_nothing_made()


if __name__ == "__main__":
    support.main()
