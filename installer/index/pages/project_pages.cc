#include "installer/index/pages/project_pages.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <variant>

#include "installer/base/error.h"

namespace ensure::index {

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

ProjectPages::ProjectPages(specs::PackageName name, const IndexSettings& settings,
                           PageSource& source, std::function<void()> done)
    : name_(std::move(name)),
      settings_(settings),
      source_(source),
      done_(std::move(done)),
      entries_(settings.no_index ? 0 : settings.indexes.size()) {
  const bool all = settings_.strategy != IndexStrategy::kFirstIndex;
  // Set before the first request, which may be answered at once.
  in_flight_ = all || entries_.empty() ? entries_.size() : 1;
  if (in_flight_ == 0) done_();
  const std::size_t count = in_flight_;
  for (std::size_t index = 0; index < count; ++index) ask(index);
}

void ProjectPages::ask(std::size_t index) {
  source_.ask(
      settings_.indexes[index], name_,
      [this, index](PageAnswer<specs::ProjectPage> answer) { receive(index, std::move(answer)); },
      [this, index](const specs::ProjectPage& page) {
        if (in_flight_ == 1) stale_ = make_index_entry(page, settings_.indexes[index], true);
      });
}

std::optional<IndexEntry> ProjectPages::take_stale_entry() { return std::exchange(stale_, {}); }

void ProjectPages::receive(std::size_t index, PageAnswer<specs::ProjectPage> answer) {
  const bool one_by_one = settings_.strategy == IndexStrategy::kFirstIndex;
  if (auto* const page = std::get_if<specs::ProjectPage>(&answer)) {
    entries_[index] = make_index_entry(std::move(*page), settings_.indexes[index], true);
  } else if (auto* const error = std::get_if<base::Error>(&answer)) {
    // The error of the first index in order counts, whichever came first.
    if (!error_ || index < failed_index_) {
      error_ = std::move(*error);
      failed_index_ = index;
    }
  } else if (std::get<NoPage>(answer).is_unknown) {
    is_unknown_ = true;
  } else if (one_by_one && index + 1 < entries_.size()) {
    return ask(index + 1);
  }
  if (--in_flight_ == 0) done_();
}

std::vector<IndexEntry> ProjectPages::take_entries() {
  if (error_) throw base::Error(*error_);
  std::vector<IndexEntry> entries;
  for (std::optional<IndexEntry>& entry : std::exchange(entries_, {})) {
    if (entry) entries.push_back(*std::move(entry));
  }
  return entries;
}

}  // namespace ensure::index
