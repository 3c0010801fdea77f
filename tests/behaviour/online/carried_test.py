"""Another minor version of Python: what was requested comes along, or nothing changes."""

import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from online_case import OnlineCase, versions  # noqa: E402

import support  # noqa: E402
from interpreters import two_minors  # noqa: E402
from snapshot import snapshot  # noqa: E402
from support import FILE_SYSTEM, NO_SOLUTION, run  # noqa: E402
from wheels import make_wheel  # noqa: E402


class CarriedCase(OnlineCase):
    """`self.interpreter` is the older Python at first; `upgrade` goes to the newer one."""

    def setUp(self):
        super().setUp()
        self.older, self.newer = two_minors()
        self.interpreter = self.older

    def tag(self, interpreter):
        return f"cp{interpreter.minor.replace('.', '')}-none-any"

    def upgrade(self, *words, **options):
        self.interpreter = self.newer
        try:
            return self.online("--upgrade", *words, **options)
        finally:
            self.interpreter = self.older

    def assert_upgraded(self, expected, *words, **options):
        self.assert_exit(self.upgrade(*words, **options), 0)
        self.interpreter = self.newer
        self.assertEqual(self.installed(), expected)
        self.assertIn(self.newer.minor, (self.environment / "pyvenv.cfg").read_text())
        self.assertFalse((self.environment / "lib" / self.older.library_name).exists())

    def assert_refused(self, *mentions, words=(), **options):
        before = snapshot(self.environment)
        result = self.upgrade(*words, **options)
        self.assert_error(result, FILE_SYSTEM, "these would be lost", "--clear", *mentions)
        self.assertEqual(snapshot(self.environment), before)


class UpgradeTest(CarriedCase):
    def test_same_versions_come_along_with_their_dependencies(self):
        for version in ("1.0", "2.0"):
            self.index.add("app", version, requires=["part"], scripts="app = app:version")
            self.index.add("part", version)
        self.make_online("app==1.0", "part==1.0")
        (self.dist_info("part") / "REQUESTED").unlink()
        self.assert_upgraded({"app": "1.0", "part": "1.0"})
        self.assertTrue((self.dist_info("app") / "REQUESTED").exists())
        self.assertFalse((self.dist_info("part") / "REQUESTED").exists())
        self.assertTrue((self.environment / "bin/app").exists())
        self.assertEqual(self.python("import app, part; print(app.version, part.version)"), "1.0 1.0")
        run([self.environment / "bin/pip", "--version"], check=True)

    def test_data_files_come_along(self):
        data = {"app.py": "", "app-1.0.data/data/share/app/data.txt": "new\n"}
        self.index.add("app", "1.0", files=data)
        self.make_online("app")
        self.assert_upgraded({"app": "1.0"})
        self.assertEqual((self.environment / "share/app/data.txt").read_text(), "new\n")

    def test_the_newest_that_fits_where_the_same_has_no_wheel(self):
        data = {"native.py": "", "native-1.0.data/data/share/native/old.txt": "old\n"}
        self.index.add("native", "1.0", tags=self.tag(self.older), files=data)
        self.index.add("native", "1.1", tags=self.tag(self.newer))
        self.index.add("native", "1.2", tags=self.tag(self.older))
        self.make_online("native==1.0")
        self.assertTrue((self.environment / "share/native/old.txt").exists())
        self.assert_upgraded({"native": "1.1"})
        self.assertFalse((self.environment / "share/native/old.txt").exists())

    def test_what_is_named_in_the_same_command_is_chosen_anew(self):
        for version in ("1.0", "2.0", "3.0"):
            self.index.add("app", version)
            self.index.add("other", version)
        self.make_online("app==1.0", "other==1.0")
        self.assert_upgraded({"app": "2.0", "other": "1.0"}, "app<3")

    def test_extras_come_along_though_nobody_recorded_them(self):
        self.index.add("server", "1.0", extras={"standard": ["fast"], "unused": ["slow"]})
        self.index.add("fast", "1.0")
        self.index.add("slow", "1.0")
        self.make_online("server[standard]")
        self.assert_upgraded({"server": "1.0", "fast": "1.0"})

    def test_packages_of_installers_that_mark_nothing_come_along(self):
        self.index.add("app", "1.0")
        self.make_online("app")
        (self.dist_info("app") / "REQUESTED").unlink()
        (self.dist_info("app") / "INSTALLER").write_text("poetry 1.8\n")
        self.assert_upgraded({"app": "1.0"})

    def test_pip_settings_count(self):
        self.index.add("app", "1.0")
        self.make_online("app")
        variables = {"PIP_INDEX_URL": self.index.simple}
        self.assert_upgraded({"app": "1.0"}, "--no-cache", index=False, variables=variables)

    def test_from_the_cache_without_a_network(self):
        self.index.add("app", "1.0")
        self.make_online("app")
        self.index.forget()
        self.assert_upgraded({"app": "1.0"}, "--offline")
        self.assertEqual(self.index.paths(), [])

    def test_the_address_of_a_wheel_comes_along(self):
        make_wheel(self.directory, "local", "1.0", files={"local.py": "x = 1\n"})
        self.make_online(self.directory / "local-1.0-py3-none-any.whl")
        self.assert_upgraded({"local": "1.0"})
        self.assertIn("file://", (self.dist_info("local") / "direct_url.json").read_text())

    def test_sync_means_what_it_says(self):
        self.index.add("app", "1.0")
        self.index.add("other", "1.0")
        self.make_online("app")
        self.assert_upgraded({"other": "1.0"}, "--sync", "other")

    def test_a_dry_run_tells_what_the_run_will_do(self):
        self.index.add("app", "1.0")
        self.make_online("app")
        self.interpreter = self.newer
        planned = self.tell_online("--upgrade", "--dry-run")
        done = self.tell_online("--upgrade")
        self.assertEqual(versions(done["installed"]), {"app": "1.0"})
        self.assertEqual(versions(done["removed"]), {"app": "1.0"})
        for key in ("outcome", "removed", "kept"):
            self.assertEqual(planned[key], done[key], key)

    def test_without_packages_nobody_is_asked(self):
        self.make_online()
        make_wheel(self.directory, "setuptools", "1.0", files={"setuptools.py": ""})
        self.make_online("--no-index", "--find-links", self.directory, "setuptools")
        (self.dist_info("setuptools") / "REQUESTED").unlink()
        self.index.forget()
        self.assert_upgraded({})
        self.assertEqual(self.index.paths(), [])


