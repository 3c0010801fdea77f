#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ensure::install {

class WheelPlan;

/// What of a wheel takes effect in every start of Python, used or not: for reports.
struct StartupHooks {
  std::vector<std::string> pth_files;         ///< `.pth` files, which can run code (module `site`)
  std::vector<std::string> startup_modules;   ///< `sitecustomize`, `usercustomize`
  std::vector<std::string> shadowed_modules;  ///< names of the standard library

  [[nodiscard]] bool empty() const {
    return pth_files.empty() && startup_modules.empty() && shadowed_modules.empty();
  }

  bool operator==(const StartupHooks&) const = default;
};

/// Those of a wheel.
[[nodiscard]] StartupHooks find_startup_hooks(const WheelPlan& plan);

/// Whether `name` is a top-level module of the standard library of any Python from 3.8 on.
[[nodiscard]] bool is_standard_module(std::string_view name);

}  // namespace ensure::install
