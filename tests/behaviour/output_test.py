"""What the program says: exit codes, JSON, colour, silence, suggestions, traces."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import time

import support
from interpreters import copy_interpreter, newest, upstream
from snapshot import snapshot
from support import (
    FILE_SYSTEM, NETWORK, NO_INTERPRETER, NO_SERVER, NO_SOLUTION, SUCCESS, USAGE, Case, bundled_pip, clean_environment, remove_tree, run,
)  # fmt: skip


class OutputCase(Case):
    def setUp(self):
        super().setUp()
        self.target = self.directory / "env"
        self.words = ["--venv", self.target, "--python", newest().executable]


class JsonTest(OutputCase):
    def test_result_has_what_the_contract_lists(self):
        told = self.make_json(*self.words)
        self.assertEqual(told["target"], str(self.target))
        self.assertEqual(told["outcome"], "created")
        self.assertEqual(told["interpreter"]["version"], "%d.%d.%d" % newest().version)
        self.assertEqual(told["interpreter"]["implementation"], "cpython")
        self.assertTrue(os.path.isabs(told["interpreter"]["executable"]))
        self.assertGreater(told["elapsed_ms"], 0)
        self.assertEqual(told["exit_code"], SUCCESS)
        self.assertEqual(told["removed"], [])
        self.assertEqual(told["kept"], [])
        self.assertEqual(told["warnings"], [])
        self.assertIn(bundled_pip(newest())["sha256"], [wheel["sha256"] for wheel in told["bundled"]])
        again = self.make_json(*self.words)
        self.assertEqual([p["name"] for p in again["kept"]], ["pip"])
        self.assertEqual(again["installed"], [])

    def test_errors_are_objects_with_the_same_exit_code(self):
        (self.directory / "mine").mkdir()
        (self.directory / "mine" / "file").write_text("x")
        for words, code in (
            (["--no-such"], USAGE),
            (["--venv", self.target, "--python", "/nowhere"], NO_INTERPRETER),
            ([*self.words, "--upgrade-deps", *NO_SERVER], NETWORK),
            (["--venv", self.directory / "mine", *self.words[2:]], FILE_SYSTEM),
            (["python", "find", "3.99"], NO_INTERPRETER),
        ):
            with self.subTest(words=words):
                result = self.ensure(*words, "--json")
                self.assert_exit(result, code)
                told = json.loads(result.stdout)
                self.assertEqual(told["exit_code"], code)
                self.assertEqual(told["error"]["exit_code"], code)
                self.assertTrue(told["error"]["message"])
                self.assertTrue(told["error"]["hints"])

    def test_options_may_come_before_the_command(self):
        result = self.ensure("--json", "python", "list")
        self.assert_exit(result, SUCCESS)
        self.assertIsInstance(json.loads(result.stdout), list)

    def test_stdout_is_data_alone_and_stderr_can_be_merged_away(self):
        result = self.ensure("--json", *self.words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        json.loads(result.stdout)

    def test_warnings_are_in_the_object_alone(self):
        prefix = self.directory / "python"
        python = copy_interpreter(upstream(), prefix)
        for path in prefix.glob("lib/python3.*/json"):
            remove_tree(path)
        result = self.ensure(
            "--json", *self.words[:2], "--python", python, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self.assertTrue(json.loads(result.stdout)["warnings"])

    def test_names_that_are_no_utf_8_do_not_break_it(self):
        result = self.ensure(
            "--json", "--venv", os.fsencode(self.directory) + b"/\xff\xfe", "--python", "/nowhere/\xff"
        )
        json.loads(result.stdout.encode(errors="surrogateescape").decode())

    def test_version(self):
        told = json.loads(self.ensure("--version", "--json").stdout)
        self.assertRegex(told["version"], r"^\d+\.\d+\.\d+")
        self.assertTrue(told["bundled"])
        tags = [tag for wheel in told["bundled"] for tag in wheel["bytecode"]]
        self.assertEqual(sorted(each["cache_tag"] for each in told["bytecode"]), sorted(tags))

    def test_version_names_the_pythons_whose_bytecode_is_bundled(self):
        told = json.loads(self.ensure("--version", "--json").stdout)
        pythons = [each["python"] for each in told["bytecode"]]
        self.assertEqual(pythons, sorted(pythons, key=lambda minor: int(minor.partition(".")[2])))
        for each in told["bytecode"]:
            self.assertTrue(each["compiled_with"].startswith(each["python"] + "."))
        expected = f"bytecode is bundled for Python {', '.join(pythons)};" if pythons else "bytecode is not bundled"
        self.assertIn(expected, self.ensure("--version").stdout)


class SpeechTest(OutputCase):
    def test_talk_goes_to_stderr(self):
        result = self.make(*self.words)
        self.assertEqual(result.stdout, "")
        self.assertIn(str(self.target), result.stderr)

    def test_quiet_says_nothing_but_errors(self):
        result = self.make("--quiet", *self.words)
        self.assertEqual((result.stdout, result.stderr), ("", ""))
        self.assert_error(self.ensure("-q", "--venv", self.target, "--python", "/nowhere"), NO_INTERPRETER)

    def test_verbose_says_more(self):
        usual = self.make(*self.words).stderr
        remove_tree(self.target)
        verbose = self.make("-v", *self.words).stderr
        self.assertGreater(len(verbose.splitlines()), len(usual.splitlines()))

    def test_version_and_help(self):
        version = self.make("--version").stdout
        self.assertRegex(version, r"(?m)^ensure \d+\.\d+\.\d+$")
        for word in ("--help", "-h"):
            told = self.make(word)
            self.assertEqual(told.stderr, "")
            for option in ("--venv", "--python", "--relocatable", "--break-system-packages", "--trace"):
                self.assertIn(option, told.stdout)

    def test_no_arguments_do_not_change_the_machine_unasked(self):
        """`ensure` alone is the ensurepip form; with a distribution's Python it must refuse."""
        result = run(
            [self.executable], env={"PATH": "/nonexistent", "HOME": str(self.directory)}, cwd=self.directory
        )
        self.assertIn(result.returncode, (USAGE, NO_INTERPRETER, FILE_SYSTEM))

    def test_misspelt_options_and_commands_get_suggestions(self):
        for wrong, right in (
            ("--vnev", "--venv"),
            ("--claer", "--clear"),
            ("--system-site-package", "--system-site-packages"),
            ("--promt=x", "--prompt"),
            ("--with-out-pip", "--without-pip"),
        ):
            with self.subTest(wrong=wrong):
                result = self.ensure(wrong, *self.words)
                self.assert_error(result, USAGE, wrong.partition("=")[0])
                self.assertIn(f"`{right}`", result.stderr)
        self.assert_error(self.ensure("pyhton", "list"), USAGE)
        self.assert_error(self.ensure("python", "lsit"), USAGE, "python list")

    def test_requirements_are_not_ignored(self):
        self.assert_error(self.ensure(*self.words, "flask", "--no-index"), NO_SOLUTION, "flask")
        self.assertFalse(self.target.exists())

    def test_errors_are_one_message_with_a_hint(self):
        result = self.ensure("--venv", self.target, "--python", "/nowhere/python3")
        self.assert_error(result, NO_INTERPRETER, "`/nowhere/python3`")
        self.assertEqual(len(re.findall("(?m)^error:", result.stderr)), 1)
        self.assertNotRegex(result.stderr.splitlines()[0], r"\.$")

    def test_control_characters_do_not_reach_the_terminal(self):
        result = self.ensure("--venv", self.target, "--python", "\x1b[31mred\x07")
        self.assert_error(result, NO_INTERPRETER)
        self.assertNotRegex(result.stderr, r"[\x00-\x08\x0b-\x1f\x7f]")

    def test_line_ends_and_marks_in_a_text_of_others_add_no_line(self):
        (self.directory / "bad.txt").write_text("a\x0b\u202eb\n", encoding="utf-8")
        (self.directory / "pyproject.toml").write_text('[project]\nname = "a"\ndependencies = ["b\\nerror: c"]\n')
        for file in ("bad.txt", "pyproject.toml"):
            with self.subTest(file=file):
                result = self.ensure(*self.words, "-r", self.directory / file)
                self.assert_exit(result, USAGE)
                self.assertNotRegex(result.stderr, "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e]")
                self.assertEqual(result.stderr.count("\nerror: "), 0, result.stderr)

    def test_long_lines_and_many_mistakes_are_shortened(self):
        (self.directory / "long.txt").write_text("?" + "a" * 100_000 + "\n")
        (self.directory / "many.txt").write_text("".join(f"?{number}\n" for number in range(1_000)))
        result = self.ensure(*self.words, "-r", self.directory / "long.txt")
        self.assert_exit(result, USAGE)
        self.assertLess(len(result.stderr), 2_500)
        result = self.ensure(*self.words, "-r", self.directory / "many.txt")
        self.assert_exit(result, USAGE)
        self.assertIn("many.txt:40: ", result.stderr)
        self.assertNotIn("many.txt:41: ", result.stderr)
        self.assertIn("\nand 960 more errors\n", result.stderr)
        told = json.loads(self.ensure(*self.words, "-r", self.directory / "many.txt", "--json").stdout)
        self.assertIn("many.txt:1000: ", told["error"]["message"])


