#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "installer/wheel/wheel_source.h"

namespace ensure::wheel {

/// A wheel whose parts are read from another source with something done beside: all else is as it
/// is there. `Source` is the kind of that source.
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
  [[nodiscard]] bool verifies_content() const override { return wheel_->verifies_content(); }

 protected:
  explicit ForwardingSource(std::shared_ptr<const Source> wheel) : wheel_(std::move(wheel)) {}

  [[nodiscard]] const Source& wheel() const { return *wheel_; }

 private:
  std::shared_ptr<const Source> wheel_;
};

}  // namespace ensure::wheel
