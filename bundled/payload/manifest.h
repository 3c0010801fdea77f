#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/base/digest.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/versions/specifiers.h"
#include "installer/specs/versions/version.h"

namespace ensure::bundled {

/// A piece of the payload that is compressed, checked and unpacked separately: an LZ4 block,
/// because that unpacks fastest, or the difference to another frame as a Zstandard frame (RFC
/// 8878), which is much smaller. A frame of no unpacked bytes takes none in the payload either.
struct Frame {
  std::size_t offset = 0;           ///< from the start of the payload, in bytes
  std::uint32_t size = 0;           ///< in the payload, in bytes
  std::uint32_t unpacked_size = 0;  ///< in bytes
  base::LongChecksum sum{};         ///< of the bytes in the payload
};

/// The bytecode of a wheel for one version of one implementation of Python. Its frames are
/// differences to the modules.
struct BundledBytecode {
  std::string cache_tag;      ///< such as "cpython-312"
  std::string compiled_with;  ///< the version of the Python that compiled it, such as "3.12.1"
  std::uint64_t unpacked_size = 0;  ///< of all files, in bytes
  std::vector<Frame> frames;        ///< one for each part of the wheel
};

/// A wheel in the bundle, cut into parts: the first one is the .dist-info directory, small and
/// cheap to read; the others are slices of the tree.
struct BundledWheel {
  std::string filename;
  specs::PackageName name;
  specs::Version version;
  specs::SpecifierSet requires_python;
  std::string sha256;               ///< of the wheel file, in hexadecimal
  std::string dist_info;            ///< the name of the directory, such as "pip-26.3.dist-info"
  std::uint64_t unpacked_size = 0;  ///< of all files without bytecode, in bytes
  /// The index of the wheel that `frames` are differences to: two releases of a project share most
  /// of their text.
  std::optional<std::size_t> base;
  std::vector<Frame> frames;  ///< one for each part
  std::vector<BundledBytecode> bytecode;

  [[nodiscard]] std::size_t part_count() const { return frames.size(); }

  /// The bytecode for a cache tag; null if there is none.
  [[nodiscard]] const BundledBytecode* bytecode_for(std::string_view cache_tag) const;

  /// The cache tags that there is bytecode for.
  [[nodiscard]] std::vector<std::string> bytecode_tags() const;
};

/// Writes the part before the frames: a magic word, the length and the SHA-256 of the manifest, the
/// manifest. The frames must follow in the order in which the wheels name them:
/// those of each wheel, then those of its bytecode. Their offsets are ignored.
[[nodiscard]] std::string encode_manifest(const std::vector<BundledWheel>& wheels);

/// Reads the manifest of a whole payload, with the digest checked and every frame known to lie in
/// the payload. Throws the `Error` of `damaged_bundle`.
[[nodiscard]] std::vector<BundledWheel> decode_manifest(std::string_view payload);

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
