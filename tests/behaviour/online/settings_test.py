"""Where settings come from and which is stronger: pip's files and variables, ours, requirements files."""

import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from online_case import OnlineCase  # noqa: E402

import support  # noqa: E402
from servers.certificates import CertificateAuthority  # noqa: E402
from servers.nginx import Nginx  # noqa: E402
from snapshot import snapshot  # noqa: E402
from support import NETWORK, NO_SOLUTION, SUCCESS, USAGE  # noqa: E402


class PipSettingsTest(OnlineCase):
    """Each index has `a` in a version of its own, so that the plan tells which one was asked."""

    def setUp(self):
        super().setUp()
        self.others = {name: self.new_index(name) for name in ("one", "two", "three")}
        for version, index in enumerate(self.others.values(), start=1):
            index.add("a", f"{version}.0")
            index.add("only-" + str(version), "1.0")

    def write(self, path, text):
        path = self.directory / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def index_url(self, name):
        return f"index-url = {self.others[name].simple}\n"

    def version(self, *words, **variables):
        return self.plan_online(*words, "a", index=False, variables=variables)["a"]

    def test_places_of_files(self):
        places = {
            "xdg/pip/pip.conf": {"XDG_CONFIG_DIRS": f"{self.directory}/none:{self.directory}/xdg"},
            "home/.pip/pip.conf": {},
            "home/.config/pip/pip.conf": {},
            "configured/pip/pip.conf": {"XDG_CONFIG_HOME": str(self.directory / "configured")},
            "named.conf": {"PIP_CONFIG_FILE": str(self.directory / "named.conf")},
        }
        for place, variables in places.items():
            for section in ("global", "install"):
                with self.subTest(place=place, section=section):
                    file = self.write(place, f"[{section}]\n{self.index_url('two')}")
                    self.assertEqual(self.version(**variables), "2.0")
                    file.unlink()

    def test_file_of_the_environment(self):
        self.make(*self.online_words(index=False))
        self.write("home/.config/pip/pip.conf", f"[global]\n{self.index_url('one')}")
        self.write("env/pip.conf", f"[global]\n{self.index_url('two')}")
        self.assertEqual(self.version(), "2.0")
        named = self.write("named.conf", f"[global]\n{self.index_url('three')}")
        self.assertEqual(self.version(PIP_CONFIG_FILE=str(named)), "3.0")

    def test_user_is_stronger_than_machine_and_install_than_global(self):
        xdg = {"XDG_CONFIG_DIRS": str(self.directory / "xdg")}
        machine = self.write("xdg/pip/pip.conf", f"[global]\n{self.index_url('one')}")
        self.write("home/.config/pip/pip.conf", f"[global]\n{self.index_url('two')}")
        self.assertEqual(self.version(**xdg), "2.0")
        machine.write_text(f"[install]\n{self.index_url('one')}")
        self.assertEqual(self.version(**xdg), "1.0")

    def test_named_file_stands_in_for_the_user_s(self):
        self.write("home/.config/pip/pip.conf", f"[install]\n{self.index_url('one')}")
        named = self.write("named.conf", f"[global]\n{self.index_url('two')}")
        self.assertEqual(self.version(PIP_CONFIG_FILE=str(named)), "2.0")
        self.assertEqual(self.version(PIP_CONFIG_FILE=str(self.directory / "none")), "1.0")

    def test_no_files_at_all(self):
        self.write("home/.config/pip/pip.conf", f"[global]\n{self.index_url('one')}")
        self.assertEqual(
            self.version(PIP_CONFIG_FILE="/dev/null", PIP_INDEX_URL=self.others["two"].simple), "2.0"
        )

    def test_the_order_of_strength(self):
        url = {name: index.simple for name, index in self.others.items()}
        self.write("home/.config/pip/pip.conf", f"[install]\n{self.index_url('one')}")
        self.assertEqual(self.version(), "1.0")
        variables = {"PIP_INDEX_URL": url["two"]}
        self.assertEqual(self.version(**variables), "2.0")
        variables["ENSURE_INDEX_URL"] = url["three"]
        self.assertEqual(self.version(**variables), "3.0")
        self.assertEqual(self.version("--index-url", url["one"], **variables), "1.0")

    def test_requirements_file_is_stronger_than_pip_s_settings_alone(self):
        url = {name: index.simple for name, index in self.others.items()}
        file = self.write("requirements.txt", f"--index-url {url['two']}\n")
        self.assertEqual(self.version("-r", file, PIP_INDEX_URL=url["one"]), "2.0")
        self.assertEqual(self.version("-r", file, ENSURE_INDEX_URL=url["three"]), "3.0")
        self.assertEqual(self.version("-r", file, "--index-url", url["one"]), "1.0")

    def test_a_stronger_list_takes_the_place_of_a_weaker_one(self):
        one, two, three = (index.simple for index in self.others.values())
        self.write("home/.config/pip/pip.conf", f"[global]\nindex-url = {one}\nextra-index-url = {two}\n")
        self.assertEqual(self.plan_online("only-2", index=False), {"only-2": "1.0"})
        variables = {"PIP_EXTRA_INDEX_URL": three}
        self.assert_exit(self.online("only-2", index=False, variables=variables), NO_SOLUTION)
        self.assertEqual(self.plan_online("only-3", index=False, variables=variables), {"only-3": "1.0"})
        # As with pip, the command line adds to it.
        words = ("--extra-index-url", two, "only-2", "only-3")
        self.assertEqual(
            self.plan_online(*words, index=False, variables=variables), {"only-2": "1.0", "only-3": "1.0"}
        )

    def test_lists_have_several_values(self):
        one, two, three = (index.simple for index in self.others.values())
        text = f"[global]\nindex-url = {one}\nextra-index-url =\n    {two}\n    {three}\n"
        named = self.write("named.conf", text)
        plan = self.plan_online("only-2", "only-3", index=False, variables={"PIP_CONFIG_FILE": str(named)})
        self.assertEqual(plan, {"only-2": "1.0", "only-3": "1.0"})
        self.write("more.txt", "a<2\n")
        self.write("less.txt", "only-1>=1\n")
        constraints = f"{self.directory}/more.txt {self.directory}/less.txt"
        self.assertEqual(self.version(PIP_CONSTRAINT=constraints, PIP_INDEX_URL=one), "1.0")

    def test_flags(self):
        self.others["one"].add("a", "9.0b1")
        variables = {"PIP_INDEX_URL": self.others["one"].simple}
        for value, version in (("1", "9.0b1"), ("on", "9.0b1"), ("False", "1.0"), ("no", "1.0")):
            self.assertEqual(self.version(PIP_PRE=value, **variables), version)
        self.assertEqual(self.version(PIP_PRE="1", ENSURE_PRE="0", **variables), "1.0")
        result = self.online("a", index=False, variables={"PIP_PRE": "perhaps", **variables})
        self.assert_error(result, USAGE, "PIP_PRE", "perhaps")

    def test_other_names_of_pip(self):
        self.assertEqual(self.version(PIP_PYPI_URL=self.others["two"].simple), "2.0")
        result = self.online("a", variables={"PIP_DEFAULT_TIMEOUT": "soon"})
        self.assert_error(result, USAGE, "PIP_DEFAULT_TIMEOUT")

    def test_what_is_not_ours_is_passed_over(self):
        text = f"[global]\n{self.index_url('two')}disable-pip-version-check = perhaps\n"
        named = self.write("named.conf", f"[list]\nformat = columns\n{text}")
        self.assertEqual(self.version(PIP_CONFIG_FILE=str(named)), "2.0")

    def test_file_that_cannot_be_read(self):
        """Nothing is asked: the name of a private index may be in it."""
        named = self.directory / "named.conf"
        for text in (b"index-url = x\n", b"[global]\nno line of this form\n", b"\xff\xfe[\x00g\x00", b"[global\nx = y\n"):
            named.write_bytes(text)
            result = self.online("a", variables={"PIP_CONFIG_FILE": str(named)})
            self.assert_error(result, USAGE, named, "line ")
            self.assertEqual(self.index.seen, [])
        url = self.others["two"].simple
        named.write_bytes(f"\ufeff[global]\r\n  retries = 1\r\n  index-url = {url}\r\n  pre = no\r\n".encode())
        self.assertEqual(self.version(PIP_CONFIG_FILE=str(named)), "2.0")

    def test_offline_job_reads_none(self):
        self.write("home/.config/pip/pip.conf", "[global]\ntimeout = soon\n")
        variables = {"PIP_PRE": "perhaps", "PIP_INDEX_URL": "nonsense", "PIP_RETRIES": "many"}
        words = self.online_words(index=False)
        self.assert_exit(self.ensure(*words, env=self.variables(**variables)), SUCCESS)
        self.assert_exit(self.online("a", index=False, variables=variables), USAGE)

    def test_links_that_are_not_there(self):
        """As with pip: what is named for all runs need not be there in this one."""
        one = self.others["one"].simple
        variables = {"PIP_FIND_LINKS": f"/nonexistent {self.others['two'].directory}"}
        told = self.tell_online("--dry-run", "--index-url", one, "a", index=False, variables=variables)
        self.assertIn("2.0", [each["version"] for each in told["installed"]])
        self.assertRegex("".join(told["warnings"]), "`/nonexistent`")
        result = self.online("--index-url", one, "-f", "/nonexistent", "a", index=False)
        self.assert_error(result, support.FILE_SYSTEM, "/nonexistent", "--find-links")

    def test_bad_values(self):
        for words in (["--index-url", "http://"], ["--extra-index-url", "http://h:99999/"], ["--timeout", "0"], ["--jobs", "0"],
                      ["--index-url", "foo://x/"], ["-f", "http://"]):  # fmt: skip
            with self.subTest(words):
                self.assert_error(self.online(*words, "a", index=False), USAGE)

    def test_paths_with_blanks(self):
        directory = self.directory / "a directory"
        shutil.copytree(self.others["two"].directory, directory)
        self.assertEqual(self.version("--no-index", "--find-links", directory), "2.0")
        self.assertEqual(self.version("--no-index", "-f", directory.as_uri()), "2.0")
        self.assertEqual(self.version(PIP_NO_INDEX="1", PIP_FIND_LINKS=directory.as_uri()), "2.0")


