"""Projects in git repositories: `name @ git+URL@REVISION#subdirectory=...`."""

import http.server
import os
import shutil
import subprocess
import sys
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from source_case import SourceCase  # noqa: E402
from source_projects import project, write_project  # noqa: E402

import support  # noqa: E402
from support import NETWORK, NO_INTERPRETER, NO_SOLUTION, USAGE, VERIFICATION  # noqa: E402

COUNTED = "open(os.environ['COUNT'], 'a').write('built ')"


@unittest.skipUnless(shutil.which("git"), "git is missing")
class GitCase(SourceCase):
    def setUp(self):
        super().setUp()
        self.repository = self.directory / "repository"
        self.count = self.directory / "count"
        self.git("init", "-q", "-b", "main", str(self.repository), at=self.directory)
        self.first = self.commit("1.0")
        self.git("tag", "-a", "v1", "-m", "one")
        self.second = self.commit("2.0")
        self.url = f"git+{self.repository.as_uri()}"

    def git(self, *words, at=None):
        settings = ["-c", "user.name=t", "-c", "user.email=t@host.test", "-c", "protocol.file.allow=always"]
        environment = {"HOME": str(self.home), "PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1"}
        return subprocess.run(["git", *settings, *words], cwd=at or self.repository, env=environment,
                              check=True, capture_output=True, text=True).stdout.strip()  # fmt: skip

    def commit(self, version, at=""):
        write_project(self.repository / at, project("demo", version, steps=COUNTED))
        self.git("add", "-A")
        self.git("commit", "-q", "-m", version)
        return self.git("rev-parse", "HEAD")

    def online(self, *arguments, variables=None, **options):
        variables = {"COUNT": str(self.count), **(variables or {})}
        return super().online(*arguments, variables=variables, **options)

    def assert_origin(self, commit, revision=None, **more):
        info = {"vcs": "git", "commit_id": commit}
        if revision:
            info["requested_revision"] = revision
        self.assertEqual(self.direct_url("demo"), {"url": self.url[4:], "vcs_info": info, **more})


class RevisionTest(GitCase):
    def test_every_kind_of_revision(self):
        self.git("checkout", "-q", "-b", "feature/x", "v1")
        third = self.commit("3.0")
        self.git("checkout", "-q", "main")
        self.git("update-ref", "refs/pull/1/head", third)
        for revision, version, commit in (
            (None, "2.0", self.second), ("main", "2.0", self.second), ("v1", "1.0", self.first),
            ("feature/x", "3.0", third), (self.first, "1.0", self.first), (self.first[:9], "1.0", self.first),
            ("refs/pull/1/head", "3.0", third),
        ):  # fmt: skip
            with self.subTest(revision):
                support.remove_tree(self.environment)
                word = f"demo @ {self.url}" + (f"@{revision}" if revision else "")
                self.make_online("--no-cache", word)
                self.assertEqual(self.installed(), {"demo": version})
                self.assert_origin(commit, revision)
        self.assertIn(f"demo @ {self.url}@{third}", self.pip("freeze").stdout)
        self.assert_nothing_left()

    def test_a_commit_that_is_on_no_branch(self):
        self.git("checkout", "-q", "--detach")
        lost = self.commit("3.0")
        self.git("checkout", "-q", "main")
        self.git("config", "uploadpack.allowAnySHA1InWant", "true")
        self.make_online(f"demo @ {self.url}@{lost}")
        self.assert_origin(lost, lost)

    def test_subdirectory(self):
        self.commit("4.0", at="python/demo")
        self.make_online(f"{self.url}#subdirectory=python/demo")
        self.assertEqual(self.installed(), {"demo": "4.0"})
        self.assert_origin(self.git("rev-parse", "HEAD"), subdirectory="python/demo")

    def test_unknown_revision(self):
        for revision in ("none", "0123abc", "a" * 40):
            with self.subTest(revision):
                result = self.online(f"demo @ {self.url}@{revision}")
                self.assert_error(result, NO_SOLUTION, revision, "git ls-remote")
        self.assert_nothing_made()

    def test_second_run_and_a_branch_that_moves_on(self):
        word = f"demo @ {self.url}@main"
        self.make_online(word)
        self.assertEqual(self.tell_online(word)["outcome"], "unchanged")
        self.commit("3.0")
        self.make_online(word)
        self.assertEqual(self.installed(), {"demo": "3.0"})

    def test_a_commit_is_built_once(self):
        word = f"demo @ {self.url}@{self.first}"
        self.make_online(word)
        shutil.rmtree(self.repository)
        self.make_online(word, environment=self.directory / "other")
        self.make_online(word, "--offline", "--clear")
        self.assertEqual(self.count.read_text(), "built ")


