#include "bootstrap/target/windows_launchers.h"

#include "installer/base/error.h"

namespace ensure::bootstrap {
namespace {

/// How the vendored distlib names the programs, behind "t" for console and "w" for windows.
std::string_view suffix_for(std::string_view machine) {
  if (machine == "i686" || machine == "x86") return "32.exe";
  return machine == "aarch64" || machine == "arm64" ? "64-arm.exe" : "64.exe";
}

}  // namespace

WindowsLaunchers WindowsLaunchers::in(const wheel::WheelSource& pip, std::string_view machine) {
  const std::string folder = "pip/_vendor/distlib/";
  const std::string console = folder + "t" + std::string(suffix_for(machine));
  const std::string gui = folder + "w" + std::string(suffix_for(machine));
  WindowsLaunchers found;
  for (std::size_t part = 0; part < pip.part_count(); ++part) {
    pip.read_part(part, [&](const wheel::WheelFile& file) {
      if (file.path == console) found.console_ = file.content;
      if (file.path == gui) found.gui_ = file.content;
    });
  }
  if (!found.console_.empty() && !found.gui_.empty()) return found;
  throw base::Error(base::ExitCode::kInterpreter,
                    "this pip carries no program that starts commands on Windows")
      .with_hint("give another wheel of pip with `--wheel-dir`");
}

}  // namespace ensure::bootstrap
