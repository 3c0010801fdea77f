"""What is there already is asked of nobody: no index, no cache, no network."""

import online_case  # noqa: F401
import support
from interpreters import copy_interpreter, need_copyable, newest
from support import NETWORK, NO_SERVER, SUCCESS, Case
from wheels import make_wheel

OLD_FORM = "Metadata-Version: 1.2\nName: {0}\nVersion: {1}\n"


class SatisfiedTest(Case):
    def setUp(self):
        super().setUp()
        self.interpreter = newest()
        self.environment = self.directory / "env"
        self.wheels = self.directory / "wheels"
        self.wheels.mkdir()
        make_wheel(self.wheels, "demo", "1.0", metadata="Requires-Dist: other>=2\n",
                   files={"demo/__init__.py": "x = 1\n"})  # fmt: skip
        make_wheel(self.wheels, "other", "2.0")

    def without_network(self, *words, python=None):
        """An index that nobody serves: whatever is asked of it fails."""
        python = python or self.interpreter.executable
        return self.ensure("--venv", self.environment, "--python", python, *NO_SERVER, *words)

    def put(self, *words, python=None):
        python = python or self.interpreter.executable
        self.make("--venv", self.environment, "--python", python,
                  "--no-index", "--find-links", self.wheels, "--no-cache", *words)  # fmt: skip

    def assert_as_asked(self, result):
        self.assert_exit(result, SUCCESS)
        self.assertIn("already as requested", result.stderr)

    def test_installed_packages(self):
        self.put("demo")
        for words in (["demo"], ["demo==1.0", "other"], ["--offline", "demo"], ["--dry-run", "demo"]):
            with self.subTest(words=words):
                self.assert_as_asked(self.without_network(*words))
        for words in (["demo>1"], ["--upgrade", "demo"], ["demo", "third"]):
            with self.subTest(words=words):
                self.assert_exit(self.without_network(*words), NETWORK)

    def test_dependency_that_is_gone_is_asked_for(self):
        self.put("demo")
        library = self.environment / "lib" / self.interpreter.library_name / "site-packages"
        support.remove_tree(library / "other-2.0.dist-info")
        self.assert_exit(self.without_network("demo"), NETWORK)

    def test_package_whose_files_are_gone_is_installed_anew(self):
        library = self.environment / "lib" / self.interpreter.library_name / "site-packages"
        self.put("demo")
        module = library / "demo" / "__init__.py"
        whole = module.read_text()
        for damage in (module.unlink, lambda: module.write_text(f"{whole}#")):
            damage()
            self.assert_as_asked(self.without_network("other"))  # what is not named is not looked at
            self.assert_exit(self.without_network("demo"), NETWORK)
            self.put("demo")
            self.assertEqual(module.read_text(), whole)
            self.assert_as_asked(self.without_network("demo"))

    def test_package_that_came_by_its_path_counts_by_its_name(self):
        self.put(self.wheels / "other-2.0-py3-none-any.whl")
        self.assert_as_asked(self.without_network("other>=2"))

    def test_bundled_pip(self):
        self.assert_exit(self.without_network("pip"), SUCCESS)
        self.assert_as_asked(self.without_network("pip"))

    def test_packages_of_the_interpreter_below(self):
        need_copyable(self.interpreter)
        python = copy_interpreter(self.interpreter, self.directory / "python")
        below = self.directory / "python" / "lib" / self.interpreter.library_name / "site-packages"
        self.put("demo", python=python)
        inside = self.environment / "lib" / self.interpreter.library_name / "site-packages"
        for path in [*inside.glob("demo*"), *inside.glob("other*")]:
            path.rename(below / path.name)
        # As Debian's packages are: one a directory, one a file.
        (below / "older-1.5.egg-info").mkdir()
        (below / "older-1.5.egg-info" / "PKG-INFO").write_text(OLD_FORM.format("older", "1.5"))
        (below / "oldest-0.9-py3.9.egg-info").write_text(OLD_FORM.format("oldest", "0.9"))
        wanted = ["demo", "older>=1", "oldest"]
        self.assert_exit(self.without_network(*wanted, python=python), NETWORK)
        result = self.without_network("--system-site-packages", *wanted, python=python)
        self.assert_exit(result, SUCCESS)
        self.assert_as_asked(self.without_network("--dry-run", *wanted, python=python))
        self.assertEqual([path.name for path in inside.glob("o*")], [])


if __name__ == "__main__":
    support.main()
