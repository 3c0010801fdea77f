"""The resolver scenarios of the conformance data, answered by the program from an index on loopback.

One server has all of them, each below a name of its own; the program is asked for a plan.
"""

import concurrent.futures
import dataclasses
import hashlib
import http.server
import json
import os
import re
import subprocess
import sys
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from fabricated_index import JSON, normal  # noqa: E402
from online_case import versions  # noqa: E402

import support  # noqa: E402
from interpreters import all_interpreters  # noqa: E402
from support import NO_SOLUTION, SUCCESS, Case, clean_environment  # noqa: E402

AT_A_TIME = 2
SECONDS_EACH = 30

_REPOSITORY = Path(__file__).resolve().parents[3]
_PLATFORMS = {
    "linux-x86_64-glibc": "manylinux_2_36_x86_64",
    "linux-aarch64-glibc": "manylinux_2_36_aarch64",
    "linux-x86_64-musl": "musllinux_1_2_x86_64",
    "macos-arm64": "macosx_14_0_arm64",
    "windows-x86_64": "win_amd64",
}


def scenarios_directory():
    """The scenarios; skips where there are none."""
    data = Path(os.environ.get("ENSURE_CONFORMANCE") or _REPOSITORY.parent / "shared/conformance")
    directory = data / "scenarios" if (data / "scenarios").is_dir() else data.parent / "scenarios"
    if not directory.is_dir():
        raise unittest.SkipTest(f"needs the scenarios in {directory}")
    return directory


def same_version(text):
    """The text without zeros at the end: 1.0 is 1 (PEP 440)."""
    return re.sub(r"^([0-9.]*?[0-9])(\.0)+$", r"\1", text)


@dataclasses.dataclass
class Scenario:
    """One JSON file; its README is in the conformance directory."""

    path: Path
    content: dict

    @property
    def name(self):
        return f"{self.path.parent.name}/{self.path.stem}"

    @property
    def is_contested(self):
        return self.content.get("contested") is not None

    @property
    def is_about_building(self):
        """With `--no-binary` the program builds, and the sources of a scenario are only names."""
        return bool(self.content.get("resolver_options", {}).get("no_binary"))

    def answers(self):
        """What is accepted: each a dictionary of versions, None for any solution, False for none."""
        for answer in (self.content["expected"], *(self.content.get("alternatives") or [])):
            if not answer["satisfiable"]:
                yield False
            elif answer.get("packages") is None:
                yield None
            else:
                yield {normal(name): same_version(text) for name, text in answer["packages"].items()}

    def words(self):
        """The options and requirements of the command line."""
        environment = self.content["environment"]
        options = self.content.get("resolver_options") or {}
        platform = _PLATFORMS[environment["platform"]]
        if options.get("python_platform"):
            architecture, _, policy = options["python_platform"].partition("-")
            platform = f"{policy}_{architecture}"
        words = ["--python-version", environment["python_full_version"], "--python-platform", platform]
        if options.get("prereleases") is True:
            words.append("--pre")
        for option in ("no_binary", "no_build"):
            names = options.get(option) or []
            for name in [":all:"] if names is True else names:
                words += ["--no-binary" if option == "no_binary" else "--only-binary", name]
        return [*words, *self.content["root"]["requires"]]

    def metadata(self, name, version):
        """METADATA of a wheel."""
        release = self.content["packages"][name][version]
        lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
        if release.get("requires_python"):
            lines.append(f"Requires-Python: {release['requires_python']}")
        lines += [f"Requires-Dist: {each}" for each in release.get("requires") or []]
        for extra, requirements in (release.get("extras") or {}).items():
            lines.append(f"Provides-Extra: {extra}")
            for each in requirements:
                requirement, _, marker = (part.strip() for part in each.partition(";"))
                both = f"({marker}) and extra == '{extra}'" if marker else f"extra == '{extra}'"
                lines.append(f"Requires-Dist: {requirement} ; {both}")
        return ("\n".join(lines) + "\n").encode()


