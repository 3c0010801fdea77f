#include "installer/install/wheel/link_mode.h"

#include <algorithm>
#include <array>
#include <utility>

namespace ensure::install {

namespace {

constexpr std::array<std::pair<std::string_view, LinkMode>, 4> kNames = {
    {{"clone", LinkMode::kClone},
     {"hardlink", LinkMode::kHardlink},
     {"copy", LinkMode::kCopy},
     {"symlink", LinkMode::kSymlink}}};

}  // namespace

std::optional<LinkMode> try_parse_link_mode(std::string_view name) {
  const auto* const found =
      std::ranges::find(kNames, name, &std::pair<std::string_view, LinkMode>::first);
  return found == kNames.end() ? std::nullopt : std::optional(found->second);
}

std::string_view name_of(LinkMode mode) {
  return std::ranges::find(kNames, mode, &std::pair<std::string_view, LinkMode>::second)->first;
}

}  // namespace ensure::install
