"""The command lines that the online benchmark compares: the same requirements, the same Python."""

import dataclasses
import json
import re

SETS = {
    "web": ["flask", "requests", "sqlalchemy", "celery", "gunicorn"],
    "jupyter": ["jupyter"],
    "data": ["pandas", "scikit-learn", "matplotlib"],
    "backtrack": ["boto3", "botocore<1.34.20,>1.28", "urllib3>=2"],
    "airflow": ["apache-airflow[amazon,google]"],
}
# Resolved and not installed.
RESOLVED_ONLY = {"airflow"}
MODES = ("cold", "warm", "offline")


@dataclasses.dataclass(frozen=True)
class Server:
    """Where the packages come from."""

    index: str
    variables: dict


class Contender:
    """One tool with certain options; each has a cache of its own below `directory`."""

    modes = MODES

    def __init__(self, name, directory, python, is_variant=False):
        """A variant resolves as another contender does, and installs in another way."""
        self.name = name
        self.is_variant = is_variant
        self.python = python
        self.cache = directory / ("cache-" + re.sub(r"\W+", "-", name))
        self.target = directory / "env"
        self.answer_file = directory / "answer"

    def commands(self, packages, mode, index, resolve_only):
        """The commands to run one after the other. The sum of their times counts."""
        raise NotImplementedError

    def answer(self, resolve_only):
        """The chosen versions, by normalized name."""
        if not resolve_only:
            return _installed(self.target)
        return self.resolved()

    def resolved(self):
        raise NotImplementedError


class Ensure(Contender):
    def __init__(self, name, directory, python, program, options=(), is_variant=False):
        super().__init__(name, directory, python, is_variant)
        self._program = program
        self._options = options

    def commands(self, packages, mode, index, resolve_only):
        command = [self._program, "--quiet", "--venv", self.target, "--python", self.python]
        command += ["--cache-dir", self.cache, *self._options]
        command += ["--index-url", index] if index else []
        command += ["--offline"] if mode == "offline" else []
        command += ["--dry-run", "--report", self.answer_file] if resolve_only else []
        return [[*command, *packages]]

    def resolved(self):
        report = json.loads(self.answer_file.read_text())
        pairs = [(each["metadata"]["name"], each["metadata"]["version"]) for each in report["install"]]
        return _without_pip(pairs)


class Uv(Contender):
    def __init__(self, name, directory, python, program, options=(), is_variant=False):
        super().__init__(name, directory, python, is_variant)
        self._program = program
        self._options = options

    def commands(self, packages, mode, index, resolve_only):
        uv = [self._program, "--quiet", "--cache-dir", self.cache]
        uv += ["--offline"] if mode == "offline" else []
        chosen = ["--default-index", index] if index else []
        if resolve_only:
            wanted = self.answer_file.with_suffix(".in")
            wanted.write_text("\n".join(packages) + "\n")
            compile_to = ["--python", self.python, "-o", self.answer_file]
            return [[*uv, "pip", "compile", "--no-header", *chosen, *compile_to, wanted]]
        install = [*uv, "pip", "install", *self._options, *chosen, "--python", self.target]
        return [[*uv, "venv", "--python", self.python, self.target], [*install, *packages]]

    def resolved(self):
        text = self.answer_file.read_text()
        return _without_pip(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE))


class Pip(Contender):
    """pip, which is slow and therefore measured cold only."""

    modes = ("cold",)

    def __init__(self, name, directory, python, program, certificates):
        super().__init__(name, directory, python)
        self._program = program
        self._certificates = certificates

    def commands(self, packages, mode, index, resolve_only):
        pip = [self.target / "bin" / "python", "-m", "pip", "install", "--quiet"]
        pip += ["--cache-dir", self.cache, "--disable-pip-version-check", "--no-input"]
        pip += ["--index-url", index] if index else []
        pip += ["--cert", self._certificates] if self._certificates else []
        pip += ["--dry-run", "--report", self.answer_file] if resolve_only else []
        # The fastest way to an environment with the newest pip, so that pip itself is compared.
        make = [self._program, "--quiet", "--venv", self.target, "--python", self.python]
        return [make, [*pip, *packages]]

    def resolved(self):
        return Ensure.resolved(self)


def _normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def _without_pip(pairs):
    return {_normal(name): version for name, version in pairs if _normal(name) != "pip"}


def _installed(target):
    found = target.glob("lib/python*/site-packages/*.dist-info")
    return _without_pip(path.name[: -len(".dist-info")].rsplit("-", 1) for path in found)
