#include "installer/index/candidates/provider_candidates.h"

#include <string>
#include <utility>
#include <vector>

#include "installer/base/error.h"

namespace ensure::index {

ProviderCandidates::ProviderCandidates(const ProviderContext& context, Projects& projects,
                                       Notices& notices, Notify notify)
    : context_(context),
      notices_(notices),
      notify_(std::move(notify)),
      pages_(context.settings, context.client, context.cache,
             [this, &projects] { projects.for_each(notify_); }) {}

void ProviderCandidates::request(ProjectState& project, net::Urgency urgency) {
  if (project.pages) {
    if (urgency == net::Urgency::kNow) project.pages->hurry(context_.client);
    return;
  }
  const IndexSettings& settings = context_.settings;
  project.pages = std::make_unique<ProjectPages>(project.name, settings, pages_.source());
  project.pages->start(urgency, [this, &project] { notify_(project); });
  if (auto entry = project.pages->take_stale_entry(); entry && settings.find_links.empty()) {
    std::vector<IndexEntry> entries;
    entries.push_back(*std::move(entry));
    project.stale.emplace(StaleCandidates{
        .candidates = ProjectCandidates(project.name, std::move(entries), rules_for(project.name)),
        .version = std::nullopt,
        .state = {}});
    notify_(project);
  }
  pages_.request_links();
}

bool ProviderCandidates::has_all_pages(const ProjectState& project) const {
  return project.pages && pages_.has_all(*project.pages);
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
                                                                 : accepted->second};
}

void ProviderCandidates::update(ProjectState& project) const {
  if (project.candidates || project.fixed || project.error || !has_all_pages(project)) return;
  try {
    std::vector<IndexEntry> entries = pages_.take_entries(*project.pages);
    if (entries.empty()) {
      project.fixed = pages_.absent(*project.pages);
      return;
    }
    check_same_project(project.name.normalized(), entries);
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
  if (context_.settings.required_hashes.contains(project.name.normalized())) return;
  for (const IndexEntry& entry : project.candidates->entries()) {
    if (entry.page.status() != specs::ProjectStatus::kQuarantined) continue;
    std::string message =
        "`" + project.name.as_written() + "` is quarantined by `" + entry.origin + "`";
    if (!entry.page.status_reason().empty()) {
      message += ": " + std::string(entry.page.status_reason());
    }
    throw base::Error(base::ExitCode::kVerification, std::move(message))
        .with_hint("its files may be harmful; only a lock or `--hash` can select one of them");
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
