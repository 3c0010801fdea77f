#include "bootstrap/result.h"

namespace ensure::bootstrap {

void PackageReport::add(const install::StartupHooks& hooks) {
  startup_hooks = hooks.pth_files;
  startup_hooks.insert(startup_hooks.end(), hooks.startup_modules.begin(),
                       hooks.startup_modules.end());
  shadowed_modules = hooks.shadowed_modules;
}

PackageReport report_of(const install::Distribution& distribution) {
  return {distribution.name.normalized(), distribution.version.to_string(), "", ""};
}

InterpreterReport report_of(const venv::Interpreter& interpreter) {
  return {interpreter.executable.text(), interpreter.version_text, interpreter.implementation,
          interpreter.platform};
}

}  // namespace ensure::bootstrap
