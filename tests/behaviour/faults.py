"""Runs that a fault interrupts: what is there before, what is asked for, and where a fault can be."""

import dataclasses
import random
import signal
import subprocess
import sys
from pathlib import Path

from interpreters import newest, two_minors
from snapshot import differences, snapshot
from strace import CHANGING, EVERY_FILE_CALL, NO_FILE_CALLS, injecting, most_per_thread, need_strace, trace
from support import FILE_SYSTEM, FULL_SWEEP, NO_INTERPRETER, SUCCESS, Case, remove_tree, run
from wheels import put_old_pip

# Of a call that is made more often than this, so many are chosen with a fixed seed; all of them
# where ENSURE_FULL_SWEEP=1.
SAMPLE = 8
# What moves things into place is never sampled.
DECISIVE = ("rename", "renameat", "renameat2", "flock", "symlink", "symlinkat", "link", "linkat")
# With these an interpreter is started and heard; one that is not is no usable one.
STARTING = ("execve", "dup2", "pipe2", "read")


@dataclasses.dataclass(frozen=True)
class Scenario:
    """One command in one place; `prepare` makes what is there before it."""

    name: str
    arguments: tuple
    targets: tuple
    prepare: object = None
    one_step: bool = True  # whether one system call makes the whole change

    def __str__(self):
        return self.name


@dataclasses.dataclass
class Tally:
    """How many points were tried, and what held even before the next run recovered the rest."""

    tried: int = 0
    struck: int = 0  # the fault ended the run
    whole: int = 0  # the target was as before or as asked
    clean: int = 0  # nothing was left beside it

    def add(self, *, struck, whole, clean):
        self.tried += 1
        self.struck += struck
        self.whole += whole
        self.clean += clean

    def __str__(self):
        return (
            f"{self.tried} points held, {self.struck} ended the run; "
            f"before recovery: target whole at {self.whole}, nothing beside it at {self.clean}"
        )


def choose(counts):
    """The points (call, number) at which to strike, from how often each call is made."""
    chance = random.Random("ensure")
    for call, count in sorted(counts.items()):
        if call in NO_FILE_CALLS:
            continue
        numbers = range(1, count + 1)
        if not FULL_SWEEP and call not in DECISIVE and count > SAMPLE:
            numbers = sorted({1, 2, count - 1, count, *chance.sample(numbers, SAMPLE - 4)})
        yield from ((call, number) for number in numbers)


