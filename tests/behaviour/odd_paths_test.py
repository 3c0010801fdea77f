"""Targets with odd names, in odd places, under odd modes."""

import os
import stat

import support
from interpreters import newest, some_interpreters
from snapshot import snapshot
from support import FILE_SYSTEM, NO_INTERPRETER, SUCCESS, USAGE, Case, need_root, remove_tree, run

ODD_NAMES = [
    b"with space",
    b"  spaces around  ",
    b"it's",
    b'double " quote',
    b"$HOME",
    b"`id`",
    b"$(id)",
    b";id;",
    b"a\\b",
    b"back\\",
    b"-leading-dash",
    b"--venv",
    b"#hash",
    b"%percent",
    b"tab\there",
    b"star*?[x]",
    b"{a,b}",
    b"!bang!",
    b"~",
    b"&amp;|<>",
    b"a=b",
    "ünïcödé-環境-🐍".encode(),
    "e\u0301".encode(),
    "\u202eright to left".encode(),
    b"...",
    b".hidden",
    b"x" * 255,
    "環".encode() * 85,
]
# pyvenv.cfg is lines of UTF-8: a Python could not read these back.
IMPOSSIBLE_NAMES = [b"new\nline", b"carriage\rreturn", b"invalid \xff\xfe utf-8"]


class OddPathsCase(Case):
    def setUp(self):
        super().setUp()
        self.python = newest().executable

    def try_target(self, target, *options, **more):
        return self.ensure("--venv", target, "--python", self.python, *options, **more)

    def assert_works(self, environment):
        for command in ([b"python", b"-m", b"pip"], [b"pip"]):
            path = os.path.join(os.fsencode(environment), b"bin", command[0])
            told = run([path, *command[1:], "--version"], check=True).stdout
            self.assertIn(os.fsdecode(os.path.abspath(environment)), told)


class NameTest(OddPathsCase):
    def test_odd_names_work(self):
        for name in ODD_NAMES:
            with self.subTest(name=name):
                place = os.path.join(os.fsencode(self.directory), b"place")
                os.mkdir(place)
                target = os.path.join(place, name)
                self.assert_exit(self.try_target(target), SUCCESS)
                self.assert_works(target)
                self.assertEqual(os.listdir(place), [name])
                self.assert_exit(self.try_target(target), SUCCESS)
                remove_tree(place)

    def test_impossible_names_are_refused_or_work(self):
        for name in IMPOSSIBLE_NAMES:
            with self.subTest(name=name):
                target = os.path.join(os.fsencode(self.directory), name)
                result = self.try_target(target)
                if result.returncode == SUCCESS:
                    self.assert_works(target)
                else:
                    self.assertIn(result.returncode, (USAGE, FILE_SYSTEM), result.stderr)
                    self.assertIn("hint: ", result.stderr)
                    self.assert_names(self.directory)
                remove_tree(target)

    def test_separator_of_path_is_refused_as_venv_refuses_it(self):
        self.assert_error(self.try_target(self.directory / "a:b"), USAGE, "a:b")
        self.assert_names(self.directory)

    def test_names_that_are_too_long(self):
        for path in (self.directory / ("x" * 256), self.directory / "/".join(["y" * 200] * 21)):
            self.assert_error(self.try_target(path), FILE_SYSTEM, "too long")
            self.assert_names(self.directory)

    def test_deep_path_of_almost_4096_bytes(self):
        depth = (3900 - len(str(self.directory))) // 201
        target = self.directory.joinpath(*["d" * 200] * depth) / "env"
        self.assert_exit(self.try_target(target), SUCCESS)
        run([target / "bin" / "python", "-m", "pip", "--version"], check=True)
        run([target / "bin" / "pip", "--version"], check=True)

    def test_every_length_up_to_the_limit_works_or_leaves_nothing(self):
        for length in (4040, 4060, 4080, 4084, 4088, 4092, 4095, 4096):
            for option in ("--venv", "--target"):
                with self.subTest(length=length, option=option):
                    path = str(self.directory)
                    while length - len(path) > 260:
                        path += "/" + "d" * 200
                    path += "/" + "e" * (length - len(path) - 1)
                    result = self.ensure(option, path[:length], "--python", self.python)
                    self.assertIn(result.returncode, (SUCCESS, FILE_SYSTEM), result.stderr)
                    if result.returncode == FILE_SYSTEM:
                        self.assert_names(self.directory)
                    run(["rm", "-rf", *(self.directory / name for name in os.listdir(self.directory))], check=True)

    def test_shebang_that_is_too_long_for_the_kernel(self):
        for length in (100, 120, 127, 140, 250):
            target = self.directory / ("l" * length)
            self.assert_exit(self.try_target(target), SUCCESS)
            self.assert_works(target)


