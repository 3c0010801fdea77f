"""What an installation tells: pip's report, one object, words on stderr; and what it refuses to write."""

import json
import sys
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from online_case import OnlineCase  # noqa: E402

import support  # noqa: E402
from snapshot import snapshot  # noqa: E402
from support import VERIFICATION, run  # noqa: E402


class OutputTest(OnlineCase):
    def setUp(self):
        super().setUp()
        self.a = self.index.add("a", "1.0", requires=["b"], requires_python=">=3.8")
        self.b = self.index.add("b", "1.0")

    def test_report_of_pip(self):
        file = self.directory / "report.json"
        self.make_online("--report", file, "a")
        report = json.loads(file.read_text())
        self.assertEqual(report["version"], "1")
        self.assertEqual(report["environment"]["python_version"], self.interpreter.minor)
        entries = {each["metadata"]["name"]: each for each in report["install"]}
        self.assertEqual(sorted(set(entries) - {"pip"}), ["a", "b"])
        for release, requested in ((self.a, True), (self.b, False)):
            entry = entries[release.name]
            self.assertEqual(entry["download_info"]["url"], self.index.file_url(release))
            self.assertEqual(entry["download_info"]["archive_info"]["hashes"], {"sha256": release.sha256})
            self.assertEqual(entry["requested"], requested)
            self.assertFalse(entry["is_direct"])
            self.assertEqual(entry["metadata"]["version"], "1.0")
        self.assertEqual(entries["a"]["metadata"]["requires_dist"], ["b"])
        self.assertEqual(entries["a"]["metadata"]["requires_python"], ">=3.8")

    def test_report_of_a_dry_run_on_standard_output(self):
        result = self.make_online("--dry-run", "--report", "-", "a")
        names = [each["metadata"]["name"] for each in json.loads(result.stdout)["install"]]
        self.assertIn("a", names)
        self.assert_nothing_made()

    def test_words_are_on_stderr(self):
        result = self.make_online("a")
        self.assertEqual(result.stdout, "")
        self.assertIn("a 1.0", result.stderr)
        self.assertNotIn("\r", result.stderr)
        self.assertNotIn("\033", result.stderr)

    def test_object_with_stderr_closed_and_merged(self):
        words = [self.executable, *self.online_words("--json", "a")]
        closed = run(["/bin/sh", "-c", 'exec "$0" "$@" 2>&-', *words], env=self.variables(), check=True)
        self.assertEqual(json.loads(closed.stdout)["targets"][0]["outcome"], "created")
        merged = run(["/bin/sh", "-c", 'exec "$0" "$@" 2>&1', *words], env=self.variables(), check=True)
        self.assertEqual(json.loads(merged.stdout)["targets"][0]["outcome"], "unchanged")

    def test_quiet(self):
        result = self.make_online("--quiet", "a")
        self.assertEqual((result.stdout, result.stderr), ("", ""))

    def test_trace(self):
        file = self.directory / "trace.json"
        self.make_online("--trace", file, "a")
        events = json.loads(file.read_text())
        events = events["traceEvents"] if isinstance(events, dict) else events
        self.assertTrue(any("packages" in each.get("name", "") for each in events))

    def test_compiled_bytecode(self):
        self.make_online("--compile-bytecode", "a")
        compiled = self.site_packages() / "__pycache__" / f"a.{self.interpreter.cache_tag}.pyc"
        self.assertTrue(compiled.is_file())
        self.assertIn("a.py", (self.dist_info("a") / "RECORD").read_text())
        self.assertEqual(self.pip("uninstall", "--yes", "a").returncode, 0)
        self.assertFalse(compiled.exists())


