"""The ensurepip form puts pip into an interpreter, with ensurepip's meanings and its script sets."""

import os
from pathlib import Path

import support
from interpreter_case import UpstreamCase, pip_scripts
from interpreters import all_interpreters, newest
from snapshot import differences, files_containing, snapshot
from support import FILE_SYSTEM, Case, bundled_pip, clean_environment, run
from wheels import put_old_pip


class PlainTest(UpstreamCase):
    def test_pip_works_afterwards(self):
        self.assert_exit(self.put(), 0)
        version = bundled_pip(self.original)["version"]
        self.assert_names(self.purelib, "pip", f"pip-{version}.dist-info")
        told = run([self.prefix / "bin" / "pip3", "--version"], check=True).stdout
        self.assertIn(f"pip {version} from {self.purelib}/pip", told)

    def test_script_sets_are_those_of_ensurepip(self):
        minor = f"pip{self.original.minor}"
        for options, names in (
            ([], {"pip3", minor}),
            (["--altinstall"], {minor}),
            (["--default-pip"], {"pip", "pip3", minor}),
        ):
            with self.subTest(options=options):
                root = self.directory / ("root" + "".join(options))
                self.assertEqual(self.scripts_of_ensurepip(self.directory / f"ref{root.name}", *options), names)
                self.assert_exit(self.put("--root", root, *options), 0)
                self.assertEqual(pip_scripts(Path(f"{root}{self.prefix}/bin")), names)
                self.assert_exit(self.put(*options), 0)
                self.assertEqual(pip_scripts(self.prefix / "bin") - names, set())
                support.remove_tree(self.purelib / "pip")
                for path in [*self.purelib.iterdir(), *self.prefix.glob("bin/pip*")]:
                    support.remove_tree(path)

    def test_second_run_changes_nothing(self):
        self.assert_exit(self.put(), 0)
        before = snapshot(self.prefix)
        for options in ([], ["--upgrade"]):
            told = self.make_json("--python", self.python, *options)
            self.assertEqual(told["outcome"], "unchanged")
            self.assertEqual(differences(before, snapshot(self.prefix)), [])

    def test_scripts_that_are_asked_for_later_are_added(self):
        self.assert_exit(self.put("--altinstall"), 0)
        self.assert_exit(self.put(), 0)
        self.assertEqual(pip_scripts(self.prefix / "bin"), {"pip3", f"pip{self.original.minor}"})
        self.assert_exit(self.put("--default-pip"), 0)
        self.assertIn("pip", pip_scripts(self.prefix / "bin"))

    def test_upgrade_replaces_an_older_pip_only_when_asked(self):
        run([self.python, "-m", "ensurepip"], check=True,
            env=clean_environment(HOME=str(self.directory), PYTHONDONTWRITEBYTECODE="1"))  # fmt: skip
        before = snapshot(self.prefix)
        self.assert_exit(self.put(), 0)
        self.assertEqual(differences(before, snapshot(self.prefix)), [])
        planned = self.make_json("--python", self.python, "--upgrade", "--dry-run")
        self.assertEqual([each["name"] for each in planned["removed"]], ["pip"])
        self.assertEqual(differences(before, snapshot(self.prefix)), [])
        self.assert_exit(self.put("--upgrade"), 0)
        infos = [name for name in os.listdir(self.purelib) if name.startswith("pip-")]
        self.assertEqual(infos, [f"pip-{bundled_pip(self.original)['version']}.dist-info"])
        run([self.prefix / "bin" / "pip3", "--version"], check=True)

    def test_an_older_pip_with_other_commands_is_kept(self):
        put_old_pip(self.prefix, self.original)
        before = snapshot(self.prefix)
        for options in ([], ["--default-pip"]):
            self.assert_exit(self.put(*options), 0)
            self.assertEqual(differences(before, snapshot(self.prefix)), [])
        self.assert_exit(self.put("--upgrade"), 0)
        self.assertEqual(pip_scripts(self.prefix / "bin"), {"pip3", f"pip{self.original.minor}"})

    def test_nothing_but_pip_and_scripts_changes(self):
        before = snapshot(self.prefix)
        self.assert_exit(self.put(), 0)
        for line in differences(before, snapshot(self.prefix)):
            name = line.partition(": ")[0]
            self.assertRegex(
                name, r"^(bin/pip3(\.\d+)?|lib/[^/]+/site-packages/pip(-[\d.]+\.dist-info)?(/.*)?)$"
            )


class UserTest(UpstreamCase):
    def test_goes_where_site_looks(self):
        home = self.directory / "home"
        home.mkdir()
        variables = clean_environment(HOME=str(home))
        self.assert_exit(self.put("--user", env=variables), 0)
        told = run([self.python, "-m", "pip", "--version"], env=variables, check=True).stdout
        self.assertIn(f"{home}/.local/lib/{self.original.library_name}/site-packages/pip", told)
        self.assertEqual(pip_scripts(home / ".local" / "bin"), {"pip3", f"pip{self.original.minor}"})
        self.assertEqual(pip_scripts(self.prefix / "bin"), set())

    def test_follows_pythonuserbase(self):
        base = self.directory / "base"
        variables = clean_environment(HOME="/nonexistent", PYTHONUSERBASE=str(base))
        self.assert_exit(self.put("--user", env=variables), 0)
        self.assertTrue((base / "lib" / self.original.library_name / "site-packages" / "pip").is_dir())

    def test_is_refused_inside_an_environment(self):
        environment = self.directory / "env"
        self.make("--venv", environment, "--python", self.python, "--without-pip")
        result = self.ensure("--python", environment / "bin" / "python", "--user",
                             env=clean_environment(HOME=str(self.directory / "home")))  # fmt: skip
        self.assertNotEqual(result.returncode, 0)
        self.assertFalse((self.directory / "home").exists())

    def test_home_that_cannot_be_written_is_an_error_that_names_it(self):
        variables = clean_environment(HOME="/proc/nowhere")
        self.assert_error(self.put("--user", env=variables), FILE_SYSTEM, "/proc/")


