#include "installer/index/candidates/index_provider.h"

#include <utility>

#include "installer/resolve/explanation/explanation.h"

namespace ensure::index {
namespace {

/// The error if a version that would do has none of the digests that the requirements demand.
std::optional<base::Error> hash_refusal(const resolve::ProofTerm& refused,
                                        const resolve::NoSolution& failure) {
  const auto project = failure.projects.find(refused.name.normalized());
  if (project == failure.projects.end()) return std::nullopt;
  for (const resolve::KnownVersion& known : project->second.versions) {
    if (!known.unavailable || !refused.term.versions.contains(known.version)) continue;
    if (known.unavailable->reason != resolve::UnavailableReason::kOtherHash) continue;
    return base::Error(base::ExitCode::kVerification, "`" + refused.name.as_written() + "` " +
                                                          known.version.to_string() + ' ' +
                                                          known.unavailable->text)
        .with_hint(
            "compare the hashes in the requirements with those that the project publishes; if a "
            "file has changed, find out by whom and why before you install it");
  }
  return std::nullopt;
}

/// The installed version of a project if a requirement may be met by it; otherwise null.
const specs::Version* installed_version(const ProjectState& project) {
  for (const auto& [version, state] : project.versions) {
    if (state.installed && project.allowed->contains(version)) return &version;
  }
  return nullptr;
}

/// Adds a requirement to the set of versions by which the likely version is guessed.
void narrow(std::optional<specs::VersionSet>& known, const specs::VersionSet& allowed) {
  constexpr std::size_t kMostRanges = 256;
  if (!known) {
    known = allowed;
    return;
  }
  const specs::VersionSet both = known->intersection(allowed);
  // A guess is not worth a set that grows with every exclusion.
  known = both.is_empty() || both.range_count() > kMostRanges ? allowed : both;
}

}  // namespace

IndexProvider::IndexProvider(const specs::TargetPython& target, const IndexSettings& settings,
                             net::HttpClient& client, const cache::Cache& cache,
                             Downloader& downloader)
    : context_{target, settings, client, cache, downloader},
      candidates_(context_, projects_, notices_,
                  [this](ProjectState& project) { notify(project); }),
      metadata_(context_, [this](ProjectState& project) { notify(project); }) {}

void IndexProvider::set_direct(const specs::PackageName& name, const specs::Version& version,
                               VersionState state) {
  ProjectState& project = projects_.at(name);
  project.direct = version;
  project.fixed.emplace();
  project.fixed->versions.push_back({version, false, std::nullopt});
  state.is_followed = true;
  project.versions[version] = std::move(state);
}

void IndexProvider::add_direct(const FetchedWheel& wheel) {
  const specs::PackageName& name = wheel.archive->name();
  const specs::Version& version = wheel.archive->version();
  const std::string text = wheel.archive->dist_info_file("METADATA").value_or("");
  VersionState state;
  state.metadata = {.answer = read_metadata(text, name, version).answer};
  state.wheel = wheel;
  set_direct(name, version, std::move(state));
}

void IndexProvider::add_direct_source(const DistributionFile& file,
                                      const resolve::Metadata& metadata,
                                      const std::optional<FetchedWheel>& built) {
  VersionState state;
  state.metadata = {.answer = metadata};
  state.source = file;
  state.wheel = built;
  set_direct(file.name, file.version, std::move(state));
}

void IndexProvider::add_installed(const specs::PackageName& name, const specs::Version& version,
                                  std::function<std::string()> metadata) {
  projects_.at(name).versions[version].installed = std::move(metadata);
}

void IndexProvider::forget_installed() {
  projects_.for_each([](ProjectState& project) {
    if (project.direct) return;
    for (auto& [version, state] : project.versions) {
      if (state.installed) state = {};
    }
  });
}

void IndexProvider::expect(std::span<const specs::Requirement> requirements) {
  for (const specs::Requirement& requirement : requirements) {
    requested_.insert(requirement.name.normalized());
  }
  for (const specs::Requirement& requirement : requirements) {
    if (requirement.marker && !requirement.marker->evaluate(context_.target.environment)) continue;
    expect(requirement.name, requirement.specifiers.versions(), requirement.extras);
  }
  run_pending();
}

void IndexProvider::expect(const specs::PackageName& name, const specs::VersionSet& allowed,
                           const std::vector<specs::PackageName>& extras) {
  ProjectState& project = projects_.at(name);
  narrow(project.allowed, allowed);
  for (const specs::PackageName& extra : extras) {
    if (project.known_extras.insert(extra.normalized()).second) project.extras.push_back(extra);
  }
  if (!project.direct && installed_version(project) == nullptr) {
    candidates_.request(project);
  }
  notify(project);
}

void IndexProvider::expect_all(const specs::Dependencies::List& requirements) {
  for (const specs::Requirement* const requirement : requirements) {
    if (requirement->url) continue;
    expect(requirement->name, requirement->specifiers.versions(), requirement->extras);
  }
}

void IndexProvider::prefetch(std::span<const resolve::PrefetchHint> hints) {
  for (const resolve::PrefetchHint& hint : hints) {
    ProjectState& project = projects_.at(hint.name);
    if (hint.version != nullptr) {
      if (project.candidates) metadata_.request(project, *hint.version);
      continue;
    }
    if (hint.allowed != nullptr) project.allowed = *hint.allowed;
    if (!project.direct) candidates_.request(project);
    notify(project);
  }
  run_pending();
}

void IndexProvider::notify(ProjectState& project) {
  if (!std::exchange(project.is_pending, true)) pending_.push_back(&project);
}

void IndexProvider::run_pending() {
  while (!pending_.empty()) {
    ProjectState& project = *pending_.front();
    pending_.pop_front();
    project.is_pending = false;
    update(project);
  }
}

void IndexProvider::update(ProjectState& project) {
  candidates_.update(project);
  if (project.allowed && !project.direct) {
    const specs::Version* const version = project.candidates
                                              ? likely_version(project, *project.candidates)
                                              : installed_version(project);
    if (version != nullptr) {
      metadata_.request(project, *version).is_followed = true;
    } else if (!project.candidates) {
      update_stale(project);
    }
  }
  for (auto& [version, state] : project.versions) {
    if (state.is_followed) prefetch_dependencies(project, state);
  }
}

void IndexProvider::update_stale(ProjectState& project) {
  if (!project.stale || project.error) return;
  StaleCandidates& stale = *project.stale;
  const specs::Version* const version = likely_version(project, stale.candidates);
  if (version == nullptr) return;
  if (stale.version != *version) {
    stale.version = *version;
    stale.state = {};
    const std::optional<DistributionFile> file = stale.candidates.choose(*version);
    if (file && file->is_wheel) {
      if (auto known = metadata_.recall(*file))
        stale.state.metadata = {.answer = *std::move(known)};
    }
  }
  prefetch_dependencies(project, stale.state);
}

const specs::Version* IndexProvider::likely_version(const ProjectState& project,
                                                    const ProjectCandidates& candidates) const {
  using resolve::ResolutionStrategy;
  const ResolutionStrategy strategy = context_.settings.resolution;
  const bool lowest =
      strategy == ResolutionStrategy::kLowest || (strategy == ResolutionStrategy::kLowestDirect &&
                                                  requested_.contains(project.name.normalized()));
  return candidates.likely_version(*project.allowed, lowest);
}

void IndexProvider::prefetch_dependencies(const ProjectState& project, VersionState& version) {
  if (context_.settings.no_deps || !version.metadata || version.metadata->error) return;
  const auto* const metadata = std::get_if<resolve::Metadata>(&version.metadata->answer);
  if (metadata == nullptr) return;
  const bool is_new = !version.dependencies;
  if (is_new) version.dependencies.emplace(metadata->requires_dist, context_.target.environment);
  if (version.dependencies->is_excessive()) return;  // the solver rejects such a version
  if (is_new) expect_all(version.dependencies->of_project());
  // An extra may require further extras of its own project, which are added to the list meanwhile.
  while (version.followed_extras < project.extras.size()) {
    const specs::PackageName extra = project.extras[version.followed_extras++];
    expect_all(version.dependencies->of_extra(extra));
  }
}

template <typename Holds>
void IndexProvider::wait_until(const Holds& holds) {
  run_pending();
  while (!holds()) {
    if (!context_.client.wait()) {
      throw base::Error(base::ExitCode::kFailure, "a request ended without an answer");
    }
    run_pending();
  }
}

const resolve::Candidates& IndexProvider::candidates(const specs::PackageName& name) {
  ProjectState& project = projects_.at(name);
  if (project.fixed) return *project.fixed;
  candidates_.request(project);
  wait_until([&] { return candidates_.has_all_pages(project); });
  candidates_.update(project);
  return candidates_.answer(project);
}

const resolve::MetadataAnswer& IndexProvider::metadata(const specs::PackageName& name,
                                                       const specs::Version& version) {
  ProjectState& project = projects_.at(name);
  VersionState& state = project.versions[version];
  if (!state.metadata && !state.installed) (void)candidates(name);
  metadata_.request(project, version);
  if (!state.metadata && !state.is_requested) metadata_.read_source(project, version, state);
  wait_until([&] { return state.metadata.has_value(); });
  if (state.metadata->error) throw base::Error(*state.metadata->error);
  // Once for each version: the solver asks often, and an update looks at all of them.
  if (!std::exchange(state.is_followed, true)) prefetch_dependencies(project, state);
  run_pending();
  if (state.metadata->lacks_announced) {
    notices_.warn("`" + project.candidates->entry_of(version)->origin +
                  "` announces metadata files that do not exist; the metadata are read from the "
                  "wheels instead");
  }
  if (state.metadata->is_refused) {
    notices_.warn("skipped `" + name.as_written() + "` " + version.to_string() + ": it " +
                  std::get<resolve::Unavailable>(state.metadata->answer).text);
  }
  return state.metadata->answer;
}

std::vector<ChosenFile> IndexProvider::choose(
    const resolve::Resolution& resolution,
    const std::function<bool(const resolve::ResolvedProject&)>& is_kept) {
  std::vector<ChosenFile> chosen;
  std::string without_hash;
  for (const resolve::ResolvedProject& resolved : resolution.projects) {
    if (is_kept && is_kept(resolved)) continue;
    (void)candidates(resolved.name);
    const ChosenFile& file = chosen.emplace_back(choose(resolved));
    const bool is_direct = projects_.at(resolved.name).direct == resolved.version;
    if (context_.settings.require_hashes && !is_direct && file.file.request.accepted.empty()) {
      without_hash += (without_hash.empty() ? "`" : ", `") + resolved.name.as_written() + '`';
    }
  }
  if (without_hash.empty()) return chosen;
  throw base::Error(base::ExitCode::kVerification,
                    "hashes are required, and the requirements have none for " + without_hash)
      .with_hint("give each of them as `NAME==VERSION --hash=sha256:...` in a requirements file");
}

ChosenFile IndexProvider::choose(const resolve::ResolvedProject& resolved) {
  const ProjectState& project = projects_.at(resolved.name);
  const auto known = project.versions.find(resolved.version);
  const VersionState* const state = known == project.versions.end() ? nullptr : &known->second;
  if (state != nullptr && project.direct == resolved.version) {
    if (state->source) return {resolved, *state->source, state->wheel};
    return {resolved, given_file(resolved.name, resolved.version, state->wheel->request, true),
            state->wheel};
  }
  std::optional<DistributionFile> file =
      project.candidates ? project.candidates->choose(resolved.version) : std::nullopt;
  if (!file) {
    throw base::Error(base::ExitCode::kNoSolution, "`" + resolved.name.as_written() + "` " +
                                                       resolved.version.to_string() +
                                                       " is no longer in any index")
        .with_hint("require another version");
  }
  check_announced(file->request);
  warn_about(project, *file);
  return {resolved, *std::move(file), state == nullptr ? std::nullopt : state->wheel};
}

void IndexProvider::warn_about(const ProjectState& project, const DistributionFile& file) {
  const std::string subject = "`" + project.name.as_written() + "`";
  if (file.yanked) {
    const std::string why = file.yanked->empty() ? "" : ": " + *file.yanked;
    notices_.warn(subject + ' ' + file.version.to_string() + " was yanked by its publisher" + why);
  }
  const specs::ProjectPage& page = project.candidates->entry_of(file.version)->page;
  const std::string why =
      page.status_reason().empty() ? "" : " (" + std::string(page.status_reason()) + ")";
  if (page.status() == specs::ProjectStatus::kArchived) {
    notices_.warn(subject + " is archived: there will be no more releases" + why);
  } else if (page.status() == specs::ProjectStatus::kDeprecated) {
    notices_.warn(subject + " is deprecated: it should no longer be used" + why);
  }
}

std::optional<base::Error> IndexProvider::refusal_in(const resolve::NoSolution& failure) {
  using Reason = resolve::ProofStep::Reason;
  for (const resolve::ProofStep& step : failure.steps) {
    if (step.reason == Reason::kNoVersion) {
      if (auto error = hash_refusal(step.terms.front(), failure)) return error;
    }
    if (step.reason != Reason::kUnavailable) continue;
    const resolve::ProofTerm& refused = step.terms.front();
    for (const auto& [version, state] : projects_.at(refused.name).versions) {
      if (!state.metadata || !state.metadata->is_refused) continue;
      if (!refused.term.versions.contains(version)) continue;
      return base::Error(base::ExitCode::kVerification,
                         "`" + refused.name.as_written() + "` " + version.to_string() + ' ' +
                             std::get<resolve::Unavailable>(state.metadata->answer).text)
          .with_hint("ask its publisher for a sound release, or require another version");
    }
  }
  return std::nullopt;
}

base::Error IndexProvider::no_solution_error(const resolve::NoSolution& failure,
                                             const resolve::Problem& problem) {
  const resolve::Explanation explanation = resolve::explain(failure, problem, *this);
  base::Error error(base::ExitCode::kNoSolution, "no versions satisfy all requirements");
  for (const std::string& sentence : explanation.sentences) error.add_context(sentence);
  for (const std::string& hint : explanation.hints) error.add_hint(hint);
  const IndexSettings& settings = context_.settings;
  const bool first_counts = settings.strategy == IndexStrategy::kFirstIndex;
  if (first_counts && !settings.no_index && settings.indexes.size() > 1) {
    error.add_hint(
        "each project comes from the first index that has it, in the order written; to prefer a "
        "later index, write it first (or use `--index-strategy unsafe-best-match`)");
  }
  return error;
}

}  // namespace ensure::index
