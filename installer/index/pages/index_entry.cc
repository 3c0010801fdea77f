#include "installer/index/pages/index_entry.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "installer/base/error.h"

namespace ensure::index {
namespace {

/// A normalized URL, for comparisons.
std::string plain(std::string_view address) {
  const std::optional<base::Url> url = base::Url::try_parse(address);
  return url ? url->as_directory().without_credentials().to_string() : std::string(address);
}

bool names(const std::vector<std::string_view>& addresses, const IndexEntry& entry,
           const std::string& name) {
  // The URL after redirects, and the requested one.
  const std::string final_url = plain(entry.page.url());
  const std::string requested_url = plain(entry.origin) + name + '/';
  return std::ranges::any_of(addresses, [&](std::string_view address) {
    return plain(address) == final_url || plain(address) == requested_url;
  });
}

bool are_one_project(const IndexEntry& left, const IndexEntry& right, const std::string& name) {
  return names(left.page.tracks(), right, name) || names(right.page.tracks(), left, name) ||
         (names(left.page.alternate_locations(), right, name) &&
          names(right.page.alternate_locations(), left, name));
}

}  // namespace

IndexEntry make_index_entry(specs::ProjectPage page, const base::Url& source, bool is_index) {
  base::Url base = base::Url::parse(page.base_url());
  base::Url address = base::Url::parse(page.url());
  const std::optional<std::string> user = source.user();
  if (user && base.same_origin(source)) base = base.with_credentials(*user, source.password());
  return {.page = std::move(page),
          .base = std::move(base),
          .address = std::move(address),
          .origin = source.without_credentials().without_fragment().to_string(),
          .is_index = is_index};
}

void check_same_project(const std::string& name, const std::vector<IndexEntry>& entries) {
  std::vector<const IndexEntry*> joined;
  std::vector<const IndexEntry*> others;
  for (const IndexEntry& entry : entries) {
    if (entry.is_index) (joined.empty() ? joined : others).push_back(&entry);
  }
  for (std::size_t place = 0; place < joined.size(); ++place) {
    std::erase_if(others, [&](const IndexEntry* other) {
      const bool is_same = are_one_project(*joined[place], *other, name);
      if (is_same) joined.push_back(other);
      return is_same;
    });
  }
  if (others.empty()) return;
  throw base::Error(base::ExitCode::kNoSolution,
                    "`" + name + "` is in `" + joined.front()->origin + "` and in `" +
                        others.front()->origin +
                        "`, and neither declares that both are one project")
      .with_hint("remove one of the indexes, or use `--index-strategy first-index`");
}

}  // namespace ensure::index
