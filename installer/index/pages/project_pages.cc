#include "installer/index/pages/project_pages.h"

#include <utility>
#include <variant>

namespace ensure::index {

ProjectPages::ProjectPages(specs::PackageName name, const IndexSettings& settings,
                           PageSource& pages)
    : name_(std::move(name)),
      settings_(settings),
      pages_(pages),
      tickets_(settings.indexes.size()),
      entries_(settings.indexes.size()) {}

void ProjectPages::start(net::Urgency urgency, std::function<void()> done) {
  urgency_ = urgency;
  done_ = std::move(done);
  const std::size_t count = settings_.no_index ? 0 : settings_.indexes.size();
  if (count == 0) {
    is_done_ = true;
    return done_();
  }
  const bool all = settings_.strategy == IndexStrategy::kUnsafeBestMatch;
  // All are counted before the first of them can answer.
  under_way_ = all ? count : 1;
  for (std::size_t index = 0; index < (all ? count : 1); ++index) ask(index);
}

void ProjectPages::hurry(net::HttpClient& client) {
  urgency_ = net::Urgency::kNow;
  for (const std::optional<net::Ticket>& ticket : tickets_) {
    if (ticket) client.hurry(*ticket);
  }
}

void ProjectPages::ask(std::size_t index) {
  tickets_[index] = pages_.ask(
      settings_.indexes[index], name_, urgency_,
      [this, index](PageAnswer<specs::ProjectPage> answer) { receive(index, std::move(answer)); },
      [this, index](const specs::ProjectPage& page) {
        if (under_way_ == 1) stale_ = make_index_entry(page, settings_.indexes[index], true);
      });
}

std::optional<IndexEntry> ProjectPages::take_stale_entry() { return std::exchange(stale_, {}); }

void ProjectPages::receive(std::size_t index, PageAnswer<specs::ProjectPage> answer) {
  const bool one_by_one = settings_.strategy == IndexStrategy::kFirstIndex;
  if (auto* const page = std::get_if<specs::ProjectPage>(&answer)) {
    entries_[index] = make_index_entry(std::move(*page), settings_.indexes[index], true);
  } else if (auto* const error = std::get_if<base::Error>(&answer)) {
    // Of several, the one that was named first counts, whichever came first.
    if (!error_ || index < first_error_) {
      error_ = std::move(*error);
      first_error_ = index;
    }
  } else if (std::get<NoPage>(answer).is_unknown) {
    is_unknown_ = true;
  } else if (one_by_one && index + 1 < entries_.size()) {
    return ask(index + 1);
  }
  if (--under_way_ > 0) return;
  is_done_ = true;
  done_();
}

std::vector<IndexEntry> ProjectPages::take_entries() {
  std::vector<IndexEntry> entries;
  for (std::optional<IndexEntry>& entry : entries_) {
    if (entry) entries.push_back(*std::move(entry));
  }
  entries_.clear();
  return entries;
}

}  // namespace ensure::index
