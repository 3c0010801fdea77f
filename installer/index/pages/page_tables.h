#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "installer/specs/pages/project_page.h"
#include "installer/specs/tags/tag_set.h"
#include "installer/specs/versions/specifiers.h"
#include "installer/specs/versions/version.h"

namespace ensure::index {

/// What the few different tag sets and Requires-Pythons of a page mean for a target, each found
/// out when it is first asked for.
class PageTables {
 public:
  PageTables(const specs::ProjectPage& page, const specs::TagSet& tags,
             const specs::Version& python_version);

  /// The place of the best tag of a tag set; none where none can be used.
  [[nodiscard]] std::optional<std::size_t> rank(std::uint32_t tag_set);
  /// Whether the target's Python is allowed; what is no specifier set allows all, as with pip.
  [[nodiscard]] bool allows_python(std::uint32_t requires_python);

 private:
  static constexpr std::uint32_t kUnknown = UINT32_MAX;
  static constexpr std::uint32_t kUnusable = UINT32_MAX - 1;

  const specs::ProjectPage& page_;
  const specs::TagSet& tags_;
  const specs::Version& python_version_;
  std::vector<std::uint32_t> ranks_;
  std::vector<std::optional<bool>> allowed_;
};

}  // namespace ensure::index
