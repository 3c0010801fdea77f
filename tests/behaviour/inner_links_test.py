"""Symbolic links that stay below the target work, as does a target that is a link itself.

The link named on the command line is the user's own word and may lead anywhere.
"""

import os

import support
from hostile_case import staging_directories
from links_case import INSTALL, KINDS, REMOVAL, UPGRADE, LinksCase
from snapshot import differences, snapshot
from support import FILE_SYSTEM, SUCCESS, VERIFICATION, remove_tree, run


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

    def test_relative_links_work(self):
        self.each_link(KINDS, lambda link: self.beside(link).name)

    def test_links_to_another_depth_do_no_harm(self):
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

    def test_lib64_works_and_stays_a_link(self):
        target = self.fresh("venv", "bystander")
        lib64 = target.path / "lib64"
        if not lib64.is_symlink():
            self.skipTest("needs a 64-bit platform: elsewhere venv makes no link lib64")
        for operation, version in ((INSTALL, "1.0"), (UPGRADE, "2.0"), (REMOVAL, None)):
            self.assert_works(target, operation, version)
            self.assertEqual(os.readlink(lib64), "lib")

    def test_absolute_links_do_no_harm(self):
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

    def test_a_target_that_is_a_link_works(self):
        for kind in (*KINDS, "root"):
            for relative in (False, True):
                with self.subTest(kind=kind, relative=relative):
                    target = self.fresh(kind, "bystander")
                    real = self.directory / f"real {kind} {relative}"
                    target.path.rename(real)
                    target.path.symlink_to(os.path.relpath(real, self.place) if relative else real)
                    for operation, version in ((INSTALL, "1.0"), (UPGRADE, "2.0"), (REMOVAL, None)):
                        self.assert_works(target, operation, version)
                    self.assertTrue(target.path.is_symlink())
                    self.assertEqual(staging_directories(real), [])

    def test_a_target_below_a_link_works(self):
        for kind in (*KINDS, "root"):
            with self.subTest(kind=kind):
                real = self.directory / f"parent of {kind}"
                real.mkdir()
                remove_tree(self.place)
                self.place.symlink_to(real)
                target = self.target(kind, kind)
                for operation, version in ((INSTALL, "1.0"), (UPGRADE, "2.0")):
                    self.assert_works(target, operation, version)
                self.assertTrue(self.place.is_symlink())
                self.place.unlink()
                self.place.mkdir()


if __name__ == "__main__":
    support.main()
