#pragma once

#include <string>
#include <vector>

namespace ensure::install {

class WheelPlan;

/// The files of a wheel that take effect in every start of Python, whether they are imported or
/// not.
struct StartupHooks {
  std::vector<std::string> pth_files;         ///< `.pth` files, which can run code (module `site`)
  std::vector<std::string> startup_modules;   ///< `sitecustomize`, `usercustomize`
  std::vector<std::string> shadowed_modules;  ///< names of the standard library

  [[nodiscard]] bool empty() const {
    return pth_files.empty() && startup_modules.empty() && shadowed_modules.empty();
  }

  bool operator==(const StartupHooks&) const = default;
};

[[nodiscard]] StartupHooks find_startup_hooks(const WheelPlan& plan);

}  // namespace ensure::install
