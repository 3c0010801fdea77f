"""What comes out of an index lands in the environment, changes with what is asked, or not at all."""

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from online_case import OnlineCase, versions  # noqa: E402

import support  # noqa: E402
from snapshot import file_times, snapshot  # noqa: E402
from support import NO_SOLUTION  # noqa: E402


class ChoiceTest(OnlineCase):
    """Which versions a plan holds."""

    def test_dependencies_extras_and_markers(self):
        self.index.add("top", "1.0", requires=[
            "Mid-dle>=1,<3", "posix-only; os_name == 'posix'", "windows-only; os_name == 'nt'",
        ], extras={"more": ["further>=1"], "less": ["unwanted"]})  # fmt: skip
        for version in ("1.0", "2.0", "3.0"):
            self.index.add("mid.dle", version)
        for name in ("posix-only", "windows-only", "further", "unwanted"):
            self.index.add(name, "1.0")
        expected = {"top": "1.0", "mid-dle": "2.0", "posix-only": "1.0", "further": "1.0"}
        for form in ("json", "html"):
            with self.subTest(form=form):
                self.index.form = form
                self.assertEqual(self.plan_online("--no-cache", "top[more]"), expected)

    def test_every_way_to_the_metadata_gives_the_same_plan(self):
        self.index.add("a", "1.0", requires=["b"])
        self.index.add("b", "1.0", requires=["c==2"])
        self.index.add("c", "2")
        self.index.add("c", "3")
        expected = {"a": "1.0", "b": "1.0", "c": "2"}
        for announced, there, ranges in (
            (True, True, True), (True, False, True), (False, False, True), (False, False, False),
        ):  # fmt: skip
            for hashes in (True, False):
                with self.subTest(announced=announced, there=there, ranges=ranges, hashes=hashes):
                    self.index.core_metadata, self.index.serves_metadata = announced, there
                    self.index.ranges, self.index.hashes = ranges, hashes
                    self.assertEqual(self.plan_online("--no-cache", "a"), expected)

    def test_pre_releases_only_where_asked_for(self):
        self.index.add("a", "1.0")
        self.index.add("a", "2.0b1")
        self.index.add("only-pre", "1.0a1")
        self.assertEqual(self.plan_online("a", "only-pre"), {"a": "1.0", "only-pre": "1.0a1"})
        self.assertEqual(self.plan_online("--pre", "a"), {"a": "2.0b1"})
        self.assertEqual(self.plan_online("a>=2.0b1"), {"a": "2.0b1"})

    def test_yanked_only_where_pinned_and_with_a_warning(self):
        self.index.add("a", "1.0")
        self.index.add("a", "2.0", yanked="it eats files")
        for form in ("json", "html"):
            with self.subTest(form=form):
                self.index.form = form
                self.assertEqual(self.plan_online("--no-cache", "a"), {"a": "1.0"})
                result = self.make_online("--dry-run", "--no-cache", "a==2.0")
                self.assertIn("yanked", result.stderr)
                self.assertIn("it eats files", result.stderr)
                self.assertRegex(result.stderr, r"(?m)^warning: ")

    def test_requires_python_of_the_page_and_of_the_metadata(self):
        self.index.add("a", "1.0")
        self.index.add("a", "2.0", requires_python=">=99")
        release = self.index.add("a", "3.0", requires_python=">=99")
        release.requires_python = None  # the page does not tell, the metadata does
        self.assertEqual(self.plan_online("a"), {"a": "1.0"})

    def test_exclude_newer(self):
        self.index.add("a", "1.0", upload_time="2024-01-01T10:00:00Z")
        self.index.add("a", "2.0", upload_time="2024-03-01T10:00:00Z")
        self.index.add("a", "3.0")
        self.assertEqual(self.plan_online("--exclude-newer", "2024-02-01", "a"), {"a": "1.0"})
        self.assertEqual(self.plan_online("--exclude-newer", "2024-03-01", "a"), {"a": "2.0"})
        self.assertEqual(self.plan_online("--exclude-newer", "2024-03-01T10:00:00", "a"), {"a": "1.0"})
        self.assertEqual(self.plan_online("--exclude-newer", "2 days", "a"), {"a": "2.0"})
        self.index.add("a", "4.0", upload_time="soon")
        for version, why in (("3.0", "no upload time"), ("4.0", "an upload time that cannot be read")):
            self.assert_error(self.online("--exclude-newer", "2 days", f"a=={version}"), NO_SOLUTION, why)

    def test_resolution_strategies(self):
        self.index.add("a", "1.0", requires=["b>=2"])
        self.index.add("a", "2.0", requires=["b>=2"])
        for version in ("1.0", "2.0", "3.0"):
            self.index.add("b", version)
        wanted = {
            "highest": {"a": "2.0", "b": "3.0"},
            "lowest": {"a": "1.0", "b": "2.0"},
            "lowest-direct": {"a": "1.0", "b": "3.0"},
        }
        for strategy, expected in wanted.items():
            with self.subTest(strategy=strategy):
                self.assertEqual(self.plan_online("--resolution", strategy, "a>=1"), expected)

    def test_constraints_bound_but_do_not_install(self):
        for version in ("1.0", "2.0"):
            self.index.add("a", version)
        self.index.add("unneeded", "1.0")
        (self.directory / "limits.txt").write_text("a<2\nunneeded==1.0\n")
        self.assertEqual(self.plan_online("-c", self.directory / "limits.txt", "a"), {"a": "1.0"})

    def test_no_deps(self):
        self.index.add("a", "1.0", requires=["missing"])
        self.assertEqual(self.plan_online("--no-deps", "a"), {"a": "1.0"})

    def test_build_tags_and_platforms(self):
        self.index.add("a", "1.0")
        self.index.add("a", "2.0", tags="py3-none-win_amd64")
        self.assertEqual(self.plan_online("a"), {"a": "1.0"})
        result = self.online("a==2.0")
        self.assert_error(result, NO_SOLUTION, "win_amd64")
        self.assert_nothing_made()


