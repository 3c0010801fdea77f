"""SIGKILL at any system call: the target is as before or as asked, and the next run heals the rest.

A kill is struck before the Nth call of its kind. What can change nothing is left out: being killed
before it is being killed before the next call that can. ENSURE_FULL_SWEEP=1 strikes everywhere.
"""

import support
from faults import FaultCase


class KillTest(FaultCase):
    def test_fresh(self):
        self.sweep_kills("fresh")

    def test_fresh_without_bytecode(self):
        self.sweep_kills("fresh without bytecode")

    def test_clear(self):
        self.sweep_kills("clear")

    def test_upgrade_of_pip(self):
        self.sweep_kills("upgrade pip")

    def test_upgrade_of_python(self):
        self.sweep_kills("upgrade Python")

    def test_repair_of_a_moved_environment(self):
        self.sweep_kills("moved")

    def test_root(self):
        self.sweep_kills("root")

    def test_upgrade_in_root(self):
        self.sweep_kills("upgrade in root")

    def test_new_parents(self):
        self.sweep_kills("new parents")

    def test_several(self):
        self.sweep_kills("several")


if __name__ == "__main__":
    support.main()
