#pragma once

#include <string>
#include <vector>

namespace ensure::specs {

/// The variables of the markers of requirements (PEP 508, "Environment markers").
struct MarkerEnvironment {
  std::string implementation_name;             ///< "cpython"
  std::string implementation_version;          ///< "3.12.1"; of PyPy its own, such as "7.3.15"
  std::string os_name;                         ///< "posix"
  std::string platform_machine;                ///< "x86_64"
  std::string platform_python_implementation;  ///< "CPython"
  std::string platform_release;
  std::string platform_system;  ///< "Linux"
  std::string platform_version;
  std::string python_full_version;  ///< "3.12.1"
  std::string python_version;       ///< "3.12"
  std::string sys_platform;         ///< "linux"

  /// `python_full_version` as a version: a Python that was built from a checkout calls itself
  /// "3.13.0a1+". The reference implementation makes a version of it in the same way.
  [[nodiscard]] std::string full_version() const {
    return python_full_version + (python_full_version.ends_with('+') ? "local" : "");
  }
};

/// The extras and groups that are requested.
struct MarkerSelection {
  std::vector<std::string> extras;             ///< in any spelling
  std::vector<std::string> dependency_groups;  ///< in lock files (PEP 751)
  /// Markers of a lock file may use `extras` and `dependency_groups`; those of requirements
  /// `extra`.
  bool is_lock = false;
};

}  // namespace ensure::specs
