"""Which index is asked, what its refusals mean, and who gets to see a password."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from online_case import OnlineCase  # noqa: E402

import support  # noqa: E402
from servers.certificates import CertificateAuthority  # noqa: E402
from servers.nginx import Nginx  # noqa: E402
from snapshot import files_containing  # noqa: E402
from support import NETWORK, NO_SOLUTION, SUCCESS  # noqa: E402

REFUSED = 6
USER, PASSWORD = "somebody", "s3cr3t/@:pass"
QUOTED_PASSWORD = "s3cr3t%2F%40%3Apass"


class SeveralTest(OnlineCase):
    """`--index-url` and then each `--extra-index-url`: the first that has the name wins."""

    def setUp(self):
        super().setUp()
        self.second = self.new_index("second")
        self.second.add("a", "9.0", files={"a.py": "namesake = True\n"})

    def both(self, *arguments):
        return self.online("--extra-index-url", self.second.simple, *arguments)

    def plan_both(self, *arguments):
        return self.plan_online("--extra-index-url", self.second.simple, *arguments)

    def test_first_that_has_the_name(self):
        self.index.add("a", "1.0")
        self.assertEqual(self.plan_both("a"), {"a": "1.0"})
        self.assertNotIn("/simple/a/", self.second.paths())

    def test_first_has_it_in_no_version_that_fits(self):
        self.index.add("a", "1.0")
        self.assert_error(self.both("a>=2"), NO_SOLUTION, "a", "first index", "--index-strategy")
        self.assert_nothing_made()

    def test_all_indexes_where_asked_for(self):
        self.index.add("a", "1.0")
        for strategy, version in (("unsafe-best-match", "9.0"), ("unsafe-first-match", "1.0")):
            with self.subTest(strategy=strategy):
                words = ["--no-cache", "--index-strategy", strategy]
                self.assertEqual(self.plan_both(*words, "a"), {"a": version})
                self.assertEqual(self.plan_both(*words, "a>=2"), {"a": "9.0"})

    def test_not_found_goes_on(self):
        self.assertEqual(self.plan_both("a"), {"a": "9.0"})

    def test_failure_never_goes_on(self):
        for status, code in ((500, NETWORK), (503, NETWORK), (401, REFUSED), (403, REFUSED)):
            with self.subTest(status=status):
                self.index.answers["/simple/a/"] = (status, {}, b"no")
                self.assert_error(self.both("--no-cache", "a"), code, f"{status}", "127.0.0.1")
                self.assert_nothing_made()
                self.assertEqual(self.second.files_fetched(), [])

    def test_gone_never_goes_on(self):
        words = ["--index-url", "http://127.0.0.1:9/simple/", "--extra-index-url", self.second.simple, "a"]
        self.assert_error(self.online(*words, index=False), NETWORK, "127.0.0.1:9")
        self.assert_nothing_made()

    def test_directory_that_is_gone_never_goes_on(self):
        """Such as a share that is not mounted."""
        words = ["--extra-index-url", self.second.simple, "a"]
        here = self.directory / "here"
        result = self.online("--index-url", here, *words, index=False)
        self.assert_error(result, NETWORK, here)
        self.assertEqual(self.second.seen, [])
        here.mkdir()
        self.assert_exit(self.online("--index-url", here, *words, index=False), SUCCESS)
        result = self.online("--index-url", here.as_uri(), "b", index=False)
        self.assert_error(result, NO_SOLUTION, here.as_uri())
        self.assertNotIn("404", result.stderr)

    def test_page_that_is_no_index(self):
        login = b"<!DOCTYPE html><html><head><title>Log in</title></head><body><form></form></body></html>"
        for kind in ("text/html", "text/plain", "application/json"):
            with self.subTest(kind=kind):
                self.index.answers["/simple/a/"] = (200, {"Content-Type": kind}, login)
                result = self.both("--no-cache", "a")
                self.assertNotEqual(result.returncode, SUCCESS)
                self.assertRegex(result.stderr, r"(?m)^hint: ")
                self.assert_nothing_made()
                self.assertEqual(self.second.files_fetched(), [])

    def test_one_malformed_file_does_not_hide_the_others(self):
        self.index.add("a", "1.0")
        kind, page = self.index.page("a")
        broken = page.replace(b'"files": [', b'"files": [{"filename": 7, "url": []}, {"filename": "x"}, ')
        self.index.answers["/simple/a/"] = (200, {"Content-Type": kind}, broken)
        self.assertEqual(self.plan_both("a"), {"a": "1.0"})

    def test_files_of_other_projects_on_a_page(self):
        self.index.add("a", "1.0")
        other = self.index.add("b", "2.0")
        self.index.releases["a"].append(other)
        self.assertEqual(self.plan_both("a"), {"a": "1.0"})


class SkippedEntriesTest(OnlineCase):
    """Entries of an index page that cannot be used are counted by reason."""

    def setUp(self):
        super().setUp()
        names = [self.index.add("a", "1.0").filename, "a-not.a.version-py3-none-any.whl", "a-1.0.win32.exe"]
        names += ["a-1.0-py2.7.egg", "b-1.0-py3-none-any.whl"]
        page = "".join(f'<a href="/files/{name}">{name}</a>\n' for name in names)
        self.index.answers["/simple/a/"] = (200, {"Content-Type": "text/html"}, page.encode())

    def test_json_counts_them(self):
        told = self.tell_online("a")
        counts = {"malformed": 1, "unsupported": 2, "other_projects": 1}
        self.assertEqual(told["skipped_entries"], counts)
        self.assertEqual(told["warnings"], [])

    def test_verbose_shows_them(self):
        text = "skipped 1 malformed, 2 unsupported, 1 of other projects (files of `a` at "
        self.assertIn(f"{text}`{self.index.simple}`)\n", self.make_online("--verbose", "a").stderr)

    def test_without_verbose_they_are_not_shown(self):
        self.assertNotIn("skipped", self.make_online("a").stderr)


class FindLinksTest(OnlineCase):
    def setUp(self):
        super().setUp()
        self.links = self.new_index("links")
        self.a = self.links.add("a", "1.0", requires=["b"])
        self.b = self.links.add("b", "1.0")

    def test_directory_without_an_index(self):
        self.make_online("--no-index", "-f", self.links.directory, "a", index=False)
        self.assertEqual(self.installed(), {"a": "1.0", "b": "1.0"})
        self.assertEqual(self.links.seen, [])

    def test_directory_beside_an_index(self):
        self.index.add("a", "2.0")
        self.assertEqual(self.plan_online("-f", self.links.directory, "a"), {"a": "2.0"})
        self.assertEqual(self.plan_online("-f", self.links.directory, "a<2"), {"a": "1.0", "b": "1.0"})

    def test_no_index_asks_no_index(self):
        self.index.add("c", "1.0")
        result = self.online("--no-index", "-f", self.links.directory, "c")
        self.assert_error(result, NO_SOLUTION, "c")
        self.assertEqual(self.index.seen, [])

    def test_page(self):
        page = f'<a href="files/{self.a.filename}">a</a> <a href="files/{self.b.filename}">b</a>'
        page += ' <a href="http://127.0.0.1:9/elsewhere">no distribution</a>'
        self.links.answers["/links.html"] = (200, {"Content-Type": "text/html"}, page.encode())
        self.make_online("--no-index", "-f", f"{self.links.origin}/links.html", "a", index=False)
        self.assertEqual(self.installed(), {"a": "1.0", "b": "1.0"})

    def test_page_that_nobody_knows_offline(self):
        page = f"{self.links.origin}/links.html"
        result = self.online("--offline", "--no-index", "-f", page, "a", index=False)
        self.assert_error(result, NO_SOLUTION, "not in the cache", "--offline")
        self.assertEqual(self.links.seen, [])

    def test_directory_that_is_not_there(self):
        result = self.online("--no-index", "-f", self.directory / "none", "a", index=False)
        self.assertNotEqual(result.returncode, SUCCESS)
        self.assertIn("none", result.stderr)
        self.assert_nothing_made()


class CredentialsTest(OnlineCase):
    """A password goes to the origin that it belongs to, and nowhere else."""

    def setUp(self):
        super().setUp()
        self.index.password = (USER, PASSWORD)
        self.index.add("a", "1.0")
        self.address = self.index.with_credentials(USER, PASSWORD)
        self.told = []

    def talk(self, *arguments, **options):
        """Runs with everything switched on that could print a secret."""
        trace, report = self.directory / "trace.json", self.directory / "report.json"
        words = ["--verbose", "--trace", trace, "--report", report, *arguments]
        result = self.online(*words, index=False, **options)
        self.told += [result.stdout, result.stderr]
        for file in (trace, report):
            self.told.append(file.read_text() if file.exists() else "")
        return result

    def assert_secret_kept(self):
        for secret in (PASSWORD, QUOTED_PASSWORD):
            for text in self.told:
                self.assertNotIn(secret, text)
            for directory in (self.cache, self.environment):
                self.assertEqual(files_containing(directory, secret.encode()), [])

    def test_of_the_address(self):
        for words in ([], ["--json"]):
            with self.subTest(words):
                self.assert_exit(self.talk("--index-url", self.address, *words, "a"), SUCCESS)
                self.assertEqual(self.installed(), {"a": "1.0"})
                self.assert_secret_kept()
                support.remove_tree(self.environment)

    def test_of_a_wheel(self):
        url = self.index.file_url(self.index.releases["a"][0])
        url = url.replace("://", f"://{USER}:{QUOTED_PASSWORD}@")
        self.assert_exit(self.talk("--no-index", f"a @ {url}"), SUCCESS)
        self.assert_secret_kept()

    def test_of_netrc(self):
        netrc = self.home / ".netrc"
        netrc.write_text(f"machine 127.0.0.1 login {USER} password {PASSWORD}\n")
        netrc.chmod(0o600)
        self.assert_exit(self.talk("--index-url", self.index.simple, "a"), SUCCESS)
        self.assertEqual(self.installed(), {"a": "1.0"})
        self.assert_secret_kept()

    def test_of_the_index_for_a_file_on_its_server(self):
        self.index.add("b", "1.0")
        other = self.new_index("other")
        other.answers["/list.txt"] = (200, {}, b"b\n")
        for extra in ([], ["-r", f"{other.origin}/list.txt"]):
            # Not among the fixed answers, which are open to all.
            self.index.texts["/list.txt"] = b"a\n"
            words = ["--index-url", self.address, "-r", f"{self.index.origin}/list.txt", *extra]
            self.assert_exit(self.talk(*words), SUCCESS)
        for _, _, headers in other.seen:
            self.assertNotIn("Authorization", headers)
        self.assert_secret_kept()

    def test_none_or_a_wrong_one(self):
        wrong = self.index.with_credentials(USER, "wr0ng!")
        for address in (self.index.simple, wrong):
            for words in ([], ["--json"]):
                with self.subTest(address=address, words=words):
                    result = self.talk("--index-url", address, *words, "a")
                    self.assert_exit(result, REFUSED)
                    self.assertIn("401", result.stdout + result.stderr)
                    self.assertNotIn("wr0ng", result.stdout + result.stderr)
                    self.assert_nothing_made()

    def test_bad_requirement_with_a_password(self):
        bad = self.directory / "requirements.txt"
        bad.write_text(f"--index-url {self.address}\na ==\nb @ http://{USER}:{QUOTED_PASSWORD}@x y z\n")
        self.assert_exit(self.talk("-r", bad), support.USAGE)
        self.assert_secret_kept()

    def test_not_for_another_origin(self):
        other = self.new_index("other")
        release = other.add("a", "1.0")
        page = other.page("a")[1].replace(b"../../files/", f"{other.origin}/files/".encode())
        kind = other.page("a")[0]
        self.index.answers["/simple/a/"] = (200, {"Content-Type": kind}, page)
        self.assert_exit(self.talk("--index-url", self.address, "a"), SUCCESS)
        self.assertEqual(self.index.requests("/simple/a/")[-1].get("Authorization", "")[:6], "Basic ")
        self.assertTrue(other.requests(f"/files/{release.filename}"))
        for _, _, headers in other.seen:
            self.assertNotIn("Authorization", headers)
        self.assert_secret_kept()

    def test_not_after_a_redirect(self):
        other = self.new_index("other")
        other.add("a", "1.0")
        self.index.answers["/simple/a/"] = (302, {"Location": f"{other.simple}a/"}, b"")
        self.assert_exit(self.talk("--index-url", self.address, "a"), SUCCESS)
        self.assertEqual(self.installed(), {"a": "1.0"})
        for _, _, headers in other.seen:
            self.assertNotIn("Authorization", headers)
        self.assert_secret_kept()


class SchemeTest(OnlineCase):
    """nginx with TLS 1.3 and HTTP/2, and a private authority."""

    def setUp(self):
        super().setUp()
        self.authority = CertificateAuthority(self.directory / "authority")
        self.root = self.directory / "root"
        self.index.add("a", "1.0")
        self.index.export(self.root)

    def nginx(self, **options):
        server = Nginx(self.directory / "nginx", self.root, certificate=self.authority.server(), **options)
        server.__enter__()
        self.addCleanup(server.stop)
        return server

    def through(self, server, *words, **options):
        return self.online("--index-url", server.url("/simple/"), *words, "a", index=False, **options)

    def test_install_over_http2(self):
        server = self.nginx()
        self.assert_exit(self.through(server, "--cert", self.authority.certificate), SUCCESS)
        self.assertEqual(self.installed(), {"a": "1.0"})
        requests = list(server.requests())
        self.assertTrue(all("HTTP/2" in request for _, request, _, _ in requests), requests)
        self.assertEqual(len({connection for connection, *_ in requests}), 1, requests)

    def test_certificate_of_nobody(self):
        server = self.nginx()
        self.assert_error(self.through(server), NETWORK, "certificate", "--cert")
        self.assert_nothing_made()
        variables = {"SSL_CERT_FILE": str(self.authority.certificate)}
        self.assert_exit(self.through(server, variables=variables), SUCCESS)

    def test_https_is_never_left_for_http(self):
        for path in ("/simple/a/", "/files/"):
            with self.subTest(path):
                server = self.nginx(
                    server=f"location {path} {{ return 302 {self.index.origin}$request_uri; }}"
                )
                self.index.forget()
                result = self.through(server, "--no-cache", "--cert", self.authority.certificate)
                self.assertNotEqual(result.returncode, SUCCESS)
                self.assertIn("http:", result.stderr)
                self.assertEqual(self.index.seen, [])
                self.assert_nothing_made()
                server.stop()


if __name__ == "__main__":
    support.main()
