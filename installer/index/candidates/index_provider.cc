#include "installer/index/candidates/index_provider.h"

#include <utility>

#include "installer/index/candidates/provider_work.h"
#include "installer/index/metadata/metadata_form.h"

namespace ensure::index {
namespace {

VersionState state_of(resolve::MetadataAnswer answer) {
  VersionState state;
  if (auto* const unusable = std::get_if<resolve::Unusable>(&answer)) {
    state.outcome = {.answer = std::move(*unusable)};
  } else {
    state.outcome = {.answer = std::get<resolve::Metadata>(std::move(answer))};
  }
  return state;
}

base::Error no_hash(const std::string& names) {
  return base::Error(base::ExitCode::kVerification,
                     "hashes are required, and the requirements have none for " + names)
      .with_hint("give each of them as `NAME==VERSION --hash=sha256:...` in a requirements file");
}

}  // namespace

IndexProvider::IndexProvider(const specs::TargetPython& target, const IndexSettings& settings,
                             net::HttpClient& client, const cache::Cache& cache,
                             Downloader& downloader)
    : work_(std::make_shared<Work>(target, settings, client, cache, downloader)) {}

IndexProvider::~IndexProvider() = default;

void IndexProvider::add_direct(const FetchedWheel& wheel) {
  ProjectState& project = work_->project(wheel.archive->name());
  const specs::Version& version = wheel.archive->version();
  project.direct = version;
  project.special.emplace();
  project.special->versions.push_back({version, false, std::nullopt});
  const std::string text = wheel.archive->dist_info_file("METADATA").value_or("");
  VersionState& state = project.versions[version];
  state = state_of(read_metadata(text, project.name, version).answer);
  state.wheel = wheel;
  state.is_expanded = true;
}

void IndexProvider::add_installed(const specs::PackageName& name, const specs::Version& version,
                                  std::function<std::string()> metadata) {
  work_->project(name).installed[version] = {.metadata = std::move(metadata), .state = {}};
}

void IndexProvider::add_direct_source(const DistributionFile& file,
                                      const resolve::Metadata& metadata,
                                      const std::optional<FetchedWheel>& built) {
  work_->add_direct_source(file, metadata, built);
}

void IndexProvider::set_source_builder(SourceBuilder& builder) { work_->builder = &builder; }

void IndexProvider::expect(std::span<const specs::Requirement> requirements) {
  for (const specs::Requirement& requirement : requirements) {
    work_->requested.insert(requirement.name.normalized());
  }
  for (const specs::Requirement& requirement : requirements) {
    if (requirement.marker && !requirement.marker->evaluate(work_->target.environment)) continue;
    work_->expect(requirement.name, requirement.specifiers.versions(), requirement.extras);
  }
  work_->pump();
}

const resolve::Candidates& IndexProvider::candidates(const specs::PackageName& name) {
  return work_->candidates(work_->project(name));
}

const resolve::MetadataAnswer& IndexProvider::metadata(const specs::PackageName& name,
                                                       const specs::Version& version) {
  ProjectState& project = work_->project(name);
  VersionState& state = work_->metadata(project, version);
  if (state.answer) return *state.answer;
  const MetadataOutcome& outcome = *state.outcome;
  if (const auto* const unusable = std::get_if<resolve::Unusable>(&outcome.answer)) {
    state.answer = *unusable;
  } else {
    state.answer = std::get<resolve::Metadata>(outcome.answer);
  }
  const std::string subject = "`" + name.as_written() + "` " + version.to_string();
  if (outcome.lacks_announced) {
    const Listing* const listing = project.candidates->listing_of(version);
    work_->warn("`" + listing->origin +
                "` announces metadata files that are not there; they are read from the wheels");
  }
  if (outcome.is_refused) {
    work_->warn(subject + " is passed over: it " +
                std::get<resolve::Unusable>(outcome.answer).reason);
  }
  return *state.answer;
}

void IndexProvider::will_need(std::span<const resolve::Need> needs) {
  for (const resolve::Need& need : needs) work_->will_need(need);
  work_->pump();
}

std::vector<ChosenFile> IndexProvider::choose(
    const resolve::Resolution& resolution,
    const std::function<bool(const resolve::ResolvedProject&)>& is_kept) {
  std::vector<ChosenFile> chosen;
  std::string without_hash;
  for (const resolve::ResolvedProject& resolved : resolution.projects) {
    if (is_kept && is_kept(resolved)) continue;
    ChosenFile file = work_->choose(resolved);
    const bool is_direct = work_->project(resolved.name).direct == resolved.version;
    if (work_->settings.require_hashes && file.file.request.accepted.empty() && !is_direct) {
      without_hash += (without_hash.empty() ? "`" : ", `") + resolved.name.as_written() + '`';
    }
    chosen.push_back(std::move(file));
  }
  if (!without_hash.empty()) throw no_hash(without_hash);
  return chosen;
}

std::vector<DistributionFile> IndexProvider::files_of(const specs::PackageName& name,
                                                      const specs::Version& version) {
  ProjectState& project = work_->project(name);
  (void)work_->candidates(project);
  return project.candidates ? project.candidates->files_of(version)
                            : std::vector<DistributionFile>();
}

const std::vector<std::string>& IndexProvider::warnings() const { return work_->warnings; }

const std::vector<std::string>& IndexProvider::notes() const { return work_->notes; }

std::optional<base::Error> IndexProvider::refusal_in(const resolve::NoSolution& no_solution) const {
  for (const resolve::ProofStep& step : no_solution.steps) {
    if (step.reason != resolve::ProofStep::Reason::kUnusable) continue;
    const resolve::ProofTerm& term = step.terms.front();
    for (const auto& [version, state] : work_->project(term.name).versions) {
      if (!state.outcome || !state.outcome->is_refused) continue;
      if (!term.allowed.versions.contains(version)) continue;
      return base::Error(base::ExitCode::kVerification,
                         "`" + term.name.as_written() + "` " + version.to_string() + ' ' +
                             std::get<resolve::Unusable>(state.outcome->answer).reason)
          .with_hint("ask its publisher for a sound release, or require another version");
    }
  }
  return std::nullopt;
}

}  // namespace ensure::index