class RequirementsOptionsTest(OnlineCase):
    """Options that only a requirements file names count for the whole run."""

    def setUp(self):
        super().setUp()
        self.index.add("a", "1.0")
        self.index.add("a", "2.0b1")
        self.index.add("b", "1.0")

    def requirements(self, *lines):
        file = self.directory / "requirements.txt"
        file.write_text("".join(f"{line}\n" for line in lines))
        return file

    def plan_file(self, *lines):
        return self.plan_online("-r", self.requirements(*lines), index=False)

    def test_trusted_host(self):
        authority = CertificateAuthority(self.directory / "authority")
        root = self.directory / "root"
        self.index.export(root)
        server = Nginx(self.directory / "nginx", root, certificate=authority.server())
        server.__enter__()
        self.addCleanup(server.stop)
        index = f"--index-url {server.url('/simple/')}"
        result = self.online("-r", self.requirements(index, "b"), index=False)
        self.assert_error(result, NETWORK, "certificate")
        self.assertEqual(self.plan_file(index, "--trusted-host localhost", "b"), {"b": "1.0"})
        # An index from the command line is trusted by a file, too.
        file = self.requirements(f"--trusted-host localhost:{server.port}", "b")
        self.assert_exit(self.online("--index-url", server.url("/simple/"), "-r", file, index=False), SUCCESS)

    def test_indexes_and_links(self):
        index = f"--index-url {self.index.simple}"
        self.assertEqual(self.plan_file(index, "a"), {"a": "1.0"})
        self.assertEqual(self.plan_file(index, "--pre", "a"), {"a": "2.0b1"})
        self.assertEqual(self.plan_file(f"-i {self.index.simple.rstrip('/')}", "b"), {"b": "1.0"})
        empty = self.new_index("empty")
        extra = f"--extra-index-url={self.index.simple}"
        self.assertEqual(self.plan_file(f"--index-url={empty.simple}", extra, "b"), {"b": "1.0"})
        self.index.forget()
        self.assertEqual(self.plan_file("--no-index", "--find-links ./index", "b"), {"b": "1.0"})
        self.assertEqual(self.index.seen, [])

    def test_formats_and_hashes(self):
        index = f"--index-url {self.index.simple}"
        for line in ("--no-binary b", "--no-binary :all:"):
            result = self.online("-r", self.requirements(index, line, "b"), index=False)
            self.assertNotEqual(result.returncode, SUCCESS)
            self.assertIn("b", result.stderr)
        self.assertEqual(self.plan_file(index, "--only-binary :all:", "b"), {"b": "1.0"})
        result = self.online("-r", self.requirements(index, "--require-hashes", "b"), index=False)
        self.assertNotEqual(result.returncode, SUCCESS)
        self.assertIn("hash", result.stderr)

    def test_files_on_the_web(self):
        text = "text/plain"
        self.index.answers["/lists/all.txt"] = (200, {"Content-Type": text}, b"-r more/b.txt\na\n")
        self.index.answers["/lists/more/b.txt"] = (200, {"Content-Type": text}, b"-c ../limits.txt\nb\n")
        self.index.answers["/lists/limits.txt"] = (200, {"Content-Type": text}, b"b<2\na<2\n")
        address = f"{self.index.origin}/lists/all.txt"
        self.assertEqual(self.plan_online("-r", address), {"a": "1.0", "b": "1.0"})
        self.assert_exit(self.online("-r", f"{self.index.origin}/lists/none.txt"), NETWORK)
        self.index.answers["/lists/all.txt"] = (401, {"WWW-Authenticate": "Basic"}, b"")
        self.assert_exit(self.online("-r", address), 6)
        result = self.online("--offline", "-r", address)
        self.assert_error(result, NETWORK, "offline")

    def test_nothing_changes_where_an_option_is_bad(self):
        self.make_online("b")
        before = snapshot(self.environment)
        result = self.online("-r", self.requirements("--trusted-host http://x/", "a"))
        self.assert_error(result, USAGE, "http://x/")
        self.assertEqual(snapshot(self.environment), before)


if __name__ == "__main__":
    support.main()
