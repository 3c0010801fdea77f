"""Builds that fail, lie or are interrupted, and archives that are hostile."""

import json
import os
import signal
import subprocess
import sys
import tarfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from source_case import BUILD, SourceCase  # noqa: E402
from source_projects import project, tar_gz  # noqa: E402

import support  # noqa: E402
from support import FAILURE, TERMINATED, VERIFICATION  # noqa: E402

class FailureTest(SourceCase):
    def test_failing_build(self):
        self.index.add("other", "1.0")
        self.make_online("other")
        steps = "print('first line'); raise SystemExit('fatal: no such header')"
        self.add_sdist("demo", "1.0", promise=True, steps=steps)
        before = self.installed()
        result = self.online("demo", BUILD)
        self.assert_error(result, FAILURE, "demo-1.0.tar.gz", "fatal: no such header", "first line")
        self.assertEqual(self.installed(), before)
        self.assert_nothing_left()

    def test_backend_that_asks_for_nonsense(self):
        self.add_sdist("demo", "1.0", requires=["no requirement"])
        self.assert_error(self.online("demo", BUILD), FAILURE, "no requirement")
        self.assert_nothing_made()
        self.assert_nothing_left()

    def test_wheel_of_another_project(self):
        self.add_sdist("demo", "1.0", steps="name = 'other'")
        self.assert_error(self.online("demo", BUILD), VERIFICATION, "other")
        self.add_sdist("demo", "2.0", steps="version = '2.1'")
        self.assert_error(self.online("demo", BUILD), VERIFICATION, "2.1")
        self.assert_nothing_made()

    def test_wheel_that_is_hostile(self):
        steps = "open('src/../src/x\\x5cy', 'w').close()"
        self.add_sdist("demo", "1.0", steps=steps)
        self.assert_error(self.online("demo", BUILD), VERIFICATION, "backslash")
        self.assert_nothing_made()

    def test_environment_of_the_build(self):
        names = "PYTHONPATH PYTHONHOME PIP_INDEX_URL ENSURE_JOBS VIRTUAL_ENV PYTHONSTARTUP".split()
        steps = (
            "import json, sys\n"
            "told = {name: os.environ.get(name) for name in os.environ}\n"
            "told['descriptors'] = [d for d in os.listdir('/proc/self/fd') if int(d) > 2 and "
            "os.path.exists('/proc/self/fd/' + d)]\n"
            "told['prefix'] = sys.prefix\n"
            "json.dump(told, open(os.environ['TOLD'], 'w'))"
        )
        self.add_sdist("demo", "1.0", promise=True, steps=steps)
        told = self.directory / "told.json"
        variables = {name: "/nowhere" for name in names if name not in ("PYTHONHOME", "ENSURE_JOBS")}
        variables.update({"TOLD": str(told), "ENSURE_JOBS": "2", "PIP_INDEX_URL": self.index.simple})
        read_end, write_end = os.pipe()
        self.make_online("demo", BUILD, variables=variables, pass_fds=(read_end, write_end))
        os.close(read_end)
        os.close(write_end)
        seen = json.loads(told.read_text())
        for name in set(names) - {"VIRTUAL_ENV"}:
            self.assertNotIn(name, seen)
        self.assertEqual(seen["descriptors"], [])
        self.assertTrue(seen["prefix"].startswith(str(self.cache)))
        self.assertTrue(seen["TMPDIR"].startswith(str(self.cache)))

    def test_terminated(self):
        for options in ((), ("--no-cache",)):
            with self.subTest(options):
                self.index.releases.clear()
                mark = self.directory / f"mark{len(options)}"
                steps = f"open({str(mark)!r}, 'w').write(str(os.getpid())); import time; time.sleep(300)"
                self.add_sdist("demo", "1.0", promise=True, steps=steps)
                words = self.online_words("demo", BUILD, *options)
                with subprocess.Popen([self.executable, *words], env=self.variables(),
                                      stderr=subprocess.PIPE) as process:  # fmt: skip
                    support.wait_for(lambda mark=mark: mark.exists() and mark.read_text())
                    process.send_signal(signal.SIGTERM)
                    process.stderr.read()
                    self.assertEqual(process.wait(), TERMINATED)
                self.assert_is_gone(int(mark.read_text()))
                self.assert_nothing_made()
                self.assert_nothing_left()

    def assert_is_gone(self, pid):
        def is_gone():
            try:
                state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            except FileNotFoundError:
                return True
            return state == "Z"

        support.wait_for(is_gone, 60)

    def test_killed_and_run_again(self):
        mark = self.directory / "mark"
        steps = f"import time; first = not os.path.exists({str(mark)!r}); open({str(mark)!r}, 'w').close()\n" \
                "if first: time.sleep(300)"  # fmt: skip
        self.add_sdist("demo", "1.0", promise=True, steps=steps)
        words = self.online_words("demo", BUILD)
        process = subprocess.Popen([self.executable, *words], env=self.variables(), start_new_session=True,
                                   stderr=subprocess.DEVNULL)  # fmt: skip
        support.wait_for(mark.exists)
        build_group = self.group_of_the_build(process.pid)
        process.kill()
        process.wait()
        os.killpg(build_group, signal.SIGKILL)
        self.make_online("demo", BUILD)
        self.assertEqual(self.installed(), {"demo": "1.0"})
        self.assert_nothing_left()

    @staticmethod
    def group_of_the_build(parent):
        """The process group of the child of `parent`: pip leads one of its own."""
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        return os.getpgid(int(children[0]))

    def test_hostile_archives(self):
        def renamed(name):
            def edit(members):
                members[0][0].name = name
                return members
            return edit

        def added(**fields):
            def edit(members):
                member = tarfile.TarInfo("demo-1.0/odd")
                for field, value in fields.items():
                    setattr(member, field, value)
                return [*members, (member, b"")]
            return edit

        edits = {
            "../outside": renamed("demo-1.0/../../outside"),
            "absolute": renamed("/absolute"),
            "link out": added(type=tarfile.SYMTYPE, linkname="../../../etc"),
            "hard link out": added(type=tarfile.LNKTYPE, linkname="/etc/passwd"),
            "device": added(type=tarfile.CHRTYPE, devmajor=1, devminor=3),
            "fifo": added(type=tarfile.FIFOTYPE),
        }
        archive = self.directory / "demo-1.0.tar.gz"
        marker = self.directory / "ran"
        files = project("demo", "1.0", promise=True, steps=f"open({str(marker)!r}, 'w')")
        for name, edit in edits.items():
            with self.subTest(name):
                archive.write_bytes(tar_gz(files, "demo-1.0", edit))
                self.assert_error(self.online(archive, BUILD), VERIFICATION, "demo-1.0.tar.gz")
                self.assertFalse(marker.exists())
                self.assertFalse((self.directory / "outside").exists())
                self.assert_nothing_made()
        archive.write_bytes(tar_gz(files, "demo-1.0")[:-20])
        self.assert_error(self.online(archive, BUILD), VERIFICATION)

    def test_hostile_archive_of_an_index_is_passed_over(self):
        self.add_sdist("demo", "1.0")
        files = project("demo", "2.0")
        data = tar_gz(files, "demo-2.0", lambda members: [(tarfile.TarInfo("../x"), b""), *members])
        self.index.add_file("demo", "2.0", "demo-2.0.tar.gz", data)
        told = self.tell_online("demo", BUILD)
        self.assertEqual(self.installed(), {"demo": "1.0"})
        self.assertTrue([each for each in told["warnings"] if "2.0" in each])
        support.remove_tree(self.environment)
        self.assert_error(self.online("demo==2.0", BUILD), VERIFICATION)


if __name__ == "__main__":
    support.main()
