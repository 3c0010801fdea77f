"""A system call that fails: exit 8 and the target as before, or success; never anything between."""

import support
from faults import FaultCase

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
    def test_fresh_disk_full(self):
        self.sweep_errors("fresh", "ENOSPC", NEVER_FULL)

    def test_fresh_broken_disk(self):
        self.sweep_errors("fresh without bytecode", "EIO")

    def test_fresh_denied(self):
        self.sweep_errors("fresh without bytecode", "EACCES", NEVER_DENIED)

    def test_clear_disk_full(self):
        self.sweep_errors("clear", "ENOSPC", NEVER_FULL)

    def test_clear_broken_disk(self):
        self.sweep_errors("clear", "EIO")

    def test_clear_denied(self):
        self.sweep_errors("clear", "EACCES", NEVER_DENIED)

    def test_upgrade_of_pip_disk_full(self):
        self.sweep_errors("upgrade pip", "ENOSPC", NEVER_FULL)

    def test_upgrade_of_pip_broken_disk(self):
        self.sweep_errors("upgrade pip", "EIO")

    def test_upgrade_of_pip_denied(self):
        self.sweep_errors("upgrade pip", "EACCES", NEVER_DENIED)

    def test_upgrade_of_python_broken_disk(self):
        self.sweep_errors("upgrade Python", "EIO")

    def test_upgrade_in_root_disk_full(self):
        self.sweep_errors("upgrade in root", "ENOSPC", NEVER_FULL)

    def test_upgrade_in_root_broken_disk(self):
        self.sweep_errors("upgrade in root", "EIO")

    def test_new_parents_broken_disk(self):
        self.sweep_errors("new parents", "EIO")

    def test_several_disk_full(self):
        self.sweep_errors("several", "ENOSPC", NEVER_FULL)

    def test_disk_that_stays_full(self):
        """From the Nth call on every call of its kind fails, as on a real disk."""
        for name in ("fresh", "clear", "upgrade pip"):
            self.sweep_errors(name, "ENOSPC", only=("openat", "write", "mkdirat", "mkdir"), lasting=True)


if __name__ == "__main__":
    support.main()
