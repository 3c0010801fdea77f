"""What servers that people run do differently from each other: each has been seen somewhere."""

import gzip
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from fabricated_index import HTML, JSON  # noqa: E402
from online_case import OnlineCase  # noqa: E402

import support  # noqa: E402
from support import NETWORK, NO_SOLUTION, SUCCESS  # noqa: E402


class QuirksCase(OnlineCase):
    def setUp(self):
        super().setUp()
        self.a = self.index.add("a", "1.0")
        self.file = f"/files/{self.a.filename}"

    def answer(self, body, kind="text/html", path="/simple/a/", status=200, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.index.answers[path] = (status, {"Content-Type": kind, **headers}, body)

    def link(self, address=None):
        address = address or self.index.file_url(self.a)
        return f'<a href="{address}#sha256={self.a.sha256}">{self.a.filename}</a>'.encode()

    def assert_installs(self, *words, **options):
        words = ["--no-cache", *(words or ["a"])]
        self.assert_exit(self.online(*words, **options), SUCCESS)
        self.assertEqual(self.installed(), {"a": "1.0"})
        support.remove_tree(self.environment)


class TransportTest(QuirksCase):
    def test_pages_that_end_with_the_connection(self):
        self.answer(self.link(), Connection="close")
        self.assert_installs()

    def test_http_1_0(self):
        self.index.version = "1.0"
        self.index.form = "html"
        for core_metadata in (True, False):
            self.index.core_metadata = core_metadata
            self.assert_installs()

    def test_compressed_pages(self):
        self.answer(gzip.compress(self.link()), Content_Encoding="gzip")
        self.assert_installs()
        self.assertIn("gzip", self.index.requests("/simple/a/")[0]["Accept-Encoding"])
        for headers in self.index.requests(self.file):
            self.assertNotIn("gzip", headers.get("Accept-Encoding", ""))

    def test_address_of_the_next_protocol(self):
        try:
            index = self.new_index("six", host="::1")
        except OSError:
            self.skipTest("needs the IPv6 address ::1")
        index.add("a", "1.0")
        self.assert_installs("--index-url", index.simple, "a", index=False)
        self.assertTrue(index.files_fetched())

    def test_only_get_is_ever_used(self):
        """HEAD is 501 or 302 in places."""
        for core_metadata, ranges in ((True, True), (False, True), (False, False)):
            self.index.core_metadata, self.index.ranges = core_metadata, ranges
            self.assert_installs()
        self.assertEqual({method for method, _, _ in self.index.seen}, {"GET"})

    def test_whole_file_where_a_part_was_asked_for(self):
        """It is kept: the wheel is not fetched again."""
        self.index.core_metadata = self.index.ranges = False
        self.assert_installs()
        self.assertEqual(self.index.files_fetched(), [self.a.filename])


class PagesTest(QuirksCase):
    def test_kind_is_told_by_the_content_type(self):
        page = json.dumps(
            {"files": [{"filename": self.a.filename, "url": self.index.file_url(self.a), "hashes": {}}],
             "meta": {"api-version": "1.0"}, "name": "a"}
        ).encode()  # fmt: skip
        for kind, body in (
            (HTML, self.link()), ("text/html; charset=UTF-8", self.link()), ("Text/HTML", self.link()),
            (JSON, page), ("application/json", page), (f"{JSON}; charset=utf-8", page),
        ):  # fmt: skip
            with self.subTest(kind):
                self.answer(body, kind)
                self.assert_installs()
        accept = self.index.requests("/simple/a/")[0]["Accept"]
        self.assertLess(accept.index(JSON), accept.index(HTML))
        self.assertLess(accept.index(HTML), accept.index("text/html;q="))

    def test_index_without_the_final_slash_and_names_in_any_form(self):
        self.index.add("Zope.Interface_x", "1.0")
        for name in ("zope-interface-x", "ZOPE.interface.X", "zope__interface--x"):
            self.index.forget()
            plan = self.plan_online("--no-cache", "--index-url", self.index.simple.rstrip("/"), name, index=False)
            self.assertEqual(plan, {"zope-interface-x": "1.0"})
            self.assertIn("/simple/zope-interface-x/", self.index.paths())

    def test_addresses_that_are_none(self):
        """One file in a page of many must not stop the rest."""
        self.index.add("a", "2.0")
        kind, page = self.index.page("a")
        broken = json.loads(page)
        for address in ("http://[bad/a.whl", "http://h:99999/a.whl", "https://", "\x00"):
            broken["files"][1]["url"] = address
            self.answer(json.dumps(broken).encode(), kind)
            self.assert_installs()
        result = self.online("--no-cache", "a==2.0")
        self.assert_error(result, NO_SOLUTION, "invalid download URL")

    def test_links_are_relative_to_the_base(self):
        base = f'<html><head><base href="{self.index.origin}/files/"></head><body>'.encode()
        self.answer(base + self.link(self.a.filename) + b"</body></html>")
        self.assert_installs()

    def test_links_are_relative_to_where_the_page_came_from(self):
        other = self.new_index("other")
        other.answers["/deep/page/"] = (200, {"Content-Type": "text/html"}, self.link(f"../w/{self.a.filename}"))
        other.answers[f"/deep/w/{self.a.filename}"] = (200, {}, self.a.data)
        for status in (301, 302, 303, 307, 308):
            self.answer(b"", status=status, Location=f"{other.origin}/deep/page/")
            self.assert_installs()
        self.assertEqual(self.index.requests(self.file), [])

    def test_pages_that_must_not_be_kept_are_not(self):
        kind, body = self.index.page("a")
        self.answer(body, kind, Cache_Control="no-store")
        self.assert_exit(self.online("a"), SUCCESS)
        support.remove_tree(self.environment)
        self.assert_error(self.online("--offline", "a"), NO_SOLUTION, "offline")

    def test_upstream_that_is_gone(self):
        """A proxy answers 500 for what it does not have, and 200 for what it has."""
        self.answer(b"", path="/simple/b/", status=500)
        self.assert_installs()
        self.assert_error(self.online("b"), NETWORK, "500")

    def test_page_with_nothing_but_its_mark(self):
        """A project without files is there, so that no later index is asked."""
        second = self.new_index("second")
        second.add("a", "9.0")
        mark = b'<html><head><meta name="pypi:repository-version" content="1.0"></head><body></body></html>'
        for kind, body in ((HTML, mark), (JSON, b'{"meta": {"api-version": "1.0"}, "name": "a", "files": []}')):
            self.answer(body, kind)
            result = self.online("--no-cache", "--extra-index-url", second.simple, "a")
            self.assert_error(result, NO_SOLUTION, "a")
            self.assertEqual(second.seen, [])


if __name__ == "__main__":
    support.main()