class FaultCase(Case):
    """Restores the state before, strikes, and judges what is there then and after the next run.

    Everything happens in the directory `place`; whatever is left beside a target is seen in it.
    """

    errors = (FILE_SYSTEM,)  # how a run may end when one of its calls fails

    def setUp(self):
        super().setUp()
        need_strace()
        self.place = self.directory / "place"
        self.template = self.directory / "template"
        self.interpreter = newest()

    # What is there before each run.

    def scenarios(self):
        env = self.place / "env"
        python = ("--python", self.interpreter.executable)
        venv = ("--venv", str(env), *python)
        root = self.place / "root"
        several = [self.place / name for name in ("a", "b", "c")]
        words = [word for target in several for word in ("--venv", str(target))]
        return [
            Scenario("fresh", venv, (env,)),
            Scenario("fresh without bytecode", (*venv, "--no-compile-bytecode"), (env,)),
            Scenario("clear", (*venv, "--clear", "--no-compile-bytecode"), (env,), self.environment_with_work),
            Scenario("upgrade pip", (*venv, "--upgrade", "--no-compile-bytecode"), (env,),
                     self.environment_with_old_pip, one_step=False),
            Scenario("upgrade Python", (*venv, "--upgrade", "--no-compile-bytecode"), (env,),
                     self.environment_of_old_python, one_step=False),
            Scenario("moved", (*venv, "--no-compile-bytecode"), (env,), self.moved_environment, one_step=False),
            Scenario("root", (*python, "--root", str(root)), (root,), one_step=False),
            Scenario("upgrade in root", (*python, "--root", str(root), "--upgrade", "--break-system-packages"),
                     (root,), self.root_with_old_pip, one_step=False),
            Scenario("new parents", ("--venv", str(self.place / "a" / "b" / "env"), *python, "--without-pip"),
                     (self.place / "a",), one_step=False),
            Scenario("several", (*words, *python, "--no-compile-bytecode"), tuple(several), one_step=False),
        ]  # fmt: skip

    def environment_with_work(self):
        self.make("--venv", self.place / "env", "--python", self.interpreter.executable, "--without-pip")
        put_old_pip(self.place / "env", self.interpreter)
        (self.place / "env" / "work").write_text("mine")

    def environment_with_old_pip(self):
        self.environment_with_work()

    def moved_environment(self):
        self.make("--venv", self.place / "was", "--python", self.interpreter.executable, "--no-compile-bytecode")
        (self.place / "was").rename(self.place / "env")

    def environment_of_old_python(self):
        older, _ = two_minors()
        self.make("--venv", self.place / "env", "--python", older.executable, "--without-pip")
        put_old_pip(self.place / "env", older)

    def root_with_old_pip(self):
        root = self.place / "root"
        self.make("--root", root, "--python", self.interpreter.executable)
        purelib = next(root.rglob("pip-*.dist-info")).parent
        whole = purelib.parent
        remove_tree(root)
        whole.parent.mkdir(parents=True)
        stand_in = self.directory / "stand-in"
        put_old_pip(stand_in, self.interpreter)
        (stand_in / "lib" / self.interpreter.library_name).rename(whole)
        if whole / "site-packages" != purelib:
            (whole / "site-packages").rename(purelib)
        bin_directory = whole.parent.parent / "bin"
        (stand_in / "bin").rename(bin_directory)
        (bin_directory / "other").write_text("#!/bin/sh\n")
        remove_tree(stand_in)

    # Sweeps: one scenario, struck at one point after another.

    def sweep_kills(self, name):
        """A kill before the Nth call of each kind."""

        def judge(scenario, result, _, state):
            # A child that is killed before it has become a Python is no usable interpreter.
            self.assertIn(result.returncode, (SUCCESS, NO_INTERPRETER, -signal.SIGKILL))
            if scenario.one_step or result.returncode != -signal.SIGKILL:
                self.assertNotEqual(state, "neither")

        tally = self._sweep(self.scenario(name), "signal=KILL", judge, list)
        print(f"kill, {name}: {tally}", file=sys.stderr)
        self.assertGreater(tally.struck, 20)

    def sweep_errors(self, name, error, never=(), only=(), lasting=False):
        """The Nth call of each kind fails; where `lasting`, all calls of the kind from then on."""

        def judge(_, result, call, state):
            self.assertEqual(state, "asked" if result.returncode == SUCCESS else "before", result.stderr)
            silenced = call in ("write", "writev") and not result.stderr  # it was the message itself
            if result.returncode != SUCCESS and not silenced:
                codes = (*self.errors, NO_INTERPRETER) if call in STARTING else self.errors
                self.assertIn(result.returncode, codes, result.stderr)
                self.assert_error(result, result.returncode)

        def chosen(points):
            for call, number in points:
                if call not in never and (not only or call in only):
                    yield call, f"{number}+" if lasting else number

        tally = self._sweep(self.scenario(name), f"error={error}", judge, chosen)
        print(f"{error}, {name}: {tally}", file=sys.stderr)
        self.assertGreater(tally.struck, 5)

    def _sweep(self, scenario, fault, judge, chosen):
        self.begin(scenario)
        tally = Tally()
        for call, number in chosen(self.points()):
            with self.subTest(call=call, number=number, fault=fault):
                result = self.strike(fault, call, number)
                if was_not_loaded(result):
                    continue
                state, left = self.state(scenario), self.left_beside(scenario)
                judge(scenario, result, call, state)
                self.assert_next_run_heals(f"{fault} at {call} {number}")
                tally.add(struck=result.returncode != SUCCESS, whole=state != "neither", clean=not left)
        return tally

    def scenario(self, name):
        return next(each for each in self.scenarios() if each.name == name)

    # One scenario from beginning to end.

    def begin(self, scenario):
        """Makes the state before, and learns the state asked for from a run without faults."""
        remove_tree(self.template)
        remove_tree(self.place)
        self.place.mkdir()
        if scenario.prepare:
            scenario.prepare()
        self.before = snapshot(self.place)
        self.place.rename(self.template)
        self.command = [self.executable, *scenario.arguments]
        self.restore()
        run(self.command, check=True)
        self.asked = snapshot(self.place)
        self.assertNotEqual(self.before, self.asked)

    def restore(self):
        remove_tree(self.place)
        subprocess.run(["cp", "-a", self.template, self.place], check=True)

    def points(self):
        """Where this scenario can be struck."""
        self.restore()
        calls = EVERY_FILE_CALL if FULL_SWEEP else CHANGING
        result, made = trace(self.command, calls, children=False)
        self.assert_exit(result, 0)
        return list(choose(most_per_thread(made)))

    def strike(self, fault, call, number):
        self.restore()
        return run(injecting(fault, call, number, self.command))

    # Judgement.

    def state(self, scenario):
        """ "before", "asked" or "neither", of all targets together."""
        now = snapshot(self.place)
        for name, whole in (("before", self.before), ("asked", self.asked)):
            if self._of_targets(scenario, now) == self._of_targets(scenario, whole):
                return name
        return "neither"

    def left_beside(self, scenario):
        """What is in the place and belongs to no target."""
        return sorted(snapshot(self.place).keys() - self.before.keys() - self.asked.keys())

    def _of_targets(self, scenario, entries):
        """Only what is in a target, without staging directories, which may be inside of one."""
        names = tuple(str(target.relative_to(self.place)) for target in scenario.targets)
        return {
            name: entry
            for name, entry in entries.items()
            if (name in names or name.startswith(tuple(f"{each}/" for each in names)))
            and not any(_is_staging(part) for part in Path(name).parts)
        }

    def assert_next_run_heals(self, where):
        result = run(self.command)
        self.assert_exit(result, 0)
        self.assertEqual(differences(self.asked, snapshot(self.place)), [], f"after recovery from {where}")


def was_not_loaded(result):
    """Whether the fault hit the dynamic loader, before a program that is not static began."""
    return result.returncode == 127 and "error while loading shared libraries" in result.stderr


def _is_staging(name):
    return name.startswith(".ensure") or (name.startswith(".") and name.endswith(".ensure"))
