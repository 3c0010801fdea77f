#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "installer/base/path.h"
#include "installer/index/settings.h"
#include "installer/wheel/linkable_wheel.h"
#include "installer/resolve/problem.h"
#include "installer/specs/requirements/format_control.h"
#include "installer/specs/requirements/package_name.h"

namespace ensure::bootstrap {

/// The packages that one command line asks for, and how they are found, checked and installed: the
/// options of the online mode, with pip's names and meanings.
struct PackageRequest {
  // What is asked for. A file is a path or a URL; "-" is standard input.
  std::vector<std::string> words;  ///< requirements on the command line
  std::vector<std::string>
      files;  ///< `-r`: requirements.txt, pyproject.toml, pylock.toml, a script
  std::vector<std::string> constraint_files;
  std::vector<std::string> groups;     ///< "[FILE:]NAME" (PEP 735)
  std::vector<std::string> editables;  ///< `-e`, which is left to pip
  /// What runs the target's own pip, for hints: "env/bin/pip".
  std::string pip_command = "pip";

  /// URLs of files that the user requests, as far as they are known.
  std::vector<std::string> named_urls;

  // Where it is looked for.
  std::optional<std::string> index_url;
  std::optional<std::string> configured_index_url;  ///< of pip's settings: the weakest
  std::vector<std::string> extra_index_urls;
  std::vector<std::string> find_links;
  std::vector<std::string> configured_find_links;  ///< of pip's settings: may be gone
  /// Those of the URLs above that a requirements file from the web names.
  std::vector<std::string> addresses_from_web;
  bool no_index = false;
  bool offline = false;
  index::IndexStrategy index_strategy = index::IndexStrategy::kFirstIndex;

  // What is chosen.
  bool pre = false;
  bool no_deps = false;
  bool require_hashes = false;
  bool build_sdists = false;
  specs::FormatControl formats;
  std::optional<std::int64_t> exclude_newer;  ///< microseconds since 1970 in UTC
  resolve::ResolutionStrategy resolution = resolve::ResolutionStrategy::kHighest;

  // What is done with it.
  bool sync = false;
  bool allow_conflicts = false;
  bool dry_run = false;
  bool compile_bytecode = false;
  std::optional<std::string> report;  ///< a path; "-" is standard output
  std::optional<wheel::LinkMode> link_mode;

  // How servers and the cache are used.
  std::optional<base::Path> cache_dir;
  bool no_cache = false;
  std::chrono::milliseconds timeout = std::chrono::seconds(15);  ///< without a byte
  std::size_t retries = 5;
  std::optional<std::string> proxy;
  std::optional<base::Path> certificates;
  std::optional<base::Path> client_certificate;
  std::vector<std::string> trusted_hosts;
  std::size_t jobs = 16;  ///< connections at a time

  /// Whether any package is asked for; if not, nothing touches the network.
  [[nodiscard]] bool empty() const {
    return words.empty() && files.empty() && groups.empty() && editables.empty();
  }

  [[nodiscard]] bool builds_sources() const { return build_sdists || !formats.no_binary().empty(); }

  /// Whether source code may be built of what has no name yet; of a name, see `may_build`.
  [[nodiscard]] bool may_build() const {
    return build_sdists || formats.no_binary().contains(":all:");
  }
  [[nodiscard]] bool may_build(const specs::PackageName& name) const {
    return may_build() || !formats.allows_wheel(name);
  }
};

}  // namespace ensure::bootstrap
