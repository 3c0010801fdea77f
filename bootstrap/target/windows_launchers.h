#pragma once

#include <string>
#include <string_view>

#include "installer/install/wheel/scripts.h"
#include "installer/wheel/wheel_source.h"

namespace ensure::bootstrap {

/// The programs that start commands on Windows, which pip carries for its own use.
class WindowsLaunchers {
 public:
  /// Those in a wheel of pip for a processor ("x86_64", "i686", "aarch64"; else "x86_64" is taken).
  /// Throws `Error` (`kInterpreter`) where the wheel has none.
  static WindowsLaunchers in(const wheel::WheelSource& pip, std::string_view machine);

  /// Valid as long as this is.
  [[nodiscard]] install::Launchers programs() const { return {console_, gui_}; }

 private:
  std::string console_;
  std::string gui_;
};

}  // namespace ensure::bootstrap
