#include "installer/specs/tags/tags.h"

#include <algorithm>

#include "installer/base/text.h"
#include "installer/text/ascii.h"

namespace ensure::specs {
namespace {

/// No real wheel comes near; a name made to exhaust memory does.
constexpr std::size_t kMostTags = 4096;

bool is_tag_part(std::string_view text) {
  const auto allowed = [](char letter) {
    return text::is_letter_or_digit(letter) || letter == '_';
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), allowed);
}

}  // namespace

std::string Tag::to_string() const { return python + '-' + abi + '-' + platform; }

std::optional<std::vector<Tag>> try_parse_tags(std::string_view text) {
  const std::string lowered = base::to_lower(text);
  const std::vector<std::string_view> sets = base::split(lowered, '-');
  if (sets.size() != 3) return std::nullopt;
  const std::vector<std::string_view> pythons = base::split(sets[0], '.');
  const std::vector<std::string_view> abis = base::split(sets[1], '.');
  const std::vector<std::string_view> platforms = base::split(sets[2], '.');
  for (const auto* parts : {&pythons, &abis, &platforms}) {
    if (parts->size() > kMostTags) return std::nullopt;
    if (!std::all_of(parts->begin(), parts->end(), is_tag_part)) return std::nullopt;
  }
  if (pythons.size() * abis.size() * platforms.size() > kMostTags) return std::nullopt;

  std::vector<Tag> tags;
  for (const std::string_view python : pythons) {
    for (const std::string_view abi : abis) {
      for (const std::string_view platform : platforms) {
        tags.push_back({std::string(python), std::string(abi), std::string(platform)});
      }
    }
  }
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  return tags;
}

}  // namespace ensure::specs
