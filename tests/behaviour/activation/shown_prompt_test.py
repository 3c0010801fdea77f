"""What an interactive shell shows on a terminal: the prompt as it is, never run as code."""

import os
import pty
import select
import signal
import unicodedata

from activation_case import ATTACKS, ODD_TEXTS, ActivationCase, in_each, without_escapes
from shells import Bash, Dash, Fish, Tcsh, Zsh

import support
from support import clean_environment

INTERACTIVE = [Bash(), Dash(), Zsh(), Tcsh()]
MARK = "user-prompt-follows "


def on_terminal(shell, directory, lines):
    """What `shell` shows while the lines are typed into it."""
    variables = clean_environment(HOME=str(directory), TERM="dumb", COLUMNS="500")
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(directory)
        os.execve(shell.program, [shell.name, *shell.interactive], variables)
    try:
        os.write(terminal, os.fsencode("\n".join([*lines, "exit"]) + "\n"))
        shown = read_to_the_end(terminal)
    finally:
        os.close(terminal)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return without_escapes(os.fsdecode(shown))


def read_to_the_end(terminal, patience=10):
    """Everything that is shown until the shell ends, or nothing comes for that many seconds."""
    result = b""
    while select.select([terminal], [], [], patience)[0]:
        try:
            block = os.read(terminal, 65536)
        except OSError:  # the shell has ended
            break
        if not block:
            break
        result += block
    return result


class ShownPromptTest(ActivationCase):
    def assert_shown(self, shell, environment, text, *first_lines):
        """Twice: a prompt that is run as code is run whenever it is shown."""
        lines = [*first_lines, shell.set_prompt(MARK), shell.activate(environment), "true", "true"]
        shown = on_terminal(shell, self.place / "work", lines)
        self.assertGreaterEqual(shown.count(f"({text}) {MARK}"), 2, shown)

    def texts(self):
        """What a terminal shows as it is, in the letters that each shell can show."""
        return [
            text
            for text in ATTACKS + ODD_TEXTS
            if all(unicodedata.category(letter)[0] != "C" for letter in text)
        ]

    @in_each(INTERACTIVE)
    def test_odd_prompts_are_shown_as_they_are(self, shell):
        for number, text in enumerate(self.texts()):
            with self.subTest(text=text):
                environment = self.environment(f"env{number}", f"--prompt={text}")
                # zsh shows a backquote as an apostrophe, which no setting takes for code.
                self.assert_shown(shell, environment, text.replace("`", "'") if shell.name == "zsh" else text)
        self.assert_nothing_ran()

    @in_each([Zsh()])
    def test_zsh_that_substitutes_in_prompts(self, shell):
        for number, text in enumerate(self.texts()):
            if "\\" in text:
                continue  # shown with fewer backslashes, which is all that can happen to them
            with self.subTest(text=text):
                environment = self.environment(f"env{number}", f"--prompt={text}")
                self.assert_shown(shell, environment, text.replace("`", "'"), "setopt prompt_subst")
        self.assert_nothing_ran()

    @in_each([Zsh()])
    def test_zsh_that_begins_to_substitute_later(self, shell):
        for number, text in enumerate(self.texts()):
            environment = self.environment(f"env{number}", f"--prompt={text}")
            lines = [shell.activate(environment), "setopt prompt_subst", "true", "true"]
            on_terminal(shell, self.place / "work", lines)
        self.assert_nothing_ran()

    @in_each([Bash()])
    def test_bash_that_does_not_expand_prompts(self, shell):
        for number, text in enumerate(self.texts()):
            environment = self.environment(f"env{number}", f"--prompt={text}")
            lines = ["shopt -u promptvars", shell.activate(environment), "true"]
            on_terminal(shell, self.place / "work", lines)
        self.assert_nothing_ran()

    @in_each([Fish()])
    def test_fish(self, shell):
        """Its prompt is a function, and needs no terminal."""
        for number, text in enumerate(self.texts()):
            with self.subTest(text=text):
                environment = self.environment(f"env{number}", f"--prompt={text}")
                lines = [shell.set_prompt(MARK), shell.activate(environment), shell.show_prompt]
                output, _ = self.run_in(shell, lines)
                self.assertEqual(without_escapes(output), f"[({text}) {MARK}]\n")
        self.assert_nothing_ran()


if __name__ == "__main__":
    support.main()
