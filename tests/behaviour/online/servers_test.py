"""Index servers as people run them: what they do differently is understood, and so is a refusal."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from online_case import OnlineCase  # noqa: E402

import support  # noqa: E402
from servers.index_servers import Devpi, PypiServer  # noqa: E402
from snapshot import snapshot  # noqa: E402
from support import NO_SOLUTION, SUCCESS  # noqa: E402

REFUSED = 6


class ServersCase(OnlineCase):
    def setUp(self):
        super().setUp()
        self.index.add("Some.Name", "1.0", requires=["b>=1"], files={"some_name.py": "x = 1\n"})
        self.index.add("b", "1.0")
        self.index.add("b", "2.0", requires_python=">=99")
        self.packages = self.index.directory

    def start(self, server):
        server.__enter__()
        self.addCleanup(server.stop)
        return server

    def from_server(self, simple, *arguments, **options):
        return self.online("--index-url", simple, *arguments, index=False, **options)

    def assert_serves(self, simple):
        """A new environment, the same again, and another one offline."""
        wanted = {"Some.Name": "1.0", "b": "1.0"}
        self.assert_exit(self.from_server(simple, "some-name"), SUCCESS)
        self.assertEqual({name.replace("_", "."): text for name, text in self.installed().items()}, wanted)
        before = snapshot(self.environment)
        result = self.from_server(simple, "Some_Name")
        self.assert_exit(result, SUCCESS)
        self.assertIn("already as requested", result.stderr)
        self.assertEqual(snapshot(self.environment), before)
        other = self.directory / "other"
        self.assert_exit(self.from_server(simple, "--offline", "some-name", environment=other), SUCCESS)
        self.assertEqual(self.installed(other), self.installed())
        self.assert_error(self.from_server(simple, "no-such-thing"), NO_SOLUTION, "no-such-thing")


class PypiServerTest(ServersCase):
    """HTTP/1.0, HTML only, no metadata beside the wheels; a wrong password is 403."""

    def test_open(self):
        self.assert_serves(self.start(PypiServer(self.directory / "server", self.packages)).simple)

    def test_with_a_password(self):
        server = self.start(PypiServer(self.directory / "server", self.packages, password=("u", "p@ss:w")))
        for address in (server.simple, server.simple.replace("://", "://u:wr0ng@")):
            with self.subTest(address):
                result = self.from_server(address, "b")
                self.assert_error(result, REFUSED, f"127.0.0.1:{server.port}")
                self.assertNotIn("wr0ng", result.stderr)
                self.assert_nothing_made()
        result = self.from_server(server.simple.replace("://", "://u:p%40ss%3Aw@"), "some-name")
        self.assert_exit(result, SUCCESS)
        self.assertNotIn("p%40ss", result.stderr)


class DevpiTest(ServersCase):
    """Links that depend on the User-Agent, no ranges, metadata only where it is switched on."""

    def distributions(self):
        return sorted(self.packages.glob("*.whl"))

    def test_with_metadata(self):
        self.assert_serves(self.start(Devpi(self.directory / "server", self.distributions())).simple)

    def test_without_metadata(self):
        server = self.start(Devpi(self.directory / "server", self.distributions(), metadata=False))
        self.assert_serves(server.simple)


class PageFormsTest(ServersCase):
    """Answers of other servers, as they were seen."""

    def answer(self, kind, body):
        self.index.answers["/simple/b/"] = (200, {"Content-Type": kind}, body)

    def page(self, **changes):
        page = json.loads(self.index.page("b")[1])
        page.update(changes)
        return json.dumps(page).encode()

    def assert_plan(self):
        self.assertEqual(self.plan_online("--no-cache", "b"), {"b": "1.0"})

    def test_html_of_every_kind_where_json_was_asked_for(self):
        self.index.form = "html"
        body = self.index.page("b")[1]
        for kind in ("text/html", "text/html; charset=utf-8", "application/vnd.pypi.simple.v1+html"):
            with self.subTest(kind):
                self.answer(kind, body)
                self.assert_plan()

    def test_json_with_little_in_it(self):
        kind = "application/vnd.pypi.simple.v1+json"
        for announced in ({"core-metadata": True}, {"dist-info-metadata": True}, {}):
            with self.subTest(announced):
                files = [
                    {"filename": each.filename, "url": self.index.file_url(each), "hashes": {}, **announced}
                    for each in self.index.releases["b"]
                ]
                page = {"files": files, "name": "b", "meta": {"api-version": "1.0"}}
                self.answer(kind, json.dumps(page).encode())
                self.assert_plan()

    def test_newer_versions_of_the_format(self):
        kind = "application/vnd.pypi.simple.v1+json"
        self.answer(kind, self.page(meta={"api-version": "1.99"}, novelty=[1]))
        self.assert_plan()
        self.answer(kind, self.page(meta={"api-version": "2.0"}))
        result = self.online("--no-cache", "b")
        self.assertNotEqual(result.returncode, SUCCESS)
        self.assertIn("2.0", result.stderr)
        self.assert_nothing_made()

    def test_pages_and_files_that_have_moved(self):
        other = self.new_index("other")
        other.add("b", "1.0")
        release = other.releases["b"][0]
        self.index.answers["/simple/b/"] = (302, {"Location": f"{other.simple}b/"}, b"")
        moved = self.new_index("moved")
        moved.add("b", "1.0")
        for suffix in ("", ".metadata"):
            path = f"/files/{release.filename}{suffix}"
            other.answers[path] = (302, {"Location": moved.origin + path}, b"")
        self.assert_exit(self.online("b"), SUCCESS)
        self.assertEqual(self.installed(), {"b": "1.0"})


if __name__ == "__main__":
    support.main()
