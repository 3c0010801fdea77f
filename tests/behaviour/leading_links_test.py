"""Symbolic links below a target: those that stay inside work, those that lead outside are refused.

Whoever made the target, its links must not lead writes or removals to other places. The link named
on the command line is the user's own word and may lead anywhere.
"""

import os
import shutil
from pathlib import Path

import support
from hostile_case import HostileCase, staging_directories
from interpreter_case import UpstreamCase
from snapshot import differences, snapshot
from support import FILE_SYSTEM, SUCCESS, VERIFICATION, remove_tree, run
from wheels import make_pip_wheel, put_old_pip, record_hash

KINDS = ("venv", "prefix", "target")
INSTALL = ("demo==1.0", "withheader==1.0", "extra")
UPGRADE = ("-U", "demo", "withheader", "bystander")
REMOVAL = ("--sync", "bystander")


class LinksCase(HostileCase):
    def setUp(self):
        super().setUp()
        self.older_pips = self.folder / "older pips"
        self.older_pips.mkdir()
        make_pip_wheel(self.older_pips, "98.0", files={"pip/_vendor/__init__.py": ""})
        remove_tree(self.pips)
        self.pips.mkdir()
        make_pip_wheel(self.pips, "99.0", files={"pip/_vendor/__init__.py": "new = True\n"})

    def fresh(self, kind, *packages):
        """A target with these packages and the older pip, in an empty place."""
        for path in (self.place, self.outside):
            remove_tree(path)
            path.mkdir()
        (self.outside / "precious").write_text("mine")
        target = self.target(kind, kind)
        words = self.command(target, *packages)
        words[words.index(str(self.pips))] = str(self.older_pips)
        self.assert_exit(run(words), SUCCESS)
        return target

    def lead(self, link, led_to):
        """Moves what is at `link` to `led_to` (or makes a directory there) and leaves a link."""
        led_to.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(link):
            if link.is_symlink():
                link.unlink()
                led_to.mkdir()
            else:
                shutil.move(link, led_to)
        else:
            link.parent.mkdir(parents=True, exist_ok=True)
            led_to.mkdir()
        link.symlink_to(led_to)

    def beside(self, link):
        """Where the real directory is, at the same depth: rows such as `../../../bin/x` stay true."""
        return link.with_name(f"real {link.name}")

    def base_of(self, target):
        return target.path / "usr" if target.kind == "root" else target.path

    def links_of(self, target):
        """Where links can be: paths below the target by names, some of which not every kind has."""
        base, packages = self.base_of(target), target.packages
        links = {
            "bin": base / "bin",
            "share": base / "share",
            "share/demo": base / "share/demo",
            "include": base / "include",
            "site-packages/demo": packages / "demo",
            "site-packages/demo/inner": packages / "demo/inner",
            "demo.dist-info": packages / "demo-1.0.dist-info",
        }
        if target.kind != "target":
            links["lib"] = base / "lib"
            links["lib/pythonX.Y"] = packages.parent
            links["site-packages"] = packages
        if target.kind == "venv":
            # Where `include` of an environment lies is between the version and the header.
            links["include/site"] = base / "include" / "site"
        return links

    def run_on(self, target, *words):
        return run(self.command(target, *words))

    def assert_link_is_refused(self, target, link, *words):
        outside, place = snapshot(self.outside), snapshot(self.place)
        result = self.run_on(target, *words)
        self.assert_outside_unchanged(outside)
        self.assertEqual(differences(place, snapshot(self.place)), [])
        self.assert_error(result, FILE_SYSTEM, f"`{link}`")


