"""A change of an environment is killed: what was not to change works, and the next run heals the rest."""

import os
import re
import signal

import support
from hostile_case import MOVES, staging_directories, whole_entries
from in_place_case import InPlaceCase
from snapshot import differences
from strace import injecting, need_strace, trace
from support import SUCCESS, run


class KilledTest(InPlaceCase):
    """SIGKILL before each move of a change."""

    OPERATIONS = (("-U", "demo", "extra"), ("extra",), ("--sync", "bystander"), ("-U", "demo", "withheader"))

    def kill_at(self, point, words):
        self.begin()
        result = run(injecting("signal=KILL", *point, self.command(self.env, *words)))
        self.assertIn(result.returncode, (SUCCESS, -signal.SIGKILL), result.stderr)

    def states(self, words):
        self.begin()
        before = whole_entries(self.env.path)
        self.put(self.env, *words)
        return before, whole_entries(self.env.path)

    def assert_others_whole(self):
        """Before the next run: what was not to change is complete and importable."""
        self.assertTrue(self.importable("bystander", "pip"))
        self.assertTrue((self.env.packages / "bystander-1.0.dist-info/RECORD").exists())
        self.assertTrue((self.env.packages / "pip-99.0.dist-info/RECORD").exists())
        self.assertEqual((self.env.path / "work/thesis").read_text(), "mine")
        self.assertTrue((self.env.path / "pyvenv.cfg").exists())
        self.assertTrue((self.env.path / "bin/activate").exists())

    def assert_metadata_came_last(self):
        """A new package that is listed is whole."""
        for name in ("extra", "withheader"):
            dist_info = self.env.packages / f"{name}-1.0.dist-info"
            if not dist_info.exists():
                continue
            for row in (dist_info / "RECORD").read_text().split():
                path = os.path.normpath(self.env.packages / row.split(",")[0])
                self.assertTrue(os.path.exists(path), f"{name} is listed without {path}")

    def test_the_next_run_finishes_it(self):
        need_strace()
        for words in self.OPERATIONS:
            before, asked = self.states(words)
            for point in self.points(*words):
                with self.subTest(words=words, point=point):
                    self.kill_at(point, words)
                    self.assert_others_whole()
                    self.assert_metadata_came_last()
                    self.assert_exit(run(self.command(self.env, *words)), SUCCESS)
                    self.assertEqual(differences(asked, whole_entries(self.env.path)), [])
                    self.assert_names(self.place, "env")
                    self.assertEqual(staging_directories(self.place), [])

    def test_a_run_that_wants_something_else_finds_it_old_or_new(self):
        need_strace()
        for words in self.OPERATIONS:
            states = self.states(words)
            for point in self.points(*words):
                with self.subTest(words=words, point=point):
                    self.kill_at(point, words)
                    self.assert_exit(run(self.command(self.env, "bystander")), SUCCESS)
                    self.assertIn(whole_entries(self.env.path), states)
                    self.assertEqual(staging_directories(self.place), [])

    def test_what_others_wrote_after_the_kill_survives_recovery(self):
        """Hours may lie between the kill and the next run."""
        need_strace()
        words = ("-U", "demo", "extra")
        for point in self.points(*words):
            with self.subTest(point=point):
                self.kill_at(point, words)
                added = [self.env.path / "notes", self.env.packages / "new.py", self.env.path / "share/table",
                         self.env.packages / "bystander/data"]  # fmt: skip
                for path in added:
                    path.parent.mkdir(exist_ok=True)
                    path.write_text("written meanwhile")
                self.assert_exit(run(self.command(self.env, *words)), SUCCESS)
                for path in added:
                    self.assertEqual(path.read_text() if path.exists() else "lost", "written meanwhile", path)
                self.assertEqual(self.version(), "2.0")

    def test_recovery_that_is_killed_is_finished_by_the_next_run(self):
        need_strace()
        words = ("-U", "demo", "extra")
        _, asked = self.states(words)
        points = self.points(*words)
        for first in points[len(points) // 2 :: 3]:
            for second in points:
                with self.subTest(first=first, second=second):
                    self.kill_at(first, words)
                    run(injecting("signal=KILL", *second, self.command(self.env, *words)))
                    self.assert_others_whole()
                    self.assert_exit(run(self.command(self.env, *words)), SUCCESS)
                    self.assertEqual(differences(asked, whole_entries(self.env.path)), [])


class OrderTest(InPlaceCase):
    """The order of changes, as a kill before each move shows it: additions, metadata, removals.

    One run replaces `demo`, adds `extra` and removes `withheader`.
    """

    WORDS = ("--sync", "bystander", "demo==2.0", "extra")
    REPLACED = "demo"

    def begin(self):
        super().begin()
        self.put(self.env, "withheader==1.0")

    def setUp(self):
        super().setUp()
        need_strace()
        self.moves_of_run = self.points(*self.WORDS)
        self.before = whole_entries(self.env.path)
        self.put(self.env, *self.WORDS)
        self.asked = whole_entries(self.env.path)

    def each_kill(self, judge):
        """Calls `judge` with what is there after a kill before each move, before anything recovers."""
        found = set()
        for point in self.moves_of_run:
            with self.subTest(point=point):
                self.begin()
                result = run(injecting("signal=KILL", *point, self.command(self.env, *self.WORDS)))
                self.assertIn(result.returncode, (SUCCESS, -signal.SIGKILL), result.stderr)
                now = whole_entries(self.env.path)
                found.add(frozenset(now.items()))
                judge(now)
        self.assertGreater(len(found), 6, "hardly any kill has met the run between two changes")

    def is_of_replaced(self, name):
        """Whether an entry lies in the package that is replaced as a whole, by one exchange."""
        return f"site-packages/{self.REPLACED}/" in name

    def test_a_distribution_that_is_listed_is_whole(self):
        def judge(now):
            for dist_info in self.env.packages.glob("*.dist-info"):
                for row in (dist_info / "RECORD").read_text().splitlines():
                    path = os.path.relpath(self.env.packages / row.split(",")[0], self.env.path)
                    if dist_info.name == f"{self.REPLACED}-1.0.dist-info" and self.is_of_replaced(path):
                        continue  # its place has been taken by the version that is about to be listed
                    self.assertIn(path, now, f"{dist_info.name} is listed without it")
            self.assertIn(self.version(), ("1.0", "2.0"))

        self.each_kill(judge)

    def test_a_replaced_distribution_is_always_listed(self):
        def judge(now):
            metadata = [name for name in now if name.endswith(".dist-info/METADATA") and "/demo-" in name]
            self.assertTrue(metadata, "demo is there, and nothing says so")
            if self.version() == "1.0":
                self.assertEqual([name for name in metadata if "/demo-2.0" in name], [])

        self.each_kill(judge)

    def test_removals_come_last(self):
        removed = {name for name in self.before.keys() - self.asked.keys() if not self.is_of_replaced(name)}
        self.assertTrue(any("withheader" in name for name in removed))
        self.assertTrue(any("demo-1.0.dist-info" in name for name in removed))

        def judge(now):
            gone = removed - now.keys()
            if gone:
                placed = {name: entry for name, entry in now.items() if name not in removed}
                self.assertEqual(differences(self.asked, placed), [], f"missing already: {sorted(gone)[:3]}")

        self.each_kill(judge)


class FlushTest(InPlaceCase):
    """What is on the disk before the first move, as docs/security.md says."""

    def test_the_journal_is_flushed_before_the_first_move(self):
        need_strace()
        for kind in ("venv", "prefix", "target", "root"):
            with self.subTest(kind=kind):
                target = self.target(kind, kind)
                self.put(target, "demo==1.0", "bystander")
                command = self.command(target, "-U", "demo")
                result, calls = trace(command, f"fsync,fdatasync,syncfs,{MOVES}", children=False)
                self.assert_exit(result, SUCCESS)
                flushed = []
                for call in calls:
                    if call.name in ("fsync", "fdatasync", "syncfs") and call.succeeded:
                        flushed.append(re.search(r"<([^>]*)>", call.arguments)[1])
                    elif not all(".ensure" in path for path in call.paths):
                        break  # the first move of an entry of the target
                else:
                    self.fail("nothing was moved into the target")
                files = [path for path in flushed if "journal" in os.path.basename(path)]
                directories = [path for path in flushed if path.endswith("ensure")]
                self.assertTrue(files, f"the journal is not flushed: {flushed}")
                self.assertTrue(directories, f"the directory of the journal is not flushed: {flushed}")


if __name__ == "__main__":
    support.main()
