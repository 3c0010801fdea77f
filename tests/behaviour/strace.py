"""System calls of the program: watched, made to fail, or the moment of its death."""

import collections
import dataclasses
import functools
import re
import shutil
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from support import run, scratch_root

# What can change a file system. A kill between two of these calls leaves what a kill before the
# second one leaves, so killing at each of them is killing anywhere.
CHANGING = (
    "open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,rmdir,"
    "link,linkat,symlink,symlinkat,write,pwrite64,writev,pwritev,ftruncate,truncate,fallocate,"
    "copy_file_range,sendfile,chmod,fchmod,fchmodat,chown,fchown,fchownat,lchown,"
    "utimensat,flock,fcntl,fsync,fdatasync,syncfs,close,ioctl"
)
EVERY_FILE_CALL = "%file,%desc"
NO_FILE_CALLS = ("mmap", "poll", "ppoll", "select", "pselect6", "epoll_wait")
NETWORK = "socket,connect,bind,sendto,sendmsg"

_PROBE = ["strace", "-f", "-b", "execve", "-o", "/dev/null", "-e", "trace=openat", "/bin/true"]


@functools.lru_cache(maxsize=None)
def _works():
    if not shutil.which("strace"):
        return False
    return subprocess.run(_PROBE, capture_output=True, stdin=subprocess.DEVNULL).returncode == 0


def need_strace():
    """Skips where there is no strace, or where tracing is not permitted (as in some containers)."""
    if not _works():
        raise unittest.SkipTest("needs strace and the permission to trace")


@dataclasses.dataclass(frozen=True)
class Call:
    """One finished system call; descriptors in `arguments` and `result` are followed by <path>."""

    process: int
    name: str
    arguments: str
    result: str

    @property
    def succeeded(self):
        return not self.result.startswith(("-1", "?"))

    @property
    def opens_for_writing(self):
        writing = re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_TMPFILE", self.arguments)
        return self.name in ("open", "openat", "openat2", "creat") and bool(writing)

    @property
    def paths(self):
        """The paths that the call names, as far as they are absolute or relative to a directory."""
        if self.opens_for_writing and self.succeeded:
            return re.findall(r"^\d+<([^>]*)>", self.result)
        found = []
        arguments = self.arguments
        if self.name.startswith("symlink"):  # first comes what the link leads to
            arguments = arguments.partition('", ')[2]
        for directory, name in re.findall(r'(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"([^"]*)"', arguments):
            found.append(name if name.startswith("/") else str(Path(directory) / name))
        return found


_FINISHED = re.compile(r"(\w+)\((.*)\)\s+= (.*)$")
_UNFINISHED = re.compile(r"(\w+)\((.*) <unfinished \.\.\.>$")
_RESUMED = re.compile(r"<\.\.\. (\w+) resumed>(.*)\)\s+= (.*)$")


def _parse(text):
    begun = {}
    for line in text.splitlines():
        process, _, rest = line.partition(" ")
        rest = rest.strip()
        if found := _RESUMED.match(rest):
            start = begun.pop(process, "")
            yield Call(int(process), found[1], start + found[2], found[3])
        elif found := _UNFINISHED.match(rest):
            begun[process] = found[2]
        elif found := _FINISHED.match(rest):
            yield Call(int(process), *found.groups())


def trace(command, calls, *, children=True, **options):
    """Runs `command`; returns the process and the list of those system calls that it made."""
    with tempfile.NamedTemporaryFile(dir=scratch_root(), prefix="ensure-trace-") as log:
        tracer = ["strace", "-f", "-y", "-qq", "-s", "4096", "-o", log.name, "-e", f"trace={calls}"]
        if not children:
            tracer += ["-b", "execve"]
        result = run([*tracer, "--", *command], **options)
        return result, list(_parse(log.read().decode(errors="surrogateescape")))


def most_per_thread(calls):
    """For each call's name the highest number of times that one thread has made it."""
    counts = collections.Counter((call.process, call.name) for call in calls)
    most = {}
    for (_, name), count in counts.items():
        most[name] = max(most.get(name, 0), count)
    return most


def injecting(fault, call, number, command, path=None):
    """The command line under which the `number`-th `call` of a thread meets `fault`.

    With `path`, only calls that name that file count. strace counts for each call and each thread apart. Children are let go when they start another
    program, so that the faults are the program's own.
    """
    return [
        "strace", "-f", "-b", "execve", "-qq", "-o", "/dev/null",
        "-e", f"trace={call}",
        "-e", f"inject={call}:{fault}:when={number}",
        *(("-P", str(path)) if path else ()),
        "--", *command,
    ]  # fmt: skip


def is_held(tracer):
    """Whether a program that runs under the process `tracer` stands still.

    A tracer stops its program for a moment at every call, too. Then it is about to go on itself, and
    the program soon has another state.
    """

    def state(process):
        with open(f"/proc/{process}/stat") as status:
            return status.read().rpartition(")")[2].split()[0]

    def is_waiting():
        with open(f"/proc/{tracer}/task/{tracer}/children") as file:
            programs = file.read().split()
        return state(tracer) == "S" and any(state(program) in ("T", "t") for program in programs)

    try:
        for _ in range(5):
            if not is_waiting():
                return False
            time.sleep(0.025)
    except OSError:  # it has just ended
        return False
    return True
