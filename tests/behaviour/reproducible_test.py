"""The same input gives the same bytes, and with SOURCE_DATE_EPOCH the same times."""

import io
import os
import tarfile
import time

import support
from interpreters import newest, some_interpreters
from snapshot import file_times, files_containing, snapshot
from support import Case, clean_environment, remove_tree, run

EPOCH = 1_500_000_000


class ReproducibleTest(Case):
    def setUp(self):
        super().setUp()
        self.target = self.directory / "env"

    def archive(self, **variables):
        """A tar of a fresh target, as an image builder would make it."""
        remove_tree(self.target)
        self.make("--venv", self.target, "--python", newest().executable, env=clean_environment(**variables))
        with io.BytesIO() as buffer:
            with tarfile.open(fileobj=buffer, mode="w") as archive:
                for name in sorted([self.target, *self.target.rglob("*")]):
                    archive.add(name, recursive=False)
            return buffer.getvalue()

    def test_two_archives_are_equal_with_source_date_epoch(self):
        first = self.archive(SOURCE_DATE_EPOCH=str(EPOCH))
        time.sleep(1.1)
        self.assertEqual(first, self.archive(SOURCE_DATE_EPOCH=str(EPOCH)))

    def listings(self):
        """The names in each directory of a fresh target, in the order in which the file system has them."""
        remove_tree(self.target)
        self.make("--venv", self.target, "--python", newest().executable,
                  env=clean_environment(SOURCE_DATE_EPOCH=str(EPOCH)))  # fmt: skip
        return [(directory, os.listdir(directory)) for directory, _, _ in sorted(os.walk(self.target))]

    def test_directories_are_filled_in_the_same_order_with_source_date_epoch(self):
        """A tar that nobody sorts has its files in that order, at least on a tmpfs."""
        first = self.listings()
        for _ in range(3):
            self.assertEqual(first, self.listings())

    def test_times_are_not_later_than_source_date_epoch(self):
        self.archive(SOURCE_DATE_EPOCH=str(EPOCH))
        for name, nanoseconds in file_times(self.target).items():
            self.assertLessEqual(nanoseconds, EPOCH * 10**9, name)

    def test_into_a_root(self):
        root = self.directory / "root"
        archives = []
        for _ in range(2):
            remove_tree(root)
            self.make("--python", newest().executable, "--root", root,
                      env=clean_environment(SOURCE_DATE_EPOCH=str(EPOCH)))  # fmt: skip
            archives.append((snapshot(root), file_times(root)))
            time.sleep(1.1)
        self.assertEqual(archives[0], archives[1])

    def test_contents_are_equal_without_it(self):
        for interpreter in some_interpreters(3):
            trees = []
            for _ in range(2):
                remove_tree(self.target)
                self.make("--venv", self.target, "--python", interpreter.executable)
                trees.append(snapshot(self.target))
            self.assertEqual(trees[0], trees[1])

    def test_malformed_source_date_epoch_is_an_error(self):
        command = ("--venv", self.target, "--python", newest().executable)
        for value in ("soon", "-1", "1e9", "99999999999999999999"):
            with self.subTest(value=value):
                result = self.ensure(*command, env=clean_environment(SOURCE_DATE_EPOCH=value))
                self.assert_error(result, support.USAGE, "SOURCE_DATE_EPOCH", f"`{value}`")
                self.assertFalse(self.target.exists())
        self.assert_exit(self.ensure(*command, env=clean_environment(SOURCE_DATE_EPOCH="")), support.SUCCESS)

    def test_no_temporary_path_is_revealed(self):
        self.make("--venv", self.target, "--python", newest().executable)
        self.assertEqual(files_containing(self.target, b".ensure/"), [])

    def test_what_is_made_does_not_depend_on_its_neighbours(self):
        """Several targets by one call are what they are by calls of their own."""
        targets = [self.directory / "one", self.directory / "two"]
        words = [word for target in targets for word in ("--venv", target)]
        self.make(*words, "--python", newest().executable)
        together = [snapshot(target) for target in targets]
        for target, expected in zip(targets, together):
            remove_tree(target)
            self.make("--venv", target, "--python", newest().executable)
            self.assertEqual(snapshot(target), expected)

    def test_edits_in_one_environment_stay_there(self):
        first, second = self.directory / "first", self.directory / "second"
        self.make("--venv", first, "--python", newest().executable, "--link-mode", "hardlink")
        module = next(first.rglob("pip/__init__.py"))
        self.assertEqual(os.stat(module).st_nlink, 1)
        with open(module, "a") as file:
            file.write("# edited\n")
        self.make("--venv", second, "--python", newest().executable, "--link-mode", "hardlink")
        self.assertNotIn("# edited", next(second.rglob("pip/__init__.py")).read_text())
        run([second / "bin" / "pip", "--version"], check=True)


if __name__ == "__main__":
    support.main()
