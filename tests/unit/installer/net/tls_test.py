"""TLS and HTTP/2 against nginx with a certificate authority of its own.

The program that the variable FETCH_URLS names asks; see fetch_urls.cc.
"""

import os
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "behaviour"))

from servers.certificates import CertificateAuthority  # noqa: E402
from servers.misbehaving import Misbehaving  # noqa: E402
from servers.nginx import Nginx  # noqa: E402


class TlsCase(unittest.TestCase):
    def setUp(self):
        program = os.environ.get("FETCH_URLS")
        if not program:
            self.skipTest("the variable FETCH_URLS names no program")
        self.program = program
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = Path(directory.name)
        self.root = self.directory / "root"
        self.root.mkdir()
        for number in range(100):
            (self.root / f"{number}.txt").write_text("x" * number)
        self.authority = CertificateAuthority(self.directory / "ca")

    def nginx(self, **options):
        options.setdefault("certificate", self.authority.server())
        server = Nginx(self.directory / "nginx", self.root, **options)
        server.__enter__()
        self.addCleanup(server.stop)
        return server

    def fetch(self, *arguments, cert=True):
        """(lines about the URLs, the times of the last line)."""
        command = [self.program, "--system-store", "/nonexistent"]
        if cert:
            command += ["--cert", str(self.authority.certificate)]
        # What the environment says about proxies and certificates is not for the program.
        environment = {"SSL_CERT_FILE": str(self.authority.certificate), "http_proxy": "http://127.0.0.1:1",
                       "https_proxy": "http://127.0.0.1:1"}  # fmt: skip
        done = subprocess.run([*command, *arguments], capture_output=True, text=True,
                              env=environment, timeout=60)  # fmt: skip
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        *lines, last = done.stdout.splitlines()
        words = last.split()
        return lines, dict(zip(words[::2], map(float, words[1::2])))


class Http2(TlsCase):
    def test_a_hundred_requests_share_one_connection(self):
        server = self.nginx()
        lines, _ = self.fetch("--count", "100", server.url("/{}.txt"))
        self.assertEqual({line.split(" ")[0] for line in lines}, {"200"})
        self.assertEqual(sorted(int(line.split(" ")[1]) for line in lines), list(range(100)))
        self.assertEqual(len({connection for connection, _, _, _ in server.requests()}), 1)
        protocols = {request.split()[-1] for _, request, _, _ in server.requests()}
        self.assertEqual(protocols, {"HTTP/2.0"})

    def test_without_http2_there_are_as_many_connections_as_jobs(self):
        server = self.nginx(http2=False)
        lines, _ = self.fetch("--jobs", "3", "--count", "100", server.url("/{}.txt"))
        self.assertEqual({line.split(" ")[0] for line in lines}, {"200"})
        self.assertLessEqual(len({connection for connection, _, _, _ in server.requests()}), 3)

    def test_a_password_in_the_url_is_sent_and_not_shown(self):
        server = self.nginx(password=("u", "p:w"))
        with_password = server.url("/1.txt").replace("https://", "https://u:p%3Aw@")
        lines, _ = self.fetch(with_password)
        self.assertEqual(lines, [f"200 1 {server.url('/1.txt')}"])
        lines, _ = self.fetch(server.url("/1.txt"))
        self.assertTrue(lines[0].startswith("401 "))


