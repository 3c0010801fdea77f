"""A server that does on purpose what a server should not.

    with Misbehaving(directory) as server:
        server.misbehave("/files/x.whl", "truncate", times=1)

serves the files of a directory with ranges and ETags, and misbehaves where it was told to, for the
first `times` requests or for all. `server.seen` has every request. It may be run alone:

    python3 -m servers.misbehaving DIRECTORY [PATH=HOW[:ARGUMENT] ...]
"""

import hashlib
import http.server
import os
import sys
import threading
import time
import urllib.parse
from pathlib import Path

from servers.background import InBackground

HOW = {}


def _way(function):
    """Registers a way to misbehave under its name."""
    HOW[function.__name__.removesuffix("_")] = function
    return function


@_way
def status(handler, argument):
    """Answers with a status: "503", or "429 5" and a `Retry-After`."""
    code, _, wait = str(argument).partition(" ")
    headers = {"Retry-After": wait} if wait else {}
    if code == "401":
        headers["WWW-Authenticate"] = 'Basic realm="index"'
    handler.answer(int(code), b"misbehaving", headers)


@_way
def truncate(handler, argument):
    """States the whole length, sends a part (by default half), and goes."""
    body = handler.body()
    handler.head(200, handler.headers_of(body))
    handler.send(body[: int(argument) if argument else len(body) // 2])
    handler.hang_up()


@_way
def drip(handler, argument):
    """Sends the body slowly: a byte every `argument` seconds."""
    body = handler.body()
    handler.head(200, handler.headers_of(body))
    for at in range(len(body)):
        handler.send(body[at : at + 1])
        time.sleep(float(argument or 0.05))


@_way
def stall(handler, argument):
    """Sends the headers and half of the body, then nothing for `argument` seconds."""
    body = handler.body()
    handler.head(200, handler.headers_of(body))
    handler.send(body[: len(body) // 2])
    time.sleep(float(argument or 60))
    handler.hang_up()


@_way
def silent(handler, argument):
    """Says nothing at all for `argument` seconds."""
    time.sleep(float(argument or 60))
    handler.hang_up()


@_way
def longer(handler, _argument):
    """States a length that is larger than the body."""
    body = handler.body()
    handler.head(200, {**handler.headers_of(body), "Content-Length": len(body) + 1000})
    handler.send(body)
    handler.hang_up()


@_way
def shorter(handler, _argument):
    """States half of the length, and sends all."""
    body = handler.body()
    handler.head(200, {**handler.headers_of(body), "Content-Length": len(body) // 2})
    handler.send(body)
    handler.hang_up()


@_way
def corrupt(handler, _argument):
    """Flips a bit in the middle, so that no digest agrees."""
    body = bytearray(handler.body())
    if body:
        body[len(body) // 2] ^= 1
    handler.answer(200, bytes(body), {"Content-Type": handler.content_type()})


@_way
def endless(handler, _argument):
    """Sends bytes for as long as the client takes them, without a length."""
    handler.head(200, {"Connection": "close"})
    while handler.send(b"\0" * 65536):
        pass


@_way
def redirect(handler, argument):
    """To `argument`, an address or a path."""
    handler.answer(302, b"", {"Location": argument})


@_way
def loop(handler, _argument):
    """Redirects to itself."""
    handler.answer(302, b"", {"Location": handler.path})


@_way
def reset(handler, _argument):
    """Closes the connection without a word."""
    handler.hang_up()


@_way
def no_range(handler, _argument):
    """Ignores that a range was asked for."""
    handler.answer(200, handler.body(), {"Content-Type": handler.content_type()})


@_way
def wrong_range(handler, _argument):
    """Answers a range with other bytes than were asked for."""
    body = handler.body()
    headers = {"Content-Range": f"bytes 1-{len(body) - 1}/{len(body)}"}
    handler.answer(206, body[1:], headers)


@_way
def garbage(handler, _argument):
    """No HTTP."""
    handler.send(b"\x15\x03\x01\x00\x02\x02\x28 this is not HTTP\r\n\r\n")
    handler.hang_up()


@_way
def bomb(handler, _argument):
    """A page that is small while compressed: 100 MB of blanks."""
    import gzip

    page = gzip.compress(b" " * 100_000_000, 9)
    handler.answer(200, page, {"Content-Type": "text/html", "Content-Encoding": "gzip"})


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        server = self.server
        path = urllib.parse.urlsplit(self.path).path
        with server.lock:
            server.seen.append((self.command, self.path, dict(self.headers.items())))
            way = server.take_way(path)
        try:
            if way:
                HOW[way[0]](self, way[1])
            else:
                self.behave()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_HEAD = do_GET

    def file(self):
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path).lstrip("/")
        file = self.server.root / path
        if file.is_dir():
            file = next((file / n for n in ("index.html", "index.json") if (file / n).is_file()), file)
        return file if file.is_file() else None

    def body(self):
        file = self.file()
        return file.read_bytes() if file else b"x" * 1000

    def content_type(self):
        kinds = {".html": "text/html", ".json": "application/vnd.pypi.simple.v1+json"}
        return kinds.get(self.file().suffix if self.file() else "", "application/octet-stream")

    def headers_of(self, body):
        etag = '"' + hashlib.sha256(body).hexdigest()[:16] + '"'
        return {
            "Content-Type": self.content_type(),
            "Content-Length": len(body),
            "ETag": etag,
            "Accept-Ranges": "bytes",
        }

    def behave(self):
        if self.file() is None:
            self.answer(404, b"not found", {})
            return
        body = self.body()
        headers = self.headers_of(body)
        if self.headers.get("If-None-Match") == headers["ETag"]:
            self.answer(304, None, {"ETag": headers["ETag"]})
            return
        bounds = self._bounds(len(body), headers["ETag"])
        if bounds is None:
            self.answer(200, body, headers)
        elif bounds[0] >= len(body):
            self.answer(416, b"", {"Content-Range": f"bytes */{len(body)}"})
        else:
            first, last = bounds
            headers["Content-Range"] = f"bytes {first}-{last}/{len(body)}"
            self.answer(206, body[first : last + 1], headers)

    def _bounds(self, size, etag):
        """(first, last) of the bytes asked for; None for all."""
        asked = self.headers.get("Range", "")
        if not asked.startswith("bytes=") or self.headers.get("If-Range", etag) != etag:
            return None
        first, _, last = asked.removeprefix("bytes=").partition("-")
        if not first:
            return max(0, size - int(last)), size - 1
        return int(first), min(int(last), size - 1) if last else size - 1

    def answer(self, code, body, headers):
        headers = dict(headers)
        if body is not None:
            headers["Content-Length"] = len(body)
        self.head(code, headers)
        if body and self.command != "HEAD":
            self.send(body)

    def head(self, code, headers):
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, str(value))
        self.end_headers()

    def send(self, data):
        """False where the client has gone."""
        try:
            self.wfile.write(data)
            self.wfile.flush()
            return True
        except OSError:
            self.close_connection = True
            return False

    def hang_up(self):
        self.close_connection = True

    def log_message(self, *_arguments):
        pass


class Misbehaving(InBackground, http.server.ThreadingHTTPServer):
    """Serves `root`; see above."""

    def __init__(self, root, port=0):
        super().__init__(("127.0.0.1", port), _Handler)
        self.root = Path(root)
        self.port = self.server_address[1]
        self.seen = []
        self.lock = threading.Lock()
        self._ways = {}

    def misbehave(self, path, how, argument=None, times=None):
        """From now on at `path` (or below, if it ends in "*"); `times` is for all where None."""
        if how not in HOW:
            raise ValueError(f"{how} is none of {', '.join(HOW)}")
        with self.lock:
            self._ways.setdefault(path, []).append([how, argument, times])

    def behave(self):
        """From now on, everywhere."""
        with self.lock:
            self._ways.clear()

    def take_way(self, path):
        for pattern, ways in self._ways.items():
            fits = path.startswith(pattern[:-1]) if pattern.endswith("*") else path == pattern
            while fits and ways:
                how, argument, times = ways[0]
                if times == 0:
                    ways.pop(0)
                    continue
                if times is not None:
                    ways[0][2] -= 1
                return how, argument
        return None

    def requests(self, path):
        """The headers of each request for `path`."""
        with self.lock:
            return [headers for _, asked, headers in self.seen if asked == path]

    def url(self, path="/"):
        return f"http://127.0.0.1:{self.port}{path}"


def main(arguments):
    with Misbehaving(arguments[0], int(os.environ.get("PORT", "0"))) as server:
        for rule in arguments[1:]:
            path, _, way = rule.partition("=")
            how, _, argument = way.partition(":")
            server.misbehave(path, how, argument or None)
        print(server.url(), flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1:])
