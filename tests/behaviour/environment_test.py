"""An environment is what the interpreter's own `python -m venv` makes, for every interpreter."""

import json
import os
import re

import support
from interpreters import for_each_interpreter
from snapshot import snapshot
from support import Case, bundled_pip, remove_tree, run

# Deliberate differences: activation scripts are of our own wording, and there are more of them.
ACTIVATION = re.compile(r"bin/([Aa]ctivate(\.\w+)?|activate_this\.py)")

# What a program inside sees of its environment.
ANSWERS = """
import json, site, sys, sysconfig
names = ("executable", "prefix", "exec_prefix", "base_prefix", "base_exec_prefix", "path",
         "_base_executable", "flags", "platlibdir")
print(json.dumps({
    "sys": {name: repr(getattr(sys, name, None)) for name in names},
    "site": [site.getsitepackages(), site.ENABLE_USER_SITE, site.getusersitepackages()],
    "paths": sysconfig.get_paths(),
    "variables": {key: repr(value) for key, value in sysconfig.get_config_vars().items()},
    "scheme": getattr(sysconfig, "get_default_scheme", lambda: None)(),
}, sort_keys=True))
"""


def without_activation(tree):
    return {name: entry for name, entry in tree.items() if not ACTIVATION.fullmatch(name)}


def read_configuration(environment):
    """The pairs of pyvenv.cfg, in order."""
    lines = (environment / "pyvenv.cfg").read_text().splitlines()
    return [tuple(part.strip() for part in line.partition("=")[::2]) for line in lines]


class EnvironmentTest(Case):
    """Both tools make the same path in turn, so that nothing needs to be translated."""

    OPTION_SETS = [
        [],
        ["--copies"],
        ["--system-site-packages"],
        ["--prompt", 'it\'s a "prompt"'],
    ]

    def setUp(self):
        super().setUp()
        self.environment = self.directory / "parent" / "env"

    def reference(self, interpreter, environment, options):
        run([interpreter.executable, "-m", "venv", "--without-pip", *options, environment], check=True)

    @for_each_interpreter("venv")
    def test_tree_equals_that_of_venv(self, interpreter):
        environment = self.environment
        for options in self.OPTION_SETS:
            with self.subTest(options=options):
                if "--copies" in options and interpreter.implementation == "pypy" and interpreter.is_distribution:
                    self.skipTest("the venv of a distribution's PyPy copies all of /usr/lib, or fails")
                remove_tree(environment)
                self.reference(interpreter, environment, options)
                expected = snapshot(environment)
                remove_tree(environment)
                self.make(
                    "--venv", environment, "--python", interpreter.executable, "--without-pip", *options
                )
                self.assertEqual(without_activation(snapshot(environment)), without_activation(expected))

    @for_each_interpreter("venv")
    def test_activation_scripts_of_venv_are_there_with_their_modes(self, interpreter):
        environment = self.environment
        self.reference(interpreter, environment, [])
        expected = snapshot(environment, content=False)
        remove_tree(environment)
        self.make("--venv", environment, "--python", interpreter.executable, "--without-pip")
        made = snapshot(environment, content=False)
        for name in filter(ACTIVATION.fullmatch, expected):
            self.assertEqual(made.get(name), expected[name], name)
        for name in ("activate", "activate.fish", "activate.csh", "Activate.ps1", "activate.nu"):
            self.assertIn(f"bin/{name}", made)
        self.assertIn("bin/activate_this.py", made)

    @for_each_interpreter("venv")
    def test_configuration_has_the_keys_of_venv_in_order(self, interpreter):
        environment = self.environment
        self.reference(interpreter, environment, ["--system-site-packages"])
        expected = read_configuration(environment)
        remove_tree(environment)
        self.make(
            "--venv",
            environment,
            "--python",
            interpreter.executable,
            "--system-site-packages",
            "--without-pip",
        )
        self.assertEqual(read_configuration(environment), expected)

    @for_each_interpreter("venv")
    def test_programs_inside_get_the_answers_of_venv(self, interpreter):
        environment = self.environment
        answers = []
        for maker in (
            lambda: self.reference(interpreter, environment, []),
            lambda: self.make("--venv", environment, "--python", interpreter.executable, "--without-pip"),
        ):
            remove_tree(environment)
            maker()
            python = environment / "bin" / "python"
            answers.append(json.loads(run([python, "-c", ANSWERS], check=True).stdout))
        self.assertEqual(answers[1], answers[0])

    @for_each_interpreter("ensurepip")
    def test_scripts_with_pip_are_those_of_venv(self, interpreter):
        environment = self.environment
        made = run([interpreter.executable, "-m", "venv", environment])
        if made.returncode != 0:
            return  # Debian's ensurepip comes apart from its python3
        expected = set(os.listdir(environment / "bin"))
        remove_tree(environment)
        self.make("--venv", environment, "--python", interpreter.executable)
        made = set(os.listdir(environment / "bin")) - {"activate.nu", "activate_this.py"}
        # Before 3.12 venv put setuptools in, and with it its script.
        self.assertEqual(made, expected - {name for name in expected if "easy_install" in name})

    @for_each_interpreter("zipfile")
    def test_only_pip_is_put_in(self, interpreter):
        environment = self.environment
        self.make("--venv", environment, "--python", interpreter.executable)
        version = bundled_pip(interpreter)["version"]
        self.assert_names(
            environment / "lib" / interpreter.library_name / "site-packages",
            "pip",
            f"pip-{version}.dist-info",
        )

    @for_each_interpreter("venv")
    def test_a_virtual_environment_as_interpreter_stands_for_its_base(self, interpreter):
        environment = self.environment
        self.make("--venv", environment, "--python", interpreter.executable, "--without-pip")
        second = self.directory / "second"
        remove_tree(second)
        self.make("--venv", second, "--python", environment / "bin" / "python", "--without-pip")
        self.assertNotIn(str(environment), (second / "pyvenv.cfg").read_text())
        home = dict(read_configuration(second))["home"]
        self.assertEqual(home, dict(read_configuration(environment))["home"])


if __name__ == "__main__":
    support.main()
