#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "installer/base/path.h"
#include "installer/index/settings.h"
#include "installer/resolve/problem.h"
#include "installer/specs/requirements/format_control.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/wheel/linkable_wheel.h"

namespace ensure::bootstrap {

enum class Command {
  kInstall,  ///< no command word: change environments or an interpreter
  kList,
  kPythonList,
  kPythonFind,
  kCacheDir,
  kCacheSize,
  kCachePrune,
  kCacheClean,
  kHelp,
  kVersion,
};

/// Whether it is `ensure cache dir|size|prune|clean`.
[[nodiscard]] constexpr bool names_cache(Command command) {
  return command >= Command::kCacheDir && command <= Command::kCacheClean;
}

enum class Color { kAuto, kAlways, kNever };

/// The requested packages, and how they are found, checked and installed: the options of the online
/// mode, with pip's names and meanings.
struct PackageRequest {
  // The requirements. A file is a path or a URL; "-" is standard input.
  std::vector<std::string> words;  ///< requirements on the command line
  std::vector<std::string>
      files;  ///< `-r`: requirements.txt, pyproject.toml, pylock.toml, a script
  std::vector<std::string> constraint_files;
  std::vector<std::string> groups;     ///< "[FILE:]NAME" (PEP 735)
  std::vector<std::string> editables;  ///< `-e`: directories of projects (PEP 660)
  std::vector<std::string> extras;     ///< of `-r pyproject.toml` and of locks
  bool all_extras = false;
  bool all_groups = false;
  std::vector<specs::PackageName> upgraded;  ///< `-P`: do not keep their installed versions
  std::vector<specs::PackageName> removed;   ///< `--remove`
  bool reinstall = false;                    ///< what the request names is installed anew
  /// The command of the target's own pip, for hints: "env/bin/pip".
  std::string pip_command = "pip";

  /// URLs of files that the user requests, as far as they are known.
  std::vector<std::string> named_urls;

  // The indexes.
  std::optional<std::string> index_url;
  std::optional<std::string> configured_index_url;  ///< of pip's settings: the weakest
  std::vector<std::string> extra_index_urls;
  std::vector<std::string> find_links;
  std::vector<std::string> configured_find_links;  ///< of pip's settings: may be missing
  /// Those of the URLs above that a requirements file from the web names.
  std::vector<std::string> addresses_from_web;
  bool no_index = false;
  bool offline = false;
  index::IndexStrategy index_strategy = index::IndexStrategy::kFirstIndex;

  // The choice of files.
  bool pre = false;
  bool no_deps = false;
  bool require_hashes = false;
  bool no_startup_hooks = false;
  bool build_sdists = false;
  specs::FormatControl formats;
  std::optional<std::int64_t> exclude_newer;  ///< microseconds since 1970 in UTC
  resolve::ResolutionStrategy resolution = resolve::ResolutionStrategy::kHighest;

  // The installation.
  bool sync = false;
  bool allow_conflicts = false;
  bool dry_run = false;
  bool exit_code = false;  ///< with `--dry-run`: exit code 10 if something would change
  bool compile_bytecode = false;
  std::optional<std::string> report;  ///< a path; "-" is standard output
  std::optional<wheel::LinkMode> link_mode;

  std::vector<std::string> warnings;  ///< about pip's settings

  // Servers and the cache.
  std::optional<base::Path> cache_dir;
  bool no_cache = false;
  std::size_t unused_days = 30;  ///< `cache prune` removes what was not used for so long
  std::chrono::milliseconds timeout = std::chrono::seconds(15);  ///< without any data
  std::size_t retries = 5;
  std::optional<std::string> proxy;
  std::optional<base::Path> certificates;
  std::optional<base::Path> client_certificate;
  std::vector<std::string> trusted_hosts;
  bool uses_keyring = true;  ///< whether the command `keyring` is asked for credentials
  std::size_t jobs = 16;     ///< simultaneous connections

  /// Whether no package is requested, so that nothing touches the network.
  [[nodiscard]] bool empty() const {
    return words.empty() && files.empty() && groups.empty() && editables.empty() && !all_groups &&
           upgraded.empty() && removed.empty();
  }

  [[nodiscard]] bool builds_sources() const {
    return build_sdists || !formats.no_binary().empty() || !editables.empty();
  }

  /// Whether a project without a known name may be built.
  [[nodiscard]] bool may_build() const {
    return build_sdists || formats.no_binary().contains(":all:");
  }
  [[nodiscard]] bool may_build(const specs::PackageName& name) const {
    return may_build() || !formats.allows_wheel(name);
  }
};

/// A parsed command line, checked for contradictions but not yet against the machine.
struct Request {
  Command command = Command::kInstall;
  std::vector<std::string> words;  ///< arguments of a command: a SPEC
  PackageRequest packages;
  /// Returns `packages` completed by pip's settings. Called only if the request names no packages,
  /// but some come along to another Python.
  std::function<PackageRequest()> packages_with_settings;

  // The target and its Python.
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

  // Environments.
  bool system_site_packages = false;
  std::optional<bool> copies;  ///< nullopt without `--copies` and `--symlinks`
  bool clear = false;
  bool upgrade = false;
  bool upgrade_deps = false;
  bool without_pip = false;
  std::optional<std::string> prompt;
  bool scm_ignore_files = true;
  bool relocatable = false;
  std::vector<base::Path> wheel_dirs;
  bool bytecode = true;

  // Interpreters.
  bool altinstall = false;
  bool default_pip = false;
  bool break_system_packages = false;

  // General options.
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

  /// Whether the request itself names packages. Others may come along to another Python.
  [[nodiscard]] bool wants_packages() const { return !packages.empty() || upgrade_deps; }
};

}  // namespace ensure::bootstrap
