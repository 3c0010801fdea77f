"""What is bound to where it came from: pages to credentials, certificates and netrc to origins, files to pages."""

import hashlib
import json
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from network_settings_test import NetworkCase  # noqa: E402
from online_case import OnlineCase, versions  # noqa: E402

import support  # noqa: E402
from servers.certificates import CertificateAuthority  # noqa: E402
from servers.nginx import Nginx  # noqa: E402
from support import NO_SOLUTION, SUCCESS, USAGE, VERIFICATION  # noqa: E402

REFUSED = 6


class ClientCertificateTest(NetworkCase):
    """The server at `self.server` wants a certificate, `self.other` fails whoever shows one."""

    def setUp(self):
        super().setUp()
        self.authority = CertificateAuthority(self.directory / "authority")
        wants = f"ssl_client_certificate {self.authority.certificate}; ssl_verify_client"
        self.other = self.start_one("other", server=f"{wants} optional;",
                                    location="if ($ssl_client_verify != NONE) { return 418; }")  # fmt: skip
        self.server = self.start_one("server", server=f"{wants} on;", location=(
            f"rewrite ^/moved/(.*)$ {self.other.url('/')}$1 redirect;"))  # fmt: skip
        self.words = ["--cert", self.authority.certificate, "--client-cert", self.authority.client()]

    def start_one(self, name, **options):
        root = self.directory / f"{name}-root"
        self.index.export(root)
        server = Nginx(self.directory / name, root, certificate=self.authority.server(), **options)
        server.__enter__()
        self.addCleanup(server.stop)
        return server

    def test_only_the_configured_indexes_see_it(self):
        name = self.index.releases["a"][0].filename
        page = self.directory / "server-root/simple/a/index.json"
        for words, link in (
            (["--index-url", self.server.url("/simple/")], "../../files/"),
            (["--extra-index-url", self.server.url("/simple/"), "--index-url", f"{self.index.origin}/none/"], "../../files/"),
            (["--index-url", self.server.url("/simple/")], self.other.url("/files/")),
            (["--index-url", self.server.url("/simple/")], self.server.url("/moved/files/")),
            (["--index-url", self.server.url("/moved/simple/")], "../../files/"),
        ):  # fmt: skip
            with self.subTest(words=words, link=link):
                text = self.index.page("a")[1].decode().replace("../../files/", link)
                page.write_text(text)
                self.make_online("--no-cache", *words, *self.words, "a", index=False)
                self.assertEqual(self.installed(), {"a": "1.0"})
                support.remove_tree(self.environment)
        self.make_online("--no-cache", "--no-index", f"a @ {self.other.url('/files/')}{name}",
                         *self.words, index=False)  # fmt: skip

    def test_an_index_of_a_file_from_the_web_does_not_see_it(self):
        (self.directory / "server-root/r.txt").write_text(
            f"--index-url {self.other.url('/simple/')}\na\n"
        )
        self.make_online("--no-cache", *self.words, "-r", self.server.url("/r.txt"), index=False)
        self.assertEqual(self.installed(), {"a": "1.0"})


class NetrcTest(OnlineCase):
    def test_a_redirect_or_a_link_to_another_port_gets_nothing(self):
        (self.home / ".netrc").write_text("machine 127.0.0.1 login user password secret\n")
        self.index.password = ("user", "secret")
        other = self.new_index("other")
        release = other.add("a", "1.0")
        kind, page = other.page("a")
        linked = page.replace(b"../../files/", f"{other.origin}/files/".encode())
        for answer in ((302, {"Location": f"{other.simple}a/"}, b""), (200, {"Content-Type": kind}, linked)):
            self.index.answers["/simple/a/"] = answer
            self.make_online("--no-cache", "a")
            support.remove_tree(self.environment)
        self.assertTrue(self.index.requests("/simple/a/")[0]["Authorization"])
        self.assertTrue(other.requests(f"/files/{release.filename}"))
        for _, _, headers in other.seen:
            self.assertNotIn("Authorization", headers)


