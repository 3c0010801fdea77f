"""Source code made for a test: projects that build without anything else, and archives of them."""

import gzip
import io
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from wheels import make_wheel  # noqa: E402

# A whole backend (PEP 517, PEP 660), small enough to lie in each project, or in a wheel of an index.
BACKEND = '''
import base64, hashlib, os, zipfile

REQUIRES = []
STEPS = ""


def get_requires_for_build_wheel(config_settings=None):
    return REQUIRES


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return write_wheel(wheel_directory, source_files)


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    source = os.path.abspath("src").encode()
    return write_wheel(wheel_directory, lambda name: {f"__editable__.{name}.pth": source})


def source_files(name):
    files = {}
    for directory, _, names in os.walk("src"):
        for each in names:
            path = os.path.join(directory, each)
            with open(path, "rb") as file:
                files[os.path.relpath(path, "src")] = file.read()
    return files


def write_wheel(wheel_directory, files_of):
    with open("project.txt", encoding="utf-8") as file:
        name, version, *headers = file.read().splitlines()
    scope = {"name": name, "version": version, "headers": headers, "os": os}
    exec(STEPS, scope)
    name, version = scope["name"], scope["version"]
    files = files_of(name)
    info = f"{name}-{version}.dist-info"
    head = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *headers]
    files[f"{info}/METADATA"] = "".join(f"{each}\\n" for each in head).encode()
    files[f"{info}/WHEEL"] = (
        b"Wheel-Version: 1.0\\nGenerator: tests\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
    )
    rows = []
    for path, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        rows.append(f"{path},sha256={digest},{len(data)}\\n")
    files[f"{info}/RECORD"] = "".join([*rows, f"{info}/RECORD,,\\n"]).encode()
    filename = f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(wheel_directory, filename), "w") as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return filename
'''


def project(name, version, *, headers=(), module=None, backend=BACKEND, requires=(), steps="",
            promise=False, more=None):  # fmt: skip
    """The files of a project whose backend is in it; `steps` is code that its build runs.

    With `promise`, PKG-INFO says that no build changes its metadata (PEP 643).
    """
    backend = backend.replace("REQUIRES = []", f"REQUIRES = {list(requires)!r}")
    backend = backend.replace('STEPS = ""', f"STEPS = {steps!r}")
    files = {
        "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "own_backend"\n'
        'backend-path = ["tools"]\n',
        "tools/own_backend.py": backend,
        "project.txt": "\n".join([name, version, *headers]) + "\n",
        f"src/{name}.py": module or f"version = '{version}'\n",
        "PKG-INFO": pkg_info(name, version, headers, "2.2" if promise else "2.1"),
    }
    return {**files, **(more or {})}


def pkg_info(name, version, headers=(), metadata_version="2.1"):
    lines = [f"Metadata-Version: {metadata_version}", f"Name: {name}", f"Version: {version}", *headers]
    return "\n".join(lines) + "\n"


def write_project(directory, files):
    """Writes the files of a project; returns the directory."""
    for path, text in files.items():
        target = Path(directory) / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return Path(directory)


def tar_gz(files, top=None, edit=None):
    """The bytes of a `.tar.gz`; all is in the directory `top`. `edit` may change the members."""
    members = []
    for path, text in files.items():
        member = tarfile.TarInfo(f"{top}/{path}" if top else path)
        data = text.encode()
        member.size, member.mtime = len(data), 1_600_000_000
        members.append((member, data))
    if edit:
        members = edit(members)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for member, data in members:
            archive.addfile(member, io.BytesIO(data))
    return gzip.compress(buffer.getvalue(), mtime=0)


def zip_of(files, top):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in files.items():
            archive.writestr(f"{top}/{path}", text)
    return buffer.getvalue()


def setuptools_and_python():
    """A wheel of setuptools that a Python carries for its ensurepip, and that Python; or None.

    What distributions put in its place is made for their own Python alone.
    """
    from interpreters import all_interpreters

    for each in reversed(all_interpreters()):
        directory = Path(each.base_prefix) / "lib" / each.library_name / "ensurepip" / "_bundled"
        found = sorted(directory.glob("setuptools-6*.whl"))
        if each.implementation == "cpython" and each.version[:2] < (3, 12) and found:
            return found[-1], each
    return None


def wheel_wheel(directory):
    """A wheel of `wheel`, made from the one that is installed on the machine; None without one.

    setuptools before 70.1 cannot build wheels without it.
    """
    for packages in (Path("/usr/lib/python3/dist-packages"), *_site_packages()):
        found = [*packages.glob("wheel-*.egg-info"), *packages.glob("wheel-*.dist-info")]
        if not found or not (packages / "wheel" / "bdist_wheel.py").is_file():
            continue
        files = {
            str(path.relative_to(packages)): path.read_text()
            for path in (packages / "wheel").rglob("*.py")
        }
        version = found[0].name.split("-")[1].removesuffix(".egg").removesuffix(".dist")
        version = version.removesuffix("-info").removesuffix(".egg").removesuffix(".dist")
        info = f"wheel-{version}.dist-info"
        files[f"{info}/entry_points.txt"] = (found[0] / "entry_points.txt").read_text()
        return make_wheel(directory, "wheel", version, files=files)
    return None


def _site_packages():
    from interpreters import all_interpreters

    for each in all_interpreters():
        yield Path(each.base_prefix) / "lib" / each.library_name / "site-packages"


def has_compiler(interpreter):
    """Whether an extension module can be compiled for it."""
    code = "import os, sysconfig; print(os.path.join(sysconfig.get_path('include'), 'Python.h'))"
    header = subprocess.run([interpreter.executable, "-c", code], capture_output=True, text=True,
                            check=False)  # fmt: skip
    found = header.returncode == 0 and os.path.exists(header.stdout.strip())
    return found and any(os.path.exists(f"{each}/gcc") for each in ("/usr/bin", "/usr/local/bin"))