class ColorTest(OutputCase):
    def test_only_where_it_is_wanted(self):
        wrong = ["--venv", self.target, "--python", "/nowhere"]
        for options, variables, colored in (
            ([], {}, False),
            (["--color", "always"], {}, True),
            (["--color=always"], {"NO_COLOR": "1"}, True),
            (["--color", "never"], {}, False),
        ):
            with self.subTest(options=options, variables=variables):
                told = self.ensure(*options, *wrong, env=clean_environment(**variables)).stderr
                self.assertEqual("\x1b[" in told, colored)

    def test_on_a_terminal(self):
        wrong = ["--venv", str(self.target), "--python", "/nowhere"]
        for variables, colored in (
            ({"TERM": "xterm"}, True),
            ({"TERM": "xterm", "NO_COLOR": "1"}, False),
            ({"TERM": "xterm", "NO_COLOR": ""}, True),
            ({"TERM": "dumb"}, False),
        ):
            with self.subTest(variables=variables):
                _, told = on_terminal([self.executable, *wrong], clean_environment(**variables))
                self.assertEqual(b"\x1b[" in told, colored)


class TerminalTest(OutputCase):
    def test_a_terminal_changes_nothing_and_nothing_is_asked(self):
        self.make(*self.words)
        expected = snapshot(self.target)
        remove_tree(self.target)
        command = [self.executable, *map(str, self.words)]
        self.assertEqual(on_terminal(command, clean_environment(TERM="xterm"))[0], SUCCESS)
        self.assertEqual(snapshot(self.target), expected)
        remove_tree(self.target)
        self.target.mkdir()
        (self.target / "mine").write_text("x")
        code, _ = on_terminal([*command, "--clear"], clean_environment(TERM="xterm"))
        self.assertEqual(code, FILE_SYSTEM)