class RefusalTest(CarriedCase):
    def test_a_package_without_a_version_for_the_new_python_is_not_lost(self):
        self.index.add("native", "1.0", tags=self.tag(self.older))
        self.index.add("app", "1.0", requires=["part"])
        self.index.add("part", "1.0")
        self.make_online("native", "app")
        self.assert_refused("app 1.0", "native 1.0", "part 1.0")

    def test_offline_without_a_cache_nothing_is_lost(self):
        self.index.add("app", "1.0")
        self.make_online("app")
        shutil.rmtree(self.cache)
        self.assert_refused("app 1.0", words=["--offline"])
        self.assert_refused("app 1.0", words=["--no-index"])

    def test_a_package_that_cannot_be_fetched_again_is_not_lost(self):
        make_wheel(self.directory, "local", "1.0", files={"local.py": "x = 1\n"})
        wheel = self.directory / "local-1.0-py3-none-any.whl"
        self.make_online(wheel)
        url = self.dist_info("local") / "direct_url.json"
        wheel.unlink()
        self.assert_refused("local 1.0", "no longer exists")
        url.write_text('{"url": "https://host/x", "vcs_info": {"vcs": "hg", "commit_id": "1"}}')
        self.assert_refused("local 1.0", "version control")
        # Named in the command, it comes from there.
        self.index.add("local", "2.0")
        self.assert_upgraded({"local": "2.0"}, "local")

    def test_a_request_that_fails_by_itself_is_no_solution(self):
        self.index.add("app", "1.0")
        self.make_online("app")
        result = self.upgrade("app>=9")
        self.assert_error(result, NO_SOLUTION, "app>=9")

    def test_the_hint_leads_to_where_nothing_is_lost(self):
        self.index.add("app", "1.0")
        self.make_online("app")
        self.interpreter = self.newer
        result = self.online()
        self.assert_error(result, FILE_SYSTEM, "--upgrade", "--clear")
        self.make_online("--upgrade")
        self.assertEqual(self.installed(), {"app": "1.0"})

    def test_clear_means_it_and_tells_what_went(self):
        self.index.add("app", "1.0")
        self.make_online("app")
        self.interpreter = self.newer
        told = self.make_online("--clear")
        self.assertRegex(told.stderr, r"(?m)^ - app 1\.0$")
        self.assertEqual(self.installed(), {})


if __name__ == "__main__":
    support.main()