class ScenarioIndex:
    """What the server answers: pages and metadata by path, made once."""

    def __init__(self, scenarios):
        self.bodies = {}
        for number, scenario in enumerate(scenarios):
            for name, releases in scenario.content["packages"].items():
                self._add(f"/{number}/", scenario, name, releases)

    def _add(self, root, scenario, name, releases):
        files = []
        for version, release in releases.items():
            stem = f"{normal(name).replace('-', '_')}-{version}"
            metadata = scenario.metadata(name, version)
            tags = release.get("wheel_tags") or []
            names = [f"{stem}-{tag}.whl" for tag in tags] + [f"{stem}.tar.gz"] * bool(release.get("sdist"))
            for filename in names:
                files.append(self._file(root, filename, metadata, release))
                if filename.endswith(".whl"):
                    self.bodies[f"{root}files/{filename}.metadata"] = metadata
        page = {"meta": {"api-version": "1.0"}, "name": name, "files": files}
        self.bodies[f"{root}simple/{normal(name)}/"] = json.dumps(page).encode()

    @staticmethod
    def _file(root, filename, metadata, release):
        file = {"filename": filename, "url": f"{root}files/{filename}", "hashes": {"sha256": "0" * 64}}
        if release.get("requires_python"):
            file["requires-python"] = release["requires_python"]
        if release.get("yanked"):
            file["yanked"] = release["yanked"]
        if filename.endswith(".whl"):
            file["core-metadata"] = {"sha256": hashlib.sha256(metadata).hexdigest()}
        return file


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        body = self.server.index.bodies.get(self.path)
        status, body = ("200 OK", body) if body is not None else ("404 Not Found", b"")
        kind = JSON if "/simple/" in self.path else "application/octet-stream"
        self.wfile.write(
            f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
        )

    def log_message(self, *_arguments):
        pass


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, *_arguments):
        pass


class ScenariosTest(Case):
    def setUp(self):
        super().setUp()
        files = sorted(scenarios_directory().glob("*/*.json"))
        everything = [Scenario(path, json.loads(path.read_text())) for path in files]
        self.scenarios = [each for each in everything if not (each.is_contested or each.is_about_building)]
        self.server = _Server(("127.0.0.1", 0), _Handler)
        self.server.index = ScenarioIndex(self.scenarios)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)

    def interpreter_for(self, scenario):
        """One of the same minor version where there is one; the answer must not depend on it."""
        cpythons = [each for each in all_interpreters() if each.implementation == "cpython"]
        wanted = scenario.content["environment"]["python"]
        return next((each for each in cpythons if each.minor == wanted), cpythons[-1])

    def plan(self, number):
        """What the program says: versions by name, False for "no solution", else its words."""
        scenario = self.scenarios[number]
        port = self.server.server_address[1]
        command = [
            self.executable, "--target", self.directory / f"target{number}",
            "--python", self.interpreter_for(scenario).executable,
            "--dry-run", "--json", "--no-cache", "--retries", "0",
            "--index-url", f"http://127.0.0.1:{port}/{number}/simple/", *scenario.words(),
        ]  # fmt: skip
        try:
            result = support.run(command, env=clean_environment(), timeout=SECONDS_EACH)
        except subprocess.TimeoutExpired:
            return f"took more than {SECONDS_EACH} s"
        if result.returncode == SUCCESS:
            return versions(json.loads(result.stdout)["targets"][0]["installed"])
        if result.returncode == NO_SOLUTION:
            return False
        return f"exit code {result.returncode}: {result.stdout}{result.stderr}"

    def test_all_uncontested(self):
        with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
            plans = list(pool.map(self.plan, range(len(self.scenarios))))
        right = 0
        for scenario, plan in zip(self.scenarios, plans):
            with self.subTest(scenario.name):
                accepted = list(scenario.answers())
                if None in accepted and isinstance(plan, dict):
                    self.assert_is_solution(scenario, plan)
                else:
                    self.assertIn(comparable(plan), accepted)
                right += 1
        print(f"scenarios: {right} of {len(self.scenarios)} as expected", file=sys.stderr)

    def assert_is_solution(self, scenario, plan):
        """Each version is there; the solver's own tests look closer."""
        packages = {normal(name): releases for name, releases in scenario.content["packages"].items()}
        for name, version in plan.items():
            self.assertIn(version, packages[name])


def comparable(plan):
    return {name: same_version(text) for name, text in plan.items()} if isinstance(plan, dict) else plan


if __name__ == "__main__":
    support.main()
