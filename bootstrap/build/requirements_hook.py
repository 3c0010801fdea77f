"""Asks a build backend what else it needs to build a wheel (PEP 517, get_requires_for_build_wheel).

Arguments: the project's folder, the backend, the file to write one requirement a line into, and the
folders of the project that the backend is in. Runs where pip is installed, whose copy of
pyproject_hooks does it as pip itself would.
"""

import subprocess
import sys

from pip._vendor.pyproject_hooks import BuildBackendHookCaller

source, backend, result = sys.argv[1:4]
hooks = BuildBackendHookCaller(
    source, backend, backend_path=sys.argv[4:] or None, python_executable=sys.executable
)
try:
    requirements = hooks.get_requires_for_build_wheel({})
except subprocess.CalledProcessError as error:
    sys.exit(error.returncode)  # the backend has said why
with open(result, "w", encoding="utf-8") as file:
    file.writelines(" ".join(each.split()) + "\n" for each in requirements)
