"""What a person sees: downloads on a terminal and elsewhere, a summary of what changed, warnings."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from online_case import OnlineCase  # noqa: E402
from screen import run_on_terminal  # noqa: E402

import support  # noqa: E402
from servers.misbehaving import Misbehaving  # noqa: E402
from snapshot import snapshot  # noqa: E402
from support import NETWORK, SUCCESS, VERIFICATION  # noqa: E402


class TerminalTest(OnlineCase):
    """A server that drips, so that there is something to see."""

    def setUp(self):
        super().setUp()
        self.releases = [self.index.add(name, "1.0") for name in ("aa", "bb")]
        root = self.directory / "root"
        self.index.export(root)
        self.server = Misbehaving(root)
        self.drip(0.6)
        self.server.__enter__()
        self.addCleanup(self.server.__exit__)

    def drip(self, seconds):
        self.server.behave()
        for release in self.releases:
            pause = seconds / len(release.data)
            self.server.misbehave(f"/files/{release.filename}", "drip", str(pause))

    def watch(self, *words, columns=80, keys=(), **variables):
        command = self.online_words(
            "--no-cache", "--index-url", self.server.url("/simple/"), *words, "aa", "bb", index=False
        )
        variables = self.variables(TERM="xterm", **variables)
        self.code, self.raw, self.screen, self.frames = run_on_terminal(
            [self.executable, *command], variables, columns=columns, keys=keys
        )
        self.assertEqual(self.screen.unknown, [])

    def test_names_bytes_and_rate_are_drawn_and_taken_away(self):
        self.watch()
        self.assertEqual(self.code, SUCCESS, self.raw)
        drawn = [frame for frame in self.frames if "aa-1.0" in frame]
        self.assertGreater(len(drawn), 2)
        self.assertRegex(drawn[-1], r"(?m)^aa-1\.0 +[\d.]+ k?B of [\d.]+ k?B +[\d.]+ k?B/s$")
        self.assertTrue(any("aa-1.0" in frame and "bb-1.0" in frame for frame in drawn))
        self.assertLess(self.screen.widest, 80)
        end = self.screen.text()
        self.assertNotIn("aa-1.0", end)
        self.assertNotIn("B/s", end)
        self.assertIn(" + aa 1.0\n + bb 1.0\n", end)

    def test_narrow_terminal(self):
        for columns in (2, 30):
            with self.subTest(columns):
                self.watch(columns=columns)
                self.assertEqual(self.code, SUCCESS, self.raw)
                drawn = [frame for frame in self.frames if "created" not in frame]
                self.assertTrue(drawn)
                widest = max(len(line) for frame in drawn for line in frame.split("\n"))
                self.assertLess(widest, columns)
                support.remove_tree(self.environment)

    def test_downloads_go_on_while_the_terminal_is_stopped(self):
        """Ctrl-S and Ctrl-Q: output waits, and nothing else."""
        self.drip(5)
        self.watch("--timeout", "2", keys=[(0.2, b"\x13"), (4.0, b"\x11")])
        self.assertEqual(self.code, SUCCESS, self.raw)
        for release in self.releases:
            self.assertEqual(len(self.server.requests(f"/files/{release.filename}")), 1)
        self.assertNotIn("B/s", self.screen.text())

    def test_taken_away_before_an_error(self):
        path = f"/files/{self.releases[0].filename}"
        self.server.behave()
        self.server.misbehave(path, "stall")
        self.watch("--timeout", "1")
        self.assertEqual(self.code, NETWORK, self.raw)
        self.assertTrue(any("aa-1.0 " in frame for frame in self.frames))
        self.assertNotIn("B/s", self.screen.text())
        self.assertRegex(self.screen.text(), r"(?m)^error: ")

    def test_lines_where_nothing_can_or_shall_be_drawn(self):
        for words, variables in ((["--no-progress"], {}), (["-v"], {}), ([], {"TERM": "dumb"}), ([], {"TERM": ""})):
            with self.subTest(words=words, variables=variables):
                self.server.behave()
                variables = {"TERM": "xterm", **variables}
                command = self.online_words(
                    "--no-cache", "--index-url", self.server.url("/simple/"), *words, "aa", index=False
                )
                code, raw, _, _ = run_on_terminal(
                    [self.executable, *command], self.variables(**variables)
                )
                self.assertEqual(code, SUCCESS, raw)
                self.assertRegex(raw, r"(?m)^downloading aa-1\.0-py3-none-any\.whl \([\d.]+ k?B\)$")
                self.assertNotIn("\033[J", raw)
                support.remove_tree(self.environment)

    def test_nothing_where_quiet(self):
        self.watch("--quiet")
        self.assertEqual((self.code, self.raw), (SUCCESS, ""))

    def test_one_object_alone(self):
        self.watch("--json")
        self.assertEqual(self.code, SUCCESS)
        self.assertNotIn("\033", self.raw)
        self.assertNotIn("downloading", self.raw)
        self.assertTrue(self.raw.startswith("{"), self.raw)

    def test_no_color_is_respected(self):
        self.watch(NO_COLOR="1")
        self.assertEqual(self.code, SUCCESS)
        self.assertNotRegex(self.raw, r"\033\[[\d;]*m")


class SummaryTest(OnlineCase):
    """` + ` installed, ` ~ ` another version, ` - ` removed; a line each, by name."""

    def test_what_changed(self):
        self.index.add("a", "1.0")
        self.index.add("b", "1.0")
        self.index.add("c", "1.0")
        result = self.make_online("c", "a==1.0", "b")
        self.assertRegex(result.stderr, r"(?m)^ensure: created `[^`]*`\n \+ a 1\.0\n \+ b 1\.0\n \+ c 1\.0\n \+ pip ")
        self.assertRegex(result.stderr, r"(?m)^downloading b-1\.0-py3-none-any\.whl \([\d.]+ k?B\)$")
        self.index.add("a", "2.0")
        dry = self.make_online("--sync", "--dry-run", "a>=2", "c")
        self.assertRegex(dry.stderr, r"(?m)^ensure: would have changed `[^`]*`\n ~ a 1\.0 -> 2\.0\n - b 1\.0\n\Z")
        changed = self.make_online("--sync", "a>=2", "c")
        self.assertRegex(changed.stderr, r"(?m)^ensure: changed `[^`]*`\n ~ a 1\.0 -> 2\.0\n - b 1\.0\n\Z")
        again = self.make_online("--sync", "a>=2", "c")
        self.assertRegex(again.stderr, r"\Aensure: `[^`]*` is already as requested\n\Z")

    def test_nothing_is_downloaded_from_the_cache(self):
        self.index.add("a", "1.0")
        self.make_online("a")
        result = self.make_online("a", environment=self.directory / "other")
        self.assertNotIn("downloading", result.stderr)
        self.assertIn(" + a 1.0\n", result.stderr)

    def test_into_a_directory(self):
        self.index.add("a", "1.0")
        self.index.add("a", "2.0")
        words = ["--python", self.interpreter.executable, "--target", self.directory / "target"]
        words += ["--cache-dir", self.cache, "--index-url", self.index.simple]
        result = self.make(*words, "a==1.0", env=self.variables())
        self.assertIn("\n + a 1.0\n", result.stderr)
        result = self.make(*words, "a==2.0", env=self.variables())
        self.assertIn("\n ~ a 1.0 -> 2.0\n", result.stderr)


class WarningsTest(OnlineCase):
    def warnings(self, *words):
        told = self.tell_online(*words)
        support.remove_tree(self.environment)
        said = self.make_online(*words).stderr
        support.remove_tree(self.environment)
        for warning in told["warnings"]:
            self.assertEqual(said.count(f"warning: {warning}\n"), 1, said)
        return told["warnings"]

    def test_reasons_of_strangers_are_one_short_line(self):
        reason = "it \x1b[2J\nerror: \u202e lies \x9b31m" + "x" * 5_000 + " end"
        self.index.add("a", "1.0", yanked=reason)
        told = self.tell_online("a==1.0")
        self.assertEqual(told["warnings"], [f"`a` 1.0 was yanked by its publisher: {reason}"])
        support.remove_tree(self.environment)
        said = self.make_online("a==1.0").stderr
        (warning,) = [line for line in said.splitlines() if line.startswith("warning: ")]
        shown = r"yanked by its publisher: it \x1b[2J\nerror: \u{202e} lies \u{9b}31mxxx"
        self.assertIn(shown, warning)
        self.assertTrue(warning.endswith("xxx end"))
        self.assertLess(len(warning), 1_000)

    def test_yanked(self):
        self.index.add("a", "1.0", yanked="it loses data")
        self.assertEqual(self.warnings("a==1.0"), ["`a` 1.0 was yanked by its publisher: it loses data"])

    def test_prereleases_that_nobody_named(self):
        self.index.add("a", "1.0", requires=["b>=2.0b1", "c"])
        self.index.add("b", "2.0b1")
        self.index.add("c", "1.0rc1")
        self.assertEqual(self.warnings("a"), ["`b` 2.0b1, `c` 1.0rc1 are pre-releases"])
        self.assertEqual(self.warnings("a", "b==2.0b1"), ["`c` 1.0rc1 is a pre-release"])
        self.assertEqual(self.warnings("--pre", "a"), [])

    def test_extras_that_there_are_not(self):
        self.index.add("a", "1.0", requires=["b[deep,x]"])
        self.index.add("b", "1.0", extras={"x": []})
        self.assertCountEqual(
            self.warnings("a[one,two]"), ["`a` 1.0 has no extra `one`, `two`", "`b` 1.0 has no extra `deep`"]
        )

    def test_modules_with_names_of_the_standard_library(self):
        self.index.add("enum34", "1.0", files={"enum/__init__.py": "", "ok.py": ""})
        self.assertEqual(
            self.warnings("enum34"), ["`enum34` 1.0 has a module with the name of the standard library: `enum`"]
        )

    def test_what_runs_at_every_start_is_shown(self):
        self.index.add("hooked", "1.0", files={"hooked.pth": "import os\n", "sitecustomize.py": ""})
        result = self.make_online("hooked")
        self.assertIn(" + hooked 1.0 (every start of Python runs `hooked.pth`, `sitecustomize`)\n", result.stderr)
        support.remove_tree(self.environment)
        (entry,) = [each for each in self.tell_online("hooked")["installed"] if each["name"] == "hooked"]
        self.assertEqual(entry["startup_hooks"], ["hooked.pth", "sitecustomize"])

    def test_what_runs_at_every_start_is_found_where_it_lands(self):
        self.index.add("plain", "1.0")
        self.make_online("plain")
        (library,) = (self.environment / "lib").glob("python3*")
        support.remove_tree(self.environment)
        site = f"{library.name}/site-packages"
        hooks = {
            "one": {f"one-1.0.data/data/lib/{site}/one.pth": "import os\n"},
            "two": {f"two-1.0.data/data/lib64/{site}/sitecustomize.py": ""},
            "three": {"usercustomize.pyc": ""},
            "four": {"four.start": ""},
        }
        for name, files in hooks.items():
            self.index.add(name, "1.0", files=files)
        found = {each["name"]: each["startup_hooks"] for each in self.tell_online(*hooks)["installed"]
                 if "startup_hooks" in each}  # fmt: skip
        self.assertEqual(found, {"one": ["one.pth"], "two": ["sitecustomize"], "three": ["usercustomize"],
                                 "four": ["four.start"]})  # fmt: skip
        before = snapshot(self.environment)
        self.index.add("hooked", "1.0", files={"hooked.pth": "import os\n"})
        result = self.online("--no-startup-hooks", "hooked")
        self.assert_error(result, VERIFICATION, "`hooked.pth`", "hooked 1.0", "--no-startup-hooks")
        self.assertEqual(snapshot(self.environment), before)
        self.index.add("enum34", "1.0", files={"enum/__init__.py": ""})
        self.online("--no-startup-hooks", "enum34").check_returncode()


if __name__ == "__main__":
    support.main()
