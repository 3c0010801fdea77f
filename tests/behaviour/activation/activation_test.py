"""Activation scripts make a shell use the environment, and `deactivate` undoes all of it."""

import os

from activation_case import ATTACKS, ODD_TEXTS, ActivationCase, in_each, without_escapes
from shells import ALL_SHELLS, POSIX_SHELLS, Tcsh

import support

USER_PROMPT = "user> "


class ActivationTest(ActivationCase):
    @in_each(ALL_SHELLS)
    def test_programs_of_the_environment_come_first(self, shell):
        environment = self.environment()
        question = "import sys; print(sys.prefix)"
        lines = [shell.activate(environment), shell.probe("inside"), f"python -c {shell.quote(question)}"]
        output, probes = self.run_in(shell, lines)
        self.assert_active(probes["inside"], environment)
        self.assertEqual(output.splitlines()[-1], str(environment))

    @in_each(ALL_SHELLS)
    def test_deactivate_restores_everything(self, shell):
        environment = self.environment()
        variables = {"PYTHONHOME": "/somewhere else", "VIRTUAL_ENV_DISABLE_PROMPT": ""}
        lines = [
            shell.set_prompt(USER_PROMPT),
            shell.show_prompt,
            shell.probe("before"),
            shell.activate(environment),
            shell.probe("inside"),
            shell.deactivate,
            shell.probe("after"),
            shell.show_prompt,
        ]
        output, probes = self.run_in(shell, lines, variables)
        self.assertNotIn("PYTHONHOME", probes["inside"])
        self.assertEqual(probes["after"], probes["before"])
        self.assertEqual(output.splitlines(), [f"[{USER_PROMPT}]"] * 2)

    @in_each(ALL_SHELLS)
    def test_pythonhome_is_hidden_and_comes_back(self, shell):
        environment = self.environment()
        lines = [
            shell.activate(environment),
            shell.probe("inside"),
            shell.deactivate,
            shell.probe("after"),
        ]
        _, probes = self.run_in(shell, lines, {"PYTHONHOME": "/x y"})
        self.assertNotIn("PYTHONHOME", probes["inside"])
        self.assertEqual(probes["after"].get("PYTHONHOME"), "/x y")

    @in_each([shell for shell in ALL_SHELLS if shell.unset_path])
    def test_what_was_unset_is_unset_again(self, shell):
        environment = self.environment()
        lines = [
            shell.unset_path,
            shell.activate(environment),
            shell.probe("inside"),
            shell.deactivate,
            shell.probe("after"),
        ]
        _, probes = self.run_in(shell, lines)
        self.assertEqual(probes["inside"]["PATH"], f"{environment}/bin")
        self.assertNotIn("PATH", probes["after"])

    @in_each(POSIX_SHELLS)
    def test_unset_ps1_is_unset_again(self, shell):
        environment = self.environment()
        lines = [
            "unset PS1",
            shell.activate(environment),
            shell.show_prompt,
            "deactivate",
            shell.show_prompt,
        ]
        output, _ = self.run_in(shell, lines)
        self.assertEqual(output.splitlines(), ["[(env) ]", "[unset]"])

    @in_each(POSIX_SHELLS)
    def test_nothing_stays_in_the_shell(self, shell):
        environment = self.environment()
        listing = "set | sed -n 's/^\\(_*[A-Z_]*VIRTUAL[A-Z_]*\\).*/\\1/p'"
        lines = [shell.activate(environment), "deactivate", listing, "type deactivate 2>/dev/null || true"]
        output, _ = self.run_in(shell, lines)
        self.assertNotIn("VIRTUAL", output)
        self.assertNotIn("nondestructive", output)

    @in_each(POSIX_SHELLS)
    def test_strict_shells(self, shell):
        environment, second = self.environment(), self.environment("second")
        for prompt in ("unset PS1", shell.set_prompt("p")):
            lines = [
                shell.strict,
                prompt,
                shell.activate(environment),
                shell.activate(second),
                shell.probe("inside"),
                "deactivate",
                shell.probe("after"),
            ]
            _, probes = self.run_in(shell, lines)
            self.assert_active(probes["inside"], second)
            self.assertNotIn("VIRTUAL_ENV", probes["after"])

    @in_each(ALL_SHELLS)
    def test_the_prompt_names_the_environment(self, shell):
        environment = self.environment()
        lines = [shell.set_prompt(USER_PROMPT), shell.activate(environment), shell.show_prompt]
        output, _ = self.run_in(shell, lines)
        self.assertEqual(without_escapes(output).strip("\n"), f"[(env) {USER_PROMPT}]")

    @in_each(ALL_SHELLS)
    def test_the_prompt_can_be_left_alone(self, shell):
        environment = self.environment()
        lines = [
            shell.set_prompt(USER_PROMPT),
            shell.activate(environment),
            shell.show_prompt,
            shell.deactivate,
            shell.show_prompt,
        ]
        output, _ = self.run_in(shell, lines, {"VIRTUAL_ENV_DISABLE_PROMPT": "1"})
        self.assertEqual(output.splitlines(), [f"[{USER_PROMPT}]"] * 2)

    @in_each(ALL_SHELLS)
    def test_another_environment_takes_over(self, shell):
        first, second = self.environment("first"), self.environment("second")
        lines = [
            shell.set_prompt(USER_PROMPT),
            shell.probe("before"),
            shell.activate(first),
            shell.activate(second),
            shell.activate(second),
            shell.probe("inside"),
            shell.show_prompt,
            shell.deactivate,
            shell.probe("after"),
            shell.show_prompt,
        ]
        output, probes = self.run_in(shell, lines)
        self.assert_active(probes["inside"], second)
        self.assertEqual(probes["after"], probes["before"])
        shown = without_escapes(output).splitlines()
        self.assertEqual(shown, [f"[(second) {USER_PROMPT}]", f"[{USER_PROMPT}]"])

    @in_each(ALL_SHELLS)
    def test_a_child_of_an_activated_shell_activates_another(self, shell):
        first, second = self.environment("first"), self.environment("second")
        path = f"{first}/bin:/usr/bin:/bin"
        lines = [
            shell.activate(second),
            shell.probe("inside"),
            shell.deactivate,
            shell.probe("after"),
        ]
        inherited = {"VIRTUAL_ENV": str(first), "VIRTUAL_ENV_PROMPT": "first", "PATH": path}
        _, probes = self.run_in(shell, lines, inherited)
        self.assert_active(probes["inside"], second, path=path)
        self.assertEqual(probes["after"]["PATH"], path)

    @in_each(ALL_SHELLS)
    def test_remembered_programs_are_looked_for_again(self, shell):
        environment = self.environment()
        outside = self.place / "outside"
        outside.mkdir()
        for directory, text in ((outside, "outside"), (environment / "bin", "inside")):
            (directory / "tool").write_text(f"#!/bin/sh\necho {text}\n")
            (directory / "tool").chmod(0o755)
        lines = ["tool", shell.activate(environment), "tool", shell.deactivate, "tool"]
        output, _ = self.run_in(shell, lines, {"PATH": f"{outside}:/usr/bin:/bin"})
        self.assertEqual(output.split(), ["outside", "inside", "outside"])


