"""What the tests of the online mode share: an index, a home and a cache of their own."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from fabricated_index import FabricatedIndex  # noqa: E402
from interpreters import newest  # noqa: E402
from support import Case, clean_environment, run  # noqa: E402


class OnlineCase(Case):
    """An index at `self.index`, and a target `self.environment` that is not there yet."""

    def setUp(self):
        super().setUp()
        self.interpreter = newest()
        self.environment = self.directory / "env"
        self.cache = self.directory / "cache"
        self.home = self.directory / "home"
        self.home.mkdir()
        self.index = self.new_index("index")

    def new_index(self, name, **options):
        """A further index; it runs until the test is over."""
        index = FabricatedIndex(self.directory / name, **options)
        index.__enter__()
        self.addCleanup(index.stop)
        return index

    def variables(self, **more):
        return clean_environment(HOME=str(self.home), **more)

    def online_words(self, *arguments, index=True, environment=None):
        """The command line that puts something into the environment."""
        words = ["--venv", environment or self.environment, "--python", self.interpreter.executable]
        words += ["--cache-dir", self.cache, "--retries", "0", "--timeout", "10"]
        if index:
            words += ["--index-url", self.index.simple]
        return [*map(str, words), *map(str, arguments)]

    def online(self, *arguments, index=True, environment=None, variables=None, **options):
        """Runs it; returns the finished process."""
        words = self.online_words(*arguments, index=index, environment=environment)
        return self.ensure(*words, env=self.variables(**(variables or {})), **options)

    def make_online(self, *arguments, **options):
        """Runs it, which must succeed."""
        result = self.online(*arguments, **options)
        self.assert_exit(result, 0)
        return result

    def tell_online(self, *arguments, **options):
        """Runs it with `--json`, which must succeed; returns the object."""
        return json.loads(self.make_online("--json", *arguments, **options).stdout)

    def plan_online(self, *arguments, **options):
        """What a dry run would install, without pip: versions by name."""
        told = self.tell_online("--dry-run", *arguments, **options)
        return versions(told["targets"][0]["installed"])

    def python(self, code, environment=None):
        program = (environment or self.environment) / "bin/python"
        return run([program, "-c", code], check=True).stdout.strip()

    def pip(self, *arguments, environment=None):
        """Runs the environment's own pip, without its look for a newer one."""
        program = (environment or self.environment) / "bin/python"
        return run(
            [program, "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments],
            env=self.variables(PIP_CONFIG_FILE="/dev/null"),
        )

    def site_packages(self, environment=None):
        root = environment or self.environment
        return root / "lib" / self.interpreter.library_name / "site-packages"

    def installed(self, environment=None):
        """Versions by name of what has a dist-info directory, without pip."""
        found = {}
        for directory in self.site_packages(environment).glob("*.dist-info"):
            name, version = directory.name.removesuffix(".dist-info").split("-")
            found[name] = version
        found.pop("pip", None)
        return found

    def dist_info(self, name):
        return next(self.site_packages().glob(f"{name}-*.dist-info"))

    def assert_nothing_made(self):
        self.assertFalse(self.environment.exists())
        beside = {path.name for path in self.directory.iterdir()} - {"cache", "home"}
        self.assertFalse([name for name in beside if "ensure" in name], "left beside the target")


def versions(packages):
    """Versions by name of a list in a JSON report, without pip."""
    return {each["name"]: each["version"] for each in packages if each["name"] != "pip"}
