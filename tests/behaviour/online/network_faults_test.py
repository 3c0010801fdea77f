"""A server that misbehaves: an answer within its time, the right exit code, and the target as before."""

import contextlib
import socket
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from online_case import OnlineCase  # noqa: E402

import support  # noqa: E402
from servers.misbehaving import Misbehaving  # noqa: E402
from snapshot import snapshot  # noqa: E402
from support import NETWORK, SUCCESS, VERIFICATION  # noqa: E402

PAGE = "/simple/a/"
REFUSED = 6
WRONG = (NETWORK, VERIFICATION)
SECONDS = 50  # a server that says nothing keeps silent for 60


class NetworkFaultsTest(OnlineCase):
    def setUp(self):
        super().setUp()
        self.release = self.index.add("a", "1.0", files={"a.py": "".join(f"x{n} = {n * n}\n" for n in range(400))})
        self.file = f"/files/{self.release.filename}"
        self.metadata = f"{self.file}.metadata"
        self.root = self.directory / "root"
        self.index.export(self.root)

    def server(self, *ways):
        """A server with (path, way, argument, times) ways to misbehave."""
        server = Misbehaving(self.root)
        for path, how, argument, times in ways:
            server.misbehave(path, how, argument, times)
        server.__enter__()
        self.addCleanup(server.__exit__)
        return server

    def run_with(self, server, *words, environment=None):
        words = ["--no-cache", "--timeout", "2", "--index-url", server.url("/simple/"), *words, "a"]
        begin = time.monotonic()
        result = self.online(*words, index=False, environment=environment)
        self.assertLess(time.monotonic() - begin, SECONDS)
        return result

    def assert_refused(self, path, how, argument, codes):
        """Nothing is made, nothing is changed."""
        old = self.directory / "old"
        if not old.exists():
            self.make_online("--no-cache", environment=old)
        before = snapshot(old)
        for environment in (self.environment, old):
            with self.subTest(path=path, how=how, argument=argument, environment=environment.name):
                result = self.run_with(self.server((path, how, argument, None)), environment=environment)
                self.assertIn(result.returncode, codes, result.stderr)
                self.assert_error(result, result.returncode, "127.0.0.1")
                self.assert_nothing_made()
                self.assertEqual(snapshot(old), before)

    def assert_installed(self, result):
        self.assert_exit(result, SUCCESS)
        self.assertEqual(self.installed(), {"a": "1.0"})
        self.python("import a; assert a.x20 == 400")

    def test_files(self):
        for how, argument, codes in (
            ("status", "500", (NETWORK,)), ("status", "503", (NETWORK,)), ("status", "404", WRONG),
            ("status", "401", (REFUSED,)), ("status", "403", (REFUSED,)), ("truncate", None, WRONG),
            ("truncate", "1", WRONG), ("stall", None, (NETWORK,)), ("silent", None, (NETWORK,)),
            ("longer", None, WRONG), ("shorter", None, WRONG), ("corrupt", None, (VERIFICATION,)),
            ("endless", None, WRONG), ("loop", None, (NETWORK,)), ("reset", None, (NETWORK,)),
            ("garbage", None, (NETWORK,)),
        ):  # fmt: skip
            self.assert_refused(self.file, how, argument, codes)

    def test_pages(self):
        for how, argument, codes in (
            ("status", "500", (NETWORK,)), ("status", "401", (REFUSED,)), ("status", "403", (REFUSED,)),
            ("truncate", None, WRONG), ("stall", None, (NETWORK,)), ("silent", None, (NETWORK,)),
            ("longer", None, WRONG), ("shorter", None, WRONG), ("endless", None, WRONG),
            ("loop", None, (NETWORK,)), ("reset", None, (NETWORK,)), ("garbage", None, (NETWORK,)),
            ("bomb", None, WRONG),
        ):  # fmt: skip
            self.assert_refused(PAGE, how, argument, codes)

    def test_metadata(self):
        for how, argument, codes in (
            ("status", "500", (NETWORK,)), ("status", "403", (REFUSED,)), ("truncate", None, WRONG),
            ("corrupt", None, (VERIFICATION,)), ("silent", None, (NETWORK,)), ("endless", None, WRONG),
        ):  # fmt: skip
            self.assert_refused(self.metadata, how, argument, codes)

    def test_announced_metadata_that_is_missing(self):
        result = self.run_with(self.server((self.metadata, "status", "404", None)))
        self.assert_installed(result)
        self.assertRegex(result.stderr, r"(?m)^warning: ")

    def test_nobody_listens(self):
        words = ["--no-cache", "--index-url", "http://127.0.0.1:9/simple/", "a"]
        self.assert_error(self.online(*words, index=False), NETWORK, "127.0.0.1:9")
        self.assert_nothing_made()

    def test_slow_is_not_silent(self):
        """The timeout is for a server that says nothing, not for the whole download."""
        pause = 4.5 / len(self.release.data)
        begin = time.monotonic()
        self.assert_installed(self.run_with(self.server((self.file, "drip", str(pause), None))))
        self.assertGreater(time.monotonic() - begin, 4)

    def test_a_page_that_drips_for_ever_is_given_up(self):
        server = self.server((PAGE, "drip", "0.25", None))
        result = self.run_with(server, "--timeout", "1", "--retries", "0")
        self.assert_error(result, NETWORK, "fewer than 100 bytes per second arrived for 4 s")
        self.assert_nothing_made()

    def test_a_retry_helps(self):
        for path in (PAGE, self.file, self.metadata):
            for how, argument in (("status", "503"), ("reset", None), ("truncate", None), ("stall", None)):
                with self.subTest(path=path, how=how):
                    support.remove_tree(self.environment)
                    server = self.server((path, how, argument, 1))
                    self.assert_installed(self.run_with(server, "--retries", "2"))
                    self.assertEqual(len(server.requests(path)), 2)

    def test_a_download_is_resumed(self):
        server = self.server((self.file, "truncate", None, 1))
        self.assert_installed(self.run_with(server, "--retries", "1"))
        again = server.requests(self.file)[1]
        self.assertEqual(again.get("Range"), f"bytes={len(self.release.data) // 2}-")

    def test_wrong_bytes_after_resuming(self):
        server = self.server((self.file, "truncate", None, 1), (self.file, "wrong_range", None, None))
        result = self.run_with(server, "--retries", "1")
        self.assertIn(result.returncode, (SUCCESS, *WRONG), result.stderr)
        if result.returncode == SUCCESS:
            self.assert_installed(result)
        else:
            self.assert_nothing_made()

    def test_a_server_that_asks_to_wait(self):
        server = self.server((PAGE, "status", "429 1", 1))
        begin = time.monotonic()
        self.assert_installed(self.run_with(server, "--retries", "1"))
        self.assertGreater(time.monotonic() - begin, 0.9)

    def test_a_server_that_asks_to_wait_too_long(self):
        """What a request waits is bounded in all, and said."""
        for wait, requests in (("3600", 1), ("61", 1)):
            with self.subTest(wait):
                server = self.server((PAGE, "status", f"429 {wait}", None))
                result = self.run_with(server, "--retries", "5")
                self.assert_error(result, NETWORK, "429", f"Retry-After: {wait}", "60 s")
                self.assertEqual(len(server.requests(PAGE)), requests)
                self.assert_nothing_made()

    def test_nobody_answers(self):
        """A server that lets nobody in: three attempts, each as long as the timeout."""
        with socket.create_server(("127.0.0.1", 0), backlog=0) as full, contextlib.ExitStack() as stack:
            for _ in range(3):
                waiting = stack.enter_context(socket.socket())
                waiting.setblocking(False)
                waiting.connect_ex(full.getsockname())
            address = f"http://127.0.0.1:{full.getsockname()[1]}/simple/"
            words = ["--no-cache", "--retries", "5", "--timeout", "0.5", "--index-url", address, "a"]
            result = self.online(*words, index=False)
        self.assert_error(result, NETWORK, "no connection within 0.5 s", "tried 3 times", "--timeout")

    def test_redirects(self):
        server = self.server(("/moved/*", "redirect", f"{self.index.simple}a/", None))
        words = ["--no-cache", "--index-url", server.url("/moved/"), "a"]
        self.assert_installed(self.online(*words, index=False))

    def test_redirect_to_a_file_of_this_machine(self):
        for path in (PAGE, self.file, self.metadata):
            self.assert_refused(path, "redirect", f"file://{self.root}/simple/a/index.json", WRONG)

    def test_ranges_that_lie(self):
        self.index.core_metadata = False
        self.index.export(self.root)
        for how in ("no_range", "wrong_range"):
            with self.subTest(how=how):
                support.remove_tree(self.environment)
                result = self.run_with(self.server((self.file, how, None, 1)))
                self.assertIn(result.returncode, (SUCCESS, *WRONG), result.stderr)
                if result.returncode == SUCCESS:
                    self.assert_installed(result)
                else:
                    self.assert_nothing_made()


if __name__ == "__main__":
    support.main()
