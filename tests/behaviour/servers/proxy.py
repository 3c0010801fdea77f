"""A proxy for `http:` URLs and, by CONNECT, for everything else.

    with Proxy(password=("u", "p")) as proxy:
        ... proxy.address ...

`proxy.seen` has (request line, headers in lower case) of each request.
"""

import base64
import contextlib
import http.client
import select
import socket
import socketserver
import urllib.parse

from servers.background import InBackground


def connect(host, port):
    """A minimal system has no /etc/hosts, and so no `localhost`."""
    return socket.create_connection(("127.0.0.1" if host == "localhost" else host, port))


class _Handler(socketserver.StreamRequestHandler):
    def handle(self):
        with contextlib.suppress(OSError):
            while self.handle_request():
                pass

    def handle_request(self):
        """False where the connection is over."""
        line = self.rfile.readline().decode().strip()
        if not line:
            return False
        headers = {name.lower(): value for name, value in http.client.parse_headers(self.rfile).items()}
        self.server.seen.append((line, headers))
        if not self.server.may_pass(headers):
            self.wfile.write(
                b"HTTP/1.1 407 Proxy Authentication Required\r\n"
                b'Proxy-Authenticate: Basic realm="proxy"\r\nContent-Length: 0\r\n\r\n'
            )
            return True
        method, target, _ = line.split(" ")
        if method == "CONNECT":
            self.tunnel(target)
            return False
        self.forward(method, target, headers)
        return False

    def tunnel(self, target):
        host, _, port = target.rpartition(":")
        with connect(host.strip("[]"), int(port)) as server:
            self.wfile.write(b"HTTP/1.1 200 here you are\r\n\r\n")
            other = {self.connection: server, server: self.connection}
            while True:
                for side in select.select(list(other), [], [])[0]:
                    data = side.recv(65536)
                    if not data:
                        return
                    other[side].sendall(data)

    def forward(self, method, target, headers):
        url = urllib.parse.urlsplit(target)
        lines = [f"{method} {url.path} HTTP/1.0"]
        lines += [f"{name}: {value}" for name, value in headers.items() if not name.startswith("proxy-")]
        with connect(url.hostname, url.port or 80) as server:
            server.sendall("\r\n".join([*lines, "connection: close", "", ""]).encode())
            while data := server.recv(65536):
                self.wfile.write(data)


class Proxy(InBackground, socketserver.ThreadingTCPServer):
    request_queue_size = 64

    def __init__(self, password=None):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.port = self.server_address[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.seen = []
        self._password = password

    def may_pass(self, headers):
        if self._password is None:
            return True
        wanted = base64.b64encode(":".join(self._password).encode()).decode()
        return headers.get("proxy-authorization") == f"Basic {wanted}"

    def take_lines(self):
        """The request lines since the last time."""
        lines = [line for line, _ in self.seen]
        self.seen.clear()
        return lines
