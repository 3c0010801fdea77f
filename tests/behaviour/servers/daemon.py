"""A server process: started on a free port of 127.0.0.1, awaited, stopped."""

import os
import signal
import socket
import subprocess
import time


def free_port():
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_listening(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Daemon:
    """Runs `command()` in `directory` from `with` to its end; its output goes to `directory/log`."""

    START_SECONDS = 60

    def __init__(self, directory):
        self.directory = directory
        self.port = free_port()
        self._process = None

    def command(self):
        """The argument vector; a subclass says it. Whatever it needs is prepared here."""
        raise NotImplementedError

    def environment(self):
        return {**os.environ, "HOME": str(self.directory)}

    def log(self):
        path = self.directory / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def __enter__(self):
        self.directory.mkdir(parents=True, exist_ok=True)
        command = [str(word) for word in self.command()]
        with open(self.directory / "log", "ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self.directory,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._await()
        return self

    def _await(self):
        end = time.monotonic() + self.START_SECONDS
        while not is_listening(self.port):
            if self._process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise RuntimeError(f"{type(self).__name__} does not start:\n{self.log()[-4000:]}")
            time.sleep(0.02)

    def __exit__(self, *_exception):
        self.stop()

    def stop(self):
        """Ends the server and what it started; safe to call twice."""
        if self._process is None:
            return
        try:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait(timeout=10)
        except ProcessLookupError:
            pass
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None
