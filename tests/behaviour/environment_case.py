"""What tests of one environment share."""

from interpreters import newest
from support import Case, run


class EnvironmentCase(Case):
    """One environment at `self.environment`, made with the newest interpreter."""

    def setUp(self):
        super().setUp()
        self.interpreter = newest()
        self.environment = self.directory / "env"

    def make_environment(self, *options):
        return self.make("--venv", self.environment, "--python", self.interpreter.executable, *options)

    def try_environment(self, *options, **more):
        return self.ensure(
            "--venv", self.environment, "--python", self.interpreter.executable, *options, **more
        )

    def inside(self, code):
        return run([self.environment / "bin" / "python", "-c", code], check=True).stdout.strip()

    def configuration(self):
        text = (self.environment / "pyvenv.cfg").read_text()
        return dict(line.split(" = ", 1) for line in text.splitlines())
