#pragma once

#include <filesystem>
#include <vector>

#include "installer/wheel/wheel_source.h"

namespace ensure::install {

/// Throws `Error` (`kFileSystem`) where the file system of `path`, which need not exist yet, has no
/// room for the files of a wheel: too few bytes, counted in the blocks of the file system, or too
/// few inodes. A lower bound of what is needed is enough: what is refused here for sure cannot be
/// done, and what turns out not to fit later is undone.
void require_space(const std::filesystem::path& path, const wheel::WheelSource& source);

/// The same for several wheels, on one file system.
void require_space(const std::filesystem::path& path,
                   const std::vector<const wheel::WheelSource*>& sources);

}  // namespace ensure::install
