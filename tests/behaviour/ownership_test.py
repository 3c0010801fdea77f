"""The threat model of docs/security.md as a table: who owns what, under which umask, killed midway.

Every row runs as root or as a plain user in a directory of root, of that user or of somebody else.
"""

import itertools
import os
import resource
import shutil
import signal
import stat
import typing

import support
from hostile_case import HostileCase, shared_interpreter, staging_directories
from snapshot import differences, snapshot
from strace import injecting, need_strace, trace
from support import FILE_SYSTEM, FULL_SWEEP, NO_INTERPRETER, SUCCESS, need_root, remove_tree, run

ROOT, USER, OTHER = 0, 12345, 12346
NAMES = {ROOT: "root", USER: "user", OTHER: "other", None: "nothing"}
UMASKS = (0o000, 0o022, 0o077, 0o777)
OPENING = "open,openat,openat2,creat"


class Row(typing.NamedTuple):
    """Who runs the program, who owns the parent directory and the environment that is in it."""

    caller: int
    parent: int
    mode: int
    target: object  # None where no environment is there yet
    umask: int

    def __str__(self):
        return (f"{NAMES[self.caller]} in {self.mode:o} of {NAMES[self.parent]}, "
                f"target of {NAMES[self.target]}, umask {self.umask:03o}")  # fmt: skip

    @property
    def may_write_parent(self):
        return self.caller in (ROOT, self.parent) or bool(self.mode & 0o002)

    @property
    def may_change(self):
        """What the modes allow, and so what has to work."""
        if self.target is None:
            return self.may_write_parent
        return self.caller == self.target

    @property
    def codes(self):
        """How a whole run under umask 022 may end."""
        if self.may_change:
            return (SUCCESS,)
        if self.caller == ROOT:
            return (SUCCESS, FILE_SYSTEM)  # root may refuse what belongs to somebody else
        return (FILE_SYSTEM,)


def rows():
    for caller, parent, mode, target, umask in itertools.product(
        (ROOT, USER), (ROOT, USER, OTHER), (0o755, 0o1777, 0o777), (None, ROOT, USER, OTHER), UMASKS
    ):
        row = Row(caller, parent, mode, target, umask)
        # Elsewhere than in the interesting rows one umask is enough, as it decides about new files alone.
        if FULL_SWEEP or row.may_change or umask in (0o000, 0o022):
            yield row


class UserCase(HostileCase):
    """Commands that run as other users, with a Python and an executable that they can start."""

    def setUp(self):
        super().setUp()
        self.interpreter = shared_interpreter()
        if not self.interpreter:
            self.skipTest("needs a CPython in /usr: others may lie where other users cannot start them")
        self.directory.chmod(0o755)
        shutil.copy(self.executable, self.directory / "ensure")
        (self.directory / "ensure").chmod(0o755)
        self.executable = str(self.directory / "ensure")
        for path in (self.place, self.outside, self.wheels, self.pips):
            path.chmod(0o755)
        self.parent = self.place / "parent"

    def as_user(self, uid, command, **options):
        if uid != ROOT:
            ids = [f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]
            command = ["setpriv", *ids, "--", *command]
        return run(command, timeout=120, **options)

    def give(self, path, uid):
        for directory, directories, files in os.walk(path):
            for name in [".", *directories, *files]:
                os.lchown(os.path.join(directory, name), uid, uid)

    def begin(self, parent, mode, target_owner):
        """A parent directory with a neighbour of the target, and the target."""
        remove_tree(self.place)
        self.place.mkdir(mode=0o755)
        self.parent.mkdir()
        (self.parent / "neighbour").write_text("mine")
        target = self.target("venv", "env", self.parent)
        if target_owner is not None:
            self.put(target, "demo==1.0", "bystander")
            self.give(target.path, target_owner)
        os.chown(self.parent, parent, parent)
        self.parent.chmod(mode)
        return target

    def assert_only_target_changed(self, before, target):
        """Nothing else in the place has become another thing, whatever is in staging directories."""
        prefix = str(target.path.relative_to(self.place))
        name = f"parent/.{target.path.name}.ensure"

        def others(entries):
            return {path: entry for path, entry in entries.items()
                    if not f"{path}/".startswith((f"{prefix}/", f"{name}/"))}  # fmt: skip

        self.assertEqual(differences(others(before), others(snapshot(self.place))), [])


