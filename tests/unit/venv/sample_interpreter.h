#pragma once

#include <cstdint>
#include <string>

#include "venv/interpreter/interpreter.h"

namespace ensure::tests {

/// A CPython 3.`minor` as if installed in /opt/python; no file of it needs to exist.
inline venv::Interpreter sample_interpreter(std::uint32_t minor) {
  const std::string short_version = "3." + std::to_string(minor);
  venv::Interpreter result;
  result.executable = "/opt/python/bin/python3";
  result.real_executable = "/opt/python/bin/python" + short_version;
  result.version = short_version + ".1";
  result.version_text = result.version;
  result.minor = minor;
  result.micro = 1;
  result.implementation = "cpython";
  result.cache_tag = "cpython-3" + std::to_string(minor);
  result.base_prefix = "/opt/python";
  result.library_name = "python" + short_version;
  result.platform = "linux-x86_64";
  result.machine = "x86_64";
  return result;
}

}  // namespace ensure::tests
