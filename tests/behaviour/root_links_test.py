"""`--root`: a link is what it is for a program that runs inside, where the root is `/`."""

import os
from pathlib import Path

import support
from hostile_case import staging_directories
from links_case import INSTALL, REMOVAL, UPGRADE, LinksCase
from snapshot import snapshot
from support import FILE_SYSTEM, SUCCESS, VERIFICATION, remove_tree


class RootTest(LinksCase):
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
