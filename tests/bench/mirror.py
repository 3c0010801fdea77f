"""A snapshot of the pages and files of an index that the benchmark needs, for a server on loopback.

It is filled by letting every tool resolve and install once from a small server that fetches what
it does not have yet. What is then served is JSON (PEP 691) with links to files beside it, digests,
and no metadata files (PEP 658), so that clients read metadata by byte ranges.
"""

import http.server
import json
import re
import shutil
import threading
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

_JSON = "application/vnd.pypi.simple.v1+json"
_KEYS_OF_SIDECARS = ("core-metadata", "data-dist-info-metadata", "dist-info-metadata")


class Mirror:
    """A directory that nginx can serve: `simple/NAME/index.json` and `files/HOST/PATH`."""

    def __init__(self, directory, index):
        self.directory = directory
        self._index = index.rstrip("/") + "/"
        self._locks = {}
        self._lock = threading.Lock()
        directory.mkdir(parents=True, exist_ok=True)

    def _lock_of(self, path):
        with self._lock:
            return self._locks.setdefault(path, threading.Lock())

    def page(self, name):
        """The path of a project's page; None if the index has no such project."""
        path = self.directory / "simple" / name / "index.json"
        with self._lock_of(path):
            if not path.exists():
                text = self._fetch_page(name)
                if text is None:
                    return None
                _write(path, text.encode())
        return path

    def _fetch_page(self, name):
        url = f"{self._index}{name}/"
        request = urllib.request.Request(url, headers={"Accept": _JSON})
        try:
            with urllib.request.urlopen(request) as answer:
                page = json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise
        for file in page["files"]:
            address = urllib.parse.urlsplit(urllib.parse.urljoin(url, file["url"]))
            file["url"] = f"../../files/{address.netloc}{address.path}"
            for key in _KEYS_OF_SIDECARS:
                file.pop(key, None)
        return json.dumps(page, separators=(",", ":"))

    def file(self, host_and_path):
        """The path of a file that a page links to."""
        path = self.directory / "files" / urllib.parse.unquote(host_and_path)
        with self._lock_of(path):
            if not path.exists():
                with urllib.request.urlopen("https://" + host_and_path) as answer:
                    _write(path, answer)
        return path


def _write(path, content):
    """Writes a file by one rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".part")
    with open(temporary, "wb") as file:
        if isinstance(content, bytes):
            file.write(content)
        else:
            shutil.copyfileobj(content, file)
    temporary.rename(path)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_arguments):
        pass

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        parts = self.path.strip("/").split("/", 1)
        if parts[0] == "simple" and len(parts) == 2:
            path, kind = self.server.mirror.page(parts[1]), _JSON
        else:
            path, kind = self.server.mirror.file(parts[1]), "application/octet-stream"
        if path is None:
            self.send_error(404)
            return
        self._send(path.read_bytes(), kind)

    def _send(self, content, kind):
        size = len(content)
        span = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        self.send_response(206 if span else 200)
        if span:
            first, last = span.groups()
            begin = int(first) if first else max(0, size - int(last))
            end = min(int(last) if first and last else size - 1, size - 1)
            content = content[begin : end + 1]
            self.send_header("Content-Range", f"bytes {begin}-{end}/{size}")
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)


class FillingServer:
    """Serves a mirror within a `with` block, and fetches missing files."""

    def __init__(self, mirror):
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.mirror = mirror
        self.index = f"http://127.0.0.1:{self._server.server_port}/simple/"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_exception):
        self._server.shutdown()
        self._server.server_close()


def is_filled(mirror, name):
    return name in _filled(mirror)


def note_filled(mirror, name):
    filled = sorted({*_filled(mirror), name})
    (Path(mirror.directory) / "filled.json").write_text(json.dumps(filled))


def _filled(mirror):
    path = Path(mirror.directory) / "filled.json"
    return json.loads(path.read_text()) if path.exists() else []
