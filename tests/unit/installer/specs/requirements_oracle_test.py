"""Requirements files, a corpus and bent ones, against pip's own reader.

    requirements_oracle_test.py PROGRAM WHEEL-DIRECTORY

PROGRAM prints what our reader makes of files; WHEEL-DIRECTORY holds a pip that this Python can run.
"""

import json
import logging
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import unittest
import warnings

PROGRAM, WHEELS = sys.argv[1:3]
SKIPPED = "skipped: no pip that this Python runs"
DIGEST = "0123456789abcdef" * 4

CORPUS = [
    "flask\nrequests >= 2 # comment\n#c\n\n",
    "a==1.0 \\\n    --hash=sha256:%s \\\n    --hash sha384:%s%s\n" % (DIGEST, DIGEST, DIGEST[:32]),
    "a \\\n# comment \\\nb\n",
    "a\\\\\n>=1\n\\\nb\\",
    "\\\\a\\\nb",
    "-e .\n-e git+https://x.test/a@main#egg=a\n--editable=./dir[x]\n",
    "-i https://one.test/simple\n--extra-index-url=https://two.test -f wheels\n-fother\n",
    "--index-url https://one.test\n--no-index\n--extra-index-url https://x.test\n",
    "--pre\n--prefer-binary\n--require-hashes\n--trusted-host x.test:80\n",
    "--no-binary :all:\n--only-binary a,B_c\n--no-binary :none:\n--only-binary=:all:,d\n",
    "--no-binary a,:all:,b --only-binary b\n--only-binary :all:,:none:,z\n",
    "a ; python_version > '3' --config-settings k=v -C 'k=w x'\n",
    "a --global\n", "a --requir x\n", "--extra https://x.test\n", "--no\n", "--pre=1\n", "-i\n", "-x\n", "--\n-\n",
    "a -- b\n", "--pre a b\n", "a  --pre\n", "a\t--pre\n", "a\x0b--pre\nb\x0cc\x1cd\x85e\u2028f\n",
    "a #b\n#c\n  #d\ne#f\n-f x#y\n-f x #y\n", "a==${V_1}\nb==${NONE}\n-f ${EMPTY}x${V_1}${V_1}\n${v}\n-f ${NEST}${V_1}\n",
    "-f 'a b' \"c\\\"d\" e\\ f\n-f \"\\x\"\n-f ''\n", "-f 'a\n", "-f a\\\n", "-f \"a\\\n",
    "./dir/a-1.0-py3-none-any.whl\nhttps://x.test/a-1.0-py3-none-any.whl#sha256=%s\n" % DIGEST,
    "a @ https://x.test/a.zip ; os_name == 'posix'\nb[x,y]@file:///b.zip\n",
    "-r nested/one.txt\n-c nested/two.txt\nlast\n", "-r nested/loop.txt\n", "-r missing.txt\n",
    "-r nested/one.txt -r nested/two.txt --pre\n", "--req nested/one.txt\n-cnested/two.txt\n",
    "a --hash=md5:00\n", "a --hash=sha256\n", "a --config-settings x\n", "a --hash=sha256:%s --pre\n" % DIGEST,
    "--hash=sha256:%s\n" % DIGEST, "a\r\nb\rc\n", "\ufeffa\n", "a\u00a0#b\n\u3000c\u2003\n", "\u00e9 @ https://x.test/\u00e9.zip\n",
]
NESTED = {
    "nested/one.txt": "one\n-r two.txt\n",
    "nested/two.txt": "two>=1\n-e ./x\n",
    "nested/loop.txt": "loop\n-r ../nested/loop.txt\n",
}
VARIABLES = {"V_1": "1.0", "EMPTY": "", "NEST": "${V_1}", "v": "no"}


def import_pip():
    for wheel in sorted(pathlib.Path(WHEELS).glob("pip-*.whl"), reverse=True):
        sys.path.insert(0, str(wheel))
        try:
            from pip._internal.req import req_file

            return req_file
        except (ImportError, SyntaxError, TypeError):
            sys.path.pop(0)
            for name in [name for name in sys.modules if name.split(".")[0] == "pip"]:
                del sys.modules[name]
    print(SKIPPED)
    sys.exit(0)


REQ_FILE = import_pip()


class Session:
    """What pip's reader wants of one."""

    def update_index_urls(self, urls):
        pass

    def __init__(self):
        self.hosts = []

    def add_trusted_host(self, host, source=None):
        self.hosts.append(host)


def finder(session):
    from pip._internal.index.collector import LinkCollector
    from pip._internal.index.package_finder import PackageFinder
    from pip._internal.models.search_scope import SearchScope
    from pip._internal.models.selection_prefs import SelectionPreferences

    collector = LinkCollector(session, SearchScope([], [], no_index=False))
    found = PackageFinder.create(collector, SelectionPreferences(allow_yanked=False))
    try:
        from pip._internal.models.release_control import ReleaseControl

        found.set_release_control(ReleaseControl())
    except ImportError:  # before 26
        pass
    return found


