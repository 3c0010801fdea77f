#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "installer/base/path.h"
#include "installer/wheel/wheel_source.h"

namespace ensure::install {

/// Throws `Error` (`kFileSystem`) if the file system of `path`, which need not exist yet, has no
/// space for the files of the wheels: too few bytes, counted in the blocks of the file system, or
/// too few inodes. A lower bound of the need is enough: this refuses only what is impossible, and a
/// change that turns out not to fit later is undone.
void require_space(const base::Path& path, const std::vector<const wheel::WheelSource*>& sources);

/// The space that several targets need together, on each of their file systems.
class NeededSpace {
 public:
  /// Adds a wheel to install below `path`. It must outlive this.
  void add(const base::Path& path, const wheel::WheelSource& source);

  /// Calls `require_space` for each file system, with the first target on it.
  void require() const;

 private:
  struct Share {
    base::Path path;  ///< the first target
    std::vector<const wheel::WheelSource*> sources;
  };

  std::map<std::uint64_t, Share> shares_;  ///< by device
};

}  // namespace ensure::install