class OutsideTest(LinksCase):
    """An absolute or relative link to another directory of the machine."""

    def each_link(self, operation, packages, *names):
        for kind in KINDS:
            for name in names:
                with self.subTest(kind=kind, link=name):
                    target = self.fresh(kind, *packages)
                    link = self.links_of(target).get(name)
                    if link is None:
                        continue
                    self.lead(link, self.outside / "led to")
                    self.assert_link_is_refused(target, link, *operation)

    def test_installs(self):
        self.each_link(INSTALL, ["bystander"], "bin", "share", "share/demo", "lib", "lib/pythonX.Y", "site-packages",
                       "site-packages/demo")  # fmt: skip

    def test_upgrades(self):
        self.each_link(UPGRADE, [*INSTALL, "bystander"], "bin", "share", "share/demo", "lib", "lib/pythonX.Y",
                       "site-packages", "site-packages/demo", "site-packages/demo/inner", "demo.dist-info")  # fmt: skip

    def test_removals(self):
        self.each_link(REMOVAL, [*INSTALL, "bystander"], "bin", "share", "share/demo", "lib", "lib/pythonX.Y",
                       "site-packages", "site-packages/demo", "site-packages/demo/inner", "demo.dist-info")  # fmt: skip

    def test_headers(self):
        for kind in KINDS:
            for operation in (UPGRADE, REMOVAL):
                with self.subTest(kind=kind, operation=operation):
                    target = self.fresh(kind, *INSTALL, "bystander")
                    (header,) = target.path.rglob("demo.h")
                    for directory in (header.parent, header.parent.parent):
                        self.lead(directory, self.outside / "headers")
                        self.assert_link_is_refused(target, directory, *operation)
                        directory.unlink()
                        shutil.move(self.outside / "headers", directory)

    def test_relative_links(self):
        for name in ("share", "site-packages/demo"):
            target = self.fresh("prefix", *INSTALL, "bystander")
            link = self.links_of(target)[name]
            self.lead(link, self.outside / "led to")
            link.unlink()
            link.symlink_to(os.path.relpath(self.outside / "led to", link.parent.resolve()))
            self.assert_link_is_refused(target, link, *REMOVAL)

    def test_chains_that_leave_and_come_back(self):
        """Each step counts, as what lies outside can lead elsewhere a moment later."""
        target = self.fresh("prefix", *INSTALL, "bystander")
        link = target.path / "share"
        shutil.move(link, target.path / "real share")
        (self.outside / "back").symlink_to(target.path / "real share")
        link.symlink_to(self.outside / "back")
        self.assert_link_is_refused(target, link, *REMOVAL)

    def test_links_that_lead_nowhere_or_in_circles(self):
        for led_to in ("share", self.folder / "nowhere", "nowhere"):
            for operation in (INSTALL, REMOVAL):
                with self.subTest(led_to=led_to, operation=operation):
                    target = self.fresh("prefix", "bystander", *(INSTALL if operation == REMOVAL else ()))
                    remove_tree(target.path / "share")
                    (target.path / "share").symlink_to(led_to)
                    outside = snapshot(self.outside)
                    result = self.run_on(target, *operation)
                    self.assert_outside_unchanged(outside)
                    self.assertFalse((self.folder / "nowhere").exists())
                    self.assertIn(result.returncode, (SUCCESS, FILE_SYSTEM), result.stderr)
                    self.assertEqual(staging_directories(self.place), [])

    def test_lib64(self):
        """What it leads to counts where something goes through it, and is never changed."""
        for operation, packages in ((INSTALL, ["bystander"]), (REMOVAL, [*INSTALL, "bystander"])):
            target = self.fresh("venv", *packages)
            self.lead(target.path / "lib64", self.outside / "lib64")
            outside = snapshot(self.outside)
            result = self.run_on(target, *operation)
            self.assert_outside_unchanged(outside)
            self.assertIn(result.returncode, (SUCCESS, FILE_SYSTEM), result.stderr)

    def test_rows_of_a_record_that_go_through_a_link(self):
        """Whoever made the target has written its RECORD, too."""
        for listed in ("share/link/precious", "lib64/precious", "bin/../share/link/precious"):
            for kind in ("venv", "prefix"):
                with self.subTest(kind=kind, listed=listed):
                    target = self.fresh(kind, *INSTALL, "bystander")
                    for link in (target.path / "share/link", target.path / "lib64"):
                        if link.is_symlink():
                            link.unlink()
                        link.symlink_to(self.outside)
                    record = target.packages / "demo-1.0.dist-info/RECORD"
                    row = f"../../../{listed},{record_hash(b'mine')},4\n"
                    record.write_text(row + record.read_text())
                    outside, place = snapshot(self.outside), snapshot(self.place)
                    result = self.run_on(target, *REMOVAL)
                    self.assert_outside_unchanged(outside)
                    self.assertIn(result.returncode, (FILE_SYSTEM, VERIFICATION), result.stderr)
                    self.assertEqual(differences(place, snapshot(self.place)), [])

    def test_links_that_nothing_goes_through_are_left_alone(self):
        for kind in KINDS:
            target = self.fresh(kind, *INSTALL, "bystander")
            (target.path / "notes").symlink_to(self.outside)
            (target.packages / "vendor").symlink_to(self.outside)
            outside = snapshot(self.outside)
            self.assert_exit(self.run_on(target, *UPGRADE), SUCCESS)
            self.assert_exit(self.run_on(target, *REMOVAL), SUCCESS)
            self.assert_outside_unchanged(outside)
            self.assertTrue((target.path / "notes").is_symlink())
            self.assertTrue((target.packages / "vendor").is_symlink())

    def test_a_file_that_is_a_link_is_replaced_and_not_followed(self):
        """As `--link-mode symlink` makes them."""
        for kind in KINDS:
            target = self.fresh(kind, *INSTALL, "bystander")
            module = target.packages / "demo/__init__.py"
            shutil.move(module, self.outside / "module")
            module.symlink_to(self.outside / "module")
            outside = snapshot(self.outside)
            self.assert_exit(self.run_on(target, *UPGRADE), SUCCESS)
            self.assert_outside_unchanged(outside)
            self.assertFalse(module.is_symlink())
            self.assertIn("2.0", module.read_text())

    def test_a_file_of_nobody_that_is_a_link_is_not_followed(self):
        target = self.fresh("prefix", "bystander")
        (target.path / "bin").mkdir(exist_ok=True)
        (target.path / "bin/demo").symlink_to(self.outside / "precious")
        outside = snapshot(self.outside)
        result = self.run_on(target, *INSTALL)
        self.assert_outside_unchanged(outside)
        self.assertIn(result.returncode, (SUCCESS, FILE_SYSTEM), result.stderr)