class PlaceTest(OddPathsCase):
    def test_relative_targets(self):
        for target in ("env", "./env", "sub/../env", "env/", "env//", "./sub/new/env"):
            with self.subTest(target=target):
                (self.directory / "sub").mkdir(exist_ok=True)
                self.assert_exit(self.try_target(target, cwd=self.directory), SUCCESS)
                self.assert_works(self.directory / target)
                remove_tree(self.directory / "env")
                remove_tree(self.directory / "sub")

    def test_current_directory_as_target(self):
        here = self.directory / "here"
        here.mkdir()
        identity = here.stat().st_ino
        self.assert_exit(self.try_target(".", cwd=here), SUCCESS)
        self.assert_works(here)
        self.assertEqual(here.stat().st_ino, identity)
        self.assert_exit(self.try_target(".", "--clear", cwd=here), SUCCESS)
        self.assert_works(here)
        self.assertEqual(here.stat().st_ino, identity)
        self.assert_names(self.directory, "here")

    def test_deleted_current_directory(self):
        gone = self.directory / "gone"
        gone.mkdir()
        shell = 'cd "$1" && rmdir "$1" && shift && exec "$@"'
        command = ["/bin/sh", "-c", shell, "-", gone, self.executable]
        result = run([*command, "--venv", self.directory / "env", "--python", self.python])
        self.assert_exit(result, SUCCESS)
        self.assert_works(self.directory / "env")
        gone.mkdir()
        self.assert_error(run([*command, "--venv", "env", "--python", self.python]), FILE_SYSTEM)

    def test_missing_parents_are_made_and_taken_back_on_failure(self):
        target = self.directory / "a" / "b" / "env"
        self.assert_exit(self.try_target(target), SUCCESS)
        self.assert_names(self.directory / "a" / "b", "env")
        result = self.ensure("--venv", self.directory / "c" / "d" / "env", "--python", "/nowhere/python3")
        self.assert_error(result, NO_INTERPRETER)
        self.assert_names(self.directory, "a")

    def test_linked_parents(self):
        (self.directory / "real").mkdir()
        (self.directory / "link").symlink_to("real")
        self.assert_exit(self.try_target(self.directory / "link" / "env"), SUCCESS)
        self.assert_works(self.directory / "link" / "env")
        self.assert_names(self.directory / "real", "env")
        self.assertTrue((self.directory / "link").is_symlink())

    def test_link_to_a_directory_or_an_environment_is_followed(self):
        for made_before in (False, True):
            with self.subTest(made_before=made_before):
                real, link = self.directory / f"real {made_before}", self.directory / f"env {made_before}"
                real.mkdir()
                link.symlink_to(real)
                if made_before:
                    self.assert_exit(self.try_target(real, "--without-pip"), SUCCESS)
                before = sorted(os.listdir(self.directory))
                self.assert_exit(self.try_target(link), SUCCESS)
                self.assertTrue(link.is_symlink())
                run([link / "bin" / "pip", "--version"], check=True)
                self.assert_exit(self.try_target(link, "--clear"), SUCCESS)
                self.assertTrue(link.is_symlink())
                run([link / "bin" / "pip", "--version"], check=True)
                self.assertEqual(sorted(os.listdir(self.directory)), before)

    def test_things_that_are_no_directory_are_kept(self):
        plain, dangling, looping, fifo = (self.directory / name for name in ("file", "dangling", "loop", "fifo"))
        plain.write_text("mine")
        dangling.symlink_to("nowhere")
        looping.symlink_to("loop")
        os.mkfifo(fifo)
        before = snapshot(self.directory)
        for target in (plain, looping, fifo, plain / "env"):
            for options in ([], ["--clear"], ["--upgrade"]):
                with self.subTest(target=target.name, options=options):
                    self.assert_error(self.try_target(target, *options), FILE_SYSTEM, target.name)
                    self.assertEqual(snapshot(self.directory), before)
        result = self.try_target(dangling)
        self.assertIn(result.returncode, (SUCCESS, FILE_SYSTEM))
        self.assertTrue(dangling.is_symlink())

    def test_root_of_the_file_system_is_refused(self):
        for target in ("/", "//", "/."):
            self.assert_error(self.try_target(target, "--clear"), FILE_SYSTEM)
        self.assertFalse(os.path.exists("/pyvenv.cfg"))

    def test_places_that_cannot_be_written(self):
        for target in ("/proc/env", "/sys/env", "/dev/null/env"):
            with self.subTest(target=target):
                place = os.path.dirname(target)
                # Where it is an ordinary directory, as in a bare chroot, root may write there.
                if os.path.isdir(place) and not os.path.ismount(place):
                    self.skipTest(f"needs a mounted {place}")
                self.assert_error(self.try_target(target), FILE_SYSTEM, target.rpartition("/")[0])

    @need_root("becomes another user")
    def test_directory_of_another_user_is_an_error_that_names_it(self):
        private = self.directory / "private"
        private.mkdir(mode=0o755)
        self.directory.chmod(0o755)
        command = [self.executable, "--venv", private / "env", "--python", "/usr/bin/python3"]
        # Other Pythons may lie in a home directory that other users cannot enter.
        if not os.access("/usr/bin/python3", os.X_OK):
            self.skipTest("needs /usr/bin/python3")
        copy = self.directory / "ensure"
        copy.write_bytes(open(self.executable, "rb").read())
        copy.chmod(0o755)
        command[0] = copy
        result = run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--", *command])
        self.assert_error(result, FILE_SYSTEM, private)
        self.assert_names(private)


