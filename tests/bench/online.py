#!/usr/bin/env python3
"""Measures the online job beside uv and pip and prints a Markdown table. README.md says how."""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "behaviour"))

import peers  # noqa: E402
from interpreters import newest  # noqa: E402

SETS = {
    "web": ["flask", "requests", "sqlalchemy", "celery", "gunicorn"],
    "jupyter": ["jupyter"],
    "data": ["pandas", "scikit-learn", "matplotlib"],
    "backtrack": ["boto3", "botocore<1.34.20,>1.28", "urllib3>=2"],
}


class Bench:
    """The tools take turns: a cold cache, then a warm one, then a warm one without the network."""

    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.target = folder / "env"
        self.python = options.python or newest().executable
        self.programs = peers.install_peers()
        self.index = options.index_url or peers.pip_index(self.programs)
        self.times = {}

    def variables(self):
        return {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.folder / "home"),
            "LC_ALL": "C.UTF-8",
            **{name: os.environ[name] for name in ("SSL_CERT_FILE",) if name in os.environ},
        }

    def ensure(self, packages, mode):
        command = [self.options.ensure, "--quiet", "--venv", self.target, "--python", self.python]
        command += ["--cache-dir", self.folder / "ensure-cache", "--link-mode", "copy"]
        if self.index:
            command += ["--index-url", self.index]
        return [[*command, *(["--offline"] if mode == "offline" else []), *packages]]

    def uv(self, packages, mode):
        uv = [self.programs / "uv", "--quiet", "--cache-dir", self.folder / "uv-cache"]
        uv += ["--offline"] if mode == "offline" else []
        index = ["--default-index", self.index] if self.index else []
        install = [*uv, "pip", "install", "--link-mode", "copy", *index, "--python", self.target]
        return [
            [*uv, "venv", "--python", self.python, self.target],
            [*install, *packages],
        ]

    def run(self, commands):
        """How long all commands take together, in seconds."""
        started = time.perf_counter()
        for command in commands:
            done = subprocess.run(
                [str(word) for word in command],
                env=self.variables(),
                capture_output=True,
                text=True,
            )
            if done.returncode != 0:
                raise SystemExit(f"{command} failed: {done.stderr}")
        return time.perf_counter() - started

    def measure_set(self, name):
        packages = SETS[name]
        tools = {"ensure": self.ensure, "uv": self.uv}
        for _ in range(self.options.rounds):
            for mode in ("cold", "warm", "offline"):
                for tool, make in tools.items():
                    if mode == "cold":
                        shutil.rmtree(self.folder / f"{tool}-cache", ignore_errors=True)
                    shutil.rmtree(self.target, ignore_errors=True)
                    seconds = self.run(make(packages, mode))
                    self.times.setdefault((name, mode, tool), []).append(seconds * 1000)

    def report(self):
        print("| set | mode | `ensure` | uv | ratio |")
        print("|---|---|---:|---:|---:|")
        for name, mode, tool in list(self.times):
            if tool != "ensure":
                continue
            ours = statistics.median(self.times[name, mode, "ensure"])
            theirs = statistics.median(self.times[name, mode, "uv"])
            print(f"| {name} | {mode} | {ours:.0f} ms | {theirs:.0f} ms | {ours / theirs:.2f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ensure", default=os.environ.get("ENSURE"), help="the executable")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--python", help="the interpreter; the newest of the machine by default")
    parser.add_argument("--index-url", help="the index; that of pip's settings by default")
    parser.add_argument("sets", nargs="*", choices=[[], *SETS], help="all by default")
    options = parser.parse_args()
    root = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(prefix="ensure-bench-", dir=root) as folder:
        bench = Bench(options, Path(folder))
        (bench.folder / "home").mkdir()
        for name in options.sets or SETS:
            bench.measure_set(name)
        bench.report()


if __name__ == "__main__":
    main()
