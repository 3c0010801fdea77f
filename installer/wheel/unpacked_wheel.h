#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "installer/base/files.h"
#include "installer/wheel/wheel_archive.h"

namespace ensure::wheel {

/// A wheel beside the folder with its files, so that they can be linked to: each file that is
/// visited names the one in the folder, where that still has the mark of its content (`seal`), or
/// else the same content.
class UnpackedWheel final : public WheelSource {
 public:
  UnpackedWheel(std::shared_ptr<const WheelArchive> wheel, base::Directory folder);

  [[nodiscard]] const specs::PackageName& name() const override { return wheel_->name(); }
  [[nodiscard]] const specs::Version& version() const override { return wheel_->version(); }
  [[nodiscard]] const std::string& dist_info() const override { return wheel_->dist_info(); }
  [[nodiscard]] std::optional<std::string> dist_info_file(std::string_view name) const override {
    return wheel_->dist_info_file(name);
  }
  [[nodiscard]] std::uint64_t unpacked_size() const override { return wheel_->unpacked_size(); }
  [[nodiscard]] std::size_t part_count() const override { return wheel_->part_count(); }
  void read_part(std::size_t part, const Visitor& visit) const override;
  [[nodiscard]] bool verifies_content() const override { return wheel_->verifies_content(); }

 private:
  [[nodiscard]] static bool has_content(const std::string& origin, const WheelFile& file);

  std::shared_ptr<const WheelArchive> wheel_;
  base::Directory folder_;
};

}  // namespace ensure::wheel
