"""CPython's own test_venv, with its calls routed to `ensure`, under every version that ships it."""

import json
from pathlib import Path

import support
from interpreters import all_interpreters
from support import Case, bundled_pip, clean_environment, run
from wheels import make_pip_wheel

# What differs on purpose: the test, words of the subtest or the traceback, and why.
DELIBERATE = [
    ("test_overwrite_existing", "", "a directory that holds other files and is no environment is refused"),
    ("test_with_pip", "will only uninstall a matching version", "the bundled pip is newer than ensurepip's"),
]

# What is skipped anywhere: tests of other systems, and of file systems where links fail.
SKIPPED = {"test_macos_env", "test_unicode_in_batch_file", "test_failed_symlink"}


def is_deliberate(failure):
    return any(
        failure["test"] == test and words in failure["subtest"] + failure["traceback"]
        for test, words, _ in DELIBERATE
    )


class CPythonVenvTest(Case):
    def test_own_tests_of_each_version(self):
        found = [each for each in all_interpreters() if each.has("test.test_venv") and each.has("venv")]
        if not found:
            self.skipTest("needs a Python that ships its own test suite")
        for interpreter in found:
            with self.subTest(str(interpreter)):
                told = self.run_under(interpreter)
                unexpected = [each for each in told["failures"] if not is_deliberate(each)]
                for failure in unexpected:
                    with self.subTest(failure["test"], subtest=failure["subtest"]):
                        self.fail(failure["traceback"])
                self.assertGreater(len(told["ran"]), 15)
                self.assertLessEqual(set(told["skipped"]), SKIPPED)

    def run_under(self, interpreter):
        home = self.directory / "home"
        home.mkdir(exist_ok=True)
        make_pip_wheel(home, "99.0")
        version = bundled_pip(interpreter)["version"]
        routing = Path(__file__).with_name("cpython_routing.py")
        result = run(
            [interpreter.executable, "-B", routing, self.executable, home, version],
            env=clean_environment(HOME=str(home), TMPDIR=str(self.directory)),
            cwd=home,
        )
        self.assertTrue(result.stdout, result.stderr)
        return json.loads(result.stdout[result.stdout.index('{"ran"') :])


if __name__ == "__main__":
    support.main()
