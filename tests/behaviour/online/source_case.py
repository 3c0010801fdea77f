"""What the tests of source code share: an index with source distributions, and projects in directories."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from online_case import OnlineCase  # noqa: E402
from source_projects import project, tar_gz, write_project, zip_of  # noqa: E402

BUILD = "--build-sdists"


class SourceCase(OnlineCase):
    def add_sdist(self, name, version, *, form="tar.gz", more=None, **options):
        """Adds the source distribution of a project to the index; returns its `Release`."""
        return self.add_files(name, version, project(name, version, **options), form, **(more or {}))

    def add_files(self, name, version, files, form="tar.gz", **more):
        top = f"{name}-{version}"
        data = tar_gz(files, top) if form == "tar.gz" else zip_of(files, top)
        return self.index.add_file(name, version, f"{top}.{form}", data, **more)

    def local_project(self, name, *arguments, directory="project", **options):
        return write_project(self.directory / directory, project(name, *arguments, **options))

    def direct_url(self, name):
        return json.loads((self.dist_info(name) / "direct_url.json").read_text())

    def assert_nothing_left(self):
        """No throw-away environment is left, in the cache or beside the target."""
        temporary = self.cache / "temporary-v1"
        self.assertEqual(list(temporary.iterdir()) if temporary.exists() else [], [])
        self.assertEqual([path.name for path in self.directory.glob(".*ensure*")], [])
