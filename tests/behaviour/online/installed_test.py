"""What is installed counts: its requirements bound what is installed besides."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from online_case import OnlineCase, versions  # noqa: E402

import support  # noqa: E402
from interpreters import copy_interpreter, need_copyable, two_minors  # noqa: E402
from snapshot import snapshot  # noqa: E402
from support import NO_SOLUTION  # noqa: E402


class InstalledCase(OnlineCase):
    def setUp(self):
        super().setUp()
        for version in ("1.26", "2.0", "2.1"):
            self.index.add("numpy", version)
        self.index.add("pandas", "2.2", requires=["numpy>=1.20"])
        self.index.add("pandas", "2.3", requires=["numpy>=2"])

    def put_pandas(self, *words):
        self.make_online("pandas==2.3", *words)


class ConflictTest(InstalledCase):
    """A request that would break what is installed."""

    def test_a_conflict_is_no_solution_and_changes_nothing(self):
        self.put_pandas()
        self.make_online("numpy<2", environment=self.directory / "for the cache")
        before = snapshot(self.environment)
        for words in ([], ["--offline"], ["--dry-run"]):
            with self.subTest(words=words):
                result = self.online("numpy<2", *words)
                self.assert_error(
                    result, NO_SOLUTION, "you require `numpy<2`",
                    "`pandas` 2.3 is installed and requires `numpy>=2`", "--allow-conflicts",
                )  # fmt: skip
                self.assertEqual(snapshot(self.environment), before)

    def test_the_hint_to_name_both_is_true(self):
        self.put_pandas()
        result = self.online("numpy<2")
        self.assertIn("add `pandas` to the requirements", result.stderr)
        self.assertIn("`pandas` becomes 2.2", result.stderr)
        self.make_online("numpy<2", "pandas")
        self.assertEqual(self.installed(), {"numpy": "1.26", "pandas": "2.2"})

    def test_a_conflict_that_is_allowed_is_warned_about(self):
        self.put_pandas()
        told = self.tell_online("--allow-conflicts", "numpy<2")
        expected = [{"name": "pandas", "version": "2.3", "requires": "numpy>=2", "found": "1.26"}]
        self.assertEqual(told["conflicts"], expected)
        self.assertEqual(told["targets"][0]["conflicts"], expected)
        self.assertEqual(len([each for each in told["warnings"] if "`pandas` 2.3" in each]), 1)
        self.assertEqual(self.installed()["numpy"], "1.26")
        # It is there now, and no later run is about it.
        self.index.add("other", "1.0")
        told = self.tell_online("other")
        self.assertEqual((told["conflicts"], told["warnings"]), ([], []))
        result = self.make_online("numpy")
        self.assertIn("already as requested", result.stderr)
        self.make_online("numpy==2.0")

    def test_a_version_that_breaks_nothing_is_taken(self):
        self.index.add("client", "1.0", requires=["http>=1"])
        self.index.add("client", "2.0", requires=["http>=2"])
        self.index.add("cloud", "1.0", requires=["http<2"])
        self.index.add("http", "1.5")
        self.index.add("http", "2.0")
        self.make_online("cloud")
        told = self.tell_online("client")
        self.assertEqual(versions(told["installed"]), {"client": "1.0"})
        result = self.online("client>=2")
        self.assert_error(result, NO_SOLUTION, "`cloud` 1.0 is installed and requires `http<2`")
        self.make_online("client>=2", "--allow-conflicts")
        self.assertEqual(self.installed()["http"], "2.0")

    def test_an_upgrade_stops_where_something_installed_would_break(self):
        self.index.add("old", "1.0", requires=["numpy<2.1"])
        self.make_online("old", "numpy==1.26")
        self.make_online("--upgrade", "numpy")
        self.assertEqual(self.installed()["numpy"], "2.0")

    def test_extras_that_something_installed_asks_for_count(self):
        self.index.add("core", "1.0", extras={"fast": ["numpy>=2"], "slow": ["numpy<2"]})
        self.index.add("app", "1.0", requires=["core[fast]"])
        self.make_online("app")
        self.assert_error(self.online("numpy<2"), NO_SOLUTION, "`core` 1.0 is installed")

    def test_extras_that_something_installed_asks_for_are_upgraded_with_their_project(self):
        self.index.add("core", "1.0", extras={"fast": ["numpy<2"]})
        self.index.add("app", "1.0", requires=["core[fast]"])
        self.make_online("app")
        self.index.add("new", "1.0")
        self.index.add("core", "2.0", extras={"fast": ["numpy>=2", "new"]})
        self.make_online("--upgrade", "core")
        expected = {"app": "1.0", "core": "2.0", "numpy": "2.1", "new": "1.0"}
        self.assertEqual(self.installed(), expected)

    def test_markers_of_what_is_installed_count(self):
        self.index.add("app", "1.0", requires=["numpy>=2; os_name == 'nt'", "numpy<3"])
        self.make_online("app", "numpy==2.0")
        self.make_online("numpy<2")

    def test_a_missing_project_bounds_the_version_that_comes(self):
        self.put_pandas()
        for each in self.site_packages().glob("numpy*"):
            support.remove_tree(each) if each.is_dir() else each.unlink()
        self.index.add("other", "1.0")
        self.make_online("other")
        self.assert_error(self.online("numpy<2"), NO_SOLUTION, "`pandas` 2.3 is installed")
        self.make_online("numpy")

    def test_what_is_removed_or_not_asked_about_does_not_count(self):
        self.put_pandas()
        for words in (["--no-deps"], ["--sync"]):
            with self.subTest(words=words):
                told = self.tell_online("--dry-run", "numpy<2", *words)
                self.assertEqual(versions(told["installed"]), {"numpy": "1.26"})

    def test_a_lock_breaks_nothing_either(self):
        self.put_pandas()
        release = self.index.releases["numpy"][0]
        lock = self.directory / "pylock.toml"
        lock.write_text(
            'lock-version = "1.0"\ncreated-by = "test"\n[[packages]]\nname = "numpy"\n'
            f'version = "1.26"\n[[packages.wheels]]\nname = "{release.filename}"\n'
            f'url = "{self.index.file_url(release)}"\nhashes = {{sha256 = "{release.sha256}"}}\n'
        )
        result = self.online("-r", lock)
        self.assert_error(result, NO_SOLUTION, "lock", "`pandas` 2.3 is installed")
        self.make_online("-r", lock, "--allow-conflicts")
        self.assertEqual(self.installed()["numpy"], "1.26")

    def test_what_is_below_the_environment_is_warned_about(self):
        need_copyable(self.interpreter)
        python = copy_interpreter(self.interpreter, self.directory / "python")
        options = ["--python", python, "--index-url", self.index.simple, "--cache-dir", self.cache]
        below = self.ensure(*options, "pandas==2.3", env=self.variables())
        self.assert_exit(below, 0)
        result = self.ensure("--venv", self.environment, "--system-site-packages", *options, "--json",
                             "numpy<2", env=self.variables())  # fmt: skip
        self.assert_exit(result, 0)
        told = json.loads(result.stdout)
        self.assertEqual(told["conflicts"], [])
        self.assertIn("`pandas` 2.3 is installed and requires `numpy>=2`", "\n".join(told["warnings"]))


class OtherTargetsTest(InstalledCase):
    """Targets that are no environment: `--target`, `--prefix`, `--root` and `--user`."""

    OPTIONS = ("--target", "--prefix", "--root", "--user")

    def words(self, option, interpreter=None):
        """The options that name the target, and its directory of packages."""
        interpreter = interpreter or self.interpreter
        place = self.home / ".local" if option == "--user" else self.directory / option.strip("-")
        packages = Path("lib") / interpreter.library_name / "site-packages"
        python = ["--python", interpreter.executable]
        if option == "--target":
            return [option, place, *python], place
        if option == "--root":
            return [option, place, "--prefix", "/usr", *python], place / "usr" / packages
        if option == "--user":  # a distribution's Python may be marked as managed by others
            return [option, "--break-system-packages", *python], place / packages
        return [option, place, *python], place / packages

    def into(self, words, *more):
        """Runs it for the target that `words` name."""
        settings = ["--index-url", self.index.simple, "--cache-dir", self.cache, "--retries", "0"]
        return self.ensure(*words, *settings, *more, env=self.variables())

    def put_into(self, words, *more):
        result = self.into(words, "--json", *more)
        self.assert_exit(result, 0)
        return json.loads(result.stdout)

    def in_directory(self, packages):
        found = (path.name.removesuffix(".dist-info").split("-") for path in packages.glob("*.dist-info"))
        return {name: version for name, version in found if name != "pip"}

    def test_a_conflict_is_no_solution_and_changes_nothing(self):
        for option in self.OPTIONS:
            with self.subTest(option=option):
                words, packages = self.words(option)
                self.put_into(words, "pandas==2.3")
                before = snapshot(packages)
                for more in ([], ["--dry-run"], ["--upgrade"]):
                    self.assert_error(
                        self.into(words, "numpy<2", *more), NO_SOLUTION, "you require `numpy<2`",
                        "`pandas` 2.3 is installed and requires `numpy>=2`", "--allow-conflicts",
                    )  # fmt: skip
                    self.assertEqual(snapshot(packages), before)

    def test_a_conflict_that_is_allowed_is_warned_about(self):
        for option in self.OPTIONS:
            with self.subTest(option=option):
                words, packages = self.words(option)
                self.put_into(words, "pandas==2.3")
                told = self.put_into(words, "numpy<2", "--allow-conflicts")
                expected = [{"name": "pandas", "version": "2.3", "requires": "numpy>=2", "found": "1.26"}]
                self.assertEqual(told["conflicts"], expected)
                self.assertEqual(len([each for each in told["warnings"] if "`pandas` 2.3" in each]), 1)
                self.assertEqual(self.in_directory(packages), {"numpy": "1.26", "pandas": "2.3"})

    def test_a_version_that_breaks_nothing_is_taken(self):
        self.index.add("old", "1.0", requires=["numpy<2.1"])
        for option in self.OPTIONS:
            with self.subTest(option=option):
                words, packages = self.words(option)
                self.put_into(words, "old", "numpy==1.26")
                self.put_into(words, "--upgrade", "numpy")
                self.assertEqual(self.in_directory(packages), {"numpy": "2.0", "old": "1.0"})

    def test_both_named_are_changed_together(self):
        for option in self.OPTIONS:
            with self.subTest(option=option):
                words, packages = self.words(option)
                self.put_into(words, "pandas==2.3")
                self.put_into(words, "numpy<2", "pandas")
                self.assertEqual(self.in_directory(packages), {"numpy": "1.26", "pandas": "2.2"})

    def test_what_was_installed_for_another_platform_is_replaced(self):
        for machine in ("x86_64", "aarch64"):
            self.index.add("binary", "1.0", tags=f"cp312-cp312-manylinux_2_17_{machine}",
                           files={"binary.py": f"machine = '{machine}'\n"})  # fmt: skip
        self.index.add("binary", "0.9", files={"binary.py": "machine = 'any'\n"})
        place = self.directory / "target"
        for machine, requirement in (("x86_64", "binary"), ("aarch64", "binary"), ("aarch64", "binary"),
                                     ("x86_64", "binary>=0.9")):  # fmt: skip
            words = ["--target", place, "--python-version", "3.12", "--python-platform", f"{machine}-linux"]
            before = snapshot(place) if place.exists() else None
            told = self.put_into(words, requirement)
            self.assertEqual((place / "binary.py").read_text(), f"machine = '{machine}'\n")
            self.assertEqual(self.in_directory(place), {"binary": "1.0"})
            if told["outcome"] == "unchanged":
                self.assertEqual(snapshot(place), before)
        self.assertEqual(told["outcome"], "changed")

    def test_another_python_leaves_the_packages_of_the_first_alone(self):
        """Their directory has its version in its name, so nothing of it has to come along."""
        older, newer = two_minors()
        for option in ("--prefix", "--root", "--user"):
            with self.subTest(option=option):
                words, packages = self.words(option, older)
                self.put_into(words, "pandas==2.3")
                before = snapshot(packages)
                words, others = self.words(option, newer)
                self.put_into(words, "--upgrade", "numpy<2")
                self.assertEqual(snapshot(packages), before)
                self.assertEqual(self.in_directory(others), {"numpy": "1.26"})


if __name__ == "__main__":
    support.main()