class HostileTest(OnlineCase):
    """A wheel that an index vouches for and that must not be installed: exit 7, nothing written."""

    def change(self, release, alter):
        """Writes the archive of a release anew, as (name, data) pairs that `alter` has changed."""
        path = self.index.directory / release.filename
        with zipfile.ZipFile(path) as archive:
            entries = [(each.filename, archive.read(each)) for each in archive.infolist()]
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in alter(entries):
                archive.writestr(name, data)
        release.data = path.read_bytes()

    def test_hostile_wheels(self):
        ways = {
            "climbs out": lambda entries: [*entries, ("../../out.py", b"")],
            "absolute": lambda entries: [*entries, ("/tmp/out.py", b"")],
            "not in RECORD": lambda entries: [*entries, ("stray.py", b"x = 1\n")],
            "other content": lambda entries: [(n, d + b"#" if n == "a.py" else d) for n, d in entries],
            "missing file": lambda entries: [each for each in entries if each[0] != "a.py"],
            "without RECORD": lambda entries: [each for each in entries if not each[0].endswith("RECORD")],
            "without WHEEL": lambda entries: [each for each in entries if not each[0].endswith("WHEEL")],
            "file and directory": lambda entries: [*entries, ("a.py/x", b"")],
            "twice": lambda entries: [*entries, entries[0]],
            "no archive": None,
        }
        old = self.directory / "old"
        self.make_online("--no-cache", environment=old)
        before = snapshot(old)
        for name, alter in ways.items():
            release = self.index.add("a", "1.0")
            self.index.releases["a"] = [release]
            if alter:
                self.change(release, alter)
            else:
                release.data = b"PK\x05\x06 no archive at all" * 10
            for cache in ("--no-cache", "--verbose"):
                for environment in (self.environment, old):
                    with self.subTest(name, cache=cache, environment=environment.name):
                        result = self.online(cache, "a", environment=environment)
                        self.assert_error(result, VERIFICATION, "a-1.0")
                        self.assert_nothing_made()
                        self.assertEqual(snapshot(old), before)
                        self.assertEqual(list(self.directory.glob("**/out.py")), [])

    def test_commands_that_are_paths(self):
        for script in ("../../evil = a:x", "/tmp/evil = a:x", "a/b = a:x"):
            self.index.releases["a"] = []
            self.index.add("a", "1.0", scripts=script)
            with self.subTest(script):
                self.assert_error(self.online("--no-cache", "a"), VERIFICATION, "a 1.0")
                self.assert_nothing_made()

    def test_what_the_environment_is_made_of(self):
        """Wheels that put something in its place: it is neither replaced nor reached through `lib64`."""
        site = f"data/lib64/{self.interpreter.library_name}/site-packages"
        places = ["scripts/python3", "data/pyvenv.cfg", "scripts/activate", "data/lib64", "data/bin/pip"]
        places += [f"{site}/pip/__init__.py", "purelib/a-1.0.dist-info/INSTALLER", "data/.ensure/new/x"]
        old = self.directory / "old"
        self.make_online("--no-cache", environment=old)
        before = snapshot(old)
        for place in places:
            self.index.releases["a"] = []
            self.index.add("a", "1.0", files={f"a-1.0.data/{place}": "evil"})
            for environment in (self.environment, old):
                with self.subTest(place, environment=environment.name):
                    result = self.online("--no-cache", "a", environment=environment)
                    self.assert_error(result, VERIFICATION, "a 1.0")
                    self.assert_nothing_made()
                    self.assertEqual(snapshot(old), before)
        self.index.releases["a"] = []
        self.index.add("a", "1.0", files={"a-1.0.data/data/lib64/a.so": "tool"})
        for environment in (self.environment, old):
            self.make_online("--no-cache", "a", environment=environment)
            self.assertEqual((environment / "lib/a.so").read_text(), "tool")

    def test_a_bomb(self):
        release = self.index.add("a", "1.0", files={"a.py": "#" * 300_000_000})
        begin = snapshot(self.directory, content=False)
        result = self.online("--no-cache", "a")
        self.assertIn(result.returncode, (0, VERIFICATION, support.FILE_SYSTEM), result.stderr)
        if result.returncode != 0:
            self.assert_error(result, result.returncode, release.filename)
            self.assertEqual(snapshot(self.directory, content=False), begin)


if __name__ == "__main__":
    support.main()
