"""`activate_this.py` makes a running Python use the packages of an environment."""

import json

from activation_case import ATTACKS, ODD_TEXTS, ActivationCase

import support
from support import clean_environment, run

PROGRAM = """
import json, os, sys
path = sys.argv[1]
exec(open(path).read(), {"__file__": path})
import only_inside
print(json.dumps([only_inside.__file__, sys.prefix, sys.real_prefix, os.environ["VIRTUAL_ENV"],
                  os.environ["VIRTUAL_ENV_PROMPT"], os.environ["PATH"], sys.path]))
"""


class ActivateThisTest(ActivationCase):
    def use(self, environment, **variables):
        """What a Python outside sees after it has used the environment."""
        (package,) = (environment / "lib").glob("*/site-packages")
        (package / "only_inside.py").write_text("")
        script = environment / "bin" / "activate_this.py"
        command = [self.python, "-B", "-c", PROGRAM, script]
        result = run(command, env=clean_environment(**variables), cwd="/", check=True)
        return package, json.loads(result.stdout)

    def assert_used(self, environment, prompt):
        package, seen = self.use(environment)
        module, prefix, real_prefix, virtual_env, shown, path, sys_path = seen
        self.assertEqual(module, str(package / "only_inside.py"))
        self.assertEqual([prefix, virtual_env], [str(environment)] * 2)
        self.assertNotEqual(real_prefix, prefix)
        self.assertEqual(shown, prompt)
        self.assertEqual(path, f"{environment}/bin:{clean_environment()['PATH']}")
        self.assertEqual(sys_path[0], str(package))

    def test_packages_of_the_environment_come_first(self):
        self.assert_used(self.environment(), "env")

    def test_odd_prompts_and_paths_stay_text(self):
        for number, text in enumerate(ATTACKS + ODD_TEXTS):
            with self.subTest(text=text):
                self.assert_used(self.environment(f"env{number}", f"--prompt={text}"), text)
                if "/" not in text:
                    self.assert_used(self.environment(text), text)
        self.assert_nothing_ran()

    def test_paths_that_are_no_text(self):
        self.assert_used(self.environment("caf\udce9"), "caf\udce9")

    def test_after_a_move(self):
        made = self.environment("made", "--relocatable")
        moved = made.with_name("moved '\"")
        made.rename(moved)
        self.assert_used(moved, moved.name)

    def test_without_a_path(self):
        """A PATH that is empty would name the current directory."""
        environment = self.environment()
        _, seen = self.use(environment, PATH="")
        self.assertEqual(seen[5], f"{environment}/bin")


if __name__ == "__main__":
    support.main()
