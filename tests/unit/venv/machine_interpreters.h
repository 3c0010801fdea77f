#pragma once

#include <chrono>
#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#include "installer/base/directory.h"
#include "installer/base/subprocess.h"
#include "installer/base/text.h"
#include "tests/support/file_system.h"

namespace ensure::tests {

/// The Pythons of the machine that runs the tests, of any version and state: pyenv's and the
/// system's. Empty where there are none.
inline std::vector<fs::path> machine_pythons() {
  std::vector<fs::path> candidates;
  const char* home = std::getenv("HOME");
  const fs::path versions = fs::path(home == nullptr ? "/nonexistent" : home) / ".pyenv/versions";
  if (fs::is_directory(versions)) {
    for (const std::string& name : base::list_directory(versions)) {
      candidates.push_back(versions / name / "bin/python");
    }
  }
  for (const char* name : {"python3", "pypy3", "python3-dbg"}) {
    candidates.push_back(fs::path("/usr/bin") / name);
    candidates.push_back(fs::path("/usr/local/bin") / name);
  }
  std::vector<fs::path> result;
  for (const fs::path& path : candidates) {
    if (fs::exists(path)) result.push_back(path);
  }
  return result;
}

/// The lines that `script` prints, run in `python` without `site`; empty where it fails.
inline std::vector<std::string> ask(const fs::path& python, const std::string& script,
                                    const std::vector<std::string>& options = {"-I", "-S"}) {
  std::vector<std::string> command{python.text()};
  command.insert(command.end(), options.begin(), options.end());
  command.insert(command.end(), {"-c", script});
  base::Process process(command, base::environment_without({"PYTHON"}));
  const base::ProcessResult result = process.wait(std::chrono::seconds(60));
  std::vector<std::string> lines;
  if (!result.succeeded()) return lines;
  for (const std::string_view line : base::split_lines(result.output)) lines.emplace_back(line);
  return lines;
}

/// Whether it is a Python 3 that `ensure` supports, judged by itself.
inline bool is_supported(const fs::path& python) {
  return ask(python, "import sys; print(sys.version_info >= (3, 8))") ==
         std::vector<std::string>{"True"};
}

}  // namespace ensure::tests
