#!/usr/bin/env python3
"""Measures the online job beside uv and pip and prints Markdown tables. README.md says how."""

import argparse
import contextlib
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
from contenders import MODES, RESOLVED_ONLY, SETS, Ensure, Pip, Server, Uv  # noqa: E402
from interpreters import newest  # noqa: E402
from mirror import FillingServer, Mirror, is_filled, note_filled  # noqa: E402
from servers.certificates import CertificateAuthority  # noqa: E402
from servers.daemon import Daemon  # noqa: E402
from servers.nginx import Nginx  # noqa: E402

# Pages are revalidated by every warm run; files never change.
_CACHING = """
        location /simple/ { add_header Cache-Control no-cache; }
        location /files/ { add_header Cache-Control "max-age=365000000, immutable"; }"""


class Delay(Daemon):
    """A proxy that adds a round trip of some milliseconds before a server (`delay.cc`)."""

    def __init__(self, directory, port, milliseconds):
        super().__init__(directory)
        self._words = [port, milliseconds]

    def command(self):
        return [peers.compile_program("delay"), self.port, *self._words]


class Bench:
    """The tools take turns in every round and mode, so that a busy moment affects all of them."""

    def __init__(self, options, directory):
        self.options = options
        self.directory = directory
        self.python = options.python or newest().executable
        self.measure = peers.compile_program("measure")
        self.programs = peers.install_peers()
        self.mirror = Mirror(peers.cache_directory() / "mirror", options.index_url or self.real_index())
        self.times = {}
        self.peaks = {}
        self.answers = {}
        self.lacking = 0
        (directory / "home").mkdir()

    def real_index(self):
        """The index of pip's settings, or else the one that is built into `ensure`."""
        return peers.pip_index(self.programs) or peers.built_in_index(self.programs)

    def contenders(self, authority=None):
        ensure, uv = self.options.ensure, self.programs / "uv"
        place = (self.directory, self.python)
        everybody = [
            Ensure("ensure", *place, ensure),
            Ensure("ensure --without-pip", *place, ensure, ["--without-pip"], is_variant=True),
            Ensure("ensure, hard links", *place, ensure, ["--link-mode", "hardlink"], is_variant=True),
            *(
                Ensure(f"other ensure {number}", *place, other)
                for number, other in enumerate(self.options.other, start=1)
            ),
            Uv("uv, copies", *place, uv, ["--link-mode", "copy"]),
            Uv("uv, its default", *place, uv, is_variant=True),
            Pip("pip", *place, ensure, authority),
        ]
        wanted = self.options.tools or [each.name for each in everybody]
        return [each for each in everybody if each.name in wanted]

    # Servers.

    def fill(self):
        """Runs the tools once through the mirror, so that it has all files that they request."""
        again = self.options.refill
        missing = [name for name in self.options.sets if again or not is_filled(self.mirror, name)]
        if not missing:
            return
        with FillingServer(self.mirror) as filling:
            for name in missing:
                print(f"fetching the snapshot of {name}", file=sys.stderr)
                for contender in self.contenders():
                    self.turn(contender, name, "cold", Server(filling.index, {}), keep=False)
                note_filled(self.mirror, name)

    @contextlib.contextmanager
    def server(self):
        """The server of the option `--server`, and the certificate to trust."""
        if self.options.server == "real":
            names = ("SSL_CERT_FILE", "SSL_CERT_DIR")
            yield Server(self.mirror.index, {n: os.environ[n] for n in names if n in os.environ})
            return
        self.fill()
        authority = CertificateAuthority(self.directory / "authority")
        trust = {"SSL_CERT_FILE": str(authority.certificate)}
        with contextlib.ExitStack() as running:
            nginx = Nginx(self.directory / "nginx", self.mirror.directory, authority.server(), server=_CACHING)
            port = running.enter_context(nginx).port
            if self.options.round_trip:
                delay = Delay(self.directory / "delay", port, self.options.round_trip)
                port = running.enter_context(delay).port
            yield Server(f"https://localhost:{port}/simple/", trust)
            self.lacking = sum(status == 404 and " /files/" in line for _, line, status, _ in nginx.requests())

    # Measuring.

    def run(self, commands, variables):
        """(milliseconds, KiB): the total time of the commands, and the largest peak."""
        taken, peak = 0.0, 0
        surroundings = {"PATH": "/usr/bin:/bin", "HOME": str(self.directory / "home"), "LC_ALL": "C.UTF-8"}
        for command in commands:
            done = subprocess.run(
                [self.measure, *map(str, command)],
                env={**surroundings, **variables},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
            )
            if done.returncode != 0:
                raise SystemExit(f"{command} failed: {done.stderr}")
            _, milliseconds, kibibytes, _ = done.stdout.splitlines()[-1].split()
            taken += float(milliseconds)
            peak = max(peak, int(kibibytes))
        return taken, peak

    def turn(self, contender, name, mode, server, keep=True):
        if mode == "cold":
            shutil.rmtree(contender.cache, ignore_errors=True)
        shutil.rmtree(contender.target, ignore_errors=True)
        contender.answer_file.unlink(missing_ok=True)  # uv would prefer the versions in it
        resolve_only = name in RESOLVED_ONLY
        commands = contender.commands(SETS[name], mode, server.index, resolve_only)
        taken, peak = self.run(commands, server.variables)
        self.answers[name, contender.name] = contender.answer(resolve_only)
        if keep:
            self.times.setdefault((name, mode, contender.name), []).append(taken)
            self.peaks.setdefault((name, mode, contender.name), []).append(peak)

    def measure_set(self, name, contenders, server):
        for _ in range(self.options.rounds):
            for mode in self.options.modes:
                for contender in contenders:
                    if mode in contender.modes and not (name in RESOLVED_ONLY and contender.is_variant):
                        self.turn(contender, name, mode, server)

    # Reporting.

    def report(self, contenders):
        print("| set | mode | tool | median | best | times uv with copies | peak memory |")
        print("|---|---|---|---:|---:|---:|---:|")
        for name, mode, tool in self.times:
            times = self.times[name, mode, tool]
            reference = self.times.get((name, mode, "uv, copies"))
            ratio = f"{statistics.median(times) / statistics.median(reference):.2f}" if reference else ""
            peak = statistics.median(self.peaks[name, mode, tool]) / 1024
            print(
                f"| {name} | {mode} | {tool} | {statistics.median(times):.0f} ms | {min(times):.0f} ms "
                f"| {ratio} | {peak:.0f} MB |"
            )
        self.compare(contenders)

    def groups(self):
        """The rows of the table for `--json`, by set and mode."""
        titles = dict.fromkeys((name, mode) for name, mode, _ in self.times)
        for name, mode in titles:
            yield f"{name}, {mode}", [
                results.bar(tool, times, peak_mb=statistics.median(self.peaks[name, mode, tool]) / 1024)
                for (set_name, set_mode, tool), times in self.times.items()
                if (set_name, set_mode) == (name, mode)
            ]

    def compare(self, contenders):
        for name in self.options.sets:
            answers = {c.name: self.answers[name, c.name] for c in contenders if (name, c.name) in self.answers}
            reference_name, reference = next(iter(answers.items()))
            print(f"\n{name}: {len(reference)} packages", end="")
            differences = [
                f"\n  {project}: {reference.get(project)} by {reference_name}, {answer.get(project)} by {tool}"
                for tool, answer in answers.items()
                for project in sorted({*reference, *answer})
                if reference.get(project) != answer.get(project)
            ]
            print("".join(differences) or f", the same by {', '.join(answers)}")


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ensure", default=os.environ.get("ENSURE"), help="the executable")
    parser.add_argument("--other", action="append", default=[], help="another build of ensure")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--python", help="the interpreter; the newest of the machine by default")
    parser.add_argument("--index-url", help="the index; that of pip's settings by default")
    parser.add_argument("--server", choices=("loopback", "real"), default="loopback")
    parser.add_argument("--round-trip", type=float, help="milliseconds to the server on loopback")
    parser.add_argument("--modes", type=lambda text: text.split(","), default=list(MODES))
    parser.add_argument("--tools", type=lambda text: text.split(";"), help="names, with `;` between")
    parser.add_argument("--json", metavar="FILE", help="also write the results to FILE, for plot.py")
    parser.add_argument(
        "--refill", action="store_true", help="fetch files that the snapshot lacks"
    )
    parser.add_argument("sets", nargs="*", help=f"of {', '.join(SETS)}; all by default")
    options = parser.parse_args()
    if not options.ensure:
        parser.error("give --ensure PATH or set ENSURE")
    options.ensure = str(Path(options.ensure).resolve())
    options.sets = options.sets or list(SETS)
    return options


def main():
    options = parse_options()
    root = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(prefix="ensure-bench-", dir=root) as directory:
        bench = Bench(options, Path(directory))
        with bench.server() as server:
            contenders = bench.contenders(server.variables.get("SSL_CERT_FILE"))
            for name in options.sets:
                bench.measure_set(name, contenders, server)
        bench.report(contenders)
        results.write(options.json, "online", options.rounds, bench.groups())
        if bench.lacking:
            print(f"\n{bench.lacking} requests were for files that the snapshot lacks: use --refill")
        if any(c.name == "ensure" for c in contenders):
            print("\nThe times of `ensure` include a pip; those of uv and `--without-pip` do not.")


if __name__ == "__main__":
    main()