class ModeTest(OddPathsCase):
    def test_modes_are_those_of_open_under_every_umask(self):
        for umask in (0o000, 0o002, 0o022, 0o027, 0o077):
            with self.subTest(umask=oct(umask)):
                target = self.directory / f"env {umask:o}"
                self.assert_exit(self.try_target(target, umask=umask), SUCCESS)
                directories = {0o777 & ~umask}
                files = {0o666 & ~umask, 0o777 & ~umask}
                for name, entry in snapshot(target, content=False).items():
                    if entry.kind == "directory":
                        self.assertIn(entry.mode, directories, name)
                    elif entry.kind == "file":
                        self.assertIn(entry.mode, files, name)
                        program = name in ("bin/pip", "bin/pip3", f"bin/pip{newest().minor}")
                        if program:
                            self.assertEqual(entry.mode, 0o777 & ~umask, name)

    def test_umask_of_copies(self):
        target = self.directory / "env"
        self.assert_exit(self.try_target(target, "--copies", umask=0o077), SUCCESS)
        for name, entry in snapshot(target, content=False).items():
            if entry.kind != "link":
                self.assertEqual(entry.mode & 0o077, 0, name) if name.startswith("lib/") else None
        self.assertTrue(os.access(target / "bin" / "python", os.X_OK))

    def test_setgid_of_the_parent_is_inherited(self):
        parent = self.directory / "shared"
        parent.mkdir()
        parent.chmod(0o2775)
        if not parent.stat().st_mode & stat.S_ISGID:
            self.skipTest("needs a file system where this user may set the setgid bit")
        self.assert_exit(self.try_target(parent / "env"), SUCCESS)
        for path in (parent / "env", parent / "env" / "lib"):
            self.assertTrue(path.stat().st_mode & stat.S_ISGID, path)

    def test_several_versions_under_an_odd_name(self):
        for interpreter in some_interpreters(4):
            target = self.directory / 'it\'s "odd" $(x)' / ".".join(map(str, interpreter.version))
            self.assert_exit(self.ensure("--venv", target, "--python", interpreter.executable), SUCCESS)
            self.assert_works(target)


if __name__ == "__main__":
    support.main()
