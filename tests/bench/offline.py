#!/usr/bin/env python3
"""Measures the offline job beside its peers and prints a Markdown table. README.md says how."""

import argparse
import dataclasses
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

# `python -m venv` takes seconds a round, and its median is steady after a few rounds.
SLOW_ROUNDS = 5


@dataclasses.dataclass
class Contender:
    """A command that is timed."""

    name: str
    command: list
    variables: dict = dataclasses.field(default_factory=dict)
    fresh: bool = True  # whether the target is removed first
    slow: bool = False
    times: list = dataclasses.field(default_factory=list)
    processor: list = dataclasses.field(default_factory=list)
    peak: int = 0

    @property
    def median(self):
        return statistics.median(self.times)


class Bench:
    def __init__(self, options, directory):
        self.options = options
        self.directory = directory
        self.target = directory / "env"
        self.python = options.python or newest().executable
        self.measure = peers.compile_program("measure")
        self.variables = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(directory / "home"),
            "LC_ALL": "C.UTF-8",
        }
        (directory / "home").mkdir()

    # The commands.

    def contenders(self):
        ensure = [self.options.ensure, "--quiet", "--venv", self.target, "--python", self.python]
        source = self.directory / "source"
        self.run([*ensure[:3], source, *ensure[4:], "--no-compile-bytecode"])
        floor = peers.compile_program("floor")
        yield Contender("floor: the same files from memory, two threads", [floor, source, self.target])
        yield Contender("`ensure --no-compile-bytecode`", [*ensure, "--no-compile-bytecode"])
        yield Contender("`ensure`", ensure)
        for number, program in enumerate(self.options.other, start=1):
            other = [program, *ensure[1:]]
            yield Contender(f"other ensure {number}, no bytecode", [*other, "--no-compile-bytecode"])
            yield Contender(f"other ensure {number}", other)
        yield Contender("`ensure`, second run", ensure, fresh=False)
        yield Contender("`ensure --version`", [self.options.ensure, "--version"], fresh=False)
        yield self.with_first_pip("`ensure` and first `pip --version`", ensure)
        if not self.options.smoke:
            yield from self.peers()

    def peers(self):
        programs = peers.install_peers()
        variables = peers.warm_uv(programs, self.directory, self.python)
        uv = [programs / "uv", "venv", "--quiet", "--seed", "--offline", "--python", self.python]
        yield Contender("`uv venv --seed --offline`, hard links", [*uv, self.target], variables)
        yield Contender(
            "`uv venv --seed --offline`, copies", [*uv, "--link-mode", "copy", self.target], variables
        )
        yield self.with_first_pip("`uv venv` and first `pip --version`", [*uv, self.target], variables)
        app_data = {"VIRTUALENV_OVERRIDE_APP_DATA": str(self.directory / "app-data")}
        virtualenv = [programs / "virtualenv", "--quiet", "--no-periodic-update", "--python", self.python]
        yield Contender("`virtualenv`, warm", [*virtualenv, self.target], app_data)
        yield Contender("`python -m venv`", [self.python, "-m", "venv", self.target], slow=True)

    def with_first_pip(self, name, command, variables=None):
        """The command and the first `pip --version`, without permission to write bytecode."""
        shell = '"$@" && exec "$0" --version'
        words = ["/bin/sh", "-c", shell, self.target / "bin" / "pip", *command]
        return Contender(name, words, {**(variables or {}), "PYTHONDONTWRITEBYTECODE": "1"})

    # The measurement.

    def run(self, command, variables=None):
        finished = subprocess.run(
            [self.measure, *map(str, command)],
            env={**self.variables, **(variables or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if finished.returncode != 0:
            sys.exit(f"{' '.join(map(str, command))}\n{finished.stdout}{finished.stderr}")
        lines = [line for line in finished.stdout.splitlines() if line.startswith("measured ")]
        taken = lines[0].split()[1]  # the command's own measurement comes before `measure`'s
        _, _, peak, processor = lines[-1].split()
        return float(taken), int(peak), float(processor)

    def turn(self, contender, keep=True):
        if contender.fresh:
            shutil.rmtree(self.target, ignore_errors=True)
        taken, peak, processor = self.run(contender.command, contender.variables)
        if keep:
            contender.times.append(taken)
            contender.processor.append(processor)
            contender.peak = max(contender.peak, peak)

    def measure_all(self, contenders):
        """The contenders take turns, so that a busy moment of the machine affects all of them."""
        second_run = next(each for each in contenders if not each.fresh)
        for round_number in range(self.options.rounds + 1):
            for contender in contenders:
                if contender.slow and round_number > SLOW_ROUNDS:
                    continue
                if contender is second_run:
                    self.turn(next(each for each in contenders if each.name == "`ensure`"), keep=False)
                self.turn(contender, keep=round_number > 0)


def table(contenders):
    """The Markdown table; ratios are to `ensure` without bytecode."""
    ours = next(each for each in contenders if "--no-compile-bytecode" in each.name)
    yield "| what | median | best | times `ensure --no-compile-bytecode` | processor | peak memory |"
    yield "|---|---:|---:|---:|---:|---:|"
    for each in contenders:
        is_floor = "floor" in each.name
        processor = "" if is_floor else f"{statistics.median(each.processor):.1f} ms"
        peak = "" if is_floor else f"{each.peak / 1024:.0f} MB"
        ratio = each.median / ours.median
        yield f"| {each.name} | {each.median:.1f} ms | {min(each.times):.1f} ms | {ratio:.2f} | {processor} | {peak} |"


def aims(contenders):
    """The aims of the project: name, measured value and limit."""
    by_name = {each.name: each for each in contenders}
    median = {name: each.median for name, each in by_name.items()}
    bare, whole = median["`ensure --no-compile-bytecode`"], median["`ensure`"]
    floor = next(each.median for each in contenders if "floor" in each.name)
    yield "at most 3 times the floor", bare / floor, 3
    yield "second run, ms", median["`ensure`, second run"], 5
    yield "`--version`, ms", median["`ensure --version`"], 2
    yield "peak memory, MB", max(
        by_name[n].peak for n in ("`ensure`", "`ensure --no-compile-bytecode`")
    ) / 1024, 40
    if "`python -m venv`" not in median:
        return
    uv = median["`uv venv --seed --offline`, hard links"]
    pip = "and first `pip --version`"
    yield "without bytecode, at most half of uv", bare / uv, 0.5
    yield "with bytecode, less than uv without", whole / uv, 1
    yield "until the first pip, at most half of uv", median[f"`ensure` {pip}"] / median[
        f"`uv venv` {pip}"
    ], 0.5
    yield "200 times faster than `python -m venv`: its 1/200", bare / median["`python -m venv`"] * 200, 1
    yield "15 times faster than `virtualenv`: its 1/15", bare / median["`virtualenv`, warm"] * 15, 1


def groups(contenders):
    """The rows of the table for `--json`."""
    yield "", [
        results.bar(each.name, each.times, processor=statistics.median(each.processor), peak_mb=each.peak / 1024)
        for each in contenders
    ]


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ensure", default=os.environ.get("ENSURE"), help="the executable")
    parser.add_argument("--other", action="append", default=[], help="another build of ensure")
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--python", help="the interpreter; the newest of the machine by default")
    parser.add_argument("--json", metavar="FILE", help="also write the results to FILE, for plot.py")
    parser.add_argument("--smoke", action="store_true", help="one round without the peers")
    options = parser.parse_args()
    if not options.ensure:
        parser.error("give --ensure PATH or set ENSURE")
    options.ensure = str(Path(options.ensure).resolve())
    if options.smoke:
        options.rounds = 1
    return options


def main():
    options = parse_options()
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="ensure-bench-", dir=memory) as directory:
        bench = Bench(options, Path(directory))
        contenders = list(bench.contenders())
        load = os.getloadavg()[0]
        bench.measure_all(contenders)
        print(*table(contenders), sep="\n")
        results.write(options.json, "offline", options.rounds, groups(contenders))
        print(f"\n{options.rounds} rounds on {os.cpu_count()} processors; load before: {load:.1f}")
        print("\n| aim | measured | at most | |\n|---|---:|---:|---|")
        for name, measured, limit in aims(contenders):
            print(f"| {name} | {measured:.2f} | {limit} | {'held' if measured <= limit else 'MISSED'} |")


if __name__ == "__main__":
    main()
