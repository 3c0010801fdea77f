"""What is installed: listing it, removing and upgrading single packages, and asking what would change."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from online_case import OnlineCase  # noqa: E402

import support  # noqa: E402
from snapshot import snapshot  # noqa: E402
from support import FILE_SYSTEM, NO_SERVER, NO_SOLUTION, SUCCESS, USAGE  # noqa: E402

WOULD_CHANGE = 10


class ChangeCase(OnlineCase):
    def setUp(self):
        super().setUp()
        self.index.add("app", "1.0", requires=["lib"])
        self.index.add("lib", "1.0")
        self.make_online("app")

    def without_index(self, *words):
        return self.online(*NO_SERVER, *words, index=False)


class ListTest(ChangeCase):
    def list(self, *words):
        result = self.ensure("list", *words, env=self.variables())
        self.assert_exit(result, SUCCESS)
        return result.stdout

    def test_environment(self):
        lines = [line.split() for line in self.list("--venv", self.environment).splitlines()]
        self.assertEqual([words[0] for words in lines], ["app", "lib", "pip"])
        self.assertEqual(lines[0], ["app", "1.0"])

    def test_json(self):
        (target,) = json.loads(self.list("--venv", self.environment, "--json"))["targets"]
        self.assertEqual(target["path"], str(self.environment))
        self.assertEqual([(each["name"], each["requested"]) for each in target["packages"]],
                         [("app", True), ("lib", False), ("pip", True)])  # fmt: skip

    def test_other_targets(self):
        target = self.directory / "target"
        words = ["--target", target, "--python", self.interpreter.executable]
        self.assert_exit(self.ensure(*words, "--index-url", self.index.simple, "--no-cache", "app",
                                     env=self.variables()), SUCCESS)  # fmt: skip
        self.assertEqual([line.split()[0] for line in self.list(*words).splitlines()], ["app", "lib", "pip"])
        listed = self.list("--python", self.environment / "bin/python")
        self.assertEqual([line.split()[0] for line in listed.splitlines()], ["app", "lib", "pip"])

    def test_errors(self):
        self.assert_error(self.ensure("list"), USAGE, "--venv")
        self.assert_error(self.ensure("list", "--venv", self.home), FILE_SYSTEM, str(self.home))
        self.assert_error(self.ensure("list", "app", "--venv", self.environment), USAGE, "app")


class RemoveTest(ChangeCase):
    def test_a_package_that_nothing_needs(self):
        self.assert_exit(self.without_index("--remove", "App", "--remove", "none"), SUCCESS)
        self.assertEqual(self.installed(), {"lib": "1.0"})
        before = snapshot(self.environment)
        self.assertIn("already as requested", self.without_index("--remove", "app").stderr)
        self.assertEqual(snapshot(self.environment), before)

    def test_a_package_that_is_needed(self):
        before = snapshot(self.environment)
        self.assert_error(self.without_index("--remove", "lib"), NO_SOLUTION, "`app` 1.0", "--remove")
        self.assert_error(self.online("app", "--remove", "lib"), NO_SOLUTION, "lib")
        self.assert_error(self.without_index("--remove", "pip"), USAGE, "pip")
        self.assertEqual(snapshot(self.environment), before)

    def test_without_pip(self):
        environment = self.directory / "bare"
        self.make_online("--without-pip", "app", environment=environment)
        self.assert_exit(self.online("--remove", "app", environment=environment), SUCCESS)
        self.assertEqual(self.installed(environment), {"lib": "1.0"})
        self.make_online("app", environment=environment)
        self.assertEqual(self.installed(environment), {"app": "1.0", "lib": "1.0"})
        self.assertFalse((environment / "bin/pip").exists(), "what it is, it stays")
        self.make_online(environment=environment)
        self.assertTrue((environment / "bin/pip").exists(), "this run has nothing else to do")


class UpgradeTest(ChangeCase):
    def setUp(self):
        super().setUp()
        self.index.add("app", "2.0", requires=["lib"])
        self.index.add("lib", "2.0")

    def test_one_of_several(self):
        self.make_online("app", "-P", "lib")
        self.assertEqual(self.installed(), {"app": "1.0", "lib": "2.0"})
        self.assertFalse((self.dist_info("lib") / "REQUESTED").exists())

    def test_one_alone(self):
        self.make_online("--upgrade-package", "app")
        self.assertEqual(self.installed(), {"app": "2.0", "lib": "1.0"})

    def test_reinstall(self):
        module = self.site_packages() / "app-1.0.dist-info" / "METADATA"
        whole = module.read_text()
        module.write_text(whole.replace("Metadata-Version: 2.", "Metadata-Version: 1."))
        self.make_online("app==1.0", "--reinstall")
        self.assertEqual(module.read_text(), whole)


class ExitCodeTest(ChangeCase):
    def test_what_would_change(self):
        words = ["--dry-run", "--exit-code"]
        self.assert_exit(self.online("app", *words), SUCCESS)
        self.index.add("other", "1.0")
        self.assert_exit(self.online("other", *words), WOULD_CHANGE)
        told = self.online("other", *words, "--json")
        self.assertEqual((told.returncode, json.loads(told.stdout)["exit_code"]), (WOULD_CHANGE, WOULD_CHANGE))
        self.assertEqual(self.installed(), {"app": "1.0", "lib": "1.0"})
        self.assert_error(self.online("other", "--exit-code"), USAGE, "--dry-run")


if __name__ == "__main__":
    support.main()
