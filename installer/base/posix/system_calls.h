#pragma once

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "installer/base/files.h"

/// System calls shared by the sources of `installer/base`; other directories do not include it.
namespace ensure::base {

/// The descriptors of open files and directories.
struct NativeFile {
  static int of(const File& file) { return file.descriptor_.get(); }
  static int of(const Directory& directory) { return directory.descriptor_.get(); }
  static File file(Descriptor descriptor, Path path) {
    return {std::move(descriptor), std::move(path)};
  }
};

FileStatus from_stat(const struct stat& raw);

/// Writes all of `bytes`. Returns false, with `errno` set, on failure. It takes no path for errors,
/// because joining paths costs as much as a system call, which matters for many small files.
bool write_fully(int descriptor, std::string_view bytes);

struct CloseDirectory {
  void operator()(DIR* directory) const { closedir(directory); }
};
using DirectoryStream = std::unique_ptr<DIR, CloseDirectory>;

/// A stream over the directory `directory`, whose descriptor it takes over.
DirectoryStream open_stream(Descriptor directory, const Path& shown);

/// The names in the directory except "." and "..".
std::vector<std::string> list_names(const DirectoryStream& stream, const Path& shown);

constexpr int kOpenDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

/// Opens a directory with the restrictions `resolve` of openat2(2). They are ignored if that call
/// is missing (kernels before Linux 5.6) or forbidden (older sandboxes).
Descriptor open_directory_within(int directory, const Path& name, std::uint64_t resolve);

}  // namespace ensure::base
