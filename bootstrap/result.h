#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "installer/install/startup_hooks.h"

namespace ensure::bootstrap {

/// A package that was put in, taken out, or found as asked.
struct PackageReport {
  std::string name;
  std::string version;
  std::string source;    ///< where it came from: "bundled", the path of a wheel; empty where kept
  std::string sha256;    ///< of its wheel, in hex; empty where not known
  bool verified = true;  ///< false where nobody said what digest it should have
  // NOLINTBEGIN(readability-redundant-member-init): so that initializers may leave them out
  std::vector<std::string> startup_hooks = {};     ///< files that every start of Python runs
  std::vector<std::string> shadowed_modules = {};  ///< with a name of the standard library
  // NOLINTEND(readability-redundant-member-init)

  void add(const install::StartupHooks& hooks);
};

/// A package that is installed and does not have what it requires any more.
struct ConflictReport {
  std::string name;
  std::string version;
  std::string requirement;
  std::string found;  ///< the version that it has instead; empty where there is none
};

enum class Outcome {
  kCreated,    ///< nothing was there
  kReplaced,   ///< `--clear`: what was there is gone
  kChanged,    ///< something was added, upgraded or repaired
  kUnchanged,  ///< it already was as asked
};

/// What has become of one target.
struct TargetReport {
  std::filesystem::path path;
  Outcome outcome = Outcome::kUnchanged;
  std::vector<PackageReport> installed;
  std::vector<PackageReport> removed;
  std::vector<PackageReport> kept;
  std::vector<ConflictReport> conflicts;  ///< that this run made (`--allow-conflicts`)
};

/// The Python that the targets are for; fields that could not be told are empty.
struct InterpreterReport {
  std::string executable;
  std::string version;
  std::string implementation;
  std::string platform;
};

/// What the program has done, for `bootstrap/report` to tell.
struct Result {
  std::vector<TargetReport> targets;
  InterpreterReport interpreter;
  std::vector<std::string> warnings;
  bool dry_run = false;         ///< nothing was done: it is what would be
  bool lists_packages = false;  ///< other packages than pip changed or may have: each is told
};

}  // namespace ensure::bootstrap
