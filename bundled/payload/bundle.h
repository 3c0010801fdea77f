#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bundled/payload/frame_files.h"
#include "bundled/payload/manifest.h"
#include "installer/specs/versions/version.h"

namespace ensure::bundled {

class Unpacker;
class UnpackerPool;

using DistInfoFiles = std::map<std::string, std::string, std::less<>>;

/// The archive inside the executable: wheels that were audited when the program was built, in the
/// form that unpacks fastest. It is opened without reading more than its manifest; every byte that
/// is used later is checked against a digest first. All of it may be used from several threads.
class Bundle {
 public:
  /// Opens a payload, which must live as long as the bundle. Throws `Error` (`kVerification`)
  /// where its manifest is damaged.
  explicit Bundle(std::string_view payload);
  ~Bundle();
  Bundle(Bundle&&) noexcept;
  Bundle& operator=(Bundle&&) noexcept;

  /// The wheels, newest first.
  [[nodiscard]] const std::vector<BundledWheel>& wheels() const { return wheels_; }

  /// The newest wheel whose Requires-Python admits the Python of version `python`, which is the
  /// first three numbers of `sys.version_info`; none where the bundle has none.
  [[nodiscard]] const BundledWheel* newest_for(const specs::Version& python) const;

  /// The files in the dist-info folder of a wheel by their names in it, such as "RECORD". Little
  /// more than that folder is unpacked.
  [[nodiscard]] DistInfoFiles dist_info_files(const BundledWheel& wheel) const;

  /// Visits every file of a part of one of `wheels()`, and then its bytecode for `cache_tag`, if
  /// there is any; for an empty tag there is none. They come in the same order every time. Throws
  /// `Error` (`kVerification`) where the part is damaged.
  void read_part(const BundledWheel& wheel, std::size_t part, std::string_view cache_tag,
                 const FileVisitor& visit) const;

 private:
  /// A part as it lies in the memory of its unpacker.
  struct UnpackedPart {
    std::string_view files;
    std::string_view bytecode;
  };

  UnpackedPart unpack(Unpacker& unpacker, const BundledWheel& wheel, std::size_t part,
                      const BundledBytecode* bytecode) const;

  std::string_view payload_;
  std::vector<BundledWheel> wheels_;
  std::unique_ptr<UnpackerPool> unpackers_;
};

}  // namespace ensure::bundled
