#pragma once

#include <optional>
#include <string>
#include <vector>

#include "installer/base/error.h"
#include "installer/base/path.h"
#include "installer/index/settings.h"
#include "venv/interpreter/interpreter.h"

namespace ensure::bootstrap {

/// A package that was installed, removed or kept.
struct PackageReport {
  std::string name;
  std::string version;
  std::string source;    ///< "bundled", the path of a wheel or its URL; empty if it was kept
  std::string sha256;    ///< of its wheel, in hexadecimal; empty if it is not known
  bool verified = true;  ///< false if no digest was published for it
  // NOLINTBEGIN(readability-redundant-member-init): so that initializers may leave them out
  std::vector<std::string> startup_hooks = {};     ///< files that Python runs at every start
  std::vector<std::string> shadowed_modules = {};  ///< same name as in the standard library
  // NOLINTEND(readability-redundant-member-init)
};

/// An installed package whose requirement this run has broken.
struct ConflictReport {
  std::string name;
  std::string version;
  std::string requirement;
  std::string found;  ///< the installed version of the required project; empty if it is missing
};

/// A part of an environment that was written anew.
struct ChangeReport {
  std::string path;    ///< relative to the target: "bin/activate"
  std::string reason;  ///< "was missing"
};

enum class TargetOutcome {
  kCreated,
  kReplaced,  ///< by `--clear`
  kChanged,
  kUnchanged,  ///< the target already was as requested
};

/// The changes of one target.
struct TargetReport {
  base::Path path;
  TargetOutcome outcome = TargetOutcome::kUnchanged;
  std::vector<ChangeReport> changes;  ///< besides packages
  std::vector<PackageReport> installed;
  std::vector<PackageReport> removed;
  std::vector<PackageReport> kept;
  std::vector<ConflictReport> conflicts;  ///< caused by this run (`--allow-conflicts`)
};

/// The result of a run, which `bootstrap/report` prints.
struct Result {
  std::vector<TargetReport> targets;
  venv::Interpreter interpreter;
  std::vector<std::string> warnings;
  std::vector<std::string> details;  ///< for `--verbose`: skipped entries of index pages
  std::optional<index::SkippedEntries> skipped_entries;  ///< if packages were chosen
  bool dry_run = false;  ///< nothing was changed: the report says what would change
  base::ExitCode exit_code = base::ExitCode::kSuccess;
  bool lists_packages = false;  ///< print every package: others than pip may have changed
};

}  // namespace ensure::bootstrap
