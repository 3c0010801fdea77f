#include "bootstrap/build/throw_away_environment.h"

#include <chrono>
#include <cstdlib>
#include <utility>

#include "installer/base/parallel.h"
#include "installer/install/wheel/destination.h"
#include "installer/install/wheel/wheel_installer.h"
#include "venv/environment/environment.h"

namespace ensure::build {

namespace {

/// Some projects are built for hours; who waits can interrupt it.
constexpr std::chrono::hours kLongestBuild(24);

}  // namespace

ThrowAwayEnvironment::ThrowAwayEnvironment(base::Directory folder,
                                           const venv::Interpreter& interpreter,
                                           const wheel::WheelSource& pip)
    : folder_(std::move(folder)),
      layout_(venv::environment_layout(folder_.path(), interpreter, false)) {
  venv::EnvironmentOptions options;
  options.scm_ignore_files = false;
  venv::lay_out_environment(folder_, folder_.path(), interpreter, options);
  install::WheelDestination destination;
  destination.map(folder_.path(), folder_);
  install::install_wheel(pip, layout_, destination, {});
}

void ThrowAwayEnvironment::install(
    const std::vector<std::shared_ptr<const wheel::WheelSource>>& wheels) {
  install::WheelDestination destination;
  destination.map(folder_.path(), folder_);
  install::WheelInstaller installer(layout_, destination, base::useful_writers());
  for (const auto& wheel : wheels) installer.add(wheel, {});
  (void)installer.finish();
}

base::ProcessResult ThrowAwayEnvironment::run_python(const std::vector<std::string>& arguments,
                                                     const base::Path& temporary) const {
  std::vector<std::string> words{(folder_.path() / "bin/python").text(), "-I"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  base::Process process(words, variables(temporary), folder_.path().text());
  return process.wait(kLongestBuild);
}

/// Those of the user, without what would reach into Python or pip.
std::vector<std::string> ThrowAwayEnvironment::variables(const base::Path& temporary) const {
  std::vector<std::string> all = base::environment_without(
      {"PYTHON", "PIP_", "ENSURE_", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__", "PATH=", "TMPDIR="});
  const char* const path = std::getenv("PATH");
  const std::string commands = (folder_.path() / "bin").text();
  all.push_back("PATH=" + commands + (path == nullptr ? "" : ":" + std::string(path)));
  all.push_back("VIRTUAL_ENV=" + folder_.path().text());
  all.push_back("TMPDIR=" + temporary.text());
  all.emplace_back("PIP_CONFIG_FILE=/dev/null");  // which means none to pip
  all.emplace_back("PIP_USE_PEP517=1");           // what an older pip leaves to `setup.py` else
  return all;
}

}  // namespace ensure::build
