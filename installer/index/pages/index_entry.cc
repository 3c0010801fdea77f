#include "installer/index/pages/index_entry.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "installer/base/error.h"

namespace ensure::index {
namespace {

/// A page's address in a form in which equal ones are equal.
std::string plain(std::string_view address) {
  const std::optional<base::Url> url = base::Url::try_parse(address);
  return url ? url->as_folder().without_credentials().to_string() : std::string(address);
}

bool names(const std::vector<std::string_view>& addresses, const IndexEntry& entry,
           const std::string& name) {
  // Where the page came from in the end, and where it was asked for.
  const std::string came_from = plain(entry.page.url());
  const std::string asked = plain(entry.origin) + name + '/';
  return std::ranges::any_of(addresses, [&](std::string_view address) {
    return plain(address) == came_from || plain(address) == asked;
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
    if (entry.is_index) others.push_back(&entry);
  }
  if (others.size() < 2) return;
  joined.push_back(others.front());
  others.erase(others.begin());
  for (std::size_t place = 0; place < joined.size(); ++place) {
    const auto is_joined = [&](const IndexEntry* other) {
      return are_one_project(*joined[place], *other, name);
    };
    const auto first_joined = std::stable_partition(
        others.begin(), others.end(), [&](const IndexEntry* other) { return !is_joined(other); });
    joined.insert(joined.end(), first_joined, others.end());
    others.erase(first_joined, others.end());
  }
  if (others.empty()) return;
  throw base::Error(base::ExitCode::kNoSolution,
                    "`" + name + "` is in `" + joined.front()->origin + "` and in `" +
                        others.front()->origin + "`, and neither says that both are one project")
      .with_hint("leave out one of them, or use `--index-strategy first-index`");
}

}  // namespace ensure::index
