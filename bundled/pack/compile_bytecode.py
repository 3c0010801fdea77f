"""Compiles the modules of a wheel with the Python that runs this, at build time.

    compile_bytecode.py describe
    compile_bytecode.py compile WHEEL DIRECTORY

`describe` prints implementation, version and cache tag, and whether it is a final release.
`compile` writes the bytecode of every module to DIRECTORY, at the path that it has in an environment.

The bytecode is the same in every build: it is bound to its source by hash and not checked when it
is loaded (PEP 552), and the file names inside it are those of the wheel. The caller starts this
with PYTHONHASHSEED=0, because the order of constant sets depends on it before Python 3.11.
"""

import importlib.util
import marshal
import os
import sys
import warnings
import zipfile

# PEP 552: bit 0 says that the file is bound to its source by hash, bit 1 that it is to be checked.
UNCHECKED_HASH = (0b01).to_bytes(4, "little")


def describe():
    version = sys.version_info
    print(sys.implementation.name)
    print("{}.{}.{}".format(*version[:3]))
    print(sys.implementation.cache_tag or "")
    print("final" if version.releaselevel == "final" else "pre-release")


def bytecode_of(name, source):
    """The content of the .pyc file, or None if this Python cannot compile the module."""
    try:
        code = compile(source, name, "exec", dont_inherit=True, optimize=0)
    except (SyntaxError, ValueError):
        return None
    # The output of marshal depends on which objects are shared with the running interpreter; after
    # one round trip they are shared only within the module.
    data = marshal.dumps(marshal.loads(marshal.dumps(code)))
    return importlib.util.MAGIC_NUMBER + UNCHECKED_HASH + importlib.util.source_hash(source) + data


def is_module(name):
    """Whether the file is installed among the modules, as opposed to metadata and data files."""
    directory = name.split("/", 1)[0]
    return name.endswith(".py") and not directory.endswith((".dist-info", ".data"))


def compile_wheel(wheel, output):
    warnings.simplefilter("ignore")
    with zipfile.ZipFile(wheel) as archive:
        for name in sorted(filter(is_module, archive.namelist())):
            data = bytecode_of(name, archive.read(name))
            if data is None:
                continue
            path = os.path.join(output, importlib.util.cache_from_source(name, optimization=""))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(data)


def main():
    if sys.argv[1:] == ["describe"]:
        describe()
    elif len(sys.argv) == 4 and sys.argv[1] == "compile":
        compile_wheel(sys.argv[2], sys.argv[3])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
