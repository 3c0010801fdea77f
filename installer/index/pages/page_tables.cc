#include "installer/index/pages/page_tables.h"

#include "installer/specs/tags/tags.h"

namespace ensure::index {

PageTables::PageTables(const specs::ProjectPage& page, const specs::TagSet& tags,
                       const specs::Version& python_version)
    : page_(page),
      tags_(tags),
      python_version_(python_version),
      ranks_(page.tag_sets().size(), kUnknown),
      allowed_(page.requires_pythons().size()) {}

std::optional<std::size_t> PageTables::rank(std::uint32_t tag_set) {
  std::uint32_t& known = ranks_[tag_set];
  if (known == kUnknown) {
    const auto tags = specs::try_parse_tags(page_.tag_sets()[tag_set]);
    const std::optional<std::size_t> best = tags ? tags_.rank(*tags) : std::nullopt;
    known = best ? static_cast<std::uint32_t>(*best) : kUnusable;
  }
  if (known == kUnusable) return std::nullopt;
  return known;
}

bool PageTables::allows_python(std::uint32_t requires_python) {
  std::optional<bool>& known = allowed_[requires_python];
  if (!known) {
    const auto set = specs::SpecifierSet::try_parse(page_.requires_pythons()[requires_python]);
    known = !set || set->contains(python_version_);
  }
  return *known;
}

}  // namespace ensure::index