class OddTextTest(ActivationCase):
    """Paths and prompts are text in every shell (CVE-2024-9287)."""

    @in_each(ALL_SHELLS)
    def test_odd_prompts_stay_text(self, shell):
        texts = ATTACKS + ODD_TEXTS
        environments = [self.environment(f"env{i}", f"--prompt={text}") for i, text in enumerate(texts)]
        for text, environment in zip(texts, environments):
            with self.subTest(text=text):
                lines = [
                    shell.set_prompt(USER_PROMPT),
                    shell.activate(environment),
                    shell.probe("inside"),
                    shell.show_prompt,
                    shell.deactivate,
                    shell.show_prompt,
                ]
                output, probes = self.run_in(shell, lines)
                self.assert_active(probes["inside"], environment, prompt=text)
                self.assertEqual(output.splitlines()[-1], f"[{USER_PROMPT}]")
        self.assert_nothing_ran()

    @in_each(ALL_SHELLS)
    def test_odd_paths_stay_text(self, shell):
        texts = [text for text in ATTACKS + ODD_TEXTS if "/" not in text]
        environments = [self.environment(text) for text in texts]
        for environment in environments:
            with self.subTest(text=environment.name):
                lines = [shell.activate(environment), shell.probe("inside"), shell.deactivate]
                _, probes = self.run_in(shell, lines)
                self.assert_active(probes["inside"], environment)
        self.assert_nothing_ran()

    @in_each([shell for shell in ALL_SHELLS if shell.keeps_bytes])
    def test_paths_that_are_no_text(self, shell):
        environment = self.environment("caf\udce9 \udcff")
        lines = [shell.activate(environment), shell.probe("inside"), shell.deactivate]
        _, probes = self.run_in(shell, lines)
        self.assert_active(probes["inside"], environment)

    @in_each(ALL_SHELLS)
    def test_long_paths(self, shell):
        environment = self.environment("/".join(["x" * 200] * 15))
        lines = [shell.activate(environment), shell.probe("inside"), shell.deactivate]
        _, probes = self.run_in(shell, lines)
        self.assert_active(probes["inside"], environment)

    @in_each([Tcsh()])
    def test_csh_of_users_with_their_own_quoting(self, shell):
        for number, text in enumerate(ATTACKS + ODD_TEXTS):
            environment = self.environment(f"env{number}", f"--prompt={text}")
            lines = ["set backslash_quote", shell.activate(environment), shell.probe("inside")]
            _, probes = self.run_in(shell, lines)
            self.assert_active(probes["inside"], environment, prompt=text)
        self.assert_nothing_ran()


