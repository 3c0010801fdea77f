# Asks a Python what it is. Run with `-I -S -c`; imports nothing but `sys` on Linux, because
# Debian's python3-minimal has little more and every import costs time.
#
# Written to stdout as bytes, whatever a wrapper prints before or after: NUL "ensure-begin" NUL,
# then "name=value" entries, each ended by NUL, then "ensure-end" NUL.
import sys


def encode(value):
    if isinstance(value, bytes):
        return value
    encoding = sys.getfilesystemencoding() or "utf-8"
    return str(value).encode(encoding, "surrogateescape")


def platform():
    # On Linux the platform is "linux-" and what uname(2) says; `ensure` can tell that itself.
    if sys.platform.startswith("linux"):
        return ""
    import sysconfig

    return sysconfig.get_platform()


def library_name(version):
    name = "pypy" if sys.implementation.name == "pypy" else "python"
    thread = "t" if "t" in getattr(sys, "abiflags", "") else ""
    return "%s%d.%d%s" % (name, version[0], version[1], thread)


def version_text(version):
    level = {"alpha": "a", "beta": "b", "candidate": "rc"}.get(version[3])
    mark = level + str(version[4]) if level else ""
    return "%d.%d.%d%s" % (version[0], version[1], version[2], mark)


def implementation_version():
    # Of PyPy its own, such as 7.3.15, where `sys.version_info` is that of the language.
    return "%d.%d.%d" % tuple(sys.implementation.version[:3])


def facts():
    version = sys.version_info
    base_prefix = getattr(sys, "base_prefix", sys.prefix)
    return [
        ("version_text", version_text(version)),
        ("implementation", sys.implementation.name),
        ("implementation_version", implementation_version()),
        ("cache_tag", sys.implementation.cache_tag or ""),
        ("abiflags", getattr(sys, "abiflags", "")),
        ("executable", getattr(sys, "_base_executable", None) or sys.executable or ""),
        ("base_prefix", base_prefix),
        ("platlibdir", getattr(sys, "platlibdir", "lib")),
        ("library_name", library_name(version)),
        ("bits", "64" if sys.maxsize > 2**32 else "32"),
        ("system", sys.platform),
        ("platform", platform()),
    ]


answer = b"".join(encode(name) + b"=" + encode(value) + b"\0" for name, value in facts())
sys.stdout.buffer.write(b"\0ensure-begin\0" + answer + b"ensure-end\0")
sys.stdout.buffer.flush()