@need_root("becomes other users")
class TableTest(UserCase):
    def setUp(self):
        super().setUp()
        need_strace()
        self.outside_before = snapshot(self.outside)

    def words_of(self, row, target):
        return self.command(target, *(("demo==1.0",) if row.target is None else ("-U", "demo")))

    def kill_midway(self, row, target, number):
        """A run that is killed before it renames something for the `number`-th time."""
        command = injecting("signal=KILL", "rename,renameat,renameat2", number, self.words_of(row, target))
        return self.as_user(row.caller, command, umask=row.umask)

    def check_leftovers(self, row):
        """What a killed run leaves is of nobody else, and nobody else can write to it."""
        for staging in staging_directories(self.place):
            for path in (staging, *staging.glob("journal*")):
                status = path.lstat()
                self.assertEqual(status.st_uid, row.caller, path)
                self.assertEqual(stat.S_IMODE(status.st_mode) & 0o022, 0, path)
            mode = stat.S_IMODE(staging.stat().st_mode)
            self.assertEqual(mode & 0o700, 0o700, f"{staging} is {mode:o}: later runs cannot enter it")

    def check_others(self, row, target):
        """Another user, who comes before the one whose run was killed."""
        if not staging_directories(self.place):
            return
        for uid in {USER, OTHER} - {row.caller}:
            before = snapshot(self.place)
            result = self.as_user(uid, self.words_of(row, target), umask=0o022)
            self.assertIn(result.returncode, (SUCCESS, FILE_SYSTEM), result.stderr)
            self.assert_outside_unchanged(self.outside_before)
            self.assert_only_target_changed(before, target)
            if result.returncode == FILE_SYSTEM:
                self.assertEqual(differences(before, snapshot(self.place)), [])

    def check(self, row, number):
        target = self.begin(row.parent, row.mode, row.target)
        before = snapshot(self.place)
        result = self.kill_midway(row, target, number)
        self.assertIn(result.returncode, (SUCCESS, FILE_SYSTEM, -signal.SIGKILL), result.stderr)
        self.assert_outside_unchanged(self.outside_before)
        self.assert_only_target_changed(before, target)
        if result.returncode == FILE_SYSTEM:
            self.assertEqual(differences(before, snapshot(self.place)), [])
        self.check_leftovers(row)
        self.check_others(row, target)

        healed = self.as_user(row.caller, self.words_of(row, target), umask=0o022)
        self.assert_outside_unchanged(self.outside_before)
        self.assert_only_target_changed(before, target)
        codes = row.codes
        # Directories that a finished run has made under umask 777 cannot be entered by their owner.
        if row.umask == 0o777 and result.returncode == SUCCESS and row.caller != ROOT:
            codes = (SUCCESS, FILE_SYSTEM)
        self.assertIn(healed.returncode, codes, healed.stderr)
        self.assertEqual(staging_directories(self.place), [])
        if healed.returncode == SUCCESS:
            self.assertTrue((target.packages / "demo/__init__.py").exists())
        elif result.returncode != SUCCESS:
            self.assertEqual(differences(before, snapshot(self.place)), [])

    def test_each_row_of_the_table(self):
        for number, row in enumerate(rows()):
            with self.subTest(row=str(row)):
                self.check(row, 1 + number % 3)


@need_root("becomes another user")
class UmaskTest(UserCase):
    """A umask decides about the files of the target and never about staging."""

    KINDS = ("venv", "prefix", "target")

    def test_umask_777_blocks_no_later_run(self):
        for kind in self.KINDS:
            for existing in (False, True):
                with self.subTest(kind=kind, existing=existing):
                    self.begin(USER, 0o755, None)
                    target = self.target(kind, "env", self.parent)
                    if existing:
                        self.put(target, "bystander")
                        self.give(target.path, USER)
                    before = snapshot(self.place)
                    result = self.as_user(USER, self.command(target, "demo==1.0"), umask=0o777)
                    self.assertIn(result.returncode, (SUCCESS, FILE_SYSTEM), result.stderr)
                    self.assertEqual(staging_directories(self.place), [])
                    if result.returncode == SUCCESS:
                        continue
                    self.assertEqual(differences(before, snapshot(self.place)), [])
                    later = self.as_user(USER, self.command(target, "demo==1.0"), umask=0o022)
                    self.assert_exit(later, SUCCESS)

    def test_umask_777_killed_blocks_no_later_run(self):
        need_strace()
        for call, number in (("mkdir,mkdirat", 2), ("openat", 30), ("rename,renameat,renameat2", 1)):
            with self.subTest(call=call):
                target = self.begin(USER, 0o755, USER)
                command = injecting("signal=KILL", call, number, self.command(target, "-U", "demo"))
                self.as_user(USER, command, umask=0o777)
                later = self.as_user(USER, self.command(target, "-U", "demo"), umask=0o022)
                self.assert_exit(later, SUCCESS)
                self.assertEqual(staging_directories(self.place), [])

    def test_umask_000_opens_no_staging_directory(self):
        """The directory is watched while it is in use: a kill shows what others could have seen."""
        need_strace()
        seen = set()
        for kind in self.KINDS:
            for call in ("mkdir,mkdirat", "openat", "write", "rename,renameat,renameat2"):
                for number in (1, 2, 4, 8):
                    with self.subTest(kind=kind, call=call, number=number):
                        self.begin(ROOT, 0o755, None)
                        target = self.target(kind, "env", self.parent)
                        command = self.command(target, "demo==1.0")
                        run(injecting("signal=KILL", call, number, command), umask=0o000)
                        for staging in staging_directories(self.place):
                            seen.add(kind)
                            mode = stat.S_IMODE(staging.stat().st_mode)
                            self.assertEqual(mode & 0o077, 0, f"{staging} is {mode:o}")
                            for path in staging.glob("*journal*"):
                                self.assertEqual(stat.S_IMODE(path.lstat().st_mode) & 0o022, 0, path)
                        self.assert_exit(run(command), SUCCESS)
                        self.assertEqual(staging_directories(self.place), [])
        self.assertEqual(seen, set(self.KINDS), "no kill has left a staging directory to look at")