class PipTest(LinksCase):
    """The pip of a target, replaced by another one."""

    NAMES = ("pip", "pip/_vendor", "pip-98.0.dist-info")

    def test_of_every_kind(self):
        for kind in KINDS:
            for name in self.NAMES:
                with self.subTest(kind=kind, link=name):
                    target = self.fresh(kind, "bystander")
                    link = target.packages / name
                    self.lead(link, self.outside / "led to")
                    self.assert_link_is_refused(target, link, "--upgrade", "pip")

    def test_bundled_pip_without_packages(self):
        """The steps of the offline mode, which shares no code with an index."""
        for name in ("pip", "pip/_vendor", "pip-20.0.dist-info", "..", "../..", "../../../bin"):
            with self.subTest(link=name):
                remove_tree(self.place)
                self.place.mkdir()
                target = self.target("venv", "env")
                self.make(*target.words, "--without-pip")
                put_old_pip(target.path, self.interpreter)
                link = Path(os.path.normpath(target.packages / name))
                self.lead(link, self.outside / f"led {name.count('.')} {name.count('/')} {link.name}")
                outside, place = snapshot(self.outside), snapshot(self.place)
                result = self.ensure(*target.words, "--upgrade")
                self.assert_outside_unchanged(outside)
                self.assertEqual(differences(place, snapshot(self.place)), [])
                self.assert_error(result, FILE_SYSTEM, f"`{link}`")

    def test_bundled_pip_into_an_environment_that_has_none(self):
        target = self.target("venv", "env")
        self.make(*target.words, "--without-pip")
        link = target.packages / "pip"
        self.lead(link, self.outside / "led to")
        outside, place = snapshot(self.outside), snapshot(self.place)
        result = self.ensure(*target.words)
        self.assert_outside_unchanged(outside)
        self.assertEqual(differences(place, snapshot(self.place)), [])
        self.assert_error(result, FILE_SYSTEM, f"`{link}`")


