#include "installer/index/candidates/provider_candidates.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "installer/base/error.h"

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

ProviderCandidates::ProviderCandidates(const ProviderContext& context, Projects& projects,
                                       Notices& notices, Notify notify)
    : context_(context),
      notices_(notices),
      notify_(std::move(notify)),
      source_(context.client, context.cache, context.settings.offline, context.settings.now),
      links_arrived_([this, &projects] { projects.for_each(notify_); }) {
  for (const base::Url& url : context.settings.find_links) links_.emplace_back(url);
}

void ProviderCandidates::request(ProjectState& project) {
  if (project.pages) return;
  const IndexSettings& settings = context_.settings;
  project.pages = std::make_unique<ProjectPages>(project.name, settings, source_,
                                                 [this, &project] { notify_(project); });
  if (auto entry = project.pages->take_stale_entry(); entry && settings.find_links.empty()) {
    std::vector<IndexEntry> entries;
    entries.push_back(*std::move(entry));
    project.stale.emplace(StaleCandidates{
        .candidates = ProjectCandidates(project.name, std::move(entries), rules_for(project.name)),
        .version = std::nullopt,
        .state = {}});
    notify_(project);
  }
  for (LinkSource& links : links_) links.start(source_, links_arrived_);
}

bool ProviderCandidates::has_all_pages(const ProjectState& project) const {
  return project.pages && project.pages->is_done() &&
         std::ranges::all_of(links_, &LinkSource::is_ready);
}

std::vector<IndexEntry> ProviderCandidates::take_entries(const ProjectState& project) const {
  std::vector<IndexEntry> entries;
  std::vector<IndexEntry> of_indexes = project.pages->take_entries();
  for (const LinkSource& links : links_) {
    if (auto entry = links.entry_of(project.name)) entries.push_back(*std::move(entry));
  }
  std::ranges::move(of_indexes, std::back_inserter(entries));
  return entries;
}

resolve::Candidates ProviderCandidates::absent(const ProjectState& project) const {
  const IndexSettings& settings = context_.settings;
  resolve::Candidates candidates;
  const bool no_indexes = settings.no_index || settings.indexes.empty();
  if (project.pages->is_unknown() || std::ranges::any_of(links_, &LinkSource::is_unknown)) {
    candidates.absent = "is not in the cache, and the run is offline";
    candidates.hint = "run once without `--offline` to fill the cache";
  } else if (no_indexes && settings.find_links.empty()) {
    candidates.absent = "cannot be found, because there is no index";
    candidates.hint = "name one (`--index-url`), or a directory with wheels (`--find-links`)";
  } else if (no_indexes) {
    candidates.absent = "is not in " + list_of(settings.find_links);
    candidates.hint = "add a wheel of it there, or name an index (`--index-url`)";
  } else {
    const bool asks_servers = std::ranges::all_of(settings.indexes, &base::Url::is_http);
    candidates.absent =
        (settings.indexes.size() > 1 ? "is in none of the indexes " : "is not in the index ") +
        list_of(settings.indexes) + (asks_servers ? " (404)" : "");
    candidates.hint = "check the spelling of `" + project.name.as_written() +
                      "`, or name the index that has it (`--index-url`)";
  }
  return candidates;
}

CandidateRules ProviderCandidates::rules_for(const specs::PackageName& name) const {
  const IndexSettings& settings = context_.settings;
  const bool wheels = settings.formats.allows_wheel(name);
  const bool sources = (settings.build_sdists || !wheels) && context_.builder != nullptr &&
                       settings.formats.allows_sdist(name);
  const auto accepted = settings.required_hashes.find(name.normalized());
  return {.tags = context_.target.tags,
          .python_version = context_.target.version,
          .wheels = wheels,
          .sources = sources,
          .exclude_newer = settings.exclude_newer,
          .accepted = accepted == settings.required_hashes.end() ? std::vector<specs::HashOption>()
                                                                 : accepted->second,
          .first_match = settings.strategy == IndexStrategy::kUnsafeFirstMatch};
}

void ProviderCandidates::update(ProjectState& project) const {
  if (project.candidates || project.fixed || project.error || !has_all_pages(project)) return;
  try {
    std::vector<IndexEntry> entries = take_entries(project);
    if (entries.empty()) {
      project.fixed = absent(project);
      return;
    }
    if (project.stale && project.stale->candidates.are_of(entries)) {
      project.candidates.emplace(std::move(project.stale->candidates));
    } else {
      project.stale.reset();
      project.candidates.emplace(project.name, std::move(entries), rules_for(project.name));
    }
    check_quarantine(project);
  } catch (const base::Error& error) {
    project.error = error;
    project.candidates.reset();
  }
}

void ProviderCandidates::check_quarantine(const ProjectState& project) const {
  const bool has_hashes = context_.settings.required_hashes.contains(project.name.normalized());
  for (const IndexEntry& entry : project.candidates->entries()) {
    if (entry.page.status() != specs::ProjectStatus::kQuarantined) continue;
    const bool is_withdrawn = entry.page.file_count() == 0;
    if (has_hashes && !is_withdrawn) continue;
    std::string message =
        "`" + project.name.as_written() + "` is quarantined by `" + entry.origin + "`";
    if (!entry.page.status_reason().empty()) {
      message += ": " + std::string(entry.page.status_reason());
    }
    throw base::Error(base::ExitCode::kVerification, std::move(message))
        .with_hint(
            is_withdrawn
                ? "its files may be harmful, and the index has withdrawn them"
                : "its files may be harmful; only a lock or `--hash` can select one of them");
  }
}

const resolve::Candidates& ProviderCandidates::answer(ProjectState& project) {
  if (project.error) throw base::Error(*project.error);
  if (project.fixed) return *project.fixed;
  if (!std::exchange(project.is_reported, true)) report(project);
  return project.candidates->candidates();
}

void ProviderCandidates::report(const ProjectState& project) {
  for (const IndexEntry& entry : project.candidates->entries()) {
    std::string text;
    const auto add = [&](std::size_t count, std::size_t& total, const char* what) {
      total += count;
      if (count == 0) return;
      text += (text.empty() ? "skipped " : ", ") + std::to_string(count) + what;
    };
    const specs::SkippedFiles skipped = entry.page.skipped();
    add(skipped.malformed, notices_.skipped.malformed, " malformed");
    add(skipped.unsupported, notices_.skipped.unsupported, " unsupported");
    add(skipped.of_other_projects, notices_.skipped.other_projects, " of other projects");
    if (text.empty()) continue;
    notices_.details.push_back(text + " (files of `" + project.name.as_written() + "` at `" +
                               entry.origin + "`)");
  }
  const UndatedFiles& undated = project.candidates->undated();
  if (undated.count == 0) return;
  notices_.warn("ignored " + std::to_string(undated.count) + " files of `" +
                project.name.as_written() + "` (such as `" + undated.example +
                "`), because the index has no upload time of them (`--exclude-newer`)");
}

}  // namespace ensure::index