class CachedPagesTest(OnlineCase):
    def setUp(self):
        super().setUp()
        self.index.add("a", "1.0")
        self.index.password = ("user", "first")
        self.index.max_age = 3600

    def plan(self, *words, index=None, **options):
        address = index or self.index.simple
        return self.online("--json", "--dry-run", "--index-url", address, *words, "a", index=False, **options)

    def test_a_fresh_page_is_for_its_credentials_alone(self):
        mine = self.index.with_credentials("user", "first")
        self.assert_exit(self.plan(index=mine), SUCCESS)
        self.index.forget()
        self.assert_exit(self.plan(index=mine), SUCCESS)
        self.assertEqual(self.index.paths(), [], "the page is fresh")
        for other in (self.index.simple, self.index.with_credentials("user", "second"),
                      self.index.with_credentials("other", "first")):  # fmt: skip
            with self.subTest(other):
                self.assert_exit(self.plan(index=other), REFUSED)
                result = self.plan("--offline", index=other)
                self.assert_exit(result, NO_SOLUTION)
        (self.home / ".netrc").write_text("machine 127.0.0.1 login user password second\n")
        self.assert_exit(self.plan(), REFUSED)
        (self.home / ".netrc").write_text("machine 127.0.0.1 login user password first\n")
        self.index.forget()
        self.assert_exit(self.plan(), SUCCESS)
        self.assertEqual(self.index.paths(), [], "wherever the credentials come from")
        self.assert_exit(self.plan("--offline", index=mine), SUCCESS)

    def test_the_cache_does_not_hold_what_credentials_can_be_guessed_by(self):
        self.assert_exit(self.plan(index=self.index.with_credentials("user", "first")), SUCCESS)
        secret = next(self.cache.glob("pages-v*/secret"))
        self.assertEqual(secret.stat().st_mode & 0o777, 0o600)
        entry = next(path for path in secret.parent.iterdir() if path.name != "secret")
        name = entry.name
        support.remove_tree(self.cache)
        self.assert_exit(self.plan(index=self.index.with_credentials("user", "first")), SUCCESS)
        self.assertFalse(entry.exists(), f"{name} is the same with another secret")
        # A secret that others can read is none: nothing that needs it is kept or found.
        secret.chmod(0o644)
        self.index.forget()
        self.assert_exit(self.plan(index=self.index.with_credentials("user", "first")), SUCCESS)
        self.assertIn("/simple/a/", self.index.paths())

    def test_what_a_keyring_opened_works_offline(self):
        directory = self.directory / "bin"
        directory.mkdir()
        program = directory / "keyring"
        program.write_text("#!/bin/sh\nprintf 'user\\nfirst\\n'\n")
        program.chmod(0o755)
        variables = {"PATH": f"{directory}:/usr/bin:/bin"}
        self.assert_exit(self.plan(variables=variables), SUCCESS)
        self.assert_exit(self.plan("--offline", variables=variables), SUCCESS)
        self.assert_exit(self.plan("--offline"), NO_SOLUTION)
        self.index.forget()
        self.assert_exit(self.plan(variables=variables), SUCCESS)
        self.assertEqual(self.index.paths(), [], "the page is fresh")