class InterpreterTest(UpstreamCase):
    """The packages of an interpreter are the target; what is below them must stay in them."""

    def test_links_below_the_packages(self):
        outside = self.folder / "outside"
        for name in ("pip", "pip/_vendor"):
            with self.subTest(link=name):
                for path in (outside, self.purelib):
                    remove_tree(path)
                    path.mkdir()
                (outside / "precious").write_text("mine")
                link = self.purelib / name
                link.parent.mkdir(exist_ok=True)
                link.symlink_to(outside)
                before, place = snapshot(outside), snapshot(self.prefix)
                result = self.put()
                self.assertEqual(snapshot(outside), before)
                self.assertEqual(differences(place, snapshot(self.prefix)), [])
                self.assert_error(result, FILE_SYSTEM, f"`{link}`")

    def test_packages_that_are_a_link_themselves(self):
        """Some package managers keep them apart from the interpreter."""
        elsewhere = self.folder / "elsewhere"
        self.purelib.rename(elsewhere)
        self.purelib.symlink_to(elsewhere)
        self.assert_exit(self.put(), SUCCESS)
        self.assertTrue(self.purelib.is_symlink())
        self.assertTrue((elsewhere / "pip").is_dir())


class InsideTest(LinksCase):
    """Links that stay below the target."""

    def assert_works(self, target, operation, version):
        self.assert_exit(self.run_on(target, *operation), SUCCESS)
        self.assertEqual(staging_directories(self.place), [])
        if version is None:
            self.assertFalse((target.packages / "demo/__init__.py").exists())
            self.assertFalse((self.base_of(target) / "share/demo/readme").exists())
            return
        self.assertIn(version, (target.packages / "demo/__init__.py").read_text())
        self.assertIn(version, (self.base_of(target) / "share/demo/readme").read_text())
        code = "import sys; sys.path.insert(0, sys.argv[1]); import demo, demo.inner; print(demo.inner.version)"
        told = run([self.interpreter.executable, "-I", "-B", "-c", code, target.packages], check=True)
        self.assertEqual(told.stdout.strip(), version)

    def each_link(self, kinds, text_of):
        operations = ((INSTALL, ["bystander"], "1.0"), (UPGRADE, [*INSTALL, "bystander"], "2.0"),
                      (REMOVAL, [*INSTALL, "bystander"], None))  # fmt: skip
        names = ("bin", "share", "share/demo", "lib", "lib/pythonX.Y", "site-packages", "site-packages/demo")
        for kind in kinds:
            for operation, packages, version in operations:
                for name in names:
                    with self.subTest(kind=kind, link=name, operation=operation):
                        target = self.fresh(kind, *packages)
                        link = self.links_of(target).get(name)
                        if link is None or (name == "site-packages/demo" and operation is INSTALL):
                            continue
                        self.lead(link, self.beside(link))
                        link.unlink()
                        link.symlink_to(text_of(link))
                        self.assert_works(target, operation, version)
                        if not name.startswith(("share/", "site-packages/")):
                            self.assertTrue(link.is_symlink(), "the link itself stays")

    def test_relative_links(self):
        self.each_link(KINDS, lambda link: self.beside(link).name)

    def test_links_to_another_depth(self):
        """Rows of RECORD such as `../../../bin/demo` have two meanings then; neither does harm."""
        for name in ("lib", "lib/pythonX.Y", "site-packages", "share"):
            for operation in (UPGRADE, REMOVAL):
                with self.subTest(link=name, operation=operation):
                    target = self.fresh("prefix", *INSTALL, "bystander")
                    link = self.links_of(target)[name]
                    self.lead(link, target.path / "stash" / "deeper" / "real")
                    led_to = os.path.relpath(target.path / "stash/deeper/real", os.path.realpath(link.parent))
                    link.unlink()
                    link.symlink_to(led_to)
                    outside, place = snapshot(self.outside), snapshot(self.place)
                    result = self.run_on(target, *operation)
                    self.assert_outside_unchanged(outside)
                    self.assertIn(result.returncode, (SUCCESS, FILE_SYSTEM, VERIFICATION), result.stderr)
                    if result.returncode != SUCCESS:
                        self.assertEqual(differences(place, snapshot(self.place)), [])

    def test_lib64_is_a_link_in_every_environment(self):
        target = self.fresh("venv", "bystander")
        lib64 = target.path / "lib64"
        if not lib64.is_symlink():
            self.skipTest("this platform has no lib64")
        for operation, version in ((INSTALL, "1.0"), (UPGRADE, "2.0"), (REMOVAL, None)):
            self.assert_works(target, operation, version)
            self.assertEqual(os.readlink(lib64), "lib")

    def test_absolute_links(self):
        """They may be refused, as they break when the target is moved; they never do harm."""
        target = self.fresh("prefix", *INSTALL, "bystander")
        link = target.path / "share"
        self.lead(link, target.path / "stash")
        place = snapshot(self.place)
        result = self.run_on(target, *UPGRADE)
        if result.returncode == SUCCESS:
            self.assertIn("2.0", (target.path / "stash/demo/readme").read_text())
        else:
            self.assert_error(result, FILE_SYSTEM, f"`{link}`")
            self.assertEqual(snapshot(self.place), place)

    def test_the_target_itself_is_a_link(self):
        for kind in (*KINDS, "root"):
            for relative in (False, True):
                with self.subTest(kind=kind, relative=relative):
                    target = self.fresh(kind, "bystander")
                    real = self.folder / f"real {kind} {relative}"
                    target.path.rename(real)
                    target.path.symlink_to(os.path.relpath(real, self.place) if relative else real)
                    for operation, version in ((INSTALL, "1.0"), (UPGRADE, "2.0"), (REMOVAL, None)):
                        self.assert_works(target, operation, version)
                    self.assertTrue(target.path.is_symlink())
                    self.assertEqual(staging_directories(real), [])

    def test_a_parent_of_the_target_is_a_link(self):
        for kind in (*KINDS, "root"):
            with self.subTest(kind=kind):
                real = self.folder / f"parent of {kind}"
                real.mkdir()
                remove_tree(self.place)
                self.place.symlink_to(real)
                target = self.target(kind, kind)
                for operation, version in ((INSTALL, "1.0"), (UPGRADE, "2.0")):
                    self.assert_works(target, operation, version)
                self.assertTrue(self.place.is_symlink())
                self.place.unlink()
                self.place.mkdir()


