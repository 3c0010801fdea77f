"""Asks a build backend for the further requirements of a wheel (PEP 517, get_requires_for_build_wheel).

Arguments: the directory of the project, the backend, the file to write the requirements to (one a
line), and the directories of the project that contain the backend. Uses the copy of pyproject_hooks
in pip, so that it behaves like pip.
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
    sys.exit(error.returncode)  # the backend has printed the reason
with open(result, "w", encoding="utf-8") as file:
    file.writelines(" ".join(each.split()) + "\n" for each in requirements)
