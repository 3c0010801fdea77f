"""A system call that fails: exit 8 and the target as before, or success; never anything between."""

import sys

import support
from faults import FaultCase, Tally, was_not_loaded
from support import FILE_SYSTEM, SUCCESS

# With these the program reads or tidies up; what fails is not a full disk.
NEVER_FULL = (
    "close",
    "flock",
    "fcntl",
    "ioctl",
    "unlink",
    "unlinkat",
    "rmdir",
    "chmod",
    "fchmod",
    "fchmodat",
)
NEVER_DENIED = ("close", "write", "writev", "pwrite64", "fsync", "fdatasync", "syncfs", "fcntl", "ioctl")


class ErrnoTest(FaultCase):
    def sweep(self, name, error, never=()):
        scenario = next(each for each in self.scenarios() if each.name == name)
        self.begin(scenario)
        tally = Tally()
        for call, number in self.points():
            if call in never:
                continue
            with self.subTest(call=call, number=number, error=error):
                result = self.strike(f"error={error}", call, number)
                if was_not_loaded(result):
                    continue
                self.judge(scenario, result, call)
                tally.struck += result.returncode != SUCCESS
                tally.whole += 1
                tally.clean += not self.left_beside(scenario)
                self.assert_next_run_heals(f"{error} at {call} {number}")
                tally.tried += 1
        print(f"{error}, {scenario}: {tally}", file=sys.stderr)
        self.assertGreater(tally.struck, 5)

    def judge(self, scenario, result, call):
        state = self.state(scenario)
        if result.returncode == SUCCESS:
            self.assertEqual(state, "asked", result.stderr)
            return
        self.assertEqual(state, "before", result.stderr)
        if call in ("write", "writev") and not result.stderr:
            return  # it was the message itself that could not be written
        self.assert_error(result, FILE_SYSTEM)

    def test_fresh_disk_full(self):
        self.sweep("fresh", "ENOSPC", NEVER_FULL)

    def test_fresh_broken_disk(self):
        self.sweep("fresh without bytecode", "EIO")

    def test_fresh_denied(self):
        self.sweep("fresh without bytecode", "EACCES", NEVER_DENIED)

    def test_clear_disk_full(self):
        self.sweep("clear", "ENOSPC", NEVER_FULL)

    def test_clear_broken_disk(self):
        self.sweep("clear", "EIO")

    def test_clear_denied(self):
        self.sweep("clear", "EACCES", NEVER_DENIED)

    def test_upgrade_of_pip_disk_full(self):
        self.sweep("upgrade pip", "ENOSPC", NEVER_FULL)

    def test_upgrade_of_pip_broken_disk(self):
        self.sweep("upgrade pip", "EIO")

    def test_upgrade_of_pip_denied(self):
        self.sweep("upgrade pip", "EACCES", NEVER_DENIED)

    def test_upgrade_of_python_broken_disk(self):
        self.sweep("upgrade Python", "EIO")

    def test_upgrade_in_root_disk_full(self):
        self.sweep("upgrade in root", "ENOSPC", NEVER_FULL)

    def test_upgrade_in_root_broken_disk(self):
        self.sweep("upgrade in root", "EIO")

    def test_several_disk_full(self):
        self.sweep("several", "ENOSPC", NEVER_FULL)

    def test_disk_that_stays_full(self):
        """From the Nth call on every call of its kind fails, as on a real disk."""
        for name in ("fresh", "clear", "upgrade pip"):
            scenario = next(each for each in self.scenarios() if each.name == name)
            self.begin(scenario)
            for call, number in self.points():
                if call not in ("openat", "write", "mkdirat", "mkdir"):
                    continue
                with self.subTest(scenario=name, call=call, number=number):
                    result = self.strike("error=ENOSPC", call, f"{number}+")
                    if was_not_loaded(result):
                        continue
                    self.assertIn(result.returncode, (SUCCESS, FILE_SYSTEM), result.stderr)
                    expected = "asked" if result.returncode == SUCCESS else "before"
                    self.assertEqual(self.state(scenario), expected, result.stderr)
                    self.assert_next_run_heals(f"{call} from {number}")


if __name__ == "__main__":
    support.main()
