"""Proxies, certificates of both sides, and the `keyring` command, as the program's options and variables say."""

import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from online_case import OnlineCase  # noqa: E402
from screen import run_on_terminal  # noqa: E402

import support  # noqa: E402
from servers.certificates import CertificateAuthority  # noqa: E402
from servers.nginx import Nginx  # noqa: E402
from servers.proxy import Proxy  # noqa: E402
from support import NETWORK, SUCCESS, USAGE, wait_for  # noqa: E402

REFUSED = 6
# The seconds that only a run which waits for a keyring or a person takes.
HANGS = 120


class NetworkCase(OnlineCase):
    def setUp(self):
        super().setUp()
        self.index.add("a", "1.0")

    def start_nginx(self, **options):
        self.authority = CertificateAuthority(self.directory / "authority")
        root = self.directory / "root"
        self.index.export(root)
        server = Nginx(self.directory / "nginx", root, certificate=self.authority.server(), **options)
        server.__enter__()
        self.addCleanup(server.stop)
        return server

    def start_proxy(self, **options):
        proxy = Proxy(**options)
        proxy.__enter__()
        self.addCleanup(proxy.__exit__)
        return proxy

    def dry(self, *words, **options):
        return self.online("--no-cache", "--dry-run", *words, "a", **options)


class ProxyTest(NetworkCase):
    def test_options_and_variables(self):
        proxy = self.start_proxy()
        server = self.start_nginx()
        https = ["--index-url", server.url("/simple/"), "--cert", self.authority.certificate]
        http = ["--index-url", self.index.simple]
        page = f"GET {self.index.simple}a/ HTTP/1.1"
        tunnel = f"CONNECT localhost:{server.port} HTTP/1.1"
        address, bare = proxy.address, f"127.0.0.1:{proxy.port}"
        for words, variables, line in (
            ([*http, "--proxy", address], {}, page), ([*https, "--proxy", address], {}, tunnel),
            ([*http, "--proxy", bare], {}, page), (http, {"PIP_PROXY": address}, page),
            (http, {"http_proxy": address}, page), (http, {"HTTP_PROXY": address}, page),
            (http, {"HTTP_PROXY": address, "REQUEST_METHOD": "GET"}, None),
            (http, {"https_proxy": address}, None), (https, {"https_proxy": address}, tunnel),
            (https, {"HTTPS_PROXY": bare}, tunnel), (https, {"http_proxy": address}, None),
            (http, {"all_proxy": address}, page), (https, {"ALL_PROXY": address}, tunnel),
            (http, {"http_proxy": address, "NO_PROXY": "127.0.0.1"}, None),
            (http, {"http_proxy": address, "no_proxy": "127.0.0.0/8"}, None),
            (http, {"http_proxy": address, "no_proxy": f"127.0.0.1:{self.index.port}"}, None),
            (http, {"http_proxy": address, "no_proxy": "127.0.0.1:1"}, page),
            (http, {"http_proxy": address, "no_proxy": "*"}, None),
            (https, {"https_proxy": address, "no_proxy": "example.org, localhost"}, None),
            (https, {"https_proxy": address, "no_proxy": "example.org"}, tunnel),
        ):  # fmt: skip
            with self.subTest(words=words, variables=variables):
                self.assert_exit(self.dry(*words, index=False, variables=variables), SUCCESS)
                self.assertEqual(proxy.take_lines()[:1], [line] if line else [])

    def test_credentials_of_the_proxy_and_of_the_index(self):
        proxy = self.start_proxy(password=("u", "p@:w"))
        address = f"http://u:p%40%3Aw@127.0.0.1:{proxy.port}"
        self.index.password = ("i", "index-password")
        words = ["-v", "--index-url", self.index.with_credentials(*self.index.password)]
        result = self.dry(*words, "--proxy", address, index=False)
        self.assert_exit(result, SUCCESS)
        self.assertNotRegex(result.stderr, "p%40|p@:w|index-password")
        for _, _, headers in self.index.seen:
            self.assertNotIn("proxy-authorization", {name.lower() for name in headers})
        server = self.start_nginx(password=("i", "index-password"))
        proxy.seen.clear()
        index = server.url("/simple/").replace("://", "://i:index-password@")
        words = ["--cert", self.authority.certificate, "--index-url", index]
        self.assert_exit(self.dry(*words, "--proxy", address, index=False), SUCCESS)
        for line, headers in proxy.seen:
            self.assertTrue(line.startswith("CONNECT "), line)
            self.assertNotIn("authorization", headers)

    def test_refusals(self):
        proxy = self.start_proxy(password=("u", "right"))
        server = self.start_nginx()
        https = ["--index-url", server.url("/simple/"), "--cert", self.authority.certificate]
        for words in (https, ["--index-url", self.index.simple]):
            for address in (proxy.address, proxy.address.replace("://", "://u:wr0ng@")):
                with self.subTest(words=words, address=address):
                    proxy.seen.clear()
                    result = self.dry("--retries", "5", "--proxy", address, *words, index=False)
                    self.assert_error(result, NETWORK, "407", "proxy", "--proxy")
                    self.assertNotIn("wr0ng", result.stderr)
                    self.assertEqual(len(proxy.seen), 1)

    def test_addresses_that_are_none(self):
        for address in ("ftp://u:secret@127.0.0.1:9", "http://u:secret@[::1", "http://"):
            with self.subTest(address):
                result = self.dry("--proxy", address)
                self.assert_error(result, USAGE, "--proxy")
                self.assertNotIn("secret", result.stderr)
        result = self.dry("--proxy", "http://u:secret@127.0.0.1:9")
        self.assert_error(result, NETWORK, "127.0.0.1", "proxy")
        self.assertNotIn("secret", result.stderr)