def on_terminal(command, variables):
    """Runs with a terminal as 0, 1 and 2; returns the exit code and everything shown."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=variables, start_new_session=True
    )
    os.close(theirs)
    shown = b""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([ours], [], [], 0.1)[0]:
            try:
                shown += os.read(ours, 65536)
            except OSError:
                break
        elif process.poll() is not None:
            break
    os.close(ours)
    if process.poll() is None:
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            support.kill_group(process)
    return process.returncode, shown


class TraceTest(OutputCase):
    def test_is_chrome_trace_events(self):
        file = self.directory / "trace.json"
        self.make(*self.words, "--trace", file)
        events = json.loads(file.read_text())["traceEvents"]
        self.assertGreater(len(events), 3)
        for event in events:
            self.assertEqual(event["ph"], "X")
            self.assertIsInstance(event["name"], str)
            for key in ("ts", "dur", "pid", "tid"):
                self.assertIsInstance(event[key], int)
                self.assertGreaterEqual(event[key], 0)
        self.assert_names(self.directory, "env", "trace.json")

    def test_is_written_for_failures_too(self):
        file = self.directory / "trace.json"
        self.target.mkdir()
        (self.target / "mine").write_text("x")
        self.assert_error(self.ensure(*self.words, "--trace", file), FILE_SYSTEM)
        json.loads(file.read_text())

    def test_that_cannot_be_written_is_an_error_before_the_work(self):
        result = self.ensure(*self.words, "--trace", self.directory / "nowhere" / "trace.json")
        self.assert_error(result, FILE_SYSTEM, "nowhere")
        self.assertFalse(self.target.exists())


class ExitCodeTest(OutputCase):
    """One test for each code that needs no network and that no other file tests."""

    def test_interrupted_and_terminated(self):
        slow, started = self.directory / "slow-python", self.directory / "started"
        slow.write_text(f"#!/bin/sh\n: >'{started}'\nexec sleep 300\n")
        slow.chmod(0o755)
        for kind, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            process = subprocess.Popen(
                [self.executable, "--venv", str(self.target), "--python", str(slow)],
                env=clean_environment(), stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
                start_new_session=True,
            )  # fmt: skip
            support.wait_for(started.exists)
            started.unlink()
            process.send_signal(kind)
            try:
                _, told = process.communicate(timeout=120)
            finally:
                support.kill_group(process)
            self.assertEqual(process.returncode, code, told)
            self.assert_names(self.directory, "slow-python")

    def test_options_from_variables(self):
        told = self.ensure(*self.words, env=clean_environment(ENSURE_JSON="1", ENSURE_WITHOUT_PIP="true"))
        self.assert_exit(told, SUCCESS)
        self.assertEqual(json.loads(told.stdout)["installed"], [])
        result = self.ensure(*self.words, env=clean_environment(ENSURE_LOCK_TIMEOUT="soon"))
        self.assert_error(result, USAGE, "ENSURE_LOCK_TIMEOUT")


if __name__ == "__main__":
    support.main()
