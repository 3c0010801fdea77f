"""Children inherit 0, 1 and 2 alone (PEP 446), closed standard descriptors do no harm, and no file is open
below a directory that is renamed."""

import os
import subprocess

import support
from interpreters import newest
from strace import injecting, need_strace, trace
from support import FILE_SYSTEM, SUCCESS, Case, clean_environment, run

# A Python that notes which descriptors it was given; the listing itself needs some, too.
SPY = """#!{python} -ISE
import os
listing = os.open("/proc/self/fd", os.O_RDONLY)
names = sorted(int(name) for name in os.listdir(listing) if int(name) != listing)
lines = []
for name in names:
    try:
        lines.append("%d %s\\n" % (name, os.readlink("/proc/self/fd/%d" % name)))
    except OSError:
        pass  # that of the listing above, closed by now
with open({notes!r}, "a") as file:
    file.writelines(lines)
import sys
os.execv({python!r}, [{python!r}, *sys.argv[1:]])
"""


class InheritanceTest(Case):
    def setUp(self):
        super().setUp()
        self.notes = self.directory / "notes"
        self.spy = self.directory / "bin" / "python3"
        self.spy.parent.mkdir()
        self.spy.write_text(SPY.format(python=newest().executable, notes=str(self.notes)))
        self.spy.chmod(0o755)
        self.target = self.directory / "env"

    def noted(self):
        """The descriptors of every child, as numbers."""
        lines = self.notes.read_text().splitlines()
        # A script is opened by its interpreter; that descriptor is not one it was given.
        return {int(line.split()[0]) for line in lines if not line.endswith(str(self.spy))}

    def open_many(self):
        """Descriptors 3 to 20 and 200 that are not close-on-exec."""
        opened = []
        for number in [*range(3, 21), 200]:
            descriptor = os.open("/dev/null", os.O_RDWR)
            if descriptor != number:
                os.dup2(descriptor, number, inheritable=True)
                os.close(descriptor)
            else:
                os.set_inheritable(number, True)
            opened.append(number)
        return opened

    def test_a_child_finds_only_the_standard_three(self):
        # In a process of its own, so that the numbers are free.
        child = os.fork()
        if child == 0:
            try:
                os.closerange(3, 300)
                opened = self.open_many()
                result = subprocess.run(
                    [self.executable, "--venv", str(self.target), "--python", str(self.spy)],
                    env=clean_environment(), pass_fds=opened, stdin=subprocess.DEVNULL,
                )  # fmt: skip
                os._exit(result.returncode)
            finally:
                os._exit(99)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), SUCCESS)
        self.assertEqual(self.noted(), {0, 1, 2})

    def test_everything_is_opened_close_on_exec(self):
        need_strace()
        calls = (
            "open,openat,openat2,creat,pipe,pipe2,dup,dup2,dup3,memfd_create,epoll_create1,eventfd2,socket"
        )
        result, made = trace([self.executable, "--venv", self.target, "--python", self.spy], calls)
        self.assert_exit(result, SUCCESS)
        own = made[0].process
        for call in made:
            if call.process == own and call.name != "dup2" and call.succeeded:
                self.assertIn("CLOEXEC", call.arguments, call)