class NoSolutionTest(OnlineCase):
    """Exit code 4, the reasons, a hint, and no environment."""

    def test_conflict_is_explained(self):
        self.index.add("left", "1.0", requires=["shared<2"])
        self.index.add("right", "1.0", requires=["shared>=2"])
        for version in ("1.0", "2.0"):
            self.index.add("shared", version)
        result = self.online("left", "right")
        self.assert_error(result, NO_SOLUTION, "left", "right", "shared")
        self.assert_nothing_made()

    def test_unknown_project(self):
        self.assert_error(self.online("no-such-thing"), NO_SOLUTION, "no-such-thing")
        self.assert_nothing_made()

    def test_unknown_project_as_an_object(self):
        result = self.online("--json", "no-such-thing")
        self.assert_exit(result, NO_SOLUTION)
        told = json.loads(result.stdout)
        self.assertEqual(told["exit_code"], NO_SOLUTION)
        self.assertTrue(told["error"]["hints"])

    def test_existing_environment_stays(self):
        self.index.add("a", "1.0")
        self.make_online("a")
        before = snapshot(self.environment)
        self.assert_error(self.online("a>=2"), NO_SOLUTION, "a")
        self.assertEqual(snapshot(self.environment), before)


class InstallTest(OnlineCase):
    """What is in the environment afterwards."""

    def setUp(self):
        super().setUp()
        self.index.add("a", "1.0", requires=["b"], scripts="say-a = a:say",
                       files={"a.py": "def say():\n    print('a speaks')\n"})  # fmt: skip
        self.index.add("b", "1.0")

    def add_newer(self):
        self.index.add("a", "2.0", requires=["b"])
        self.index.add("b", "2.0")

    def test_new_environment(self):
        told = self.tell_online("a")
        target = told["targets"][0]
        self.assertEqual(target["outcome"], "created")
        self.assertEqual(versions(target["installed"]), {"a": "1.0", "b": "1.0"})
        for each in target["installed"]:
            if each["name"] != "pip":
                release = self.index.releases[each["name"]][0]
                self.assertEqual(each["sha256"], release.sha256)
                self.assertEqual(each["source"], self.index.file_url(release))
        self.assertEqual(self.installed(), {"a": "1.0", "b": "1.0"})
        said = support.run([self.environment / "bin/say-a"], check=True)
        self.assertEqual(said.stdout, "a speaks\n")

    def test_records_of_the_installation(self):
        self.make_online("a")
        self.assertTrue((self.dist_info("a") / "REQUESTED").exists())
        self.assertFalse((self.dist_info("b") / "REQUESTED").exists())
        self.assertFalse((self.dist_info("a") / "direct_url.json").exists())
        self.assertTrue((self.dist_info("a") / "INSTALLER").read_text().strip())

    def test_pip_is_content(self):
        self.make_online("a")
        check = self.pip("check")
        self.assertEqual(check.returncode, 0, check.stdout + check.stderr)
        listed = json.loads(self.pip("list", "--format=json").stdout)
        self.assertEqual(versions(listed), {"a": "1.0", "b": "1.0"})
        removed = self.pip("uninstall", "--yes", "a")
        self.assertEqual(removed.returncode, 0, removed.stderr)
        self.assertFalse((self.environment / "bin/say-a").exists())
        self.assertEqual(self.installed(), {"b": "1.0"})
        self.assertFalse((self.site_packages() / "a.py").exists())

    def test_directories_are_filled_in_the_same_order_with_source_date_epoch(self):
        """A tar that nobody sorts has its files in that order, at least on a tmpfs."""
        for number in range(12):
            self.index.add(f"more{number}", "1.0", files={f"more{number}/__init__.py": "x" * 5000 * number})
        listings = []
        for _ in range(4):
            support.remove_tree(self.environment)
            support.remove_tree(self.cache)
            self.make_online(*(f"more{number}" for number in range(12)),
                             variables={"SOURCE_DATE_EPOCH": "1500000000"})  # fmt: skip
            walk = sorted(os.walk(self.environment))
            listings.append([(directory, os.listdir(directory)) for directory, _, _ in walk])
        self.assertEqual(listings[1:], listings[:-1])

    def test_second_run_changes_nothing(self):
        self.make_online("a")
        before, times = snapshot(self.environment), file_times(self.environment)
        self.index.forget()
        result = self.make_online("a")
        self.assertIn("already as requested", result.stderr)
        self.assertEqual(snapshot(self.environment), before)
        self.assertEqual(file_times(self.environment), times)
        self.assertEqual(self.index.files_fetched(), [])

    def test_newer_versions_only_with_upgrade(self):
        self.make_online("a")
        self.add_newer()
        self.assertEqual(self.tell_online("a")["targets"][0]["outcome"], "unchanged")
        target = self.tell_online("--upgrade", "a")["targets"][0]
        self.assertEqual(self.installed()["a"], "2.0")
        self.assertEqual(versions(target["removed"])["a"], "1.0")
        self.assertFalse((self.environment / "bin/say-a").exists(), "a command of the old version")
        self.assertEqual(self.pip("check").returncode, 0)

    def test_a_requirement_moves_what_is_there(self):
        self.make_online("a")
        self.add_newer()
        self.make_online("b>=2")
        self.assertEqual(self.installed(), {"a": "1.0", "b": "2.0"})

    def test_sync_removes_what_is_not_asked_for(self):
        self.index.add("c", "1.0")
        self.make_online("a", "c")
        target = self.tell_online("--sync", "c")["targets"][0]
        self.assertEqual(versions(target["removed"]), {"a": "1.0", "b": "1.0"})
        self.assertEqual(self.installed(), {"c": "1.0"})
        self.assertTrue((self.site_packages() / "pip").is_dir())
        self.assertFalse((self.site_packages() / "a.py").exists())

    def test_dry_run_changes_nothing(self):
        told = self.tell_online("--dry-run", "a")
        self.assertTrue(told["dry_run"])
        self.assertEqual(versions(told["targets"][0]["installed"]), {"a": "1.0", "b": "1.0"})
        self.assert_nothing_made()
        self.make_online("a")
        before = snapshot(self.environment)
        self.add_newer()
        plan = self.tell_online("--dry-run", "--upgrade", "a")["targets"][0]
        self.assertEqual(versions(plan["installed"])["a"], "2.0")
        self.assertEqual(snapshot(self.environment), before)

    def test_into_an_environment_that_others_made(self):
        support.run([self.interpreter.executable, "-m", "venv", "--without-pip", self.environment], check=True)
        self.make_online("a")
        self.assertEqual(self.installed(), {"a": "1.0", "b": "1.0"})

    def test_without_requirements_nobody_is_asked(self):
        self.make_online()
        self.make_online("--upgrade")
        self.assertEqual(self.index.seen, [])
        self.assertFalse(self.cache.exists())

    def test_several_environments_at_once(self):
        other = self.directory / "other"
        told = self.tell_online("--venv", other, "a")
        self.assertEqual([each["outcome"] for each in told["targets"]], ["created", "created"])
        self.assertEqual(self.installed(other), self.installed())
        fetched = self.index.files_fetched()
        self.assertEqual(len(fetched), len(set(fetched)), fetched)

    def test_modules_of_two_projects_in_one_place(self):
        self.index.add("c", "1.0", files={"a.py": "# not the one of a\n"})
        result = self.online("a", "c")
        self.assert_error(result, support.VERIFICATION, "a.py")
        self.assert_nothing_made()

    def test_target_directory(self):
        target = self.directory / "target"
        words = ["--target", target, "--python", self.interpreter.executable, "--no-cache",
                 "--index-url", self.index.simple, "a"]  # fmt: skip
        self.make(*words, env=self.variables())
        self.assertTrue((target / "a.py").is_file())
        self.assertTrue((target / "b-1.0.dist-info").is_dir())
        before = snapshot(target)
        self.make(*words, env=self.variables())
        self.assertEqual(snapshot(target), before)

    def test_commands_for_windows(self):
        """They are started by the launcher for that processor, in a window or not."""
        self.index.add("tool", "1.0", scripts="tool = tool:version\n[gui_scripts]\ntoolw = tool:version")
        sizes = set()
        for platform in ("win_amd64", "win32", "win_arm64"):
            directory = self.directory / platform
            self.make("--target", directory, "--python-version", "3.13", "--python-platform", platform,
                      "--no-cache", "--index-url", self.index.simple, "tool", env=self.variables())  # fmt: skip
            console = (directory / "Scripts/tool.exe").read_bytes()
            window = (directory / "Scripts/toolw.exe").read_bytes()
            self.assertEqual((console[:2], window[:2]), (b"MZ", b"MZ"))
            self.assertIn(b"pythonw.exe", window)
            self.assertNotIn(b"pythonw.exe", console)
            self.assertFalse((directory / "Scripts/tool").exists())
            sizes |= {len(console), len(window)}
        self.assertGreater(len(sizes), 3)

    def test_names_that_windows_reads_differently(self):
        """A wheel with such a name is refused for Windows."""
        for number, path in enumerate(("aux.py", "trailing./x", "q?.txt", "blank ")):
            name = f"odd{number}"
            self.index.add(name, "1.0", files={"a.py": "", path: ""})
            directory = self.directory / name
            words = ["--target", directory, "--no-cache", "--index-url", self.index.simple, name]
            with self.subTest(path=path):
                result = self.ensure(*words, "--python-version", "3.13", "--python-platform", "windows",
                                     env=self.variables())  # fmt: skip
                self.assert_error(result, support.VERIFICATION, "on Windows")
                self.assertFalse(directory.exists())
                self.make(*words, "--python", self.interpreter.executable, env=self.variables())
                self.assertTrue((directory / path).is_file())

    def test_names_that_are_refused_for_every_system(self):
        for number, path in enumerate(("a:b.txt", "A.py")):
            name = f"refused{number}"
            self.index.add(name, "1.0", files={"a.py": "", path: ""})
            directory = self.directory / name
            with self.subTest(path=path):
                result = self.ensure("--target", directory, "--no-cache", "--index-url", self.index.simple, name,
                                     "--python", self.interpreter.executable, env=self.variables())  # fmt: skip
                self.assert_error(result, support.VERIFICATION, f"`{path}`")
                self.assertFalse(directory.exists())

    def test_directory_beside_an_environment(self):
        """Scripts in it are run by the Python that was named, not by the one below that."""
        self.make_online()
        self.index.add("tool", "1.0", scripts="tool = tool:version")
        for option in ("--target", "--prefix"):
            directory = self.directory / option.strip("-")
            self.make(option, directory, "--python", self.environment / "bin/python", "--no-cache",
                      "--index-url", self.index.simple, "tool", env=self.variables())  # fmt: skip
            line = (directory / "bin/tool").read_text().splitlines()[0]
            self.assertTrue(line.startswith(f"#!{self.environment}/bin/python"), line)


if __name__ == "__main__":
    support.main()
