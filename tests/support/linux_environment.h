#pragma once

#include "installer/specs/requirements/marker.h"

namespace ensure::tests {

/// CPython 3.12.1 on Linux.
inline specs::MarkerEnvironment linux_environment() {
  return {.implementation_name = "cpython",
          .implementation_version = "3.12.1",
          .os_name = "posix",
          .platform_machine = "x86_64",
          .platform_python_implementation = "CPython",
          .platform_release = "6.1.0-18-amd64",
          .platform_system = "Linux",
          .platform_version = "#1 SMP",
          .python_full_version = "3.12.1",
          .python_version = "3.12",
          .sys_platform = "linux"};
}

}  // namespace ensure::tests
