"""What tests share that put symbolic links into a target."""

import os
import shutil

from hostile_case import HostileCase
from snapshot import differences, snapshot
from support import FILE_SYSTEM, SUCCESS, remove_tree, run
from wheels import make_pip_wheel

KINDS = ("venv", "prefix", "target")
INSTALL = ("demo==1.0", "withheader==1.0", "extra")
UPGRADE = ("-U", "demo", "withheader", "bystander")
REMOVAL = ("--sync", "bystander")


class LinksCase(HostileCase):
    def setUp(self):
        super().setUp()
        self.older_pips = self.directory / "older pips"
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
