#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "installer/base/error.h"
#include "installer/install/installed/distribution.h"
#include "installer/install/transaction/target_paths.h"
#include "installer/install/wheel/installation.h"
#include "installer/install/wheel/wheel_plan.h"

namespace ensure::install {

/// Which project has which path of a target, so that no file of one silently takes the place of
/// another's.
class PathOwners {
 public:
  explicit PathOwners(SchemeDirectories& directories) : directories_(directories) {}

  /// Those of the target itself. To be called before all others.
  void add(const TargetPaths& target);

  /// Those of an installed project: what its RECORD lists, but for bytecode. `library` is the
  /// logical path of the directory that it is installed in.
  void add(const Distribution& distribution, const fs::path& library);

  /// Adds the paths of a wheel of `project`. Returns its `__init__.py` files that another project
  /// has with the same content, as projects of a namespace package do. The caller, who sees the
  /// content, throws their `conflict` unless `declares_namespace`.
  ///
  /// Throws `Error` (`kVerification`) if a path belongs to another project or to the target, even
  /// with equal content, or is a file for one and a directory for the other; also for bytecode that
  /// Python would run instead of a module of another project. Paths that were added before stay.
  std::vector<SharedFile> add(const WheelPlan& plan, const std::string& project);

 private:
  struct Owned {
    std::uint32_t owner;
    bool directory;
    std::string digest;  ///< of one that may be shared, as in RECORD; else empty
  };
  enum class Claim { kNew, kShared };

  Claim claim(const std::string& path, const std::string& digest);
  void claim_directories(std::string_view path);
  [[nodiscard]] std::string followed(std::string path) const;
  void claim_bytecode(const std::string& source);
  void check_source(const std::string& path) const;
  [[nodiscard]] base::Error conflict(std::string_view path, const Owned& other,
                                     std::string_view what) const;

  SchemeDirectories& directories_;
  std::vector<std::string> owners_;  ///< in backticks, but for the target
  bool has_target_ = false;          ///< whether the first owner is the target itself
  std::vector<std::pair<std::string, std::string>> links_;  ///< each begins and ends with "/"
  std::unordered_map<std::string, Owned> paths_;
  /// The modules of which wheels hold bytecode, and the owners of that.
  std::unordered_map<std::string, std::uint32_t> compiled_;
};

}  // namespace ensure::install
