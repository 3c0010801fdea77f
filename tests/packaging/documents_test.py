"""The man page and the completions: they name every option, and the shells can read them."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

MAN_PAGE = "man/man1/ensure.1"
COMPLETIONS = {
    "bash": "bash-completion/completions/ensure",
    "zsh": "zsh/vendor-completions/_ensure",
    "fish": "fish/vendor_completions.d/ensure.fish",
}


ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| (\d+)(?: / (\d+))? \| (.+) \|$", re.MULTILINE)


def exit_codes_in(text):
    """The rows of the table of exit codes; "130 / 143" are two codes."""
    table = text.partition("| exit code | meaning |\n")[2].partition("\n\n")[0] + "\n"
    codes = {}
    for one, other, meaning in ROW.findall(table):
        parts = meaning.split(" / ") if other else [meaning]
        codes.update(zip(filter(None, [one, other]), parts))
    return codes


def output_of(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


class Documents(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        subprocess.run([os.environ["ENSURE_GENERATE"], directory.name], check=True)
        cls.directory = Path(directory.name)
        help_text = output_of(os.environ["ENSURE"], "--help")
        rows = help_text.partition("\nExit codes:\n")[2]
        cls.exit_codes = dict(re.findall(r"^  (\d+) +(.+)$", rows, re.MULTILINE))
        cls.options = set(re.findall(r"--[a-z][a-z-]+", help_text))

    def text(self, name):
        return (self.directory / name).read_text(encoding="utf-8")

    def complete_in_bash(self, *words):
        script = (
            f"source '{self.directory / COMPLETIONS['bash']}'; COMP_CWORD={len(words) - 1}; "
            '_ensure ensure "${@: -1}" "${@: -2:1}"; printf "%s\\n" "${COMPREPLY[@]}"'
        )
        return output_of("bash", "-c", script, "bash", *words).split()

    def need(self, program):
        if not shutil.which(program):
            self.skipTest(f"needs {program}")

    def test_the_help_names_options(self):
        self.assertGreater(len(self.options), 25)

    def test_every_option_is_in_every_document(self):
        plain = {
            MAN_PAGE: lambda option: option.replace("-", "\\-"),
            COMPLETIONS["bash"]: str,
            COMPLETIONS["zsh"]: str,
            COMPLETIONS["fish"]: lambda option: "-l " + option[2:],
        }
        for name, written in plain.items():
            text = self.text(name)
            missing = [option for option in self.options if written(option) not in text]
            self.assertEqual(missing, [], name)

    def test_the_exit_codes_are_the_same_everywhere(self):
        self.assertEqual(len(self.exit_codes), 13)
        documents = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
        texts = [path.read_text(encoding="utf-8") for path in documents]
        tables = [table for table in map(exit_codes_in, texts) if table]
        self.assertTrue(tables, "no document has the table")
        for table in tables:
            self.assertEqual(table, self.exit_codes)
        page = self.text(MAN_PAGE)
        for code, meaning in self.exit_codes.items():
            self.assertIn(f"\\fB{code}\\fR\n{meaning.split(' (')[0].split(': ')[0]}", page)

    def test_the_shells_can_read_their_completions(self):
        for shell, name in COMPLETIONS.items():
            with self.subTest(shell):
                self.need(shell)
                subprocess.run([shell, "-n", str(self.directory / name)], check=True)

    def test_bash_completes_options_and_commands(self):
        self.need("bash")
        self.assertEqual(self.complete_in_bash("ensure", "--system"), ["--system-site-packages"])
        self.assertIn("python", self.complete_in_bash("ensure", "py"))
        self.assertEqual(sorted(self.complete_in_bash("ensure", "python", "")), ["find", "list"])
        self.assertEqual(self.complete_in_bash("ensure", "--prompt", ""), [])

    def test_bash_completes_directories_where_directories_go(self):
        self.need("bash")
        start = str(self.directory) + "/fi"
        self.assertEqual(
            self.complete_in_bash("ensure", "--venv", start), [str(self.directory / "fish")]
        )

    def test_fish_completes_options_and_commands(self):
        self.need("fish")
        source = f"source '{self.directory / COMPLETIONS['fish']}'; "
        found = output_of("fish", "--no-config", "-c", source + "complete -C 'ensure --relo'")
        self.assertTrue(found.startswith("--relocatable\t"), found)
        found = output_of("fish", "--no-config", "-c", source + "complete -C 'ensure python '")
        self.assertIn("find\t", found)

    def test_the_man_page_has_no_faults(self):
        self.need("groff")
        result = subprocess.run(
            ["groff", "-man", "-ww", "-Tutf8", "-z", str(self.directory / MAN_PAGE)],
            capture_output=True, text=True, check=True)  # fmt: skip
        self.assertEqual(result.stderr, "")


if __name__ == "__main__":
    unittest.main()
