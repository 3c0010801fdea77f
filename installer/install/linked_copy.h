#pragma once

#include <filesystem>

#include "installer/base/files.h"

namespace ensure::install {

/// Copies what is in the open folder `from` into the empty folder `to` of the same file system:
/// folders and links are made anew with their modes, owners and times, and files are hard links
/// to the originals. So several changes of a folder can be made in a copy of it, which costs a few
/// microseconds a file, and the copy then takes its place in one step.
///
/// What is named `except` at the top is left out. Returns false where that cannot be done: a file
/// cannot be linked to, there is something that is neither file, folder nor link, or a mount point.
/// `to` then holds a part and is of no use.
[[nodiscard]] bool copy_by_links(const base::Directory& from, const base::Directory& to,
                                 const std::filesystem::path& except);

}  // namespace ensure::install
