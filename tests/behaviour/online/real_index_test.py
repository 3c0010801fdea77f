"""The index that everybody uses, where it can be reached: what is installed works together."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from online_case import OnlineCase  # noqa: E402

import support  # noqa: E402
from snapshot import snapshot  # noqa: E402
from support import NETWORK, SUCCESS  # noqa: E402

REFUSED = 6
# Where a machine says which index and authority it uses.
PASSED_ON = ("PIP_INDEX_URL", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "https_proxy", "NO_PROXY")


class RealIndexTest(OnlineCase):
    """The address is the program's own, or the one that the machine is set up for."""

    def setUp(self):
        super().setUp()
        self.machine = {name: support.os.environ[name] for name in PASSED_ON if name in support.os.environ}
        result = self.real("--dry-run", "six", "--retries", "0", "--timeout", "5")
        if result.returncode in (NETWORK, REFUSED):
            raise unittest.SkipTest(f"the default index does not answer: {result.stderr.splitlines()[0]}")
        self.assert_exit(result, SUCCESS)

    def real(self, *arguments, environment=None):
        words = ["--venv", environment or self.environment, "--python", self.interpreter.executable,
                 "--cache-dir", self.cache, *arguments]  # fmt: skip
        return self.ensure(*words, env=self.variables(**self.machine))

    def install_and_check(self, *requirements):
        self.assert_exit(self.real(*requirements), SUCCESS)
        check = self.pip("check")
        self.assertEqual(check.returncode, 0, check.stdout + check.stderr)
        before = snapshot(self.environment)
        self.assert_exit(self.real(*requirements), SUCCESS)
        self.assertEqual(snapshot(self.environment), before)
        other = self.directory / "other"
        self.assert_exit(self.real("--offline", *requirements, environment=other), SUCCESS)
        self.assertEqual(self.installed(other), self.installed())

    def test_few(self):
        self.install_and_check("flask", "requests")
        self.assertIn("werkzeug", self.installed())
        self.python("import flask, requests")

    def test_thirty(self):
        self.install_and_check("flask", "requests", "sqlalchemy", "celery", "gunicorn")
        self.assertGreater(len(self.installed()), 20)

    def test_hundred(self):
        self.install_and_check("jupyter")
        self.assertGreater(len(self.installed()), 70)

    def test_source_distributions(self):
        """Of setuptools, flit and hatchling, the latter with a plugin that builds need."""
        self.install_and_check("six", "idna", "iniconfig", "--no-binary", "six,idna,iniconfig")
        for name in ("six", "idna", "iniconfig"):
            generator = (self.dist_info(name) / "WHEEL").read_text()
            self.assertRegex(generator, "(?m)^Generator: (setuptools|bdist_wheel|flit|hatchling)")
        self.assertEqual(len(list((self.cache / "built-v1").iterdir())), 3)


if __name__ == "__main__":
    support.main()
