"""nginx on a directory: plain, or with TLS 1.3 and HTTP/2, a password, client certificates."""

import base64
import hashlib
import os
import shutil
import unittest

from .daemon import Daemon

_CONFIGURATION = """\
daemon off;
{user}
pid {directory}/nginx.pid;
error_log {directory}/error.log info;
worker_processes {workers};
events {{ worker_connections 512; }}
http {{
    types {{ text/html html; application/octet-stream whl; application/vnd.pypi.simple.v1+json json; }}
    default_type application/octet-stream;
    log_format requests '$connection "$request" $status $body_bytes_sent "$http_range"';
    access_log {directory}/access.log requests;
    client_body_temp_path {directory}/tmp; proxy_temp_path {directory}/tmp;
    fastcgi_temp_path {directory}/tmp; uwsgi_temp_path {directory}/tmp; scgi_temp_path {directory}/tmp;
    sendfile on;
    tcp_nodelay on;
    keepalive_requests 100000;
    server {{
        listen 127.0.0.1:{port}{listen};
        server_name localhost;
        root {root};
        autoindex on;
        index index.html index.json;
        {server}
        location / {{ {location} }}
    }}
}}
"""


def _password_line(user, password):
    digest = base64.b64encode(hashlib.sha1(password.encode()).digest()).decode()
    return f"{user}:{{SHA}}{digest}\n"


class Nginx(Daemon):
    """Serves `root`. `certificate` is a (certificate, key) of `CertificateAuthority.server`."""

    def __init__(self, directory, root, certificate=None, http2=True, password=None,
                 client_authority=None, location="", server="", workers=1):  # fmt: skip
        super().__init__(directory)
        self.scheme = "https" if certificate else "http"
        self._root = root
        self._certificate = certificate
        self._http2 = http2
        self._password = password
        self._client_authority = client_authority
        self._location = location
        self._server = server
        self._workers = workers

    def url(self, path="/", host="localhost"):
        return f"{self.scheme}://{host}:{self.port}{path}"

    def command(self):
        program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
        if program is None:
            raise unittest.SkipTest("needs nginx")
        configuration = self.directory / "nginx.conf"
        configuration.write_text(
            _CONFIGURATION.format(
                directory=self.directory,
                # Scratch directories are closed to others, such as the user its workers would take.
                user="user root;" if os.geteuid() == 0 else "",
                port=self.port,
                listen=(" ssl" + (" http2" if self._http2 else "")) if self._certificate else "",
                root=self._root,
                server="\n        ".join([*self._directives(), self._server]),
                location=self._location,
                workers=self._workers,
            )
        )
        return [program, "-c", configuration, "-p", self.directory, "-e", self.directory / "error.log"]

    def _directives(self):
        if self._certificate:
            certificate, key = self._certificate
            yield f"ssl_certificate {certificate}; ssl_certificate_key {key};"
            yield "ssl_protocols TLSv1.3;"
        if self._client_authority:
            yield f"ssl_client_certificate {self._client_authority.certificate};"
            yield "ssl_verify_client on;"
        if self._password:
            (self.directory / "passwords").write_text(_password_line(*self._password))
            yield f'auth_basic "index"; auth_basic_user_file {self.directory}/passwords;'

    def requests(self):
        """(connection, request line, status, range) of each request that is over."""
        path = self.directory / "access.log"
        lines = path.read_text().splitlines() if path.exists() else []
        for line in lines:
            connection, request, status, bytes_asked, _ = line.split('"', 4)[0:5]
            yield int(connection), request, int(status.split()[0]), bytes_asked
