#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace ensure::bundled {

/// One file of the bundle. The views of a file that is read are valid only while it is visited.
struct BundledFile {
  std::string_view path;  ///< in the wheel, with "/" between directories
  std::string_view content;
  bool executable = false;
  bool bytecode = false;  ///< compiled when the program was built, so RECORD does not list it
};

using FileVisitor = std::function<void(const BundledFile&)>;

/// The unpacked form of a frame: the length of a table; the table (the number of files, and for
/// each its size, whether it is executable, and its path); the content of all files in that order.
[[nodiscard]] std::string encode_files(const std::vector<BundledFile>& files);

/// Visits every file of an unpacked frame in order, without allocations. Throws the `Error` of
/// `damaged_bundle` if table and content do not fit together.
void visit_files(std::string_view unpacked, bool bytecode, const FileVisitor& visit);

}  // namespace ensure::bundled