class FilesFromTheWebTest(OnlineCase):
    def setUp(self):
        super().setUp()
        self.index.add("a", "1.0")

    def read(self, text, path="/r.txt", **options):
        self.index.answers[path] = (200, {}, text.encode())
        return self.online("-r", f"{self.index.origin}{path}", **options)

    def test_local_files_and_variables_are_refused(self):
        wheel = self.directory / self.index.releases["a"][0].filename
        shutil.copy(self.index.directory / wheel.name, wheel)
        (self.directory / "local.txt").write_text("a\n")
        local = self.directory.as_uri()
        other = self.new_index("other")
        other.answers["/more.txt"] = (200, {}, b"a\n")
        for text in (
            "a==${HOME}", f"--index-url {self.index.origin}/${{HOME}}/", "a ; '${HOME}' == 'x'",
            f"-r {local}/local.txt", f"-c {local}/local.txt", f"-r {other.origin}/more.txt",
            f"--index-url {local}", f"--extra-index-url {local}", f"--find-links {local}",
            f"--find-links {self.directory}", "--find-links .", f"a @ {local}/{wheel.name}",
            f"{local}/{wheel.name}", str(wheel), f"./{wheel.name}", f"A @ FILE://{wheel}",
        ):  # fmt: skip
            with self.subTest(text):
                result = self.read(text + "\n", cwd=self.directory)
                self.assert_error(result, USAGE, "r.txt:1", "download it")
                self.assertFalse(self.environment.exists())
        self.assertFalse(other.seen)

    def test_local_files_in_projects_scripts_and_locks_are_refused(self):
        wheel = (self.directory / "a-1.0-py3-none-any.whl").as_uri()
        digest = hashlib.sha256(b"").hexdigest()
        lock = ('lock-version = "1.0"\ncreated-by = "x"\n[[packages]]\nname = "a"\nversion = "1.0"\n'
                f'wheels = [{{name = "a-1.0-py3-none-any.whl", %s, hashes = {{sha256 = "{digest}"}}}}]\n')  # fmt: skip
        for path, text in (
            ("/pyproject.toml", f"[project]\nname='x'\nversion='1'\ndependencies=['a @ {wheel}']\n"),
            ("/x.py", f"# /// script\n# dependencies = ['a @ {wheel}']\n# ///\n"),
            ("/pylock.toml", lock % f'url = "{wheel}"'), ("/pylock.toml", lock % f'path = "{wheel}"'),
        ):  # fmt: skip
            with self.subTest(text):
                self.assert_error(self.read(text, path), USAGE, "download it")

    def test_files_beside_them_are_read(self):
        self.index.answers["/more/b.txt"] = (200, {}, b"# ${HOME}\na\n")
        self.assert_exit(self.read("-r more/b.txt\n"), SUCCESS)
        self.assertEqual(self.installed(), {"a": "1.0"})

    def test_a_file_of_ours_may_read_variables(self):
        file = self.directory / "r.txt"
        self.index.answers["/secret/r.txt"] = (200, {}, b"a\n")
        file.write_text(f"-r {self.index.origin}/${{PART}}/r.txt\n")
        self.make_online("-r", file, variables={"PART": "secret"})


