"""Files and functions stay short enough to be read: MODELS of the house have a p99 of 85 lines."""

import ast
import unittest

from source_tree import files_in, name_of

FILE_LINES = 400
FUNCTION_LINES = 60
# A test may hold the table of its cases.
TEST_LINES = 150

DIRECTORIES = {"installer", "bundled", "venv", "bootstrap", "packaging", "tests"}


def function_lines_in_cpp(text):
    """(first line, length) of each block that follows a parameter list or a condition.

    clang-format puts the closing brace below the start of the statement that opened the block, so
    no parser is needed.
    """
    opened = {}
    statement = None
    for number, line in enumerate(text.splitlines(), start=1):
        code = line.split("//")[0].strip()
        if not code or line.startswith("#"):
            continue
        indent = len(line) - len(line.lstrip())
        statement = statement or (indent, number, "")
        statement = (*statement[:2], statement[2] + code)
        if code.startswith("}") and indent in opened:
            first = opened.pop(indent)
            yield first, number - first + 1
        if code.endswith("{") and ")" in statement[2]:
            opened[statement[0]] = statement[1]
        if code[-1] in ";{}:,":
            statement = None if code[-1] != "," else statement


def function_lines_in_python(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno - node.lineno + 1


def too_long_functions(path):
    text = path.read_text(encoding="utf-8")
    lengths = function_lines_in_python if path.suffix == ".py" else function_lines_in_cpp
    limit = TEST_LINES if name_of(path).startswith("tests/") else FUNCTION_LINES
    return [
        f"{name_of(path)}:{first}: {length} lines"
        for first, length in lengths(text)
        if length > limit
    ]


class Sizes(unittest.TestCase):
    def test_no_file_is_too_long(self):
        wrong = []
        for path in files_in(DIRECTORIES, {".h", ".cc", ".c", ".py", ".sh", ".cmake"}):
            lines = path.read_text(encoding="utf-8").count("\n")
            if lines > FILE_LINES:
                wrong.append(f"{name_of(path)}: {lines} lines")
        self.assertEqual(wrong, [])

    def test_no_function_is_too_long(self):
        wrong = []
        for path in files_in(DIRECTORIES, {".h", ".cc", ".c", ".py"}):
            wrong += too_long_functions(path)
        self.assertEqual(wrong, [])


class TheTestItself(unittest.TestCase):
    def test_long_functions_are_seen(self):
        body = "  call();\n" * 70
        self.assertEqual(list(function_lines_in_cpp("int f(int a) {\n" + body + "}\n")), [(1, 72)])
        self.assertEqual(
            list(function_lines_in_cpp("A::A(int a)\n    : a_(a) {\n  if (a) {\n  }\n}\n")),
            [(3, 2), (1, 5)],
        )
        self.assertEqual(list(function_lines_in_python("def f():\n  pass\n")), [(1, 2)])


if __name__ == "__main__":
    unittest.main()
