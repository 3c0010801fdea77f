#include "installer/install/wheel/startup_hooks.h"

#include <algorithm>
#include <set>

#include "installer/install/wheel/wheel_plan.h"
#include "wheel/standard_modules.txt.h"

namespace ensure::install {

namespace {

/// Whether `name` is one of `sys.stdlib_module_names` of CPython 3.8 to 3.14, without those that
/// begin with "_".
bool is_standard_module(std::string_view name) {
  return kStandardModules.find("\n" + std::string(name) + "\n") != std::string_view::npos;
}

/// The top-level name by which a module is imported.
std::string_view module_of(std::string_view path) {
  const std::size_t slash = path.find('/');
  if (slash != std::string_view::npos) return path.substr(0, slash);
  return path.substr(0, path.find('.'));
}

bool is_module_file(std::string_view path) {
  return path.ends_with(".py") || path.ends_with(".so") || path.ends_with(".pyd");
}

}  // namespace

StartupHooks find_startup_hooks(const WheelPlan& plan) {
  StartupHooks hooks;
  std::set<std::string_view> modules;
  for (const WheelPlan::File& file : plan.files()) {
    const auto& [key, path] = file.installed;
    const bool in_library = key == SchemeKey::kPurelib || key == SchemeKey::kPlatlib;
    if (!in_library || file.left_out) continue;
    if (path.ends_with(".pth") && path.find('/') == std::string::npos) {
      hooks.pth_files.push_back(path);
    }
    if (is_module_file(path)) modules.insert(module_of(path));
  }
  for (const std::string_view module : modules) {
    if (module == "sitecustomize" || module == "usercustomize") {
      hooks.startup_modules.emplace_back(module);
    } else if (is_standard_module(module)) {
      hooks.shadowed_modules.emplace_back(module);
    }
  }
  std::ranges::sort(hooks.pth_files);
  return hooks;
}

}  // namespace ensure::install
