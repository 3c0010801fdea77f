"""What tests share that change an existing environment."""

import subprocess
import time

from hostile_case import HostileCase
from strace import injecting, is_held
from support import clean_environment, kill_group, remove_tree, run

PAUSE = 400_000  # microseconds


class InPlaceCase(HostileCase):
    def setUp(self):
        super().setUp()
        self.env = self.target("venv", "env")

    def begin(self):
        """An environment with packages, one of which is to change, and files of the user."""
        remove_tree(self.place)
        self.place.mkdir()
        self.put(self.env, "demo==1.0", "bystander")
        (self.env.path / "work").mkdir()
        (self.env.path / "work" / "thesis").write_text("mine")

    def importable(self, *names):
        """Whether the environment's own Python imports these packages."""
        code = "import sys, importlib; [importlib.import_module(name) for name in sys.argv[1:]]"
        return run([self.env.path / "bin/python", "-I", "-B", "-c", code, *names]).returncode == 0

    def version(self):
        code = "import demo, demo.inner; print(demo.version, demo.inner.version)"
        told = run([self.env.path / "bin/python", "-I", "-B", "-c", code], check=True).stdout.split()
        self.assertEqual(told[0], told[1])
        return told[0]

    def points(self, *words):
        """Where a run moves something; leaves the place as `begin` does."""
        self.begin()
        points = self.moves(self.command(self.env, *words))
        self.begin()
        return points

    def run_with_pause(self, point, words, act):
        """Holds the run before it moves something at `point`, and calls `act` in that time.

        Where this machine is so busy that `act` comes late, it comes at another moment of the run,
        and has to survive as well.
        """
        call, number = point
        command = injecting(f"delay_enter={PAUSE}", call, number, self.command(self.env, *words))
        process = subprocess.Popen(
            list(map(str, command)), env=clean_environment(), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        try:
            while process.poll() is None and not is_held(process.pid):
                time.sleep(0.005)
            act()
            told = process.communicate(timeout=120)[1]
        finally:
            kill_group(process)
            process.stderr.close()
        return process.returncode, told
