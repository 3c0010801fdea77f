#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/wheel/wheel_source.h"

namespace ensure::wheel {

/// A wheel that writes its files into a directory of the cache while they are read, so that they
/// can be linked to at once.
class CacheFillingWheel final : public ForwardingSource<WheelSource> {
 public:
  struct Target {
    const base::Directory* directory;
    /// The path for symbolic links to name: that of the directory, or its later path once it is
    /// kept.
    std::string origin;
    /// Whether dangling links would be left if the directory were not kept.
    bool must_be_kept;
    std::function<void(const base::Error&)> give_up;  ///< is called if a file cannot be written
    std::function<bool()> keep;                       ///< is called once, when all is written
    std::shared_ptr<const void> keeper;               ///< keeps the directory open
  };

  CacheFillingWheel(std::shared_ptr<const WheelSource> wheel, Target target);

  /// Throws `Error` (`kFileSystem`) if the directory must be kept and cannot be.
  void read_part(std::size_t part, const Visitor& visit) const override;

 private:
  [[nodiscard]] bool write(const WheelFile& file, std::string& last_parent) const;

  Target target_;
  mutable std::atomic<bool> is_whole_ = true;
};

}  // namespace ensure::wheel
