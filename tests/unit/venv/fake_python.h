#pragma once

#include <sys/stat.h>

#include <fstream>
#include <string>

#include "installer/base/file.h"
#include "installer/base/text.h"
#include "tests/support/file_system.h"

namespace ensure::tests {

inline void write_executable(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  fs::ofstream(path, std::ios::binary) << text;
  chmod(path.c_str(), 0755);
}

/// Writes a program that answers the probe as a Python of that version would, and notes each run
/// in `log`.
inline void write_fake_python(const fs::path& path, const std::string& version, const fs::path& log,
                              const std::string& implementation = "cpython",
                              const std::string& abiflags = "") {
  const fs::path prefix = path.parent_path().parent_path();
  const std::string minor = version.substr(0, version.rfind('.'));
  const std::string name = (implementation == "pypy" ? "pypy" : "python") + minor + abiflags;
  std::string answer;
  for (const std::string& entry :
       {"version=" + version, "version_text=" + version, "implementation=" + implementation,
        std::string("cache_tag=fake"), "abiflags=" + abiflags, "base_prefix=" + prefix.text(),
        std::string("platlibdir=lib"), "library_name=" + name, std::string("bits=64"),
        std::string("system=linux")}) {
    answer += entry + "\\000";
  }
  write_executable(path, "#!/bin/sh\necho \"$0\" >> '" + log.text() +
                             "'\nprintf '\\000ensure-begin\\000" + answer +
                             "executable=%s\\000ensure-end\\000' \"$0\"\n");
}

/// How often fake Pythons were run.
inline std::size_t runs(const fs::path& log) {
  const std::string text = base::read_file_if_exists(log).value_or("");
  return base::split(text, '\n').size() - 1;
}

}  // namespace ensure::tests
