"""SIGKILL at any system call: the target is as before or as asked, and the next run heals the rest.

A kill is struck before the Nth call of its kind. What can change nothing is left out: being killed
before it is being killed before the next call that can. ENSURE_FULL_SWEEP=1 strikes everywhere.
"""

import signal
import sys

import support
from faults import FaultCase, Tally
from support import NO_INTERPRETER, SUCCESS


class KillTest(FaultCase):
    def sweep(self, name):
        scenario = next(each for each in self.scenarios() if each.name == name)
        self.begin(scenario)
        tally = Tally()
        for call, number in self.points():
            with self.subTest(call=call, number=number):
                result = self.strike("signal=KILL", call, number)
                tally.struck += result.returncode == -signal.SIGKILL
                # A child that is killed before it has become a Python is no usable interpreter.
                self.assertIn(result.returncode, (SUCCESS, NO_INTERPRETER, -signal.SIGKILL))
                state = self.state(scenario)
                tally.whole += state != "neither"
                tally.clean += not self.left_beside(scenario)
                if scenario.one_step or result.returncode != -signal.SIGKILL:
                    self.assertNotEqual(state, "neither")
                self.assert_next_run_heals(f"a kill at {call} {number}")
                tally.tried += 1
        print(f"kill, {scenario}: {tally}", file=sys.stderr)
        self.assertGreater(tally.struck, 20)

    def test_fresh(self):
        self.sweep("fresh")

    def test_fresh_without_bytecode(self):
        self.sweep("fresh without bytecode")

    def test_clear(self):
        self.sweep("clear")

    def test_upgrade_of_pip(self):
        self.sweep("upgrade pip")

    def test_upgrade_of_python(self):
        self.sweep("upgrade Python")

    def test_root(self):
        self.sweep("root")

    def test_upgrade_in_root(self):
        self.sweep("upgrade in root")

    def test_several(self):
        self.sweep("several")


if __name__ == "__main__":
    support.main()