class FailingOpenTest(HostileCase):
    """Nothing is left of a run that cannot open what it has just created."""

    def setUp(self):
        super().setUp()
        need_strace()

    def scenarios(self):
        for kind in ("venv", "prefix", "target", "root"):
            for existing in (False, True):
                remove_tree(self.place)
                self.place.mkdir()
                target = self.target(kind, kind)
                if existing:
                    self.put(target, "demo==1.0", "bystander")
                yield target, self.command(target, *(("-U", "demo") if existing else ("demo==1.0",)))

    def opens_of_staging(self, command):
        """The numbers of those calls that open a staging directory or a file in one."""
        result, calls = trace(command, OPENING, children=False)
        self.assert_exit(result, SUCCESS)
        counts, chosen = {}, []
        for call in calls:
            key = (call.process, call.name)
            counts[key] = counts.get(key, 0) + 1
            if ".ensure" in call.arguments and (call.name, counts[key]) not in chosen:
                chosen.append((call.name, counts[key]))
        return chosen if FULL_SWEEP else [*chosen[:6], *chosen[6::12]]

    def assert_nothing_left(self, result, before):
        self.assertIn(result.returncode, (SUCCESS, FILE_SYSTEM, NO_INTERPRETER), result.stderr)
        self.assertEqual(staging_directories(self.place), [])
        if result.returncode != SUCCESS:
            self.assert_error(result, result.returncode)
            self.assertEqual(differences(before, snapshot(self.place)), [])

    def test_nothing_is_left_where_one_open_fails(self):
        for target, command in self.scenarios():
            saved, before = self.save_place(), snapshot(self.place)
            points = self.opens_of_staging(command)
            self.assertTrue(points)
            for error in ("EIO", "EACCES", "EMFILE"):
                for call, number in points:
                    with self.subTest(target=str(target.path.name), existing=bool(before.get(target.kind)),
                                      error=error, call=call, number=number):  # fmt: skip
                        self.restore_place(saved)
                        result = run(injecting(f"error={error}", call, number, command))
                        self.assert_nothing_left(result, before)

    def test_nothing_is_left_where_every_open_of_staging_fails(self):
        """From the first one on: it cannot even be looked into, only be removed."""
        for target, command in self.scenarios():
            saved, before = self.save_place(), snapshot(self.place)
            call, number = self.opens_of_staging(command)[0]
            for error in ("EIO", "EACCES", "EMFILE"):
                with self.subTest(target=target.kind, error=error):
                    self.restore_place(saved)
                    result = run(injecting(f"error={error}", call, f"{number}+", command))
                    self.assert_nothing_left(result, before)

    def test_the_next_run_heals_what_few_descriptors_leave(self):
        for target, command in self.scenarios():
            saved, before = self.save_place(), snapshot(self.place)
            for limit in range(3, 24):
                with self.subTest(target=target.kind, limit=limit):
                    self.restore_place(saved)
                    result = run(command, preexec_fn=lambda limit=limit: resource.setrlimit(
                        resource.RLIMIT_NOFILE, (limit, limit)))  # fmt: skip
                    self.assertNotIn(result.returncode, (-6, -11), result.stderr)
                    if not staging_directories(self.place):
                        if result.returncode != SUCCESS:
                            self.assertEqual(differences(before, snapshot(self.place)), [])
                        continue
                    # There was no descriptor left to look into the directory: the next run removes it.
                    self.assertNotEqual(result.returncode, SUCCESS)
                    self.assert_exit(run(command), SUCCESS)
                    self.assertEqual(staging_directories(self.place), [])


if __name__ == "__main__":
    support.main()