class DigestsTest(OnlineCase):
    """An index whose only digests are of one algorithm."""

    def setUp(self):
        super().setUp()
        self.release = self.index.add("a", "1.0")

    def digest(self, algorithm, data):
        return hashlib.new(algorithm, data).hexdigest()

    def publish(self, algorithm, form, data=None, metadata=None):
        """A page with the digests of `data` and `metadata`, or of what is really there."""
        of_file = self.digest(algorithm, data or self.release.data)
        of_metadata = self.digest(algorithm, metadata or self.release.metadata)
        url = f"../../files/{self.release.filename}"
        if form == "html":
            kind = "text/html"
            body = (f'<a href="{url}#{algorithm}={of_file}" data-dist-info-metadata="{algorithm}={of_metadata}">'
                    f"{self.release.filename}</a>")  # fmt: skip
        else:
            kind = "application/vnd.pypi.simple.v1+json"
            file = {"filename": self.release.filename, "url": url, "hashes": {algorithm: of_file},
                    "core-metadata": {algorithm: of_metadata}}  # fmt: skip
            body = json.dumps({"meta": {"api-version": "1.1"}, "name": "a", "files": [file]})
        self.index.answers["/simple/a/"] = (200, {"Content-Type": kind}, body.encode())

    def test_every_digest_of_an_index_is_checked(self):
        for algorithm in ("md5", "sha1", "sha224", "sha384", "sha3_256", "blake2b", "blake2s"):
            for form in ("html", "json"):
                with self.subTest(algorithm=algorithm, form=form):
                    self.publish(algorithm, form, data=b"other")
                    self.assert_error(self.online("--no-cache", "a"), VERIFICATION, algorithm)
                    self.publish(algorithm, form, metadata=b"other")
                    self.assert_error(self.online("--no-cache", "a"), VERIFICATION, algorithm)
                    self.publish(algorithm, form)
                    told = self.tell_online("--no-cache", "a")
                    self.assertEqual(told["unverified"], [])
                    support.remove_tree(self.environment)

    def test_a_digest_of_an_unknown_algorithm_verifies_nothing(self):
        self.publish("md5", "json")
        page = self.index.answers["/simple/a/"][2].replace(b"md5", b"crc32")
        self.index.answers["/simple/a/"] = (*self.index.answers["/simple/a/"][:2], page)
        self.assertEqual(self.tell_online("--no-cache", "a")["unverified"], ["a 1.0"])

    def test_a_weak_digest_of_a_link_page_is_checked(self):
        self.publish("md5", "html", data=b"other")
        body = self.index.answers["/simple/a/"][2].replace(b"../../files/", b"/files/")
        self.index.answers["/links"] = (200, {"Content-Type": "text/html"}, body)
        words = ["--no-index", "--find-links", f"{self.index.origin}/links", "--no-cache", "a"]
        self.assert_error(self.online(*words, index=False), VERIFICATION, "md5")

    def test_every_digest_of_a_url_is_checked(self):
        url = self.index.file_url(self.release)
        for algorithm in ("md5", "sha1"):
            wrong, right = self.digest(algorithm, b"other"), self.digest(algorithm, self.release.data)
            with self.subTest(algorithm):
                self.assert_error(self.online(f"a @ {url}#{algorithm}={wrong}"), VERIFICATION, algorithm)
                result = self.online("--require-hashes", f"a @ {url}#{algorithm}={right}")
                self.assert_error(result, VERIFICATION, algorithm, "#sha256=")
                both = f"{algorithm}={wrong}&sha256={self.release.sha256}"
                self.assert_error(self.online("--no-cache", f"a @ {url}#{both}"), VERIFICATION, algorithm)
                both = both.replace(wrong, right)
                self.assert_exit(self.online("--require-hashes", f"a @ {url}#{both}"), SUCCESS)
                support.remove_tree(self.environment)
                self.assert_exit(self.online(f"a @ {url}#{algorithm}={right}"), SUCCESS)
                support.remove_tree(self.environment)

    def test_a_weak_digest_of_a_requirement_is_a_usage_error(self):
        file = self.directory / "requirements.txt"
        file.write_text(f"a==1.0 --hash=md5:{self.digest('md5', self.release.data)}\n")
        self.assert_error(self.online("-r", file), USAGE, "sha256")

    def test_every_digest_of_a_lock_is_checked(self):
        lock = self.directory / "pylock.toml"
        text = ('lock-version = "1.0"\ncreated-by = "x"\n[[packages]]\nname = "a"\nversion = "1.0"\n'
                f'wheels = [{{name = "{self.release.filename}", url = "{self.index.file_url(self.release)}", '
                "hashes = {%s}}]\n")  # fmt: skip
        right = f'sha256 = "{self.release.sha256}"'
        weak = f'md5 = "{self.digest("md5", self.release.data)}"'
        wrong = f'md5 = "{self.digest("md5", b"other")}"'
        for hashes, code in ((weak, USAGE), (f"{right}, {wrong}", VERIFICATION), (f'{right}, md5 = "0"', USAGE),
                             (f"{right}, {weak}", SUCCESS)):  # fmt: skip
            with self.subTest(hashes):
                lock.write_text(text % hashes)
                self.assert_exit(self.online("--no-cache", "-r", lock), code)

    def test_weak_ones_do_not_keep_a_wheel_from_offline_runs(self):
        self.publish("md5", "html")
        self.make_online("a")
        support.remove_tree(self.environment)
        told = self.tell_online("--offline", "a")
        self.assertEqual(versions(told["targets"][0]["installed"]), {"a": "1.0"})
        self.assertEqual(told["unverified"], [])
        self.publish("md5", "html", data=b"other")
        support.remove_tree(self.environment)
        self.assert_error(self.online("a"), VERIFICATION, "md5")


if __name__ == "__main__":
    support.main()