class CertificatesTest(NetworkCase):
    def test_whom_to_trust(self):
        server = self.start_nginx()
        file = str(self.authority.certificate)
        hashed = self.directory / "hashed"
        hashed.mkdir()
        (hashed / "ca.pem").write_bytes(self.authority.certificate.read_bytes())
        subprocess.run(["openssl", "rehash", hashed], check=True, capture_output=True)
        words = ["--index-url", server.url("/simple/")]
        for name, value in (
            ("SSL_CERT_FILE", file), ("PIP_CERT", file), ("REQUESTS_CA_BUNDLE", file), ("CURL_CA_BUNDLE", file),
            ("SSL_CERT_DIR", f"/nonexistent:{hashed}"), ("REQUESTS_CA_BUNDLE", str(hashed)), ("ENSURE_CERT", file),
        ):  # fmt: skip
            with self.subTest(name=name, value=value):
                self.assert_exit(self.dry(*words, index=False, variables={name: value}), SUCCESS)
        self.assert_exit(self.dry(*words, "--cert", hashed, index=False), SUCCESS)
        self.assert_error(self.dry(*words, index=False), NETWORK, "certificate", "--cert", "/etc/")
        self.assert_error(self.dry(*words, "--cert", "/none.pem", index=False), USAGE, "/none.pem")
        result = self.dry(*words, index=False, variables={"SSL_CERT_FILE": "/none.pem"})
        self.assert_error(result, NETWORK, "certificate")

    def test_our_own(self):
        self.authority = None
        authority = CertificateAuthority(self.directory / "authority")
        server = self.start_nginx(client_authority=authority)
        words = ["--index-url", server.url("/simple/"), "--cert", self.authority.certificate]
        client = self.authority.client()
        directory = client.parent
        self.assert_exit(self.dry(*words, "--client-cert", client, index=False), SUCCESS)
        variables = {"PIP_CLIENT_CERT": str(client)}
        self.assert_exit(self.dry(*words, index=False, variables=variables), SUCCESS)
        self.assert_error(self.dry(*words, index=False), NETWORK, "400", "--client-cert")

        def joined(name, *parts):
            (directory / name).write_bytes(b"".join((directory / part).read_bytes() for part in parts))
            return directory / name

        certificate, key = "client-somebody.pem", "client-somebody.key"
        subprocess.run(
            ["openssl", "pkey", "-in", directory / key, "-aes256", "-passout", "pass:x", "-out", directory / "locked"],
            check=True, capture_output=True,
        )  # fmt: skip
        for file, mention in (
            (joined("encrypted.pem", certificate, "locked"), "encrypted"),
            (joined("keyless.pem", certificate), "no key"),
            (joined("other.pem", certificate, "server-localhost.key"), "does not belong to its certificate"),
            (joined("alone.pem", key), "no certificate"),
            (directory / "none.pem", "none.pem"),
        ):
            with self.subTest(mention):
                result = self.dry(*words, "--client-cert", file, index=False)
                self.assert_error(result, USAGE, file, mention)
                # Nobody is asked for a passphrase, on a terminal neither.
                command = self.online_words(*words, "--client-cert", file, "a", index=False)
                code, raw, _, _ = run_on_terminal(
                    [self.executable, *command], self.variables(TERM="xterm")
                )
                self.assertEqual(code, USAGE, raw)
                self.assertNotIn("pass phrase", raw.lower())


