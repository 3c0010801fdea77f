#pragma once

#include <string>

#include "bundled/payload/bundle.h"
#include "installer/wheel/wheel_source.h"

namespace ensure::bootstrap {

/// A wheel of the bundle, with the bytecode for one cache tag, as the installer wants it.
class BundledSource final : public wheel::WheelSource {
 public:
  /// Both must outlive the source. An empty `cache_tag` leaves bytecode out.
  BundledSource(const bundled::Bundle& bundle, const bundled::BundledWheel& wheel,
                std::string cache_tag);

  [[nodiscard]] const specs::PackageName& name() const override { return wheel_.name; }
  [[nodiscard]] const specs::Version& version() const override { return wheel_.version; }
  [[nodiscard]] const std::string& dist_info() const override { return wheel_.dist_info; }
  [[nodiscard]] std::optional<std::string> dist_info_file(std::string_view name) const override;
  [[nodiscard]] std::uint64_t unpacked_size() const override;
  [[nodiscard]] std::size_t part_count() const override { return wheel_.part_count(); }
  void read_part(std::size_t part, const Visitor& visit) const override;

 private:
  const bundled::Bundle& bundle_;
  const bundled::BundledWheel& wheel_;
  std::string cache_tag_;
  bundled::DistInfoFiles dist_info_files_;
};

}  // namespace ensure::bootstrap
