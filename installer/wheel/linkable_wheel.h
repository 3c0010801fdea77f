#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "installer/base/files.h"
#include "installer/wheel/forwarding_source.h"
#include "installer/wheel/wheel_archive.h"

namespace ensure::wheel {

/// A wheel beside the folder with its files, so that they can be linked to: each file that is
/// visited names the one in the folder, where that still has the mark of its content (`seal`), or
/// else the same content.
class LinkableWheel final : public ForwardingSource<WheelArchive> {
 public:
  LinkableWheel(std::shared_ptr<const WheelArchive> wheel, base::Directory folder);

  void read_part(std::size_t part, const Visitor& visit) const override;

 private:
  [[nodiscard]] bool has_content(const WheelFile& file) const;

  base::Directory folder_;
};

}  // namespace ensure::wheel
