"""Files that belong to no installed package are not replaced, unless that is asked for."""

import support
from interpreter_case import UpstreamCase
from snapshot import snapshot
from support import FILE_SYSTEM, SUCCESS, VERIFICATION
from wheels import make_wheel

NAMESPACE = "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n"


class UnownedFilesTest(UpstreamCase):
    def wheel(self, name, version="1.0", **more):
        return make_wheel(self.directory, name, version, **more)

    def targets(self):
        """The options that name a target, and its directories of modules and of commands."""
        library = f"lib/{self.original.library_name}/site-packages"
        env, prefix, target, root = (self.directory / name for name in ("env", "prefix", "target", "root"))
        inside = root / str(self.prefix).lstrip("/")
        yield ["--venv", env, "--python", self.python], env / library, env / "bin"
        yield ["--python", self.python], self.purelib, self.prefix / "bin"
        yield ["--prefix", prefix, "--python", self.python], prefix / library, prefix / "bin"
        yield ["--target", target, "--python", self.python], target, target / "bin"
        yield ["--root", root, "--python", self.python], inside / library, inside / "bin"

    def state(self, *directories):
        return [snapshot(directory) if directory.exists() else None for directory in directories]

    def install(self, target, *words):
        return self.ensure(*target, "--no-index", "--no-cache", *words)

    def test_files_of_the_user_are_kept_in_every_kind_of_target(self):
        wheel = self.wheel("a", files={"mine.py": "new\n", "a.py": "new\n"}, scripts="mine = a:main")
        for target, library, scripts in self.targets():
            with self.subTest(target=target):
                self.assert_exit(self.install(target), SUCCESS)
                for file in (library / "mine.py", scripts / "mine"):
                    file.write_text("years of work\n")
                before = self.state(library, scripts)
                result = self.install(target, wheel)
                self.assert_error(result, FILE_SYSTEM, library / "mine.py", scripts / "mine", "--force-overwrite")
                self.assertEqual(self.state(library, scripts), before)
                self.assert_exit(self.install(target, wheel, "--force-overwrite"), SUCCESS)
                self.assertEqual((library / "mine.py").read_text(), "new\n")

    def test_files_of_packages_are_replaced(self):
        old = self.wheel("a", "1.0", files={"a/__init__.py": "1\n", "a/x.py": "1\n"}, scripts="a = a:x")
        new = self.wheel("a", "2.0", files={"a/__init__.py": "2\n", "a/y.py": "2\n"}, scripts="a = a:y")
        for target, library, _ in self.targets():
            with self.subTest(target=target):
                for wheel in (old, new):
                    self.assert_exit(self.install(target, wheel), SUCCESS)
                    (library / "a" / "__pycache__").mkdir(exist_ok=True)
                    (library / "a" / "__pycache__" / "y.cpython-399.pyc").write_text("stale")
                self.assertEqual((library / "a/__init__.py").read_text(), "2\n")

    def test_a_command_of_another_python_beside_it_is_replaced(self):
        """As `pip3` in `/usr/local/bin`: Pythons with one prefix share the directory of commands."""
        wheel = self.wheel("a", files={"a.py": ""}, scripts="mine = a:main")
        for is_link, code in ((False, SUCCESS), (True, FILE_SYSTEM)):
            with self.subTest(is_link=is_link):
                prefix = self.directory / f"prefix {is_link}"
                target = ["--prefix", prefix, "--python", self.python]
                self.assert_exit(self.install(target), SUCCESS)
                (prefix / "bin" / "mine").write_text("of the other Python\n")
                other = prefix / "lib" / "python3.99"
                library = self.directory / "elsewhere" if is_link else other
                dist_info = library / "site-packages" / "a-1.0.dist-info"
                dist_info.mkdir(parents=True)
                (dist_info / "METADATA").write_text("Metadata-Version: 2.1\nName: a\nVersion: 1.0\n")
                (dist_info / "RECORD").write_text("../../../bin/mine,,\n")
                if is_link:  # what it leads to is no part of the target
                    other.symlink_to(library)
                self.assert_exit(self.install(target, wheel), code)

    def test_equal_files_are_no_obstacle(self):
        wheel = self.wheel("a", files={"a.py": "the same\n"})
        for target, library, _ in self.targets():
            with self.subTest(target=target):
                self.assert_exit(self.install(target), SUCCESS)
                (library / "a.py").write_text("the same\n")
                self.assert_exit(self.install(target, wheel), SUCCESS)

    def test_a_pip_without_record_is_replaced(self):
        for target, library, _ in self.targets():
            with self.subTest(target=target):
                self.assert_exit(self.install(target), SUCCESS)
                next(library.glob("pip-*.dist-info/RECORD")).unlink()
                (library / "pip/__init__.py").write_text("damaged\n")
                self.assert_exit(self.install(target), SUCCESS)
                self.assertNotEqual((library / "pip/__init__.py").read_text(), "damaged\n")

    def test_two_packages_with_one_path_are_refused(self):
        for name, content, code in (
            ("ns/__init__.py", "", VERIFICATION),
            ("ns/py.typed", "", VERIFICATION),
            ("ns/__init__.py", NAMESPACE, SUCCESS),
        ):
            one = self.wheel("one", files={name: content, "ns/one.py": ""})
            other = self.wheel("other", files={name: content, "ns/other.py": ""})
            for target, library, scripts in self.targets():
                with self.subTest(name=name, content=content, target=target):
                    before = self.state(library, scripts)
                    result = self.install(target, one, other)
                    self.assert_exit(result, code)
                    if code != SUCCESS:
                        self.assertIn(name, result.stderr)
                        self.assertEqual(self.state(library, scripts), before)


if __name__ == "__main__":
    support.main()
