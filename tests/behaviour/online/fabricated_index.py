"""A package index made for a test: wheels of a few lines, served from a thread.

    with FabricatedIndex(directory) as index:
        index.add("a", "1.0", requires=["b>=2"])
        ... index.simple ...

The attributes say what the index tells and can do; `index.seen` has every request.
"""

import base64
import dataclasses
import email.utils
import hashlib
import html
import http.server
import json
import socket
import sys
import threading
import urllib.parse
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from servers.background import InBackground  # noqa: E402
from wheels import make_wheel  # noqa: E402

JSON = "application/vnd.pypi.simple.v1+json"
HTML = "application/vnd.pypi.simple.v1+html"


def normal(name):
    """The normal form of a project's name (PEP 503)."""
    return name.lower().replace("_", "-").replace(".", "-")


@dataclasses.dataclass
class Release:
    """One wheel of the index; what a test changes here the index lies about."""

    name: str
    version: str
    filename: str
    data: bytes
    metadata: bytes
    requires_python: str = None
    yanked: object = False
    upload_time: str = None

    @property
    def sha256(self):
        return hashlib.sha256(self.data).hexdigest()


class FabricatedIndex(InBackground, http.server.ThreadingHTTPServer):
    """Serves `/simple/NAME/` and `/files/FILENAME` on a port of 127.0.0.1, or of another host."""

    request_queue_size = 128

    def __init__(self, directory, host="127.0.0.1"):
        if ":" in host:
            self.address_family = socket.AF_INET6
        super().__init__((host, 0), _Handler)
        self.host = f"[{host}]" if ":" in host else host
        self.version = "1.1"
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.port = self.server_address[1]
        self.form = "json"
        self.hashes = True
        self.sizes = True
        self.ranges = True
        self.core_metadata = True  # announced, and there
        self.serves_metadata = True
        self.max_age = None
        self.password = None  # (user, password)
        self.answers = {}  # path: (status, headers, body), instead of what would be answered
        self.texts = {}  # path: bytes of a further file, with a password where there is one
        self.releases = {}
        self.seen = []
        self._lock = threading.Lock()

    # What there is.

    def add(self, name, version, *, requires=(), extras=None, requires_python=None, yanked=False,
            upload_time=None, files=None, scripts="", tags="py3-none-any"):  # fmt: skip
        """Adds a wheel with one module, unless `files` says otherwise; returns its `Release`."""
        headers = [f"Requires-Dist: {each}" for each in requires]
        if requires_python:
            headers.append(f"Requires-Python: {requires_python}")
        for extra, dependencies in (extras or {}).items():
            headers.append(f"Provides-Extra: {extra}")
            headers += [f"Requires-Dist: {each}; extra == '{extra}'" for each in dependencies]
        module = name.replace("-", "_").replace(".", "_")
        filename = f"{module}-{version}-{tags}.whl"
        wheel = make_wheel(
            self.directory, module, version, metadata="".join(f"{each}\n" for each in headers),
            files={f"{module}.py": f"version = '{version}'\n"} if files is None else files,
            scripts=scripts, filename=filename, metadata_name=name,
        )  # fmt: skip
        text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        metadata = (text + "".join(f"{each}\n" for each in headers)).encode()
        release = Release(
            name, version, filename, wheel.read_bytes(), metadata, requires_python, yanked, upload_time
        )
        self.releases.setdefault(normal(name), []).append(release)
        return release

    def add_file(self, name, version, filename, data, metadata=None, **more):
        """Adds a file as it is, such as a source distribution; returns its `Release`."""
        release = Release(name, version, filename, data, metadata, **more)
        self.releases.setdefault(normal(name), []).append(release)
        return release

    @property
    def origin(self):
        return f"http://{self.host}:{self.port}"

    @property
    def simple(self):
        return f"{self.origin}/simple/"

    def with_credentials(self, user, password):
        """The address of the index with a user and a password."""
        return self.simple.replace("://", f"://{user}:{urllib.parse.quote(password, safe='')}@")

    def file_url(self, release):
        return f"{self.origin}/files/{release.filename}"

    def export(self, root):
        """Writes what it serves as files, for other servers; pages are `index.json`."""
        for name in self.releases:
            self._write(Path(root) / "simple" / name / "index.json", self.page(name)[1])
        for release in (each for releases in self.releases.values() for each in releases):
            self._write(Path(root) / "files" / release.filename, release.data)
            self._write(Path(root) / "files" / f"{release.filename}.metadata", release.metadata)

    @staticmethod
    def _write(path, data):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    # What was asked for.

    def paths(self):
        with self._lock:
            return [path for _, path, _ in self.seen]

    def requests(self, path):
        """The headers of each request for `path`."""
        with self._lock:
            return [headers for _, asked, headers in self.seen if asked == path]

    def files_fetched(self):
        """The names of the wheels that were asked for, once for each request."""
        return sorted(
            path[7:]
            for path in self.paths()
            if path.startswith("/files/") and path.endswith((".whl", ".gz", ".zip"))
        )

    def forget(self):
        with self._lock:
            self.seen.clear()

    def note(self, method, path, headers):
        with self._lock:
            self.seen.append((method, path, headers))

    # What is answered.

    def page(self, name):
        """(content type, body) of a project's page; None where there is no such project."""
        releases = self.releases.get(name)
        if releases is None:
            return None
        if self.form == "html":
            return HTML, self._html_page(releases).encode()
        return JSON, json.dumps(self._json_page(name, releases)).encode()

    def _json_page(self, name, releases):
        return {
            "meta": {"api-version": "1.1"},
            "name": name,
            "versions": sorted({each.version for each in releases}),
            "files": [self._json_file(each) for each in releases],
        }

    def _json_file(self, release):
        file = {"filename": release.filename, "url": f"../../files/{release.filename}", "hashes": {}}
        if self.hashes:
            file["hashes"] = {"sha256": release.sha256}
        if self.sizes:
            file["size"] = len(release.data)
        if release.requires_python:
            file["requires-python"] = release.requires_python
        if release.yanked:
            file["yanked"] = release.yanked
        if release.upload_time:
            file["upload-time"] = release.upload_time
        if self.core_metadata and release.metadata is not None:
            digest = hashlib.sha256(release.metadata).hexdigest()
            file["core-metadata"] = {"sha256": digest} if self.hashes else True
        return file

    def _html_page(self, releases):
        lines = ["<!DOCTYPE html><html><body>"]
        for release in releases:
            fragment = f"#sha256={release.sha256}" if self.hashes else ""
            attributes = ""
            if release.requires_python:
                attributes += f' data-requires-python="{html.escape(release.requires_python)}"'
            if release.yanked:
                reason = release.yanked if isinstance(release.yanked, str) else ""
                attributes += f' data-yanked="{html.escape(reason)}"'
            if self.core_metadata and release.metadata is not None:
                attributes += ' data-core-metadata="true"'
            lines.append(
                f'<a href="../../files/{release.filename}{fragment}"{attributes}>{release.filename}</a><br>'
            )
        return "\n".join([*lines, "</body></html>"])

    def file(self, filename):
        """The bytes of a wheel or of its metadata; None where it is not here."""
        for releases in self.releases.values():
            for release in releases:
                if filename == release.filename:
                    return release.data
                if filename == release.filename + ".metadata" and self.serves_metadata:
                    return release.metadata
        return None


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        index = self.server
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        index.note(self.command, path, dict(self.headers.items()))
        if path in index.answers:
            self.answer(*index.answers[path])
        elif not self._may_enter():
            self.answer(401, {"WWW-Authenticate": 'Basic realm="index"'}, b"who is there?")
        elif path in index.texts:
            self.answer(200, {"Content-Type": "text/plain"}, index.texts[path])
        elif path.startswith("/simple/") and path.endswith("/"):
            self._answer_page(path[len("/simple/") : -1])
        elif path.startswith("/files/"):
            self._answer_file(index.file(path[len("/files/") :]))
        else:
            self.answer(404, {}, b"not found")

    do_HEAD = do_GET

    def _may_enter(self):
        if self.server.password is None:
            return True
        wanted = base64.b64encode(":".join(self.server.password).encode()).decode()
        return self.headers.get("Authorization") == f"Basic {wanted}"

    def _answer_page(self, name):
        page = self.server.page(name)
        if page is None:
            self.answer(404, {}, b"not found")
            return
        kind, body = page
        headers = {"Content-Type": kind, "ETag": _etag(body)}
        if self.server.max_age is not None:
            headers["Cache-Control"] = f"max-age={self.server.max_age}"
        if self.headers.get("If-None-Match") == headers["ETag"]:
            self.answer(304, headers, None)
        else:
            self.answer(200, headers, body)

    def _answer_file(self, body):
        if body is None:
            self.answer(404, {}, b"not found")
            return
        headers = {"Content-Type": "application/octet-stream", "ETag": _etag(body)}
        asked = self.headers.get("Range", "")
        if not self.server.ranges or not asked.startswith("bytes="):
            self.answer(200, headers, body)
            return
        first, _, last = asked[len("bytes=") :].partition("-")
        if not first:
            first, last = max(0, len(body) - int(last)), len(body) - 1
        else:
            first, last = int(first), min(int(last or len(body)), len(body) - 1)
        if first >= len(body):
            self.answer(416, {"Content-Range": f"bytes */{len(body)}"}, b"")
            return
        headers["Content-Range"] = f"bytes {first}-{last}/{len(body)}"
        self.answer(206, headers, body[first : last + 1])

    def answer(self, status, headers, body):
        if self.server.version == "1.0":
            self.close_connection = True
        head = [f"HTTP/{self.server.version} {status} {self.responses.get(status, ('',))[0]}",
                f"Date: {email.utils.formatdate(usegmt=True)}"]  # fmt: skip
        head += [f"{name}: {value}" for name, value in headers.items()]
        if headers.get("Connection") == "close":
            self.close_connection = True  # and that alone says where the body ends
        elif body is not None:
            head.append(f"Content-Length: {len(body)}")
        data = "\r\n".join([*head, "", ""]).encode()
        try:
            self.wfile.write(data if body is None or self.command == "HEAD" else data + body)
        except OSError:
            self.close_connection = True


def _etag(body):
    return '"' + hashlib.sha256(body).hexdigest()[:16] + '"'
