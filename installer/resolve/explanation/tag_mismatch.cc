#include "installer/resolve/explanation/tag_mismatch.h"

#include <cstddef>
#include <set>
#include <string>

namespace ensure::resolve {
namespace {

std::string listed(const std::vector<specs::Tag>& tags) {
  static constexpr std::size_t kMostTags = 4;
  std::set<std::string> quoted;
  for (const specs::Tag& tag : tags) quoted.insert('`' + tag.to_string() + '`');
  std::string text;
  std::size_t count = 0;
  for (const std::string& tag : quoted) {
    if (count++ == kMostTags) return text + " and others";
    text += (text.empty() ? "" : ", ") + tag;
  }
  return text;
}

}  // namespace

Unavailable tag_mismatch(const std::vector<specs::Tag>& offered, const specs::TagSet& wanted) {
  const specs::TagSet::Nearest nearest = wanted.nearest(offered);
  const std::string tag = '`' + nearest.tag.to_string() + '`';
  Unavailable result{UnavailableReason::kNoMatchingWheel,
                     "has no wheel for this interpreter and platform, only for " + listed(offered) +
                         ", where " + tag + " is wanted"};
  if (!nearest.fits_platform) {
    result.hint =
        "is made for other platforms, so no other Python helps: take another version, or "
        "ask its authors for a wheel for " +
        tag;
  }
  return result;
}

}  // namespace ensure::resolve
