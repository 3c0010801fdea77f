#include "installer/index/candidates/index_provider.h"

#include <utility>

#include "installer/resolve/explanation/explanation.h"

namespace ensure::index {

IndexProvider::IndexProvider(const specs::TargetPython& target, const IndexSettings& settings,
                             net::HttpClient& client, const cache::Cache& cache,
                             Downloader& downloader)
    : context_{target, settings, client, cache, downloader},
      candidates_(context_, projects_, notices_,
                  [this](ProjectState& project) { prefetch_.notify(project); }),
      metadata_(context_, [this](ProjectState& project) { prefetch_.notify(project); }),
      prefetch_(context_, projects_, candidates_, metadata_),
      choice_(context_, projects_, notices_) {}

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

void IndexProvider::expect(std::span<const specs::Requirement> requirements) {
  prefetch_.expect(requirements);
  prefetch_.run_pending();
}

void IndexProvider::prefetch(std::span<const resolve::PrefetchHint> hints) {
  for (const resolve::PrefetchHint& hint : hints) prefetch_.prefetch(hint);
  prefetch_.run_pending();
}

template <typename Holds>
void IndexProvider::wait_until(const Holds& holds) {
  prefetch_.run_pending();
  while (!holds()) {
    if (!context_.client.wait()) {
      throw base::Error(base::ExitCode::kFailure, "a request ended without an answer");
    }
    prefetch_.run_pending();
  }
}

const resolve::Candidates& IndexProvider::candidates(const specs::PackageName& name) {
  ProjectState& project = projects_.at(name);
  if (project.fixed) return *project.fixed;
  candidates_.request(project, net::Urgency::kNow);
  wait_until([&] { return candidates_.has_all_pages(project); });
  candidates_.update(project);
  return candidates_.answer(project);
}

const resolve::MetadataAnswer& IndexProvider::metadata(const specs::PackageName& name,
                                                       const specs::Version& version) {
  ProjectState& project = projects_.at(name);
  VersionState& state = project.versions[version];
  if (!state.metadata && !state.installed) (void)candidates(name);
  metadata_.request(project, version, net::Urgency::kNow);
  if (!state.metadata && !state.hurry) metadata_.read_source(project, version, state);
  wait_until([&] { return state.metadata.has_value(); });
  if (state.metadata->error) throw base::Error(*state.metadata->error);
  state.is_followed = true;
  prefetch_.notify(project);
  prefetch_.run_pending();
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
  for (const resolve::ResolvedProject& resolved : resolution.projects) {
    if (is_kept && is_kept(resolved)) continue;
    (void)candidates(resolved.name);
    chosen.push_back(choice_.choose(resolved));
  }
  choice_.check_hashes();
  return chosen;
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