class RootTest(LinksCase):
    """`--root`: a link is what it is for a program that runs inside, where the root is `/`."""

    NAMES = ("bin", "share", "share/demo", "lib", "lib/pythonX.Y", "site-packages", "site-packages/demo",
             "demo.dist-info")  # fmt: skip

    def each_root(self, check, names=NAMES):
        """Calls `check` for each operation on a root and each link in it."""
        for operation, packages in ((INSTALL, ["bystander"]), (UPGRADE, [*INSTALL, "bystander"]),
                                    (REMOVAL, [*INSTALL, "bystander"])):  # fmt: skip
            for name in names:
                if operation is INSTALL and name in ("site-packages/demo", "demo.dist-info"):
                    continue
                with self.subTest(operation=operation, link=name):
                    target = self.fresh("root", *packages)
                    check(target, operation, self.links_of(target)[name])

    def test_links_to_paths_of_the_host_never_reach_the_host(self):
        def check(target, operation, link):
            self.lead(link, self.outside / "led to")
            self.assert_stays_in_root(target, operation)

        self.each_root(check)

    def test_relative_links_stop_at_the_root(self):
        def check(target, operation, link):
            self.lead(link, self.outside / "led to")
            link.unlink()
            link.symlink_to(os.path.relpath(self.outside / "led to", os.path.realpath(link.parent)))
            self.assert_stays_in_root(target, operation)

        self.each_root(check)

    def assert_stays_in_root(self, target, operation):
        """As seen from inside, the link leads nowhere: it may be refused, or gain a directory."""
        outside = snapshot(self.outside)
        result = self.run_on(target, *operation)
        self.assert_outside_unchanged(outside)
        self.assertIn(result.returncode, (SUCCESS, FILE_SYSTEM, VERIFICATION), result.stderr)

    def assert_goes_inside(self, target, operation):
        """The links lead to directories of the root, so everything works through them."""
        outside = snapshot(self.outside)
        self.assert_exit(self.run_on(target, *operation), SUCCESS)
        self.assert_outside_unchanged(outside)
        self.assertEqual(staging_directories(self.place), [])

    def in_root(self, link, text):
        """Moves what is at `link` beside it and leaves a link of this text."""
        self.lead(link, self.beside(link))
        link.unlink()
        link.symlink_to(text)

    def test_absolute_links_start_at_the_root(self):
        names = ("bin", "share", "share/demo", "lib", "lib/pythonX.Y", "site-packages")

        def check(target, operation, link):
            text = f"/{self.beside(link).relative_to(target.path)}"
            self.in_root(link, text)
            self.assert_goes_inside(target, operation)
            if link.name != "demo":
                self.assertEqual(os.readlink(link), text)

        self.each_root(check, names)

    def test_too_many_steps_upwards_stop_at_the_root(self):
        def check(target, operation, link):
            self.in_root(link, "../" * 40 + str(self.beside(link).relative_to(target.path)))
            self.assert_goes_inside(target, operation)

        self.each_root(check, ("share", "lib", "site-packages"))

    def test_host_path_that_is_also_a_path_of_the_root(self):
        """The link that led outside in issue 9; with its path inside, the packages go there."""
        target = self.fresh("root", "bystander")
        link = target.packages / "demo"
        link.symlink_to(self.outside)
        inside = Path(f"{target.path}{self.outside}")
        inside.mkdir(parents=True)
        outside = snapshot(self.outside)
        result = self.run_on(target, *INSTALL)
        self.assert_outside_unchanged(outside)
        self.assertIn(result.returncode, (SUCCESS, FILE_SYSTEM), result.stderr)
        if result.returncode == SUCCESS:
            self.assertTrue((inside / "__init__.py").exists() or not link.is_symlink())

    def test_bundled_pip_into_an_image_with_such_links(self):
        """1,037 files were written to the host through `dist-packages/pip` and `pip/_vendor`."""
        for name in ("pip", "pip/_vendor", ".", "..", "../.."):
            with self.subTest(link=name):
                remove_tree(self.place)
                self.place.mkdir()
                target = self.target("root", "image")
                link = Path(os.path.normpath(target.packages / name))
                link.parent.mkdir(parents=True)
                link.symlink_to(self.outside)
                outside = snapshot(self.outside)
                result = self.ensure(*target.words)
                self.assert_outside_unchanged(outside)
                self.assertIn(result.returncode, (SUCCESS, FILE_SYSTEM), result.stderr)

    def test_the_root_may_be_reached_through_links(self):
        target = self.fresh("root", "bystander")
        (self.place / "link").symlink_to("root")
        through = self.target("root", "link")
        self.assert_goes_inside(through, INSTALL)
        self.assertTrue((target.packages / "demo").is_dir())


if __name__ == "__main__":
    support.main()
