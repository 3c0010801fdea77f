"""The cache spares downloads, serves without a network, and is not trusted."""

import json
import os
import re
import stat
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from online_case import OnlineCase  # noqa: E402

import support  # noqa: E402
from snapshot import snapshot  # noqa: E402
from strace import NETWORK as NETWORK_CALLS  # noqa: E402
from strace import need_strace, trace  # noqa: E402
from support import FAILURE, NETWORK, NO_SOLUTION, SUCCESS, VERIFICATION, run  # noqa: E402

LARGE = "x = 1\n" * 30_000
MODES = ("clone", "hardlink", "copy", "symlink")


class CacheCase(OnlineCase):
    def setUp(self):
        super().setUp()
        self.index.add("a", "1.0", requires=["b"], files={"a/__init__.py": LARGE, "a/small.py": "y = 2\n"})
        self.index.add("b", "1.0", scripts="say-b = b:say")
        self.other = self.directory / "other"

    def files_of_the_cache(self):
        return sorted(path for path in self.cache.rglob("*") if path.is_file())


class ReuseTest(CacheCase):
    def test_second_environment_fetches_no_file(self):
        for hashes in (True, False):
            for ranges in (True, False):
                with self.subTest(hashes=hashes, ranges=ranges):
                    self.index.hashes, self.index.ranges = hashes, ranges
                    support.remove_tree(self.cache)
                    support.remove_tree(self.environment)
                    support.remove_tree(self.other)
                    self.make_online("a")
                    self.index.forget()
                    self.make_online("a", environment=self.other)
                    self.assertEqual(self.installed(self.other), {"a": "1.0", "b": "1.0"})
                    if hashes:
                        self.assertEqual(self.index.files_fetched(), [])
                    # Without a digest: only whether it is the same. Metadata is not kept then.
                    for path in {path for path in self.index.paths() if not path.endswith(".metadata")}:
                        for headers in self.index.requests(path):
                            self.assertIn("If-None-Match", headers, path)

    def test_fresh_pages_are_not_asked_for_again(self):
        self.index.max_age = 600
        self.make_online("a")
        self.index.forget()
        self.make_online("a", environment=self.other)
        self.assertEqual(self.index.paths(), [])

    def test_a_page_that_has_changed_is_seen(self):
        self.make_online("a")
        self.index.add("a", "2.0")
        self.assertEqual(self.plan_online("a", environment=self.other), {"a": "2.0"})

    def test_each_file_is_fetched_once(self):
        self.make_online("a")
        paths = self.index.paths()
        self.assertEqual(len(paths), len(set(paths)), paths)

    def test_same_bytes_from_index_and_cache(self):
        self.make_online("a")
        first = snapshot(self.site_packages())
        support.remove_tree(self.environment)
        self.make_online("a")
        self.assertEqual(snapshot(self.site_packages()), first)

    def test_no_cache(self):
        self.make_online("--no-cache", "a")
        self.assertFalse(self.cache.exists())
        self.assertEqual(list(self.home.iterdir()), [])
        self.index.forget()
        self.make_online("--no-cache", "a", environment=self.other)
        self.assertEqual(len(self.index.files_fetched()), 2)

    def test_many_processes_at_once(self):
        import subprocess

        targets = [self.directory / f"env{number}" for number in range(6)]
        processes = [
            subprocess.Popen(
                [self.executable, *self.online_words("a", environment=target)],
                env=self.variables(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, text=True,
            )
            for target in targets
        ]  # fmt: skip
        for process, target in zip(processes, targets):
            _, errors = process.communicate(timeout=120)
            self.assertEqual(process.returncode, SUCCESS, errors)
            self.assertEqual(self.installed(target), {"a": "1.0", "b": "1.0"})


class OfflineTest(CacheCase):
    def test_from_the_cache(self):
        self.make_online("a")
        self.index.forget()
        self.make_online("--offline", "a", environment=self.other)
        self.assertEqual(self.installed(self.other), {"a": "1.0", "b": "1.0"})
        self.assertEqual(self.index.seen, [])

    def test_no_socket_is_opened(self):
        need_strace()
        self.make_online("a")
        words = self.online_words("--offline", "a", environment=self.other)
        result, calls = trace([self.executable, *words], NETWORK_CALLS, env=self.variables())
        self.assert_exit(result, SUCCESS)
        self.assertEqual([call for call in calls if "AF_INET" in call.arguments], [])

    def test_what_the_cache_does_not_have(self):
        result = self.online("--offline", "a")
        self.assertIn(result.returncode, (NO_SOLUTION, NETWORK), result.stderr)
        self.assertRegex(result.stderr, r"(?m)^hint: ")
        self.assertIn("offline", result.stderr)
        self.assert_nothing_made()
        self.assertEqual(self.index.seen, [])

    def test_an_older_version_that_the_cache_has(self):
        self.make_online("a")
        self.index.add("a", "2.0", requires=["b"])
        self.plan_online("a", environment=self.other)  # now the cache knows the page, not the wheel
        self.make_online("--offline", "a", environment=self.other)
        self.assertEqual(self.installed(self.other)["a"], "1.0")

    def test_directory_of_wheels(self):
        self.make_online("--offline", "--no-index", "-f", self.index.directory, "a", index=False)
        self.assertEqual(self.installed(), {"a": "1.0", "b": "1.0"})


class DistrustTest(CacheCase):
    def test_damaged_files(self):
        """Whatever file of the cache is damaged: fetched again, or refused, never installed; the run
        after a refused one succeeds."""
        self.make_online("a")
        expected = snapshot(self.site_packages())
        count = len(self.files_of_the_cache())
        self.assertGreater(count, 2)
        for number in range(count):
            for damage in ("flip", "truncate", "empty"):
                files = self.files_of_the_cache()
                if number >= len(files):
                    continue
                name = files[number].relative_to(self.cache)
                with self.subTest(file=str(name), damage=damage):
                    support.remove_tree(self.other)
                    damage_file(files[number], damage)
                    result = self.online("a", environment=self.other)
                    self.assertIn(result.returncode, (SUCCESS, VERIFICATION), result.stderr)
                    if result.returncode == VERIFICATION:
                        self.make_online("a", environment=self.other)
                    now = snapshot(self.site_packages(self.other))
                    self.assertEqual(differing(expected, now), [])
                    support.remove_tree(self.cache)
                    support.remove_tree(self.other)
                    self.make_online("a", environment=self.other)

    def test_directory_that_cannot_be_written(self):
        self.cache.write_text("no directory")
        result = self.make_online("a")
        self.assertRegex(result.stderr, r"(?m)^warning: .*cache")
        self.assertEqual(self.installed(), {"a": "1.0", "b": "1.0"})


class SharingTest(CacheCase):
    def test_an_edit_stays_where_it_was_made(self):
        for mode in (None, "clone", "copy"):
            with self.subTest(mode=mode):
                words = ["--link-mode", mode] if mode else []
                support.remove_tree(self.environment)
                support.remove_tree(self.other)
                self.make_online(*words, "a")
                for file in self.site_packages().rglob("*.py"):
                    if file.parts[-2] in ("a", "site-packages"):
                        with open(file, "a", encoding="utf-8") as stream:
                            stream.write("# edited\n")
                self.make_online(*words, "a", environment=self.other)
                for file in ("a/__init__.py", "a/small.py", "b.py"):
                    self.assertNotIn("edited", (self.site_packages(self.other) / file).read_text())

    def test_link_modes(self):
        for mode in MODES:
            with self.subTest(mode=mode):
                environment = self.directory / mode
                result = self.online("--link-mode", mode, "a", environment=environment)
                self.assertIn(result.returncode, (SUCCESS, FAILURE, support.FILE_SYSTEM), result.stderr)
                if result.returncode == SUCCESS:
                    package = self.site_packages(environment) / "a"
                    self.assertEqual((package / "__init__.py").read_text(), LARGE)
                    run([environment / "bin/python", "-c", "import a, b"], check=True)

    def test_modes_do_not_leak(self):
        run(["/bin/sh", "-c", 'umask 077; exec "$0" "$@"', self.executable, *self.online_words("a")],
            env=self.variables(), check=True)  # fmt: skip
        run(["/bin/sh", "-c", 'umask 022; exec "$0" "$@"', self.executable,
             *self.online_words("a", environment=self.other)], env=self.variables(), check=True)  # fmt: skip
        for environment, file, directory in ((self.environment, 0o600, 0o700), (self.other, 0o644, 0o755)):
            package = self.site_packages(environment) / "a"
            self.assertEqual(stat.S_IMODE((package / "__init__.py").stat().st_mode), file)
            self.assertEqual(stat.S_IMODE(package.stat().st_mode), directory)
            self.assertEqual(stat.S_IMODE((environment / "bin/say-b").stat().st_mode), directory)


class CommandTest(CacheCase):
    def cache_command(self, verb, *words):
        result = self.ensure("cache", verb, "--cache-dir", self.cache, *words, env=self.variables())
        self.assert_exit(result, SUCCESS)
        return result.stdout.strip()

    def test_dir(self):
        self.assertEqual(self.cache_command("dir"), str(self.cache))
        result = self.ensure("cache", "dir", env=self.variables())
        self.assertEqual(result.stdout.strip(), str(self.home / ".cache/ensure"))
        result = self.ensure("cache", "dir", env=self.variables(XDG_CACHE_HOME="/somewhere"))
        self.assertEqual(result.stdout.strip(), "/somewhere/ensure")

    def test_size(self):
        self.assertTrue(re.search(r"\b0\b", self.cache_command("size")))
        self.make_online("a")
        told = json.loads(self.cache_command("size", "--json"))
        self.assertEqual(told["cache"], str(self.cache))
        self.assertGreater(told["bytes"], 0)
        self.assertGreater(told["files"], 0)

    def test_prune_removes_what_was_not_used_for_long(self):
        self.make_online("a")
        before = json.loads(self.cache_command("size", "--json"))
        self.cache_command("prune")
        self.assertEqual(json.loads(self.cache_command("size", "--json")), before)
        long_ago = time.time() - 90 * 86400
        for path in self.files_of_the_cache():
            os.utime(path, (long_ago, long_ago))
        removed = json.loads(self.cache_command("prune", "--json"))
        self.assertGreater(removed["bytes"], 0)
        self.assertLess(json.loads(self.cache_command("size", "--json"))["bytes"], before["bytes"])
        self.make_online("a", environment=self.other)

    def test_clean(self):
        self.make_online("a")
        self.cache_command("clean")
        self.assertEqual(json.loads(self.cache_command("size", "--json"))["bytes"], 0)
        self.index.forget()
        self.make_online("a", environment=self.other)
        self.assertEqual(len(self.index.files_fetched()), 2)


def damage_file(path, how):
    data = bytearray(path.read_bytes())
    if how == "flip" and data:
        data[len(data) // 2] ^= 0x20
    path.chmod(0o600)
    path.write_bytes(data[: len(data) // 2] if how == "truncate" else b"" if how == "empty" else data)


def differing(expected, now):
    """What differs in content; scripts and bytecode hold the place of their environment."""
    return [name for name in expected.keys() | now.keys()
            if expected.get(name) != now.get(name) and not name.endswith(("RECORD", ".pyc"))]  # fmt: skip


if __name__ == "__main__":
    support.main()
