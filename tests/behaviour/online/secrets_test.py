"""No secret of the user reaches any output: messages, JSON, traces, reports, the target, the cache."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from online_case import OnlineCase  # noqa: E402

import support  # noqa: E402
from support import SUCCESS, USAGE  # noqa: E402

# Every secret here holds one of these, whatever else is in it, and nothing else does.
MARKS = ("s3cr3t", "p4rt")
TOKEN = "tok-s3cr3t-p4rt"

# Passwords that break the URL they stand in, and some that do not.
PASSWORDS = ("s3cr3t", "s3cr3t/p4rt", "s3cr3t#p4rt", "s3cr3t?p4rt", "s3cr3t@p4rt", "12345/p4rt",
             "s3cr3t p4rt", "s3cr3t`p4rt", "s3cr3t'p4rt", "#p4rt", "s3cr3t%2Fp4rt")  # fmt: skip


class SecretsTest(OnlineCase):
    def setUp(self):
        super().setUp()
        release = self.index.add("a", "1.0")
        kind, page = self.index.page("a")
        page = page.replace(b"../../files/", b"../../../files/")
        self.index.answers[f"/{TOKEN}/simple/a/"] = (200, {"Content-Type": kind}, page)
        self.index.answers[f"/{TOKEN}/{release.filename}"] = (200, {}, release.data)
        self.index.answers[f"/{TOKEN}/list.txt"] = (200, {}, b"a\n")
        self.wheel = release.filename
        self.report = self.directory / "report.json"
        self.trace = self.directory / "trace.json"

    def files_below(self, *directories):
        for directory in directories:
            for path in sorted(directory.rglob("*")) if directory.is_dir() else []:
                yield f"the name {path}", str(path.relative_to(directory)).encode()
                if path.is_file() and not path.is_symlink():
                    yield str(path), path.read_bytes()

    def channels(self, result):
        """Everything that a run has written, by where it is."""
        yield "stdout", result.stdout.encode(errors="surrogateescape")
        yield "stderr", result.stderr.encode(errors="surrogateescape")
        for path in (self.report, self.trace):
            if path.exists():
                yield str(path), path.read_bytes()
        yield from self.files_below(self.environment, self.cache)

    def assert_hidden(self, result):
        for place, data in self.channels(result):
            for mark in MARKS:
                at = data.find(mark.encode())
                self.assertEqual(at, -1, f"in {place}: {data[max(0, at - 80):at + 40]}")

    def look_everywhere(self, *words, variables=None, code=None, index=False):
        """Runs it in every mode of output; the code of each run, if given, is `code`."""
        for mode in (["-v"], ["--json"]):
            with self.subTest(words=words, variables=variables, mode=mode):
                for path in (self.environment, self.cache, self.report, self.trace):
                    support.remove_tree(path)
                more = ["--trace", self.trace, "--report", self.report, *mode]
                result = self.online(*more, *words, index=index, variables=variables)
                self.assert_hidden(result)
                self.assertGreaterEqual(result.returncode, 0, "a signal has ended it before it said all")
                if code is not None:
                    self.assert_exit(result, code)

    def addresses(self):
        """Addresses with a password that a program may take for something else."""
        place = self.index.simple.split("://")[1]
        for password in PASSWORDS:
            yield f"http://user:{password}@{place}"
            yield f"user:{password}@{place}"
        yield f"http://s3cr3t/p4rt@{place}"
        yield f"http://s3cr3t@{place}"

    def test_passwords_of_indexes_and_link_pages_stay_hidden(self):
        for address in self.addresses():
            for option in ("--index-url", "--find-links"):
                words = ["--index-url", self.index.simple] if option != "--index-url" else []
                self.look_everywhere(*words, option, address, "a")

    def test_passwords_of_requirements_and_files_stay_hidden(self):
        for address in self.addresses():
            for words in ([f"a @ {address}"], [f"{address}{self.wheel}"], ["-r", address],
                          ["-r", f"{address}pylock.toml"], ["-c", address, "a"], ["-e", address],
                          ["--group", f"{address}:x"], [f"a=={address}"]):  # fmt: skip
                self.look_everywhere(*words, index=True)

    def test_usage_errors_hide_passwords(self):
        address = "http://user:s3cr3t/p4rt@127.0.0.1/"
        for words in (["--index", address], [f"--indexurl={address}"], ["--retries", address],
                      ["--exclude-newer", address], ["--trusted-host", address], ["--proxy", address],
                      ["--trusted-host", "user:s3cr3t@h/x"], ["--cert", address],
                      ["--client-cert", address], ["--python", address]):  # fmt: skip
            self.look_everywhere(*words, "a", index=True)

    def test_passwords_of_proxies_stay_hidden(self):
        for password in PASSWORDS:
            address = f"http://user:{password}@127.0.0.1:9"
            for name in ("http_proxy", "PIP_PROXY"):
                self.look_everywhere("a", variables={name: address}, index=True)
            self.look_everywhere("--proxy", address.removeprefix("http://"), "a", index=True)

    def test_passwords_in_settings_stay_hidden(self):
        place = self.index.simple.split("://")[1]
        for address in (f"user:s3cr3t#p4rt@{place}", f"http://user:s3cr3t/p4rt@{place}"):
            for name in ("PIP_INDEX_URL", "ENSURE_EXTRA_INDEX_URL", "PIP_FIND_LINKS"):
                self.look_everywhere("a", variables={name: address})
        configuration = self.directory / "pip.conf"
        configuration.write_text("[global]\nindex-url = http://user:s3cr3t/p4rt@127.0.0.1/simple\n")
        self.look_everywhere("a", variables={"PIP_CONFIG_FILE": str(configuration)})

    def test_variables_in_requirements_files_stay_hidden(self):
        file = self.directory / "requirements.txt"
        origin = self.index.origin
        fine = (f"--index-url {origin}/${{TOKEN}}/simple/\na\n",
                f"a @ {origin}/${{TOKEN}}/{self.wheel}\n",
                f"-r {origin}/${{TOKEN}}/list.txt\n--index-url {origin}/simple/\n")  # fmt: skip
        for text in fine:
            file.write_text(text)
            self.look_everywhere("-r", file, variables={"TOKEN": TOKEN}, code=SUCCESS)
            self.assertTrue(json.loads(self.trace.read_text())["traceEvents"])
        place = origin.split("://")[1]
        for text in (f"--index-url http://${{TOKEN}}@{place}/none/\na\n",
                     f"--index-url http://${{TOKEN}}:x@{place}/none/\na\n",
                     f"--index-url http://user:${{TOKEN}}@{place}/none/\na\n",
                     f"--index-url {origin}/none/${{TOKEN}}/\na\n",
                     f"--find-links {origin}/none/${{TOKEN}}/\n--no-index\na\n",
                     f"a @ {origin}/none/${{TOKEN}}/{self.wheel}\n",
                     f"a @ {origin}/none/${{TOKEN}}/x y z\n",
                     f"-r {origin}/none/${{TOKEN}}.txt\n",
                     "--index-url http://${TOKEN}.invalid/\na\n",
                     f"git+{origin}/${{TOKEN}}.git\n"):  # fmt: skip
            file.write_text(text)
            for token in (TOKEN, "s3cr3t/p4rt"):
                self.look_everywhere("-r", file, variables={"TOKEN": token})

    def test_variables_are_named_in_messages(self):
        file = self.directory / "requirements.txt"
        file.write_text(f"--index-url {self.index.origin}/none/${{TOKEN}}/\na\n")
        result = self.online("-r", file, index=False, variables={"TOKEN": TOKEN})
        self.assertIn("/none/${TOKEN}/", result.stderr)

    def test_a_password_that_breaks_its_url_is_told_how_to_be_written(self):
        address = self.index.simple.replace("://", "://user:12345/p4rt@")
        for words in (["--index-url", address, "a"], ["-r", address], [f"a @ {address}a.whl"]):
            result = self.online(*words, index=False)
            self.assert_error(result, USAGE, "%2F")
            self.assert_hidden(result)
        self.assertFalse(self.index.seen)


if __name__ == "__main__":
    support.main()