class RenamedTest(Case):
    """Windows refuses to rename a directory if a file below it is open. (The lock is a directory.)"""

    OPENING = ("open", "openat", "openat2", "creat", "dup", "dup3")

    def held_below_renamed(self, calls):
        """(directories that were renamed, what was open below one of them)."""
        threads = {int(each.result) for each in calls if "CLONE_THREAD" in each.arguments and each.succeeded}
        threads.add(calls[0].process)
        opened, renamed, held = {}, 0, []
        for call in (each for each in calls if each.process in threads and each.succeeded):
            if call.name in self.OPENING:
                number, _, path = call.result.rstrip(">").partition("<")
                if "O_DIRECTORY" not in call.arguments:
                    opened[number] = path
            elif call.name == "close":
                opened.pop(call.arguments.partition("<")[0], None)
            elif call.name.startswith("rename"):
                source, destination = call.paths
                exchanged = {source: destination}
                if "RENAME_EXCHANGE" in call.arguments:
                    exchanged[destination] = source
                renamed += 1
                for number, path in opened.items():
                    for before, after in exchanged.items():
                        if path.startswith(before + "/"):
                            held.append(f"{path} at {call}")
                        if f"{path}/".startswith(before + "/"):
                            opened[number] = after + path[len(before) :]
                            break
        return renamed, held

    def test_no_file_is_open_below_a_directory_that_is_renamed(self):
        need_strace()
        target = self.directory / "env"
        names = f"{','.join(self.OPENING)},close,rename,renameat,renameat2,clone,clone3"
        for options in (["--no-compile-bytecode"], [], ["--clear"], ["--upgrade", "--copies"]):
            with self.subTest(options=options):
                command = [self.executable, "--venv", target, "--python", newest().executable]
                result, calls = trace([*command, *options], names, children=False)
                self.assert_exit(result, SUCCESS)
                renamed, held = self.held_below_renamed(calls)
                if options != []:  # the second run adds bytecode, if at all
                    self.assertGreater(renamed, 0)
                self.assertEqual(held, [])


class ClosedTest(Case):
    """The caller has closed standard descriptors: files must not take their places."""

    def setUp(self):
        super().setUp()
        self.target = self.directory / "env"
        self.words = f"--venv '{self.target}' --python '{newest().executable}'"

    def shell(self, command):
        support.remove_tree(self.target)
        return run(["/bin/sh", "-c", command])

    def test_every_combination_of_closed_descriptors(self):
        for closed in ("<&-", ">&-", "2>&-", "<&- >&-", "<&- 2>&-", ">&- 2>&-", "<&- >&- 2>&-"):
            with self.subTest(closed=closed):
                result = self.shell(f"exec '{self.executable}' {self.words} {closed}")
                self.assert_exit(result, SUCCESS)
                run([self.target / "bin" / "pip", "--version"], check=True)
                self.assert_names(self.directory, "env")

    def test_json_with_stderr_closed_or_full(self):
        for closed in ("2>&-", "2>/dev/full"):
            result = self.shell(f"exec '{self.executable}' --json {self.words} {closed}")
            self.assert_exit(result, SUCCESS)
            self.assertTrue(result.stdout.startswith("{"))

    def test_json_that_cannot_be_written_is_an_error_whatever_else_is_closed(self):
        for closed in (">&-", ">&- <&-", ">&- 2>&-", "<&- >&- 2>&-", ">/dev/full"):
            with self.subTest(closed=closed):
                result = self.shell(f"exec '{self.executable}' --json {self.words} {closed}")
                self.assert_exit(result, FILE_SYSTEM)
                if "2>" not in closed:
                    self.assert_error(result, FILE_SYSTEM, "standard output")

    def test_unknown_state_of_descriptors_does_not_stop_it(self):
        need_strace()
        command = [self.executable, "--venv", self.target, "--python", newest().executable]
        result = run(injecting("error=EPERM", "fcntl", "1+", command))
        self.assertIn(result.returncode, (SUCCESS, FILE_SYSTEM), result.stderr)

    def test_unwritable_stdout_is_told_by_the_exit_code(self):
        for bad in (">&-", ">/dev/full"):
            with self.subTest(bad=bad):
                result = self.shell(f"exec '{self.executable}' --version {bad}")
                self.assertNotIn(result.returncode, (SUCCESS, -6, 134))

    def test_reader_that_left(self):
        result = self.shell(
            f"'{self.executable}' --help | true; exec '{self.executable}' {self.words} 2>&1 | true"
        )
        self.assert_exit(result, SUCCESS)


if __name__ == "__main__":
    support.main()
