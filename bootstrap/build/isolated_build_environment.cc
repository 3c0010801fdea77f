#include "bootstrap/build/isolated_build_environment.h"

#include <chrono>
#include <cstdlib>
#include <utility>

#include "installer/base/parallel.h"
#include "installer/install/wheel/destination.h"
#include "installer/install/wheel/wheel_installer.h"
#include "venv/environment/environment.h"

namespace ensure::build {

namespace {

/// Some projects build for hours; the user can interrupt the run.
constexpr std::chrono::hours kLongestBuild(24);

}  // namespace

IsolatedBuildEnvironment::IsolatedBuildEnvironment(base::Directory directory,
                                                   const venv::Interpreter& interpreter,
                                                   const wheel::WheelSource& pip)
    : directory_(std::move(directory)),
      layout_(venv::environment_layout(directory_.path(), interpreter, false)) {
  venv::EnvironmentOptions options;
  options.scm_ignore_files = false;
  venv::lay_out_environment(directory_, directory_.path(), interpreter, options);
  install::WheelDestination destination;
  destination.map(directory_.path(), directory_);
  install::install_wheel(pip, layout_, destination, {});
}

void IsolatedBuildEnvironment::install(
    const std::vector<std::shared_ptr<const wheel::WheelSource>>& wheels) {
  install::WheelDestination destination;
  destination.map(directory_.path(), directory_);
  install::WheelInstaller installer(layout_, destination, base::useful_writers());
  for (const auto& wheel : wheels) installer.add(wheel, {});
  (void)installer.finish();
}

base::ProcessResult IsolatedBuildEnvironment::run_python(const std::vector<std::string>& arguments,
                                                         const base::Path& temporary) const {
  std::vector<std::string> words{(directory_.path() / "bin/python").text(), "-I"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  base::Process process(words, variables(temporary), directory_.path().text());
  return process.wait(kLongestBuild);
}

/// The variables of the user, except those that change the behaviour of Python or pip.
std::vector<std::string> IsolatedBuildEnvironment::variables(const base::Path& temporary) const {
  std::vector<std::string> all = base::environment_without(
      {"PYTHON", "PIP_", "ENSURE_", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__", "PATH=", "TMPDIR="});
  const char* const path = std::getenv("PATH");
  const std::string commands = (directory_.path() / "bin").text();
  all.push_back("PATH=" + commands + (path == nullptr ? "" : ":" + std::string(path)));
  all.push_back("VIRTUAL_ENV=" + directory_.path().text());
  all.push_back("TMPDIR=" + temporary.text());
  all.emplace_back("PIP_CONFIG_FILE=/dev/null");  // to pip: no configuration file
  all.emplace_back("PIP_USE_PEP517=1");           // older versions of pip would run `setup.py`
  return all;
}

}  // namespace ensure::build
