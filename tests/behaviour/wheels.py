"""Wheels made for a test: good ones, and fields of which can be made to lie."""

import base64
import hashlib
import os
import zipfile
from pathlib import Path


def record_hash(data):
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=")
    return "sha256=" + digest.decode()


def make_wheel(directory, name, version, *, files=None, metadata="", scripts="", record=None, **odd):
    """Writes `NAME-VERSION-py3-none-any.whl` into `directory` and returns its path.

    `files` maps paths to text; `metadata` are further headers; `scripts` are console_scripts.
    `record` replaces the content of RECORD; `odd` may hold `filename`, `metadata_name`,
    `metadata_version` and `dist_info` to make the wheel contradict itself.
    """
    dist_info = odd.get("dist_info", f"{name}-{version}.dist-info")
    entries = {path: text.encode() for path, text in (files or {}).items()}
    entries[f"{dist_info}/METADATA"] = (
        "Metadata-Version: 2.1\n"
        f"Name: {odd.get('metadata_name', name)}\n"
        f"Version: {odd.get('metadata_version', version)}\n{metadata}"
    ).encode()
    tag = "-".join(odd.get("filename", "py3-none-any.whl").removesuffix(".whl").split("-")[-3:])
    entries[f"{dist_info}/WHEEL"] = (
        f"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: {tag}\n".encode()
    )
    if scripts:
        entries[f"{dist_info}/entry_points.txt"] = f"[console_scripts]\n{scripts}\n".encode()
    if record is None:
        rows = [f"{path},{record_hash(data)},{len(data)}" for path, data in entries.items()]
        record = "\n".join([*rows, f"{dist_info}/RECORD,,", ""])
    entries[f"{dist_info}/RECORD"] = record.encode()
    path = Path(directory) / odd.get("filename", f"{name}-{version}-py3-none-any.whl")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, data in entries.items():
            archive.writestr(entry, data)
    return path


def make_pip_wheel(directory, version, *, requires_python=">=3.8", files=None, **odd):
    """A wheel that calls itself pip, whose `pip --version` answers with `version`."""
    main = f"def main():\n    print('pip {version} of the tests')\n    return 0\n"
    own = {
        "pip/__init__.py": f"__version__ = '{version}'\n",
        "pip/__main__.py": "from pip._internal.cli.main import main\nmain()\n",
        "pip/_internal/__init__.py": "",
        "pip/_internal/cli/__init__.py": "",
        "pip/_internal/cli/main.py": main,
    }
    metadata = f"Requires-Python: {requires_python}\n" if requires_python else ""
    return make_wheel(
        directory,
        "pip",
        version,
        files={**own, **(files or {})},
        metadata=metadata,
        scripts="pip = pip._internal.cli.main:main\npip3 = pip._internal.cli.main:main",
        **odd,
    )


def put_old_pip(environment, interpreter, version="20.0"):
    """Puts an installed pip of few files into an environment that was made without pip."""
    environment = Path(environment)
    purelib = environment / "lib" / interpreter.library_name / "site-packages"
    dist_info = f"pip-{version}.dist-info"
    script = (
        f"#!{environment}/bin/python\nimport sys\nfrom pip import main\n"
        "if __name__ == '__main__':\n    sys.exit(main())\n"
    )
    files = {
        purelib / "pip/__init__.py": f"__version__ = '{version}'\ndef main():\n    return 0\n",
        purelib / "pip/__main__.py": "from pip import main\nmain()\n",
        purelib / "pip/gone_since.py": "# the newer pip has no such file\n",
        purelib / dist_info / "METADATA": f"Metadata-Version: 2.1\nName: pip\nVersion: {version}\n",
        purelib / dist_info / "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        purelib / dist_info / "INSTALLER": "pip\n",
        purelib / dist_info / "entry_points.txt": "[console_scripts]\npip = pip:main\n",
        environment / "bin/pip": script,
        environment / "bin/pip3": script,
        environment / f"bin/pip{interpreter.minor}": script,
    }
    rows = []
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        if path.parent.name == "bin":
            path.chmod(0o755)
        name = os.path.relpath(path, purelib)
        rows.append(f"{name},{record_hash(text.encode())},{len(text)}")
    record = "\n".join([*rows, f"{dist_info}/RECORD,,", ""])
    (purelib / dist_info / "RECORD").write_text(record)
