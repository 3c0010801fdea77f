"""What tests that put pip into an interpreter share."""

import os
from pathlib import Path

from interpreters import all_interpreters, copy_interpreter, need_copyable
from support import Case, clean_environment, run


def pip_scripts(directory):
    return {name for name in os.listdir(directory) if name.startswith("pip")} if directory.is_dir() else set()


class UpstreamCase(Case):
    """A relocated copy of an upstream installation, without pip."""

    def setUp(self):
        super().setUp()
        found = [
            each
            for each in all_interpreters()
            if each.implementation == "cpython" and not each.is_distribution and each.has("ensurepip")
        ]
        need_copyable(found[-1] if found else None)
        self.original = found[-1]
        self.prefix = self.directory / "python"
        self.python = copy_interpreter(self.original, self.prefix)
        self.library = self.prefix / "lib" / self.original.library_name
        self.purelib = self.library / "site-packages"

    def put(self, *options, **more):
        return self.ensure("--python", self.python, *options, **more)

    def scripts_of_ensurepip(self, root, *options):
        run([self.python, "-m", "ensurepip", "--root", root, *options], check=True,
            env=clean_environment(HOME=str(self.directory), PYTHONDONTWRITEBYTECODE="1"))  # fmt: skip
        return pip_scripts(Path(f"{root}{self.prefix}/bin"))
