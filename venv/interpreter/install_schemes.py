# Asks a Python where packages go: run with `-I -S -c`, arguments: the directory of `--prefix` and the
# value of PYTHONUSERBASE (or nothing). The answer is written as `probe.py` describes it. The rules
# are pip's (its `_internal/locations`), so that what `ensure` installs is where pip looks for it.
import os
import sys
import sysconfig

prefix, user_base = sys.argv[1], sys.argv[2]
if user_base:
    os.environ["PYTHONUSERBASE"] = user_base

BASES = (
    "installed_base base installed_platbase platbase prefix exec_prefix userbase"
).split()


def preferred(key):
    if hasattr(sysconfig, "get_preferred_scheme"):
        return sysconfig.get_preferred_scheme(key)
    names = sysconfig.get_scheme_names()
    debian = os.environ.get("DEB_PYTHON_INSTALL_LAYOUT", "posix_local")
    candidates = ["%s_%s" % (os.name, key), os.name]
    if key == "prefix":
        candidates[:0] = ["deb_system" if debian.startswith("deb") else debian]
        candidates[1:1] = ["%s_%s" % (sys.implementation.name, os.name), sys.implementation.name]
    return next(name for name in candidates if name in names)


def standard_paths():
    name = preferred("prefix")
    paths = sysconfig.get_paths(name)
    if sys.version_info >= (3, 10):
        return paths
    # Before 3.10 pip follows distutils, where Debian keeps headers below /usr/local as well.
    import site

    directories = [path for path in site.getsitepackages() if path.startswith("/usr/local/")]
    local = [path for path in directories if path.endswith("dist-packages")]
    if name == "posix_prefix" and local:
        paths.update(purelib=local[0], platlib=local[0], scripts="/usr/local/bin")
        paths.update(data="/usr/local")
    if local and paths["data"] == "/usr/local":
        paths["include"] = "/usr/local/include/" + os.path.basename(paths["include"])
    return paths


def prefix_paths():
    # Both schemes are for the system's own prefix only.
    name = preferred("prefix")
    if name in ("posix_local", "osx_framework_library"):
        name = "posix_prefix"
    return sysconfig.get_paths(name, vars=dict((base, prefix) for base in BASES))


def encode(value):
    return str(value).encode(sys.getfilesystemencoding() or "utf-8", "surrogateescape")


def facts():
    schemes = [
        ("standard", standard_paths()),
        ("user", sysconfig.get_paths(preferred("user"))),
        ("prefix", prefix_paths()),
    ]
    for scheme, paths in schemes:
        for key in ("purelib", "platlib", "scripts", "data", "include"):
            yield scheme + "." + key, paths[key]
    yield "standard_library", sysconfig.get_path("stdlib")


answer = b"".join(encode(name) + b"=" + encode(value) + b"\0" for name, value in facts())
sys.stdout.buffer.write(b"\0ensure-begin\0" + answer + b"ensure-end\0")
sys.stdout.buffer.flush()
