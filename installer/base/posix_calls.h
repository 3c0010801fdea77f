#pragma once

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "installer/base/files.h"

/// What the sources of this directory share of the system's calls; nobody else includes it.
namespace ensure::base {

FileStatus from_stat(const struct stat& raw);

/// Writes all of `bytes`; false, with `errno` set, where that fails. The path is not needed, which
/// counts where many small files are written: joining paths costs as much as a system call.
bool write_fully(int descriptor, std::string_view bytes);

struct CloseDirectory {
  void operator()(DIR* directory) const { closedir(directory); }
};
using DirectoryStream = std::unique_ptr<DIR, CloseDirectory>;

/// Takes over the descriptor of a folder, for a stream that keeps it open.
DirectoryStream open_stream(Descriptor folder, const fs::path& shown);

/// The names in the folder.
std::vector<std::string> list_names(const DirectoryStream& stream, const fs::path& shown);

constexpr int kOpenFolder = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

/// Opens a folder whose path leads only where `resolve` (openat2) permits. Where the call is not to
/// be had, it leads anywhere: older kernels do not know it, and older sandboxes forbid what they do
/// not know.
Descriptor open_folder_within(int directory, const fs::path& name, std::uint64_t resolve);

}  // namespace ensure::base
