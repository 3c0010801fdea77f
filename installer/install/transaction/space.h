#pragma once

#include <cstdint>
#include <vector>

#include "installer/base/path.h"
#include "installer/wheel/wheel_source.h"

namespace ensure::install {

/// Throws `Error` (`kFileSystem`) where the file system of `path`, which need not exist yet, has no
/// room for the files of a wheel: too few bytes, counted in the blocks of the file system, or too
/// few inodes. A lower bound of what is needed is enough: what is refused here for sure cannot be
/// done, and what turns out not to fit later is undone.
void require_space(const base::Path& path, const wheel::WheelSource& source);

/// The same for several wheels, on one file system.
void require_space(const base::Path& path, const std::vector<const wheel::WheelSource*>& sources);

/// What several targets need together, on each of the file systems that they are on.
class NeededSpace {
 public:
  /// `source` is to be installed below `path`, and outlives this.
  void add(const base::Path& path, const wheel::WheelSource& source);

  /// Throws as `require_space` does, naming the first target on that file system.
  void require() const;

 private:
  struct Share {
    std::uint64_t device;
    base::Path path;
    std::vector<const wheel::WheelSource*> sources;
  };

  std::vector<Share> shares_;
};

}  // namespace ensure::install
