"""A private certificate authority, made with the `openssl` command."""

import subprocess

_EXTENSIONS = """\
basicConstraints = critical, CA:FALSE
subjectAltName = {names}
extendedKeyUsage = {usage}
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


def _openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


def _new_key(path):
    _openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path)


class CertificateAuthority:
    """`certificate` is the root's PEM file; the others are issued into the same directory."""

    def __init__(self, directory, name="Test Root"):
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self.certificate = directory / "ca.pem"
        self._key = directory / "ca.key"
        _new_key(self._key)
        _openssl("req", "-x509", "-new", "-key", self._key, "-days", 3650, "-sha256",
                 "-subj", f"/CN={name}", "-out", self.certificate)  # fmt: skip

    def server(self, *names, days=365):
        """(certificate, key) for host names and addresses; by default for this machine's."""
        wanted = names or ("localhost", "127.0.0.1", "::1")
        kinds = [("IP" if n[0].isdigit() or ":" in n else "DNS") + ":" + n for n in wanted]
        return self._issue("server-" + wanted[0], ", ".join(kinds), "serverAuth", days)

    def client(self, name="somebody"):
        """One PEM file with certificate and key, as `--client-cert` wants it."""
        certificate, key = self._issue("client-" + name, f"DNS:{name}", "clientAuth", 365)
        both = self._directory / f"client-{name}-both.pem"
        both.write_bytes(certificate.read_bytes() + key.read_bytes())
        return both

    def _issue(self, stem, names, usage, days):
        stem = stem.replace(":", "_")
        key, request, certificate, extensions = (
            self._directory / f"{stem}.{suffix}" for suffix in ("key", "csr", "pem", "ext")
        )
        _new_key(key)
        _openssl("req", "-new", "-key", key, "-subj", f"/CN={stem}", "-out", request)
        # Without extensions it would be of version 1, which some clients refuse.
        extensions.write_text(_EXTENSIONS.format(names=names, usage=usage))
        _openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self._key,
                 "-CAcreateserial", "-days", days, "-sha256", "-extfile", extensions,
                 "-out", certificate)  # fmt: skip
        return certificate, key
