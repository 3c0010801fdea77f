#include "installer/index/pages/index_pages.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

namespace ensure::index {
namespace {

std::string list_of(const std::vector<base::Url>& urls) {
  std::string text;
  for (const base::Url& url : urls) {
    text += (text.empty() ? "`" : ", `") + url.without_credentials().redacted() + '`';
  }
  return text;
}

}  // namespace

ProjectPages::ProjectPages(specs::PackageName name, const IndexSettings& settings,
                           PageSource& source)
    : name_(std::move(name)),
      settings_(settings),
      source_(source),
      tickets_(settings.indexes.size()),
      entries_(settings.indexes.size()) {}

void ProjectPages::start(net::Urgency urgency, std::function<void()> done) {
  urgency_ = urgency;
  done_ = std::move(done);
  const bool all = settings_.strategy == IndexStrategy::kUnsafeBestMatch;
  const std::size_t count = settings_.no_index ? 0 : settings_.indexes.size();
  if (count == 0) {
    is_done_ = true;
    return done_();
  }
  // Set before the first request, which may be answered at once.
  in_flight_ = all ? count : 1;
  for (std::size_t index = 0; index < (all ? count : 1); ++index) ask(index);
}

void ProjectPages::hurry(net::HttpClient& client) {
  urgency_ = net::Urgency::kNow;
  for (const std::optional<net::Ticket>& ticket : tickets_) {
    if (ticket) client.hurry(*ticket);
  }
}

void ProjectPages::ask(std::size_t index) {
  tickets_[index] = source_.ask(
      settings_.indexes[index], name_, urgency_,
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
  if (--in_flight_ > 0) return;
  is_done_ = true;
  done_();
}

IndexPages::IndexPages(const IndexSettings& settings, net::HttpClient& client,
                       const cache::Cache& cache, std::function<void()> links_arrived)
    : settings_(settings),
      source_(client, cache, settings.offline, settings.now),
      links_arrived_(std::move(links_arrived)) {
  for (const base::Url& url : settings.find_links) links_.emplace_back(url);
}

void IndexPages::request_links() {
  for (LinkSource& links : links_) links.start(source_, net::Urgency::kNow, links_arrived_);
}

bool IndexPages::has_all(const ProjectPages& pages) const {
  return pages.is_done_ && std::ranges::all_of(links_, &LinkSource::is_ready);
}

std::vector<IndexEntry> IndexPages::take_entries(ProjectPages& pages) const {
  if (pages.error_) throw base::Error(*pages.error_);
  std::vector<IndexEntry> entries;
  for (const LinkSource& links : links_) {
    if (auto entry = links.entry_of(pages.name_)) entries.push_back(*std::move(entry));
  }
  for (std::optional<IndexEntry>& entry : std::exchange(pages.entries_, {})) {
    if (entry) entries.push_back(*std::move(entry));
  }
  return entries;
}

resolve::Candidates IndexPages::absent(const ProjectPages& pages) const {
  resolve::Candidates candidates;
  const bool no_indexes = settings_.no_index || settings_.indexes.empty();
  if (pages.is_unknown_ || std::ranges::any_of(links_, &LinkSource::is_unknown)) {
    candidates.absent = "is not in the cache, and the run is offline";
    candidates.hint = "run once without `--offline` to fill the cache";
  } else if (no_indexes && settings_.find_links.empty()) {
    candidates.absent = "cannot be found, because there is no index";
    candidates.hint = "name one (`--index-url`), or a directory with wheels (`--find-links`)";
  } else if (no_indexes) {
    candidates.absent = "is not in " + list_of(settings_.find_links);
    candidates.hint = "add a wheel of it there, or name an index (`--index-url`)";
  } else {
    const bool asks_servers = std::ranges::all_of(settings_.indexes, &base::Url::is_http);
    candidates.absent =
        (settings_.indexes.size() > 1 ? "is in none of the indexes " : "is not in the index ") +
        list_of(settings_.indexes) + (asks_servers ? " (404)" : "");
    candidates.hint = "check the spelling of `" + pages.name_.as_written() +
                      "`, or name the index that has it (`--index-url`)";
  }
  return candidates;
}

}  // namespace ensure::index
