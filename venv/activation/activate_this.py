"""Makes the running Python use the packages of the environment.

    path = "bin/activate_this.py"
    exec(open(path).read(), {"__file__": path})
"""

import os
import site
import sys

environment = __ENVIRONMENT__

os.environ["VIRTUAL_ENV"] = environment
os.environ["VIRTUAL_ENV_PROMPT"] = __PROMPT__
os.environ["PATH"] = os.pathsep.join(
    [os.path.join(environment, "bin")] + [path for path in [os.environ.get("PATH")] if path]
)

# The environment's packages come before those of the running Python.
outside = list(sys.path)
site.addsitedir(os.path.join(environment, __SITE_PACKAGES__))
sys.path[:] = [path for path in sys.path if path not in outside] + outside

sys.real_prefix = sys.prefix
sys.prefix = sys.exec_prefix = environment