def by_pip(path):
    """What pip's reader makes of a file, in the form of PROGRAM."""
    session = Session()
    found = finder(session)
    options = type("Options", (), {"require_hashes": False, "features_enabled": [], "no_require_hashes": False})()
    try:
        lines = list(REQ_FILE.parse_requirements(path, session, found, options))
    except Exception as error:  # noqa: BLE001 - whatever it raises, it refuses the file
        return {"error": str(error)}
    requirements = []
    for line in lines:
        more = line.options or {}
        place = line.comes_from.rsplit(" (line ", 1)
        requirements.append(
            {
                "text": line.requirement,
                "editable": line.is_editable,
                "constraint": line.constraint,
                "hashes": more.get("hashes") or {},
                "line": int(place[1].rstrip(")")),
                "file": os.path.normpath(place[0][3:]),
            }
        )
    scope = found.search_scope
    control = found.format_control
    return {
        "requirements": requirements,
        "index_urls": scope.index_urls,
        "no_index": scope.no_index,
        "find_links": scope.find_links,
        "pre": is_pre(found),
        "prefer_binary": bool(found.prefer_binary),
        "require_hashes": bool(options.require_hashes),
        "no_binary": sorted(control.no_binary),
        "only_binary": sorted(control.only_binary),
        "trusted_hosts": session.hosts,
    }


def is_refused_later(path):
    """Whether pip takes the lines of a file, but not what they ask for."""
    from pip._internal.req.constructors import install_req_from_parsed_requirement

    for line in REQ_FILE.parse_requirements(path, Session()):
        try:
            install_req_from_parsed_requirement(line)
        except Exception:  # noqa: BLE001 - whatever it raises, it refuses the line
            return True
    return False


def is_pre(found):
    control = getattr(found, "release_control", None)
    if control is not None:
        return ":all:" in control.all_releases
    return bool(getattr(found, "allow_all_prereleases", False))


def comparable(ours):
    """Our answer in terms of pip's."""
    if "error" in ours:
        return ours
    options = ours["options"]
    urls = [options["index_url"]] * bool(options["index_url"]) + options["extra_index_urls"]
    return {
        "requirements": [
            {**line, "file": os.path.normpath(line["file"])} for line in ours["requirements"]
        ],
        "index_urls": [] if options["no_index"] else urls,
        "find_links": [found_link(*link) for link in options["find_links"]],
        **{
            name: options[name]
            for name in ("no_index", "pre", "prefer_binary", "require_hashes",
                         "no_binary", "only_binary", "trusted_hosts")
        },
    }


def found_link(value, file):
    """What pip looks up on the disk."""
    path = os.path.join(os.path.dirname(os.path.abspath(file)), value)
    return path if os.path.exists(path) else value


def bend(text, generator):
    pieces = list(text)
    for _ in range(generator.randrange(1, 4)):
        place = generator.randrange(len(pieces) + 1)
        piece = generator.choice(["\\", "\\\n", "\n", " ", "\t", "#", " #", "-", " -", "--", "'", '"', "=", "${V_1}", "\r", "\x0b", "\u2028", ",", ";", "a"])
        if generator.random() < 0.4 and pieces:
            del pieces[min(place, len(pieces) - 1)]
        else:
            pieces.insert(place, piece)
    return "".join(pieces)


class Reader(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        logging.disable(logging.CRITICAL)
        warnings.simplefilter("ignore")  # of escape sequences in markers
        os.environ.update(VARIABLES)
        cls.directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.directory.cleanup)
        os.chdir(cls.directory.name)
        cls.addClassCleanup(os.chdir, "/")
        for name, text in NESTED.items():
            path = pathlib.Path(name)
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def compare(self, texts):
        """The number of texts that both take; fails where they differ."""
        names = []
        for number, text in enumerate(texts):
            name = f"{number}.txt"
            pathlib.Path(name).write_bytes(text.encode("utf-8"))
            names.append(name)
        program = subprocess.run([PROGRAM, *names], capture_output=True, check=False)
        self.assertEqual(program.returncode, 0, program.stderr)
        output = program.stdout
        both = 0
        for name, text, ours in zip(names, texts, json.loads(output)):
            expected = by_pip(name)
            mine = comparable(ours)
            if "error" in mine:
                # pip judges requirements later, and digests when it compares them.
                is_digest = "is not a digest" in mine["error"] or "--hash" in mine["error"]
                refused = "error" in expected or is_digest
                self.assertTrue(refused or is_refused_later(name), (text, mine, expected))
                continue
            if re.search(r"[^\s\\].* -(e|-e)", text):
                continue  # pip 26 takes `name -e x` for the editable requirement `name`
            if "no such option: --g" in expected.get("error", ""):
                continue  # `--global-option`, which older pips know
            for line in expected.get("requirements", []):
                line["file"] = os.path.relpath(line["file"]) if line["file"].startswith("/") else line["file"]
            self.assertEqual(mine, expected, text)
            both += 1
        return both

    def test_corpus(self):
        self.assertGreater(self.compare(CORPUS), len(CORPUS) // 2)

    def test_bent_corpus(self):
        generator = random.Random(9)
        texts = [bend(generator.choice(CORPUS), generator) for _ in range(1500)]
        self.assertGreater(self.compare(texts), 300)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
