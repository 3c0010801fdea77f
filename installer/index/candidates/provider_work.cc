#include "installer/index/candidates/provider_work.h"

#include <algorithm>
#include <utility>

namespace ensure::index {
namespace {

base::Error never_answered() {
  return {base::ExitCode::kFailure, "a request was given up before it was answered"};
}

std::string list_of(const std::vector<base::Url>& urls) {
  std::string text;
  for (const base::Url& url : urls) {
    text += (text.empty() ? "`" : ", `") + url.without_credentials().redacted() + '`';
  }
  return text;
}

void add_once(std::vector<std::string>& texts, const std::string& text) {
  if (std::ranges::find(texts, text) == texts.end()) texts.push_back(text);
}

/// The metadata of installed versions.
MetadataOutcome outcome_of(resolve::MetadataAnswer answer) {
  if (auto* const unusable = std::get_if<resolve::Unusable>(&answer)) {
    return {.answer = std::move(*unusable)};
  }
  return {.answer = std::get<resolve::Metadata>(std::move(answer))};
}

}  // namespace

IndexProvider::Work::Work(const specs::TargetPython& for_target, const IndexSettings& with_settings,
                          net::HttpClient& client, const cache::Cache& cache,
                          Downloader& for_wheels)
    : target(for_target),
      settings(with_settings),
      downloader(for_wheels),
      client_(client),
      cache_(cache),
      pages_(client, cache, with_settings.offline, with_settings.now),
      metadata_(client, cache, for_wheels, with_settings.offline) {
  for (const base::Url& url : settings.find_links) links_.emplace_back(url);
}

ProjectState& IndexProvider::Work::project(const specs::PackageName& name) {
  std::unique_ptr<ProjectState>& state = projects_[name.normalized()];
  if (!state) state = std::make_unique<ProjectState>(name);
  return *state;
}

void IndexProvider::Work::warn(const std::string& warning) { add_once(warnings, warning); }

void IndexProvider::Work::note(const std::string& text) { add_once(notes, text); }

template <typename Holds>
void IndexProvider::Work::wait_until(const Holds& holds) {
  pump();
  while (!holds()) {
    if (!client_.wait()) throw never_answered();
    pump();
  }
}

// Pages and candidates.

void IndexProvider::Work::ask_for_pages(ProjectState& project, net::Urgency urgency) {
  if (project.pages) {
    if (urgency == net::Urgency::kNow) project.pages->hurry(client_);
    return;
  }
  project.pages = std::make_unique<ProjectPages>(project.name, settings, pages_);
  project.pages->start(urgency, [this, &project] { mark(project); });
  if (auto stale = project.pages->take_stale_listing(); stale && settings.find_links.empty()) {
    std::vector<Listing> listings;
    listings.push_back(*std::move(stale));
    project.preview.emplace(Preview{
        .candidates = ProjectCandidates(project.name, std::move(listings), rules_for(project.name)),
        .version = std::nullopt,
        .state = {}});
    mark(project);
  }
  for (LinkSource& links : links_) {
    links.start(pages_, net::Urgency::kNow, [this] {
      for (const auto& [name, state] : projects_) mark(*state);
    });
  }
}

bool IndexProvider::Work::has_all_pages(const ProjectState& project) const {
  return project.pages && project.pages->is_done() &&
         std::ranges::all_of(links_, [](const LinkSource& links) { return links.is_ready(); });
}

CandidateRules IndexProvider::Work::rules_for(const specs::PackageName& name) const {
  const bool wheels = settings.formats.allows_wheel(name);
  const bool sources = (settings.build_sdists || !wheels) && builder != nullptr &&
                       settings.formats.allows_sdist(name);
  const auto accepted = settings.required_hashes.find(name.normalized());
  return {.tags = target.tags,
          .python_version = target.version,
          .wheels = wheels,
          .sources = sources,
          .exclude_newer = settings.exclude_newer,
          .accepted = accepted == settings.required_hashes.end() ? std::vector<specs::HashOption>()
                                                                 : accepted->second};
}

void IndexProvider::Work::build_candidates(ProjectState& project) {
  if (project.candidates || project.special || project.error || !has_all_pages(project)) return;
  try {
    if (project.pages->error()) throw base::Error(*project.pages->error());
    std::vector<Listing> listings;
    for (const LinkSource& links : links_) {
      if (auto listing = links.listing_of(project.name)) listings.push_back(*std::move(listing));
    }
    for (Listing& listing : project.pages->take_listings()) listings.push_back(std::move(listing));
    if (listings.empty()) {
      project.special = absent(project);
      return;
    }
    check_same_project(project.name.normalized(), listings);
    if (project.preview && project.preview->candidates.are_of(listings)) {
      project.candidates.emplace(std::move(project.preview->candidates));
    } else {
      project.preview.reset();
      project.candidates.emplace(project.name, std::move(listings), rules_for(project.name));
    }
  } catch (const base::Error& error) {
    project.error = error;
  }
}

resolve::Candidates IndexProvider::Work::absent(const ProjectState& project) const {
  resolve::Candidates candidates;
  const bool no_indexes = settings.no_index || settings.indexes.empty();
  const bool asks_servers = std::ranges::all_of(settings.indexes, &base::Url::is_http);
  if (project.pages->is_unknown() || std::ranges::any_of(links_, &LinkSource::is_unknown)) {
    candidates.absent = "is not in the cache, and the run is offline";
    candidates.hint = "run once without `--offline`, so that the cache gets it";
  } else if (no_indexes && settings.find_links.empty()) {
    candidates.absent = "cannot be looked for, as there is no index";
    candidates.hint = "name one (`--index-url`), or a folder with wheels (`--find-links`)";
  } else if (no_indexes) {
    candidates.absent = "is not in " + list_of(settings.find_links);
    candidates.hint = "put a wheel of it there, or name an index (`--index-url`)";
  } else {
    candidates.absent =
        (settings.indexes.size() > 1 ? "is in none of the indexes " : "is not in the index ") +
        list_of(settings.indexes) + (asks_servers ? " (404)" : "");
    candidates.hint = "check how `" + project.name.as_written() +
                      "` is spelled, or name the index that has it (`--index-url`)";
  }
  return candidates;
}

/// What the user should hear of a project that the solver has asked for.
void IndexProvider::Work::report(const ProjectState& project) {
  if (!project.candidates) return;
  const bool is_pinned = settings.required_hashes.contains(project.name.normalized());
  for (const Listing& listing : project.candidates->listings()) {
    if (listing.page.status() != specs::ProjectStatus::kQuarantined || is_pinned) continue;
    std::string message =
        "`" + project.name.as_written() + "` is quarantined by `" + listing.origin + "`";
    if (!listing.page.status_reason().empty()) {
      message += ": " + std::string(listing.page.status_reason());
    }
    throw base::Error(base::ExitCode::kVerification, std::move(message))
        .with_hint("its files may do harm; only a lock or `--hash` can ask for one of them");
  }
  for (const Listing& listing : project.candidates->listings()) {
    const std::uint32_t count = listing.page.skipped().malformed;
    if (count == 0) continue;
    note(std::to_string(count) + " files of `" + project.name.as_written() + "` in `" +
         listing.origin + "` are malformed and left out");
  }
  const ProjectCandidates::Undated& undated = project.candidates->undated();
  if (undated.count > 0) {
    warn(std::to_string(undated.count) + " files of `" + project.name.as_written() +
         "` (such as `" + undated.example +
         "`) are left out, as nobody says when they were uploaded (`--exclude-newer`)");
  }
}

const resolve::Candidates& IndexProvider::Work::candidates(ProjectState& project) {
  if (!project.special) {
    ask_for_pages(project, net::Urgency::kNow);
    wait_until([&] { return has_all_pages(project); });
    build_candidates(project);
    if (project.error) throw base::Error(*project.error);
    report(project);
  }
  return project.special ? *project.special : project.candidates->candidates();
}

// Metadata.

std::optional<resolve::Unusable> IndexProvider::Work::obstacle_of(
    const ProjectState& project, const DistributionFile& file) const {
  using resolve::Obstacle;
  const Listing* const listing = project.candidates->listing_of(file.version);
  const base::Url& url = file.request.url;
  if (!file.has_address) return resolve::Unusable{Obstacle::kOther, "has an invalid download URL"};
  // The page chooses its `<base>`, so only the URL that the page came from counts.
  if (!listing->address.is_file() && !url.is_http()) {
    return resolve::Unusable{Obstacle::kOther,
                             "has a download URL that a page from the web must not name"};
  }
  if (listing->address.scheme() == "https" && url.scheme() == "http" &&
      !has_strong_digest(file.request)) {
    return resolve::Unusable{Obstacle::kOther,
                             "is offered over `http:` by a page that came over `https:`, without "
                             "a digest that protects it (`sha256` or stronger)"};
  }
  const auto is_here = [&] {
    return file.is_wheel ? downloader.has(file.request)
                         : builder->can_build_offline(source_of(file));
  };
  if (settings.offline && settings.wheels_needed && !is_here()) {
    return resolve::Unusable{Obstacle::kOther, "is not in the cache, and the run is offline"};
  }
  return std::nullopt;
}

VersionState& IndexProvider::Work::ask_for_metadata(ProjectState& project,
                                                    const specs::Version& version,
                                                    net::Urgency urgency) {
  VersionState& state = project.versions[version];
  if (state.outcome) return state;
  if (state.fetch) {
    if (urgency == net::Urgency::kNow) state.fetch->hurry();
    return state;
  }
  const std::optional<DistributionFile> file =
      project.candidates ? project.candidates->choose(version) : std::nullopt;
  if (!file) {
    state.outcome = {.answer = resolve::Unusable{resolve::Obstacle::kNoFiles, "has no files"}};
  } else if (auto unusable = obstacle_of(project, *file)) {
    state.outcome = {.answer = *std::move(unusable)};
  } else if (project.preview && project.preview->version == version &&
             project.preview->state.outcome) {
    state.outcome = project.preview->state.outcome;  // the page was right
  } else if (file->is_wheel) {
    const auto fetch = metadata_.start(
        *file, urgency,
        [weak = weak_from_this(), &project, &state](const MetadataOutcome& outcome) {
          const auto self = weak.lock();
          if (!self) return;
          state.outcome = outcome;
          self->mark(project);
        });
    state.fetch = fetch;
  }
  return state;
}

VersionState& IndexProvider::Work::read_installed(const ProjectState& project,
                                                  InstalledState& installed,
                                                  const specs::Version& version) {
  if (!installed.state.outcome) {
    installed.state.outcome =
        outcome_of(read_metadata(installed.metadata(), project.name, version).answer);
  }
  return installed.state;
}

VersionState& IndexProvider::Work::metadata(ProjectState& project, const specs::Version& version) {
  if (project.direct == version) return project.versions[version];
  const auto installed = project.installed.find(version);
  if (installed != project.installed.end())
    return read_installed(project, installed->second, version);
  if (!project.special) (void)candidates(project);
  VersionState& state = ask_for_metadata(project, version, net::Urgency::kNow);
  if (!state.outcome && !state.fetch) learn_of_source(project, version, state);
  wait_until([&] { return state.outcome.has_value(); });
  if (const auto* const error = std::get_if<base::Error>(&state.outcome->answer)) {
    throw base::Error(*error);
  }
  state.is_expanded = true;
  expand(project, state);
  pump();
  return state;
}

}  // namespace ensure::index