class RefusalTest(GitCase):
    def test_no_git(self):
        (self.directory / "bin").mkdir()
        result = self.online(f"demo @ {self.url}", variables={"PATH": str(self.directory / "bin")})
        self.assert_error(result, NO_INTERPRETER, "git", "apt-get install git")

    def test_hashes_cannot_be_required(self):
        result = self.online(f"demo @ {self.url}", "--require-hashes")
        self.assert_error(result, VERIFICATION, "repository", "wheel")

    def test_offline(self):
        word = "git+https://host.test/demo"
        self.assert_error(self.online(word, "--offline"), NETWORK, "offline", "host.test")
        self.assert_error(self.online(f"{word}@{'a' * 40}", "--offline"), NETWORK, "offline", "a" * 40)

    def test_a_file_from_the_web_needs_the_option(self):
        self.index.answers["/requirements.txt"] = (200, {"Content-Type": "text/plain"},
                                                   b"git+https://host.test/demo\n")  # fmt: skip
        url = self.index.simple.replace("/simple/", "/requirements.txt")
        self.assert_error(self.online("-r", url), USAGE, "--build-sdists", "host.test/demo")
        self.assert_nothing_made()

    def test_another_name(self):
        self.assert_error(self.online(f"other @ {self.url}"), VERIFICATION, "demo", "other")

    def test_no_repository(self):
        result = self.online(f"git+{self.home.as_uri()}")
        self.assert_error(result, NETWORK, str(self.home), "git ls-remote")

    def test_a_server_that_asks_for_a_password_gets_none(self):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="x"')
                self.end_headers()

            def log_message(self, *arguments):
                pass

        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        result = self.online(f"git+http://127.0.0.1:{server.server_port}/demo.git")
        self.assert_error(result, NETWORK, "prompt")
        self.assert_nothing_made()


class HostileTest(GitCase):
    """Nothing but the build runs code, and git stays where the user has sent it."""

    def test_no_hooks(self):
        ran = self.directory / "ran"
        hooks = self.directory / "hooks"
        hooks.mkdir()
        for name in ("post-checkout", "reference-transaction"):
            (hooks / name).write_text(f"#!/bin/sh\necho >> {ran}\n")
            (hooks / name).chmod(0o755)
        (self.home / ".gitconfig").write_text(f"[core]\nhooksPath = {hooks}\n[init]\ntemplateDir = {self.directory}\n")
        self.make_online(f"demo @ {self.url}")
        self.assertFalse(ran.exists())

    def test_variables_do_not_lead_elsewhere(self):
        variables = {"GIT_DIR": str(self.home), "GIT_WORK_TREE": "/", "GIT_SSL_NO_VERIFY": "1",
                     "GIT_ALLOW_PROTOCOL": "ext"}  # fmt: skip
        self.make_online(f"demo @ {self.url}", variables=variables)
        self.assertEqual(self.installed(), {"demo": "2.0"})

    def test_a_submodule_cannot_name_this_machine(self):
        other = self.directory / "other"
        self.git("init", "-q", str(other), at=self.directory)
        self.git("commit", "-q", "--allow-empty", "-m", "x", at=other)
        self.git("submodule", "--quiet", "add", other.as_uri(), "inside")
        self.git("commit", "-q", "-m", "submodule")
        self.assert_error(self.online(f"demo @ {self.url}"), NETWORK, "'file' not allowed")
        self.assert_nothing_made()

    def test_no_other_programs(self):
        ran = self.directory / "ran"
        result = self.online(f"demo @ git+ext::sh -c 'touch {ran}'")
        self.assertNotEqual(result.returncode, 0)
        self.assertFalse(ran.exists())


if __name__ == "__main__":
    support.main()
