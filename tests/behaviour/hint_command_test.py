"""The command of a hint, `rm -rf -- PATH`, does what it says when it is pasted into a shell."""

import os
import subprocess

import support
from snapshot import differences, snapshot
from staging_case import ForgedCase, fields, put_staging
from support import FILE_SYSTEM, SUCCESS, clean_environment, remove_tree

# Each is a directory above the target and the target's own name.
NAMES = {
    "plain": "plain",
    "blanks": "two  blanks ",
    "single quote": "it's",
    "quotes": "\"it's\" 'both'",
    "variable": "$HOME ${PATH} $$",
    "commands": "$(touch pasted) `touch pasted`",
    "separators": "a; touch pasted & touch pasted | b > pasted",
    "backslashes": "back\\slash\\\\ \\n \\",
    "wildcards": "* ? [a-z] {a,b}",
    "home": "~ ~root",
    "history": "!! !rm",
    "comment": "# no comment",
    "option": "-rf --no-preserve-root",
    "formats": "%s %d %% \\045 \\x25",
    "line end": "one\ntwo",
    "line ends": "\nrm -rf .\n",
    "tabs": "a\tb\r",
    "escape": "\x1b[31mred\x1b[0m\x07",
    "letters beyond ASCII": "naïve 環境",
    "direction mark": "\u202eabc\u2066",
    "not UTF-8": os.fsdecode(b"latin-1 \xe9"),
    "like a password": "user:secret@host",
}


class HintCommandTest(ForgedCase):
    def refused(self, kind, directory, name):
        """A target in a new directory, and a staging directory that belongs to it and is refused."""
        directory.mkdir(parents=True)
        target = self.target(kind, name, directory)
        if kind == "venv":
            staging = target.staging_paths[0]
        else:
            target.path.mkdir()
            staging = target.staging_paths[1]
        put_staging(staging, fields("no journal of ours"))
        return target, staging

    def paste(self, command):
        """Runs it in a directory with files that parts of an odd name would name by themselves."""
        here = self.directory / "here"
        here.mkdir()
        for name in ("two", "a", "plain", "one", ".ensure", "new", "old"):
            (here / name).write_text("mine")
        before = snapshot(here)
        subprocess.run(["sh", "-c", command], cwd=here, env=clean_environment(HOME=str(here)), check=True)
        self.assertEqual(differences(before, snapshot(here)), [], command)
        remove_tree(here)

    def check(self, kind, directory, name):
        target, staging = self.refused(kind, directory, name)
        (staging.parent / "neighbour").write_text("mine")
        before = snapshot(self.place)
        result = self.run_on(target)
        self.assert_error(result, FILE_SYSTEM)
        self.assertEqual(differences(before, snapshot(self.place)), [])
        command = self.hinted_command(result)
        self.assertTrue(command.isprintable(), repr(command))
        self.paste(command)
        removed = f"{staging.relative_to(self.place)}/"
        left = {entry: value for entry, value in before.items() if not f"{entry}/".startswith(removed)}
        self.assertEqual(differences(left, snapshot(self.place)), [], command)
        self.assert_outside_unchanged(self.outside_before)
        self.assert_exit(self.run_on(target, "demo"), SUCCESS)
        self.assertTrue((target.packages / "demo/__init__.py").exists())

    def test_in_a_target_directory(self):
        for form, name in NAMES.items():
            with self.subTest(form=form):
                self.check("target", self.place / name, name)

    def test_beside_an_environment(self):
        for form, name in NAMES.items():
            if any(sign in name for sign in ":\n\r"):
                continue  # no path of an environment: neither PATH nor pyvenv.cfg could name it
            with self.subTest(form=form):
                self.check("venv", self.place / name, name)

    def test_a_long_path_is_not_shortened(self):
        """Messages repeat at most some hundred characters of other input."""
        self.check("target", self.place.joinpath(*["long " * 40] * 6), "env")
        self.check("target", self.place.joinpath(*["line\n" * 40] * 6), "env")


if __name__ == "__main__":
    support.main()
