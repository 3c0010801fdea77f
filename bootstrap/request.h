#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bootstrap/packages/package_request.h"
#include "installer/base/path.h"

namespace ensure::bootstrap {

enum class Command {
  kInstall,  ///< no command word: make an environment, or put pip into an interpreter
  kPythonList,
  kPythonFind,
  kCacheDir,
  kCacheSize,
  kCachePrune,
  kCacheClean,
  kHelp,
  kVersion,
};

enum class Color { kAuto, kAlways, kNever };

/// All that one command line asks for, checked for contradictions but not yet against the machine.
struct Request {
  Command command = Command::kInstall;
  std::vector<std::string> words;  ///< what is neither option nor value: a SPEC
  PackageRequest packages;
  /// Returns `packages` completed by pip's settings. It is called only if the request names no
  /// packages, but some come along to another Python.
  std::function<PackageRequest()> packages_with_settings;

  // What is to be made, and with which Python.
  std::vector<base::Path> environments;
  std::optional<std::string> python;
  bool has_default_python = false;  ///< `python` comes from ENSURE_PYTHON, not the command line
  bool user = false;
  std::optional<base::Path> root;
  std::optional<base::Path> prefix;
  std::optional<base::Path> target;
  std::optional<std::string> python_version;
  std::optional<std::string> python_platform;
  bool force_overwrite = false;  ///< replaces files that belong to no installed package

  // How an environment is made.
  bool system_site_packages = false;
  std::optional<bool> copies;  ///< none where neither `--copies` nor `--symlinks` is given
  bool clear = false;
  bool upgrade = false;
  bool upgrade_deps = false;
  bool without_pip = false;
  std::optional<std::string> prompt;
  bool scm_ignore_files = true;
  bool relocatable = false;
  std::vector<base::Path> wheel_dirs;
  bool bytecode = true;

  // How pip is put into an interpreter.
  bool altinstall = false;
  bool default_pip = false;
  bool break_system_packages = false;

  // How it is done and told.
  std::chrono::milliseconds lock_timeout = std::chrono::seconds(60);
  bool quiet = false;
  bool verbose = false;
  bool json = false;
  bool progress = true;
  Color color = Color::kAuto;
  std::optional<base::Path> trace;

  /// Whether the request names a target. A Python that a variable chooses does not count.
  [[nodiscard]] bool names_target() const {
    return !environments.empty() || (python && !has_default_python) || user || root || prefix ||
           target;
  }
};

}  // namespace ensure::bootstrap
