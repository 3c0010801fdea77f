"""The shells that have an activation script, each with the few words of its language that the
tests need. Quoting is done here by other means than in the program under test."""

import json
import os
import shutil
import sys
import textwrap

from support import clean_environment, run

# Writes the whole environment that a child of the shell sees, byte for byte.
PROBE = """
import json, os, sys
with open(sys.argv[1], "a") as file:
    file.write(json.dumps([sys.argv[2], dict(os.environ)]) + "\\n")
"""

# Variables that shells set on their own account.
OWN_VARIABLES = {"_", "SHLVL", "PWD", "OLDPWD", "HOST", "GROUP", "LOGNAME", "USER", "VENDOR",
                 "OSTYPE", "MACHTYPE", "HOSTTYPE", "HOME", "NU_VERSION", "DIRS_POSITION",
                 "FILE_PWD", "CURRENT_FILE", "PROCESS_PATH", "CMD_DURATION_MS",
                 "LAST_EXIT_CODE", "NU_LIB_DIRS", "NU_PLUGIN_DIRS"}  # fmt: skip


class Shell:
    """One shell; `lines` of its language are run as a script."""

    name = ""  # of the program
    options = []
    script = "activate"
    keeps_bytes = True  # whether paths that are no UTF-8 can be written in its language
    unset_path = "unset PATH"

    @property
    def program(self):
        return shutil.which(self.name)

    def quote(self, text):
        """A word for `text`."""
        return '"' + "".join("\\" + letter if letter in '"\\$`' else letter for letter in text) + '"'

    def activate(self, environment):
        return f". {self.quote(str(environment / 'bin' / self.script))}"

    deactivate = "deactivate"

    def run_program(self, *words):
        return " ".join(self.quote(os.fspath(word)) for word in words)

    def probe(self, label):
        """A line that remembers under `label` what children see."""
        return self.run_program(sys.executable, "-I", "-B", "probe.py", "probes", label)

    def set_prompt(self, text):
        """A line that gives the user a prompt of his own."""
        return f"PS1={self.quote(text)}"

    show_prompt = 'printf "[%s]\\n" "${PS1-unset}"'

    def run(self, directory, lines, variables=None):
        """Runs the lines in `directory`; returns the output and the probes by label."""
        (directory / "probe.py").write_text(PROBE)
        (directory / "probes").write_text("")
        script = directory / f"script.{self.name}"
        script.write_text("\n".join(lines) + "\n", errors="surrogateescape")
        result = run(
            [self.program, *self.options, script],
            cwd=directory,
            env=clean_environment(HOME=str(directory), **(variables or {})),
        )
        if result.returncode != 0 or result.stderr:
            script_text = textwrap.indent(script.read_text(errors="replace"), "    ")
            raise AssertionError(
                f"{self.name} ended with {result.returncode}: {result.stderr}\n{script_text}"
            )
        probes = [json.loads(line) for line in (directory / "probes").read_text().splitlines()]
        return result.stdout, {
            label: {name: value for name, value in seen.items() if name not in OWN_VARIABLES}
            for label, seen in probes
        }


class Bash(Shell):
    name = "bash"
    options = ["--norc", "--noprofile"]
    strict = "set -euo pipefail"
    interactive = ["--norc", "--noprofile", "-i"]


class Dash(Shell):
    name = "dash"
    strict = "set -eu"
    interactive = ["-i"]


class Zsh(Shell):
    name = "zsh"
    options = ["-f"]
    strict = "set -euo pipefail"
    interactive = ["-f", "-i", "-o", "no_prompt_cr", "+o", "zle"]


class Fish(Shell):
    name = "fish"
    options = ["--no-config"]
    script = "activate.fish"
    unset_path = None  # fish always has one

    def quote(self, text):
        return '"' + "".join("\\" + letter if letter in '"\\$' else letter for letter in text) + '"'

    def activate(self, environment):
        return "source " + self.quote(str(environment / "bin" / self.script))

    def set_prompt(self, text):
        return f"function fish_prompt; printf %s {self.quote(text)}; end"

    show_prompt = "printf '[%s]\\n' (fish_prompt | string collect --no-trim-newlines)"


class Tcsh(Shell):
    name = "tcsh"
    options = ["-f"]
    script = "activate.csh"
    unset_path = "unsetenv PATH"
    interactive = ["-f", "-i"]

    def quote(self, text):
        """Each letter quoted by itself: nothing is left for the shell to see."""
        return "".join(letter if letter.isalnum() or letter in "/._-" else f"\\{letter}" for letter in text)

    def activate(self, environment):
        return "source " + self.quote(str(environment / "bin" / self.script))

    def set_prompt(self, text):
        return f"set prompt = {self.quote(text)}"

    show_prompt = "if ( $?prompt ) eval 'printf \"[%s]\\n\" $prompt:q'"


class Nushell(Shell):
    name = "nu"
    options = ["--no-config-file"]
    script = "activate.nu"
    keeps_bytes = False
    unset_path = None

    def quote(self, text):
        return '"' + "".join("\\" + letter if letter in '"\\' else letter for letter in text) + '"'

    def run_program(self, *words):
        return "^" + super().run_program(*words)

    def activate(self, environment):
        return "overlay use " + self.quote(str(environment / "bin" / self.script))

    def set_prompt(self, text):
        return f"$env.PROMPT_COMMAND = {{|| {self.quote(text)} }}"

    show_prompt = "print $\"[(do $env.PROMPT_COMMAND)]\""


class PowerShell(Shell):
    name = "pwsh"
    options = ["-NoProfile", "-File"]
    script = "Activate.ps1"
    keeps_bytes = False
    unset_path = None

    def quote(self, text):
        return '"' + "".join("`" + letter if letter in '"`$' else letter for letter in text) + '"'

    def run_program(self, *words):
        return "& " + super().run_program(*words)

    def set_prompt(self, text):
        return f"function global:prompt {{ {self.quote(text)} }}"

    show_prompt = 'Write-Host "[$(prompt)]"'


POSIX_SHELLS = [Bash(), Dash(), Zsh()]
ALL_SHELLS = [*POSIX_SHELLS, Fish(), Tcsh(), Nushell(), PowerShell()]
