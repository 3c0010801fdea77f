#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "installer/index/settings.h"
#include "installer/install/wheel/startup_hooks.h"

namespace ensure::bootstrap {

/// A package that was installed, removed or kept.
struct PackageReport {
  std::string name;
  std::string version;
  std::string source;    ///< where it came from: "bundled", the path of a wheel; empty where kept
  std::string sha256;    ///< of its wheel, in hex; empty where not known
  bool verified = true;  ///< false if no digest was published for it
  // NOLINTBEGIN(readability-redundant-member-init): so that initializers may leave them out
  std::vector<std::string> startup_hooks = {};     ///< files that every start of Python runs
  std::vector<std::string> shadowed_modules = {};  ///< with a name of the standard library
  // NOLINTEND(readability-redundant-member-init)

  void add(const install::StartupHooks& hooks);
};

/// An installed package whose requirement this run has broken.
struct ConflictReport {
  std::string name;
  std::string version;
  std::string requirement;
  std::string found;  ///< the installed version of the required project; empty if it is missing
};

enum class Outcome {
  kCreated,    ///< nothing was there
  kReplaced,   ///< `--clear`: what was there is gone
  kChanged,    ///< something was added, upgraded or repaired
  kUnchanged,  ///< the target already was as requested
};

/// What has become of one target.
struct TargetReport {
  std::filesystem::path path;
  Outcome outcome = Outcome::kUnchanged;
  std::vector<PackageReport> installed;
  std::vector<PackageReport> removed;
  std::vector<PackageReport> kept;
  std::vector<ConflictReport> conflicts;  ///< caused by this run (`--allow-conflicts`)
};

/// The Python that the targets are for; fields that could not be told are empty.
struct InterpreterReport {
  std::string executable;
  std::string version;
  std::string implementation;
  std::string platform;
};

/// What the program has done, for `bootstrap/report/report` to tell.
struct Result {
  std::vector<TargetReport> targets;
  InterpreterReport interpreter;
  std::vector<std::string> warnings;
  // NOLINTBEGIN(readability-redundant-member-init): so that initializers may leave them out
  std::vector<std::string> details = {};  ///< for `--verbose`: skipped entries of index pages
  std::optional<index::SkippedEntries> skipped_entries = {};  ///< if packages were chosen
  // NOLINTEND(readability-redundant-member-init)
  bool dry_run = false;         ///< nothing was done: it is what would be
  bool lists_packages = false;  ///< report each package: others than pip may have changed
};

}  // namespace ensure::bootstrap
