#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "installer/base/files.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/versions/version.h"

namespace ensure::wheel {

class CachedContent;

/// One file of a wheel; valid only while it is visited.
struct WheelFile {
  std::string_view path;  ///< inside the wheel, with "/" between folders
  /// Of a file that has `stored`, the size only counts until that has been read or checked.
  std::string_view content;
  bool executable = false;
  bool bytecode = false;  ///< made after the wheel was, so RECORD does not list it
  /// A directory whose file at `path` has this content and a mode that fits `executable`, so that
  /// it can be cloned or linked to; null if there is no such directory.
  const base::Directory* origin = nullptr;
  /// The path of `origin` for symbolic links. It may exist only after the whole wheel has been
  /// read.
  // NOLINTNEXTLINE(readability-redundant-member-init): GCC warns without
  std::string_view origin_path = {};
  /// Where large content lies in a file of the cache, to be copied from there; null for other
  /// files.
  const CachedContent* cached = nullptr;
  std::uint32_t crc32 = 0;  ///< of the content, where an archive states it
};

/// Where the files of a wheel come from: an archive, or the bundle inside the executable. What is
/// open here has been audited: its names are relative, unique, and stay inside the target.
class WheelSource {
 public:
  using Visitor = std::function<void(const WheelFile&)>;

  virtual ~WheelSource() = default;

  [[nodiscard]] virtual const specs::PackageName& name() const = 0;
  [[nodiscard]] virtual const specs::Version& version() const = 0;

  /// The name of the folder, such as "pip-26.3.dist-info".
  [[nodiscard]] virtual const std::string& dist_info() const = 0;

  /// The content of a file in that folder, such as "RECORD"; none where the wheel has no such file.
  [[nodiscard]] virtual std::optional<std::string> dist_info_file(std::string_view name) const = 0;

  /// The size of all files together, in bytes.
  [[nodiscard]] virtual std::uint64_t unpacked_size() const = 0;

  /// How many parts can be read at the same time by different threads. The same wheel has the same
  /// parts, with their files in the same order, every time.
  [[nodiscard]] virtual std::size_t part_count() const = 0;

  /// Visits every file of a part, RECORD included. Throws `Error` (`kVerification`) where the
  /// content is damaged.
  virtual void read_part(std::size_t part, const Visitor& visit) const = 0;

  /// Whether `read_part` visits a file only after its digest has been checked, be it the one that
  /// RECORD says or one that is bound to this program, so that the visitor need not compute any.
  [[nodiscard]] virtual bool verifies_content() const = 0;
};

}  // namespace ensure::wheel