class KeyringTest(NetworkCase):
    def setUp(self):
        super().setUp()
        self.index.password = ("user", "p@:/w")

    def keyring(self, script):
        """Variables with a `keyring` on PATH that notes how it is called."""
        directory = self.directory / f"keyring-{time.monotonic_ns()}"
        directory.mkdir()
        (directory / "keyring").write_text(f'#!/bin/sh\necho "$*" >>{self.directory}/calls\n{script}\n')
        os.chmod(directory / "keyring", 0o755)
        return {"PATH": f"{directory}:/usr/bin:/bin"}

    def calls(self):
        file = self.directory / "calls"
        lines = file.read_text().splitlines() if file.exists() else []
        file.unlink(missing_ok=True)
        return lines

    def test_it_knows(self):
        result = self.dry("-v", variables=self.keyring("printf 'user\\np@:/w\\n'"))
        self.assert_exit(result, SUCCESS)
        self.assertNotIn("p@:/w", result.stderr)
        self.assertEqual(self.calls(), [f"--mode creds get {self.index.simple}a/"])

    def test_it_is_not_asked_where_it_is_disabled(self):
        variables = self.keyring("printf 'user\\np@:/w\\n'")
        for how in ({"PIP_KEYRING_PROVIDER": "disabled"}, {"ENSURE_KEYRING_PROVIDER": "disabled"}):
            with self.subTest(how=how):
                self.assert_error(self.dry(variables={**variables, **how}), REFUSED, "401")
                self.assertEqual(self.calls(), [])

    def test_a_directory_of_path_that_cannot_be_searched_is_ignored(self):
        variables = self.keyring("printf 'user\\np@:/w\\n'")
        (self.directory / "loop").symlink_to("loop")
        variables["PATH"] = f"{self.directory}/loop/bin:{variables['PATH']}"
        self.assert_exit(self.dry(variables=variables), SUCCESS)

    def test_it_knows_the_password_of_a_user(self):
        index = self.index.simple.replace("://", "://user@")
        variables = self.keyring("test \"$3\" = user && echo 'p@:/w'")
        # The files are in another directory than the page that the keyring was asked about.
        result = self.online("--no-cache", "--index-url", index, "a", index=False, variables=variables)
        self.assert_exit(result, SUCCESS)
        self.assertEqual(self.installed(), {"a": "1.0"})
        self.assertEqual(self.calls(), [f"get {self.index.simple}a/ user"])

    def test_it_does_not_know_or_does_not_work(self):
        for script in ("exit 1", "echo Traceback", "printf 'user\\nwr0ng\\n'", ":", "kill -9 $$"):
            with self.subTest(script):
                result = self.dry(variables=self.keyring(script))
                self.assert_error(result, REFUSED, "401", "keyring")
                self.assertNotIn("wr0ng", result.stderr)
                self.assertLessEqual(len(self.calls()), 2)

    def test_it_is_not_asked_without_need(self):
        hanging = self.keyring("sleep 300")
        words = ["--index-url", self.index.with_credentials(*self.index.password)]
        begin = time.monotonic()
        self.assert_exit(self.dry(*words, index=False, variables=hanging), SUCCESS)
        self.index.password = None
        self.assert_exit(self.dry(variables=hanging), SUCCESS)
        self.assertLess(time.monotonic() - begin, HANGS)
        self.assertEqual(self.calls(), [])

    def test_nobody_is_asked_on_a_terminal(self):
        for variables in ({}, self.keyring("read -r line </dev/tty || exit 1; echo user; echo $line")):
            command = [self.executable, *self.online_words("--no-cache", "a")]
            begin = time.monotonic()
            code, raw, _, _ = run_on_terminal(command, self.variables(TERM="xterm", **variables))
            self.assertEqual(code, REFUSED, raw)
            self.assertLess(time.monotonic() - begin, HANGS)

    def test_it_is_missing(self):
        self.assert_error(self.dry(), REFUSED, "401")

    def test_one_that_hangs_can_be_interrupted(self):
        words = self.online_words("--no-cache", "a")
        with subprocess.Popen(
            [self.executable, *words], env=self.variables(**self.keyring("sleep 300")), stderr=subprocess.PIPE
        ) as process:
            wait_for((self.directory / "calls").exists)
            begin = time.monotonic()
            process.terminate()
            self.assertEqual(process.wait(), 143)
            self.assertLess(time.monotonic() - begin, HANGS)
        self.assert_nothing_made()


if __name__ == "__main__":
    support.main()
