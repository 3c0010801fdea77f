"""A program on a terminal: what it writes, and what the screen shows after each piece."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

_PIECE = re.compile(r"\x1b\[([\d;]*)([A-Za-z])|([\r\n])|([^\x1b\r\n]+)")


class Screen:
    """Understands what the program may write: text, CR, LF, cursor up, erase below, colours."""

    def __init__(self, columns):
        self.columns = columns
        self.lines = [""]
        self.row = 0
        self.widest = 0
        self.unknown = []

    def feed(self, text):
        for match in _PIECE.finditer(text):
            number, letter, control, plain = match.groups()
            if control == "\n":
                self.row += 1
                if self.row == len(self.lines):
                    self.lines.append("")
            elif plain:
                self.lines[self.row] += plain
                self.widest = max(self.widest, len(self.lines[self.row]))
            elif letter == "A":
                self.row = max(0, self.row - int(number or 1))
            elif letter == "J":
                del self.lines[self.row + 1 :]
                self.lines[self.row] = ""
            elif letter and letter != "m":
                self.unknown.append(match.group())

    def text(self):
        return "\n".join(self.lines)


def run_on_terminal(command, environment, columns=80, rows=24, timeout=60, keys=()):
    """Runs it with a terminal of its own; returns (exit code, raw text, screen, frames).

    `keys` are (seconds after the first output, bytes) that are typed.
    """
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    process = subprocess.Popen(
        [str(each) for each in command], env=environment, stdin=slave, stdout=slave, stderr=slave,
        start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )  # fmt: skip
    os.close(slave)
    screen, raw, frames = Screen(columns), "", []
    end = time.monotonic() + timeout
    keys, begin = list(keys), None
    while time.monotonic() < end:
        if keys and begin and time.monotonic() - begin > keys[0][0]:
            os.write(master, keys.pop(0)[1])
        if not select.select([master], [], [], 0.05)[0]:
            continue
        begin = begin or time.monotonic()
        try:
            data = os.read(master, 65536)
        except OSError:
            break  # the last one who had the terminal has gone
        if not data:
            break
        text = data.decode().replace("\r\n", "\n")
        raw += text
        screen.feed(text)
        frames.append(screen.text())
    os.close(master)
    return process.wait(timeout), raw, screen, frames
