"""Nothing is done without a named target, and no option takes the next argument for its value."""

import support
from interpreter_case import UpstreamCase
from snapshot import snapshot
from support import USAGE, clean_environment


class NamedTargetTest(UpstreamCase):
    """The first Python on PATH is one that could be changed."""

    def setUp(self):
        super().setUp()
        self.current = self.directory / "current"
        self.current.mkdir()

    def assert_refused(self, *words, mentions=(), **variables):
        path = f"{self.prefix / 'bin'}:/usr/bin:/bin"
        variables["PIP_NO_INDEX"] = "1"  # whatever would be installed, no server is asked for it
        environment = clean_environment(PATH=path, HOME=str(self.directory), **variables)
        before = snapshot(self.directory)
        result = self.ensure(*words, env=environment, cwd=self.current)
        self.assert_error(result, USAGE, *mentions)
        self.assertEqual(snapshot(self.directory), before)

    def test_without_a_target_nothing_is_done(self):
        for words in (
            [],
            ["--upgrade"],
            ["--default-pip"],
            ["--break-system-packages"],
            ["requests"],
            ["-r", "requirements.txt", "--dry-run"],
            ["--clear"],
        ):
            with self.subTest(words=words):
                self.assert_refused(*words, mentions=["no target", "--venv ENV", "--python SPEC"])
        self.assert_refused("--upgrade", mentions=["ENSURE_PYTHON"], ENSURE_PYTHON=str(self.python))

    def test_words_of_other_tools_get_the_line_to_type(self):
        for words, line in (
            (["pip", "install", "requests"], "`ensure --venv ENV requests`"),
            (["install", "requests"], "`ensure --venv ENV requests`"),
            (["-m", "pip", "install", "requests"], "`ensure --venv ENV requests`"),
            (["-m", "venv", "x"], "`ensure --venv x`"),
            (["self", "update"], "`ensure --venv ENV --upgrade`"),
            (["--venv", "env", "install", "flask"], "`ensure --venv env flask`"),
            (["--python", self.python, "lock"], "not available yet"),
        ):
            with self.subTest(words=words):
                self.assert_refused(*words, mentions=[line])

    def test_empty_values_are_usage_errors(self):
        for words, option in (
            (["--root=", "--dry-run"], "--root"),
            (["--root", "", "--dry-run"], "--root"),
            (["--venv=", "--without-pip"], "--venv"),
            (["-t", "", "--python", self.python], "-t"),
            (["--venv", "env", "--cache-dir=", "--require-hashes", "requests"], "--cache-dir"),
            (["--venv", "env", "-r", "--require-hashes"], "-r"),
        ):
            with self.subTest(words=words):
                self.assert_refused(*words, mentions=[f"`{option}`"])


if __name__ == "__main__":
    support.main()