class Certificates(TlsCase):
    def test_an_unknown_authority_is_refused_and_the_store_named(self):
        server = self.nginx()
        (line,), _ = self.fetch(server.url("/1.txt"), cert=False)
        self.assertRegex(line, "^error 5 cannot fetch `https://localhost.*certificate")
        self.assertIn("trusted certificates: none", line)
        self.assertIn("--cert FILE", line)
        self.assertNotIn("tried", line)
        other = CertificateAuthority(self.directory / "other")
        (line,), _ = self.fetch("--cert", str(other.certificate), server.url("/1.txt"), cert=False)
        self.assertIn(f"`{other.certificate}`", line)

    def test_own_certificates_are_added_to_the_systems(self):
        other = CertificateAuthority(self.directory / "other")
        server = self.nginx(certificate=other.server())
        arguments = ["--system-store", str(other.certificate), server.url("/1.txt")]
        lines, _ = self.fetch(*arguments)
        self.assertTrue(lines[0].startswith("200 "), lines)

    def test_two_authorities_of_one_name_are_told_apart(self):
        twin = CertificateAuthority(self.directory / "twin")
        server = self.nginx(certificate=twin.server())
        lines, _ = self.fetch("--cert", str(twin.certificate), server.url("/1.txt"))
        self.assertTrue(lines[0].startswith("200 "), lines)

    def hashed(self, authority):
        """A hashed directory with the certificate of an authority."""
        store = self.directory / "hashed"
        store.mkdir()
        (store / "ca.pem").write_bytes(authority.certificate.read_bytes())
        subprocess.run(["openssl", "rehash", str(store)], check=True, capture_output=True)
        return store

    def test_a_bundle_that_has_more_than_the_hashed_directory_is_read_when_needed(self):
        server = self.nginx()
        stores = [self.hashed(CertificateAuthority(self.directory / "other")), self.authority.certificate]
        arguments = [word for store in stores for word in ("--also-system-store", str(store))]
        lines, _ = self.fetch(*arguments, server.url("/1.txt"), cert=False)
        self.assertTrue(lines[0].startswith("200 "), lines)

    def test_a_hashed_directory_is_a_store(self):
        server = self.nginx()
        store = self.hashed(self.authority)
        lines, _ = self.fetch("--system-store", str(store), server.url("/1.txt"), cert=False)
        self.assertTrue(lines[0].startswith("200 "), lines)

    def test_another_host_name_is_refused(self):
        server = self.nginx(certificate=self.authority.server("index.test"))
        (line,), _ = self.fetch(server.url("/1.txt"))
        self.assertTrue(line.startswith("error 5 "), line)

    def test_a_trusted_host_is_not_checked(self):
        server = self.nginx(certificate=self.authority.server("index.test"))
        lines, _ = self.fetch("--trusted-host", "localhost", server.url("/1.txt"), cert=False)
        self.assertTrue(lines[0].startswith("200 "), lines)
        (line,), _ = self.fetch("--trusted-host", "localhost:1", server.url("/1.txt"), cert=False)
        self.assertTrue(line.startswith("error 5 "), line)

    def test_a_client_certificate_is_shown_where_wanted(self):
        server = self.nginx(client_authority=self.authority)
        client = str(self.authority.client())
        lines, _ = self.fetch("--client-cert", client, server.url("/1.txt"))
        self.assertTrue(lines[0].startswith("200 "), lines)
        lines, _ = self.fetch(server.url("/1.txt"))
        self.assertTrue(lines[0].startswith("400 "), lines)
        (line,), _ = self.fetch("--client-cert", "/nonexistent.pem", server.url("/1.txt"))
        self.assertTrue(line.startswith("error 2 "), line)
        self.assertIn("--client-cert", line)


class Redirects(TlsCase):
    def test_https_is_not_left_for_http(self):
        with Misbehaving(self.root) as plain:
            server = self.nginx(location=f"return 302 {plain.url('/1.txt')};")
            (line,), _ = self.fetch(server.url("/"))
            self.assertRegex(line, "^error 5 .*not encrypted.*--trusted-host 127.0.0.1")
            self.assertEqual(plain.seen, [])
            lines, _ = self.fetch("--trusted-host", "127.0.0.1", server.url("/"))
            self.assertEqual(lines, [f"200 1 {plain.url('/1.txt')}"])

    def test_http_may_be_left_for_https(self):
        server = self.nginx()
        with Misbehaving(self.root) as plain:
            plain.misbehave("/x", "redirect", server.url("/2.txt"))
            lines, _ = self.fetch(plain.url("/x"))
        self.assertEqual(lines, [f"200 2 {server.url('/2.txt')}"])


class LargeFiles(TlsCase):
    def test_a_large_file_comes_whole_over_http2(self):
        with open(self.root / "large.whl", "wb") as file:
            file.truncate(50_000_000)
        server = self.nginx()
        lines, _ = self.fetch("--sink", server.url("/large.whl"), server.url("/7.txt"))
        self.assertEqual(sorted(int(line.split(" ")[1]) for line in lines), [7, 50_000_000])

    def test_a_server_that_is_stopped_meanwhile_is_an_error(self):
        with open(self.root / "large.whl", "wb") as file:
            file.truncate(50_000_000)
        server = self.nginx(location="limit_rate 1m;")
        threading.Timer(1, server.stop).start()
        (line,), _ = self.fetch("--sink", "--retries", "1", server.url("/large.whl"))
        self.assertTrue(line.startswith("error 5 "), line)


if __name__ == "__main__":
    unittest.main()
