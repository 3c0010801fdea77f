#!/usr/bin/env python3
"""Measures how long `ensure` and uv take to add one small package to an environment with many.

README.md says how. Prints a Markdown table."""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "behaviour"))

import peers  # noqa: E402
import results  # noqa: E402
from interpreters import newest  # noqa: E402
from wheels import make_wheel  # noqa: E402

MODULES = 7  # of each package


class Bench:
    def __init__(self, options, directory):
        self.options = options
        self.python = options.python or newest().executable
        self.environment = directory / "env"
        self.wheels = directory / "wheels"
        self.variables = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(directory),
            "LC_ALL": "C.UTF-8",
            "UV_CACHE_DIR": str(directory / "uv"),
        }

    def run(self, command):
        subprocess.run(command, env=self.variables, check=True, capture_output=True)

    def make_environment(self):
        """Creates an environment with all packages except the last, which is added later."""
        self.wheels.mkdir()
        names = [f"package{number:04}" for number in range(self.options.packages)]
        for name in [*names, "added"]:
            files = {f"{name}/module{number}.py": f"x = {number}\n" for number in range(MODULES)}
            make_wheel(self.wheels, name, "1.0", files=files)
        self.run([*self.ensure(self.options.ensure), *names])

    def ensure(self, executable):
        options = ["--no-index", "--find-links", self.wheels]
        return [executable, "--venv", self.environment, "--python", self.python, *options]

    def commands(self):
        """The command that adds the package, by the name of the tool."""
        commands = {"ensure": [*self.ensure(self.options.ensure), "added"]}
        for number, other in enumerate(self.options.other):
            commands[f"other ensure {number + 1}"] = [*self.ensure(other), "added"]
        uv = peers.install_peers() / "uv"
        python = self.environment / "bin" / "python"
        commands["uv pip install"] = [
            *[uv, "pip", "install", "--python", python],
            *["--no-index", "--find-links", self.wheels, "added"],
        ]
        return commands

    def remove(self):
        """Removes the added package as its RECORD says, so that each round adds it anew."""
        for site_packages in self.environment.glob("lib/*/site-packages"):
            for path in site_packages.glob("added*"):
                shutil.rmtree(path)

    def measure(self):
        """The times of each tool, in milliseconds. The tools take turns; the first round warms up."""
        program = peers.compile_program("measure")
        commands = self.commands()
        times = {name: [] for name in commands}
        for _ in range(self.options.rounds + 1):
            for name, command in commands.items():
                self.remove()
                os.sync()
                shown = subprocess.run(
                    [program, *command],
                    env=self.variables,
                    check=True,
                    capture_output=True,
                    text=True,
                )
                taken = next(line for line in shown.stdout.splitlines() if line.startswith("measured "))
                times[name].append(float(taken.split()[1]))
        return {name: measured[1:] for name, measured in times.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ensure", required=True, help="the executable")
    parser.add_argument("--other", action="append", default=[], help="another build of ensure")
    parser.add_argument("--packages", type=int, default=500, help="the number of packages before")
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--python", help="the interpreter; the newest of the machine by default")
    parser.add_argument("--directory", help="where to measure; a tmpfs by default, if there is one")
    parser.add_argument("--json", metavar="FILE", help="also write the results to FILE, for plot.py")
    options = parser.parse_args()
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    place = options.directory or memory
    with tempfile.TemporaryDirectory(prefix="ensure-bench-", dir=place) as directory:
        bench = Bench(options, Path(directory))
        bench.make_environment()
        times = bench.measure()
    print("| tool | median, ms | minimum, ms |\n|---|---:|---:|")
    for name, measured in times.items():
        print(f"| {name} | {statistics.median(measured):.0f} | {min(measured):.0f} |")
    bars = [results.bar(name, measured) for name, measured in times.items()]
    groups = [(f"{options.packages} packages before", bars)]
    results.write(options.json, "add one package", options.rounds, groups)
    print(f"\n{options.packages} packages before, {options.rounds} rounds")


if __name__ == "__main__":
    main()
