#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "installer/base/directory.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/versions/version.h"

namespace ensure::wheel {

class CachedContent;

/// One file of a wheel; valid only while it is visited.
struct WheelFile {
  std::string_view path;  ///< inside the wheel, with "/" between directories
  /// If `cached` is set, only the size is valid until that has been read or checked.
  std::string_view content;
  bool executable = false;
  bool bytecode = false;  ///< compiled after the wheel was built, so RECORD does not list it
  /// A directory whose file at `path` has this content and a mode that fits `executable`, so that
  /// it can be cloned or linked to; null if there is no such directory.
  const base::Directory* origin = nullptr;
  /// The path of `origin` for symbolic links. It may exist only after the whole wheel has been
  /// read.
  // NOLINTNEXTLINE(readability-redundant-member-init): GCC warns without
  std::string_view origin_path = {};
  /// The position of large content in a file of the cache, to copy or clone it from there; null
  /// for other files.
  const CachedContent* cached = nullptr;
  std::uint32_t crc32 = 0;  ///< of the content, if an archive states it
};

/// The files of a wheel: an archive, or the bundle inside the executable. It has been audited: its
/// names are relative, unique, and stay inside the target; RECORD lists each file exactly once,
/// with a strong digest.
class WheelSource {
 public:
  using Visitor = std::function<void(const WheelFile&)>;

  virtual ~WheelSource() = default;

  [[nodiscard]] virtual const specs::PackageName& name() const = 0;
  [[nodiscard]] virtual const specs::Version& version() const = 0;

  /// The name of the directory, such as "pip-26.3.dist-info".
  [[nodiscard]] virtual const std::string& dist_info() const = 0;

  /// The content of a file in that directory, such as "RECORD"; nullopt if it does not exist.
  [[nodiscard]] virtual std::optional<std::string> dist_info_file(std::string_view name) const = 0;

  /// The size of all files together, in bytes.
  [[nodiscard]] virtual std::uint64_t unpacked_size() const = 0;

  /// The number of parts, which different threads can read at the same time. The parts of a wheel
  /// and the order of their files never change.
  [[nodiscard]] virtual std::size_t part_count() const = 0;

  /// Visits every file of a part, RECORD included. Checks each file before the visit against its
  /// digest in RECORD or a checksum that is bound to it. Throws `Error` (`kVerification`) if the
  /// content is damaged.
  virtual void read_part(std::size_t part, const Visitor& visit) const = 0;
};

/// A wheel that reads its parts from another source and does something else with them as well.
template <typename Source>
class ForwardingSource : public WheelSource {
 public:
  [[nodiscard]] const specs::PackageName& name() const override { return wheel_->name(); }
  [[nodiscard]] const specs::Version& version() const override { return wheel_->version(); }
  [[nodiscard]] const std::string& dist_info() const override { return wheel_->dist_info(); }
  [[nodiscard]] std::optional<std::string> dist_info_file(std::string_view name) const override {
    return wheel_->dist_info_file(name);
  }
  [[nodiscard]] std::uint64_t unpacked_size() const override { return wheel_->unpacked_size(); }
  [[nodiscard]] std::size_t part_count() const override { return wheel_->part_count(); }

 protected:
  explicit ForwardingSource(std::shared_ptr<const Source> wheel)
      : wheel_(std::move(wheel)), parts_left_(wheel_->part_count()) {}

  [[nodiscard]] const Source& wheel() const { return *wheel_; }

  /// Counts a part that has been read. Returns whether it was the last of all.
  [[nodiscard]] bool finish_part() const { return --parts_left_ == 0; }

 private:
  std::shared_ptr<const Source> wheel_;
  mutable std::atomic<std::size_t> parts_left_;
};

}  // namespace ensure::wheel
