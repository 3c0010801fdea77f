"""Calls a hook of a build backend (PEP 517, PEP 660) through the copy of pyproject_hooks in pip.

Arguments: the hook, the directory of the project, the backend, the result, and the directories of
the project that contain the backend. The result of `get_requires_for_build_*` is a file with one
requirement a line, that of `build_editable` a directory with the wheel. Exit status 66: the backend
does not have the hook.
"""

import subprocess
import sys

from pip._vendor.pyproject_hooks import BuildBackendHookCaller, HookMissing

hook, source, backend, result = sys.argv[1:5]
hooks = BuildBackendHookCaller(
    source, backend, backend_path=sys.argv[5:] or None, python_executable=sys.executable
)
try:
    if hook == "build_editable":
        hooks.build_editable(result, {})
    else:
        requirements = getattr(hooks, hook)({})
        with open(result, "w", encoding="utf-8") as file:
            file.writelines(" ".join(each.split()) + "\n" for each in requirements)
except HookMissing:
    sys.exit(66)
except subprocess.CalledProcessError as error:
    sys.exit(error.returncode)  # the backend has printed the reason
