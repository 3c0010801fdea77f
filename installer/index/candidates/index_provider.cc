#include "installer/index/candidates/index_provider.h"

#include <utility>

#include "installer/index/candidates/provider_work.h"
#include "installer/index/metadata/metadata_form.h"

namespace ensure::index {
namespace {

VersionState state_of(resolve::MetadataAnswer answer) {
  VersionState state;
  if (auto* const unavailable = std::get_if<resolve::Unavailable>(&answer)) {
    state.outcome = {.answer = std::move(*unavailable)};
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

IndexProvider::IndexProvider(const IndexTarget& target, const IndexSettings& settings,
                             net::HttpClient& client, const cache::Cache& cache,
                             Downloader& downloader)
    : impl_(std::make_shared<Impl>(target, settings, client, cache, downloader)) {}

IndexProvider::~IndexProvider() = default;

void IndexProvider::add_direct(const FetchedWheel& wheel) {
  ProjectState& project = impl_->project(wheel.archive->name());
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
  impl_->project(name).installed[version] = {.metadata = std::move(metadata), .state = {}};
}

void IndexProvider::add_direct_source(const DistributionFile& file,
                                      const resolve::Metadata& metadata,
                                      const std::optional<FetchedWheel>& built) {
  impl_->add_direct_source(file, metadata, built);
}

void IndexProvider::set_source_builder(SourceBuilder& builder) { impl_->builder = &builder; }

void IndexProvider::expect(std::span<const specs::Requirement> requirements) {
  for (const specs::Requirement& requirement : requirements) {
    impl_->requested.insert(requirement.name.normalized());
  }
  for (const specs::Requirement& requirement : requirements) {
    if (requirement.marker && !requirement.marker->evaluate(impl_->target.environment)) continue;
    impl_->expect(requirement.name, requirement.specifiers.versions(), requirement.extras);
  }
  impl_->pump();
}

const resolve::Candidates& IndexProvider::candidates(const specs::PackageName& name) {
  return impl_->candidates(impl_->project(name));
}

const resolve::MetadataAnswer& IndexProvider::metadata(const specs::PackageName& name,
                                                       const specs::Version& version) {
  ProjectState& project = impl_->project(name);
  VersionState& state = impl_->metadata(project, version);
  if (state.answer) return *state.answer;
  const MetadataOutcome& outcome = *state.outcome;
  if (const auto* const unavailable = std::get_if<resolve::Unavailable>(&outcome.answer)) {
    state.answer = *unavailable;
  } else {
    state.answer = std::get<resolve::Metadata>(outcome.answer);
  }
  const std::string subject = "`" + name.as_written() + "` " + version.to_string();
  if (outcome.lacks_announced) {
    const IndexEntry* const entry = project.candidates->entry_of(version);
    impl_->warn("`" + entry->origin +
                "` announces metadata files that are not there; they are read from the wheels");
  }
  if (outcome.is_refused) {
    impl_->warn(subject + " is passed over: it " +
                std::get<resolve::Unavailable>(outcome.answer).text);
  }
  return *state.answer;
}

void IndexProvider::prefetch(std::span<const resolve::PrefetchHint> needs) {
  for (const resolve::PrefetchHint& need : needs) impl_->prefetch(need);
  impl_->pump();
}

std::vector<ChosenFile> IndexProvider::choose(
    const resolve::Resolution& resolution,
    const std::function<bool(const resolve::ResolvedProject&)>& is_kept) {
  std::vector<ChosenFile> chosen;
  std::string without_hash;
  for (const resolve::ResolvedProject& resolved : resolution.projects) {
    if (is_kept && is_kept(resolved)) continue;
    ChosenFile file = impl_->choose(resolved);
    const bool is_direct = impl_->project(resolved.name).direct == resolved.version;
    if (impl_->settings.require_hashes && file.file.request.accepted.empty() && !is_direct) {
      without_hash += (without_hash.empty() ? "`" : ", `") + resolved.name.as_written() + '`';
    }
    chosen.push_back(std::move(file));
  }
  if (!without_hash.empty()) throw no_hash(without_hash);
  return chosen;
}

std::vector<DistributionFile> IndexProvider::files_of(const specs::PackageName& name,
                                                      const specs::Version& version) {
  ProjectState& project = impl_->project(name);
  (void)impl_->candidates(project);
  return project.candidates ? project.candidates->files_of(version)
                            : std::vector<DistributionFile>();
}

const std::vector<std::string>& IndexProvider::warnings() const { return impl_->warnings; }

const std::vector<std::string>& IndexProvider::notes() const { return impl_->notes; }

std::optional<base::Error> IndexProvider::refusal_in(const resolve::NoSolution& no_solution) const {
  for (const resolve::ProofStep& step : no_solution.steps) {
    if (step.reason != resolve::ProofStep::Reason::kUnavailable) continue;
    const resolve::ProofTerm& term = step.terms.front();
    for (const auto& [version, state] : impl_->project(term.name).versions) {
      if (!state.outcome || !state.outcome->is_refused) continue;
      if (!term.term.versions.contains(version)) continue;
      return base::Error(base::ExitCode::kVerification,
                         "`" + term.name.as_written() + "` " + version.to_string() + ' ' +
                             std::get<resolve::Unavailable>(state.outcome->answer).text)
          .with_hint("ask its publisher for a sound release, or require another version");
    }
  }
  return std::nullopt;
}

}  // namespace ensure::index
