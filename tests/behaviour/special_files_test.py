"""Pipes and devices where files are expected: nobody is waited for, and no memory is filled."""

import os
import signal
import subprocess
import time

import support
from environment_case import EnvironmentCase
from support import FILE_SYSTEM, INTERRUPTED, NO_SERVER, SUCCESS, TERMINATED, USAGE, clean_environment, run

# Only a run that waits for ever needs so long.
PATIENCE = 120


def make_pipe(path):
    os.mkfifo(path)


def make_endless_link(path):
    path.symlink_to("/dev/zero")


SPECIAL = {"pipe": make_pipe, "device": make_endless_link}


class SpecialCase(EnvironmentCase):
    def put(self, path, make):
        path.unlink(missing_ok=True)
        make(path)

    def try_words(self, *words, **options):
        return self.ensure(*words, timeout=PATIENCE, **options)


class TargetTest(SpecialCase):
    def test_special_files_in_an_environment_are_refused_by_name(self):
        for name, make in SPECIAL.items():
            for file in ("pyvenv.cfg", "bin/activate"):
                with self.subTest(kind=name, file=file):
                    target = self.directory / f"{name} {file.replace('/', ' ')}"
                    self.make("--venv", target, "--python", self.interpreter.executable)
                    self.put(target / file, make)
                    self.assert_error(self.try_words("--venv", target), FILE_SYSTEM, target / file)

    def test_special_files_in_installed_packages_are_not_waited_for(self):
        """Refused by name, or repaired, where they count; never waited for."""
        for name, make in SPECIAL.items():
            for file in ("RECORD", "METADATA", "INSTALLER", "direct_url.json"):
                with self.subTest(kind=name, file=file):
                    target = self.directory / f"{name} {file}"
                    self.make("--venv", target, "--python", self.interpreter.executable)
                    pip = next(target.glob("lib/*/site-packages/pip-*.dist-info"))
                    self.put(pip / file, make)
                    for words in ([], [*NO_SERVER, "--no-index", "pip"]):
                        result = self.try_words("--venv", target, *words)
                        self.assertIn(result.returncode, (SUCCESS, FILE_SYSTEM), result.stderr)
                        if result.returncode == FILE_SYSTEM:
                            self.assertIn(str(pip / file), result.stderr)


class NamedFileTest(SpecialCase):
    def plan(self, *words):
        return ["--venv", self.directory / "env", "--python", self.interpreter.executable,
                *NO_SERVER, "--no-index", *words]  # fmt: skip

    def test_a_process_substitution_is_read(self):
        for option in ("-r", "-c"):
            with self.subTest(option=option):
                script = f'exec "$0" "$@" {option} <(echo "# no requirement")'
                words = map(str, self.plan())
                bash = "/bin/bash"
                if not os.access(bash, os.X_OK):
                    self.skipTest("needs bash: sh has no process substitution")
                result = run([bash, "-c", script, self.executable, *words], timeout=PATIENCE)
                self.assert_exit(result, SUCCESS)
                support.remove_tree(self.directory / "env")

    def test_a_named_pipe_and_standard_input_are_read(self):
        pipe = self.directory / "pipe"
        os.mkfifo(pipe)
        for words, source in ((["-r", pipe], pipe), (["-r", "/dev/stdin"], None), (["-r", "-"], None)):
            with self.subTest(words=words):
                process = subprocess.Popen(
                    [self.executable, *map(str, self.plan(*words))], env=clean_environment(),
                    stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                )  # fmt: skip
                if source:
                    source.write_text("not a requirement!\n")
                    _, errors = process.communicate(timeout=PATIENCE)
                else:
                    _, errors = process.communicate("not a requirement!\n", timeout=PATIENCE)
                self.assertEqual(process.returncode, USAGE, errors)
                self.assertIn("not a requirement!", errors)

    def test_a_signal_ends_the_wait(self):
        pipe = self.directory / "pipe"
        os.mkfifo(pipe)
        for words in (["-r", pipe], ["-c", pipe, "pip"], ["-r", "/dev/stdin"], ["-r", "-"]):
            for number, code in ((signal.SIGINT, INTERRUPTED), (signal.SIGTERM, TERMINATED)):
                with self.subTest(words=words, signal=number):
                    process = subprocess.Popen(
                        [self.executable, *map(str, self.plan(*words))], env=clean_environment(),
                        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                    )  # fmt: skip
                    wait_until_it_watches(process)
                    process.send_signal(number)
                    self.assertEqual(process.wait(timeout=PATIENCE), code, process.stderr.read())
                    process.stdin.close()
                    process.stderr.close()
                    self.assertFalse((self.directory / "env").exists())

    def test_a_requirements_file_names_regular_files_only(self):
        for name, make in SPECIAL.items():
            for option in ("-r", "-c"):
                with self.subTest(kind=name, option=option):
                    self.put(self.directory / "special", make)
                    (self.directory / "requirements.txt").write_text(f"{option} special\n")
                    result = self.try_words(*self.plan("-r", self.directory / "requirements.txt"))
                    self.assert_error(result, USAGE, self.directory / "special")

    def test_a_device_without_end_is_refused(self):
        self.assert_error(self.try_words(*self.plan("-r", "/dev/zero")), USAGE, "/dev/zero")

    def test_special_configuration_files_are_refused(self):
        for name, make in SPECIAL.items():
            with self.subTest(kind=name):
                file = self.directory / "pip.conf"
                self.put(file, make)
                variables = clean_environment(PIP_CONFIG_FILE=str(file))
                result = self.try_words(*self.plan("demo"), env=variables)
                self.assert_error(result, FILE_SYSTEM, file)

    def test_the_null_device_is_an_empty_configuration(self):
        result = self.try_words(*self.plan("pip"), env=clean_environment(PIP_CONFIG_FILE="/dev/null"))
        self.assertNotIn("/dev/null", result.stderr)
        self.assert_exit(result, SUCCESS)

    def test_special_wheels_are_refused(self):
        for name, make in SPECIAL.items():
            with self.subTest(kind=name):
                wheel = self.directory / "demo-1.0-py3-none-any.whl"
                self.put(wheel, make)
                result = self.try_words(*self.plan(str(wheel)))
                self.assert_error(result, FILE_SYSTEM, wheel)
                self.assertFalse((self.directory / "env").exists())


def wait_until_it_watches(process):
    """Until the process catches SIGINT: earlier it would just end."""
    caught = 1 << (signal.SIGINT - 1)
    while process.poll() is None:
        with open(f"/proc/{process.pid}/status", encoding="ascii", errors="replace") as stream:
            line = next(line for line in stream if line.startswith("SigCgt:"))
        if int(line.split()[1], 16) & caught:
            return
        time.sleep(0.005)


if __name__ == "__main__":
    support.main()