class RelocatableTest(ActivationCase):
    """A relocatable environment can be moved: its scripts find it by their own place."""

    NAMES = ["moved", "moved; touch hacked", "$(touch hacked)", "it's", "-n", "caf\u00e9 !! %d"]

    def moved(self, *options):
        """Environments that have been moved; nothing in them tells of the old place."""
        for name in self.NAMES:
            made = self.environment("made", "--relocatable", *options)
            for path in made.rglob("*"):
                if path.is_file() and not path.is_symlink():
                    self.assertNotIn(os.fsencode(made.parent), path.read_bytes(), path)
            environment = made.parent / "elsewhere" / name
            environment.parent.mkdir(exist_ok=True)
            made.rename(environment)
            yield environment

    @in_each(ALL_SHELLS)
    def test_scripts_work_after_a_move(self, shell):
        for environment in self.moved():
            lines = [
                shell.probe("before"),
                shell.activate(environment),
                shell.probe("inside"),
                shell.deactivate,
                shell.probe("after"),
            ]
            _, probes = self.run_in(shell, lines)
            self.assert_active(probes["inside"], environment)
            self.assertEqual(probes["after"], probes["before"])
        self.assert_nothing_ran()

    @in_each(ALL_SHELLS)
    def test_a_given_prompt_is_kept(self, shell):
        for environment in self.moved("--prompt=given !"):
            _, probes = self.run_in(shell, [shell.activate(environment), shell.probe("inside")])
            self.assert_active(probes["inside"], environment, prompt="given !")

    @in_each(POSIX_SHELLS)
    def test_strict_shells(self, shell):
        for environment in self.moved():
            lines = [shell.strict, shell.activate(environment), shell.probe("inside")]
            _, probes = self.run_in(shell, lines)
            self.assert_active(probes["inside"], environment)

    @in_each(POSIX_SHELLS)
    def test_from_the_directory_of_the_script(self, shell):
        environment = next(self.moved())
        lines = [
            f"cd {shell.quote(str(environment / 'bin'))}",
            ". ./activate",
            f"cd {shell.quote(str(self.place / 'work'))}",
            shell.probe("inside"),
        ]
        _, probes = self.run_in(shell, lines)
        self.assert_active(probes["inside"], environment)

    @in_each(POSIX_SHELLS)
    def test_in_a_subshell_and_a_function(self, shell):
        environment = next(self.moved())
        lines = [
            f"( {shell.activate(environment)}; {shell.probe('subshell')} )",
            f"use () {{ {shell.activate(environment)}; }}; use",
            shell.probe("function"),
        ]
        _, probes = self.run_in(shell, lines)
        self.assert_active(probes["subshell"], environment)
        self.assert_active(probes["function"], environment)


if __name__ == "__main__":
    support.main()
