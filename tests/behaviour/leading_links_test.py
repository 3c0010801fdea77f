"""Symbolic links below a target that lead outside of it are refused by name.

Whoever made the target, its links must not lead writes or removals to other places.
"""

import os
import shutil
from pathlib import Path

import support
from hostile_case import staging_directories
from interpreter_case import UpstreamCase
from links_case import INSTALL, KINDS, REMOVAL, UPGRADE, LinksCase
from snapshot import differences, snapshot
from support import FILE_SYSTEM, SUCCESS, VERIFICATION, remove_tree
from wheels import put_old_pip, record_hash


# Names of `LinksCase.links_of`.
DIRECTORIES = ("bin", "share", "share/demo", "lib", "lib/pythonX.Y", "site-packages")
OF_THE_PACKAGE = ("site-packages/demo", "site-packages/demo/inner", "demo.dist-info")


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

    def test_installations_through_a_link_are_refused(self):
        self.each_link(INSTALL, ["bystander"], *DIRECTORIES, "site-packages/demo")

    def test_upgrades_through_a_link_are_refused(self):
        self.each_link(UPGRADE, [*INSTALL, "bystander"], *DIRECTORIES, *OF_THE_PACKAGE)

    def test_removals_through_a_link_are_refused(self):
        self.each_link(REMOVAL, [*INSTALL, "bystander"], *DIRECTORIES, *OF_THE_PACKAGE)

    def test_links_above_headers_are_refused(self):
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

    def test_relative_links_are_refused(self):
        for name in ("share", "site-packages/demo"):
            target = self.fresh("prefix", *INSTALL, "bystander")
            link = self.links_of(target)[name]
            self.lead(link, self.outside / "led to")
            link.unlink()
            link.symlink_to(os.path.relpath(self.outside / "led to", link.parent.resolve()))
            self.assert_link_is_refused(target, link, *REMOVAL)

    def test_chains_that_leave_and_come_back_are_refused(self):
        """Each step counts, as what lies outside can lead elsewhere a moment later."""
        target = self.fresh("prefix", *INSTALL, "bystander")
        link = target.path / "share"
        shutil.move(link, target.path / "real share")
        (self.outside / "back").symlink_to(target.path / "real share")
        link.symlink_to(self.outside / "back")
        self.assert_link_is_refused(target, link, *REMOVAL)

    def test_links_that_lead_nowhere_or_in_circles_do_no_harm(self):
        for led_to in ("share", self.directory / "nowhere", "nowhere"):
            for operation in (INSTALL, REMOVAL):
                with self.subTest(led_to=led_to, operation=operation):
                    target = self.fresh("prefix", "bystander", *(INSTALL if operation == REMOVAL else ()))
                    remove_tree(target.path / "share")
                    (target.path / "share").symlink_to(led_to)
                    outside = snapshot(self.outside)
                    result = self.run_on(target, *operation)
                    self.assert_outside_unchanged(outside)
                    self.assertFalse((self.directory / "nowhere").exists())
                    self.assertIn(result.returncode, (SUCCESS, FILE_SYSTEM), result.stderr)
                    self.assertEqual(staging_directories(self.place), [])

    def test_a_lib64_that_leads_outside_is_not_followed(self):
        """What it leads to counts where something goes through it, and is never changed."""
        for operation, packages in ((INSTALL, ["bystander"]), (REMOVAL, [*INSTALL, "bystander"])):
            target = self.fresh("venv", *packages)
            self.lead(target.path / "lib64", self.outside / "lib64")
            outside = snapshot(self.outside)
            result = self.run_on(target, *operation)
            self.assert_outside_unchanged(outside)
            self.assertIn(result.returncode, (SUCCESS, FILE_SYSTEM), result.stderr)

    def test_rows_of_a_record_that_go_through_a_link_are_refused(self):
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

    def test_rows_of_a_record_below_a_linked_part_of_the_scheme_are_refused(self):
        """The bound of a removal must not be resolved through the link that it is to refuse."""
        for name in ("bin", "share", "include"):
            for kind in ("venv", "prefix"):
                with self.subTest(kind=kind, link=name):
                    target = self.fresh(kind, *INSTALL, "bystander")
                    link = target.path / name
                    self.lead(link, self.outside / "led to")
                    (self.outside / "led to" / "precious").write_text("mine")
                    record = target.packages / "extra-1.0.dist-info/RECORD"
                    record.write_text(f"../../../{name}/precious,,\n{record.read_text()}")
                    self.assert_link_is_refused(target, link, "--sync", "bystander", "demo==1.0", "withheader==1.0")

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

    def test_links_in_an_installed_pip_are_refused(self):
        for kind in KINDS:
            for name in self.NAMES:
                with self.subTest(kind=kind, link=name):
                    target = self.fresh(kind, "bystander")
                    link = target.packages / name
                    self.lead(link, self.outside / "led to")
                    self.assert_link_is_refused(target, link, "--upgrade", "pip")

    def test_the_bundled_pip_is_not_upgraded_through_a_link(self):
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

    def test_the_bundled_pip_is_not_installed_through_a_link(self):
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

    def test_links_below_the_packages_are_refused(self):
        outside = self.directory / "outside"
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

    def test_packages_that_are_a_link_themselves_are_followed(self):
        """Some package managers keep them apart from the interpreter."""
        elsewhere = self.directory / "elsewhere"
        self.purelib.rename(elsewhere)
        self.purelib.symlink_to(elsewhere)
        self.assert_exit(self.put(), SUCCESS)
        self.assertTrue(self.purelib.is_symlink())
        self.assertTrue((elsewhere / "pip").is_dir())


if __name__ == "__main__":
    support.main()
