#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "installer/base/error.h"
#include "installer/base/path.h"
#include "installer/install/installed/distribution.h"
#include "installer/install/wheel/installation.h"
#include "installer/install/wheel/wheel_plan.h"

namespace ensure::install {

/// The paths that a target has besides those of distributions. They are logical: as the target's
/// own Python sees them.
struct TargetPaths {
  std::string owner;                    ///< for messages: "the environment"
  std::vector<base::TargetPath> files;  ///< no wheel may have a file or directory there
  /// Links to directories: from the first path to the second.
  std::vector<std::pair<base::TargetPath, base::TargetPath>> links;
  std::vector<Distribution> staged;  ///< distributions that this run installs without a plan: pip
};

/// The owner of each path of a target, so that no file of one project silently replaces that of
/// another.
class PathOwners {
 public:
  explicit PathOwners(SchemeDirectories& directories) : directories_(directories) {}

  /// Adds the paths of the target itself. Call it first.
  void add(const TargetPaths& target);

  /// Adds the paths in the RECORD of an installed distribution except bytecode. `library` is the
  /// logical path of the directory that it is installed in.
  void add(const Distribution& distribution, const base::TargetPath& library);

  /// Adds the paths of a wheel of `project`. Returns its `__init__.py` files that another project
  /// has with the same content, as projects of a namespace package do. The caller, who reads the
  /// content, throws their `conflict` unless it declares a namespace package.
  ///
  /// Throws `Error` (`kVerification`) if a path belongs to another project or to the target, even
  /// with equal content, or is a file for one and a directory for the other; also for bytecode that
  /// Python would run instead of a module of another project. Paths that were added before stay.
  std::vector<SharedFile> add(const WheelPlan& plan, const std::string& project);

 private:
  struct Owned {
    std::uint32_t owner;
    bool is_directory;
    std::string digest;  ///< of a file that may be shared, as in RECORD; otherwise empty
  };
  enum class Claim { kNew, kShared };

  Claim claim(const std::string& path, const std::string& digest);
  [[nodiscard]] std::string followed(std::string path) const;
  /// The number of the owner whose paths are being added.
  [[nodiscard]] std::uint32_t current() const {
    return static_cast<std::uint32_t>(owners_.size() - 1);
  }
  [[nodiscard]] base::Error conflict(std::string_view path, const Owned& other,
                                     std::string_view what) const;

  SchemeDirectories& directories_;
  std::vector<std::string> owners_{""};  ///< the target itself, then others in backticks
  std::vector<std::pair<std::string, std::string>> links_;  ///< each begins and ends with "/"
  std::unordered_map<std::string, Owned> paths_;
  /// The modules for which wheels contain bytecode, with the owners of that.
  std::unordered_map<std::string, std::uint32_t> compiled_;
};

}  // namespace ensure::install
