"""What the tests of activation share: environments, and a directory in which nothing may appear."""

import functools
import os
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from interpreters import newest  # noqa: E402
from support import Case  # noqa: E402

# Would leave a file where a shell took it for code.
ATTACKS = [
    '";touch hacked;"',
    "';touch hacked;'",
    "$(touch hacked)",
    "`touch hacked`",
    "\\$(touch hacked)\\",
    "a'`touch hacked`'b",
    '"`touch hacked`"',
    "&& touch hacked #",
    "|touch hacked|",
    "' + (touch hacked) + '",
    "'# ; touch hacked; #'",
    "\u2019; touch hacked; \u2018",
]

# Would come out as something else.
ODD_TEXTS = [
    "two words ",
    " leading",
    "-n",
    "--",
    "!! !1 bang!",
    "\\! \\\\ \\",
    "50% %n %d %~ %{%} %B",
    "\\u \\w \\[ \\033[1m",
    "${HOME} $HOME $$ $",
    "~ * ? [a-z] {a,b} <>",
    "'", '"', "''", '""', "'\"'",
    "caf\u00e9 \u65e5\u672c \U0001f40d",
    "__PROMPT__ __ENVIRONMENT__ __LOCATE__",
    "##'## #'#",
    "tab\there",
]  # fmt: skip


def in_each(shells):
    """Runs a test once in every shell of these that is installed, with a directory for each."""

    def decorate(test):
        @functools.wraps(test)
        def run_in_each(self):
            installed = [shell for shell in shells if shell.program]
            if not installed:
                self.skipTest("needs one of these shells: " + ", ".join(shell.name for shell in shells))
            for shell in installed:
                with self.subTest(shell=shell.name):
                    self.place = self.directory / shell.name
                    (self.place / "work").mkdir(parents=True)
                    test(self, shell)

        return run_in_each

    return decorate


class ActivationCase(Case):
    """A test of which `in_each` makes one for every shell."""

    def setUp(self):
        super().setUp()
        self.place = self.directory
        self.python = newest().executable

    def environment(self, name="env", *options):
        """Makes an environment in the directory of that name."""
        path = self.place / "environments" / name
        self.make("--venv", path, "--python", self.python, "--without-pip", *options)
        return path

    def run_in(self, shell, lines, variables=None):
        """Runs the lines; returns the output and the probes by label."""
        return shell.run(self.place / "work", lines, variables)

    def assert_nothing_ran(self):
        """No attack has left its file."""
        self.assertEqual([path for path in self.directory.rglob("*") if path.name.startswith("hacked")], [])

    def assert_active(self, seen, environment, prompt=None, path=None):
        """`seen`, the variables of a child, are those of an active environment."""
        self.assertEqual(seen.get("VIRTUAL_ENV"), os.fspath(environment))
        self.assertEqual(seen.get("VIRTUAL_ENV_PROMPT"), environment.name if prompt is None else prompt)
        rest = "/usr/local/bin:/usr/bin:/bin" if path is None else path
        self.assertEqual(seen["PATH"], f"{environment}/bin:{rest}")


def without_escapes(text):
    """Output for a terminal without what is not text."""
    return re.sub(r"\x1b(\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[()=>].?)", "", text).replace("\r", "")