class PlaceTest(UpstreamCase):
    def test_prefix(self):
        place = self.directory / "place"
        self.assert_exit(self.put("--prefix", place), 0)
        self.assertTrue((place / "lib" / self.original.library_name / "site-packages" / "pip").is_dir())
        self.assertEqual(pip_scripts(place / "bin"), {"pip3", f"pip{self.original.minor}"})
        first = (place / "bin" / "pip3").read_text().splitlines()[0]
        self.assertTrue(first.startswith(f"#!{self.prefix}/bin/python"), first)
        self.assert_names(place, "bin", "lib")

    def test_target(self):
        place = self.directory / "place"
        self.assert_exit(self.put("--target", place), 0)
        names = set(os.listdir(place))
        self.assertLessEqual({"pip", f"pip-{bundled_pip(self.original)['version']}.dist-info"}, names)
        self.assertLessEqual(
            names - {"bin"}, {"pip", f"pip-{bundled_pip(self.original)['version']}.dist-info"}
        )
        told = run([self.python, "-m", "pip", "--version"], check=True,
                   env=clean_environment(PYTHONPATH=str(place))).stdout  # fmt: skip
        self.assertIn(str(place), told)

    def test_environment_as_target_gets_the_unversioned_pip(self):
        environment = self.directory / "env"
        self.make("--venv", environment, "--python", self.python, "--without-pip")
        self.make("--python", environment / "bin" / "python")
        self.assertIn("pip", pip_scripts(environment / "bin"))


class DebianTest(Case):
    def setUp(self):
        super().setUp()
        found = [each for each in all_interpreters() if each.is_distribution]
        marked = [e for e in found if os.path.exists(f"/usr/lib/python{e.minor}/EXTERNALLY-MANAGED")]
        if not marked or not os.path.exists("/etc/debian_version"):
            self.skipTest("needs Debian's own Python, which is marked EXTERNALLY-MANAGED")
        self.interpreter = marked[0]

    def test_marker_refuses_with_its_own_text(self):
        before = snapshot(f"/usr/local/lib/{self.interpreter.library_name}", content=False)
        result = self.ensure("--python", self.interpreter.executable)
        self.assert_error(result, FILE_SYSTEM, "apt install", "--break-system-packages")
        self.assertEqual(snapshot(f"/usr/local/lib/{self.interpreter.library_name}", content=False), before)

    def test_root_gets_debians_local_layout(self):
        root = self.directory / "root"
        self.make("--python", self.interpreter.executable, "--root", root)
        local = root / "usr" / "local"
        self.assertTrue((local / "lib" / self.interpreter.library_name / "dist-packages" / "pip").is_dir())
        self.assertEqual(pip_scripts(local / "bin"), {"pip3", f"pip{self.interpreter.minor}"})
        self.assert_names(root, "usr")
        self.assert_names(root / "usr", "local")


class MisuseTest(Case):
    def test_relative_interpreter_and_unknown_platform(self):
        root = self.directory / "root"
        result = self.ensure("--python", newest().executable, "--root", root, "--python-platform", "amiga")
        self.assertNotEqual(result.returncode, 0)
        self.assertFalse(root.exists())

    def test_foreign_platform_gets_its_own_paths(self):
        root = self.directory / "root"
        self.make("--target", root, "--python-version", "3.13", "--python-platform", "windows")
        text = " ".join(str(path.relative_to(root)) for path in root.rglob("*"))
        self.assertIn("pip3.13.exe", text)
        # pip's own sources mention such paths; what is made for the target must not.
        self.assertEqual(files_containing(root / "Scripts", b"/usr/bin/python"), [])

    def test_directories_of_a_foreign_platform_are_directories_here(self):
        words = ("--python-version", "3.13", "--python-platform", "windows")
        for place, prefix in (("--root", self.directory / "a" / "Python313"), ("--prefix", self.directory / "b")):
            with self.subTest(place=place):
                self.make(place, prefix.parent if place == "--root" else prefix, *words)
                self.assert_names(prefix, "Lib", "Scripts")
                record = next((prefix / "Lib" / "site-packages").glob("pip-*/RECORD")).read_text()
                self.assertTrue(record.startswith("../../Scripts/pip3.13.exe,"), record[:200])

    def test_relative_directory_of_the_user_is_refused(self):
        for name in ("HOME", "PYTHONUSERBASE"):
            with self.subTest(name=name):
                variables = clean_environment(**{name: "relative/directory"})
                command = [self.executable, "--user", "--python", newest().executable]
                result = run([*command, "--break-system-packages"], env=variables, cwd=self.directory)
                self.assert_error(result, FILE_SYSTEM, "relative/directory")
                self.assert_names(self.directory)


if __name__ == "__main__":
    support.main()
