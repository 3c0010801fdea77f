#include <optional>
#include <string>
#include <utility>

#include "installer/base/error.h"
#include "installer/index/candidates/provider_work.h"
#include "installer/index/metadata/metadata_form.h"
#include "installer/specs/metadata/core_metadata.h"

/// What an `IndexProvider` does about versions that are there as source distributions only.
namespace ensure::index {
namespace {

constexpr std::uint64_t kLargestMetadata = std::uint64_t{32} << 20U;

/// The metadata in a text that promises that a build will not change them; none where it does not.
std::optional<ReadMetadata> promised_metadata(const std::string& text, const ProjectState& project,
                                              const specs::Version& version) {
  try {
    if (!specs::CoreMetadata::parse(text).is_promise) return std::nullopt;
  } catch (const base::Error&) {
    return std::nullopt;  // what is built will be judged
  }
  return read_metadata(text, project.name, version);
}

MetadataOutcome outcome_of(ReadMetadata found) {
  MetadataOutcome outcome{.answer = resolve::Metadata()};
  outcome.is_refused = found.is_refused;
  if (auto* const unusable = std::get_if<resolve::Unusable>(&found.answer)) {
    outcome.answer = std::move(*unusable);
  } else {
    outcome.answer = std::get<resolve::Metadata>(std::move(found.answer));
  }
  return outcome;
}

}  // namespace

/// In this order: what is known, a wheel that was built before, the metadata beside the file, those
/// in it, and a build.
void IndexProvider::Work::learn_of_source(const ProjectState& project,
                                          const specs::Version& version, VersionState& state) {
  const DistributionFile file = *project.candidates->choose(version);
  if (auto known = stored_metadata(file)) {
    state.outcome = {.answer = *std::move(known)};
    return;
  }
  state.wheel = builder->find_built(source_of(file));
  std::optional<ReadMetadata> found;
  if (!state.wheel) found = metadata_beside(project, file);
  if (!state.wheel && !found) found = metadata_inside(project, file);
  if (!state.wheel && !found) state.wheel = builder->build(source_of(file));
  if (state.wheel) {
    found = read_metadata(state.wheel->archive->dist_info_file("METADATA").value_or(""),
                          project.name, version);
  }
  state.outcome = outcome_of(*std::move(found));
  if (const auto* const metadata = std::get_if<resolve::Metadata>(&state.outcome->answer)) {
    cache_.store_metadata(file.request.filename, identity_of(file), format_metadata(*metadata));
  }
}

std::optional<resolve::Metadata> IndexProvider::Work::stored_metadata(
    const DistributionFile& file) const {
  if (!is_bound(file) && !settings.offline) return std::nullopt;
  const auto stored = cache_.find_metadata(file.request.filename, identity_of(file));
  return stored ? try_parse_metadata(*stored) : std::nullopt;
}

std::optional<ReadMetadata> IndexProvider::Work::metadata_beside(const ProjectState& project,
                                                                 const DistributionFile& file) {
  const base::Url& url = file.request.url;
  if (!file.has_metadata || settings.offline || !url.is_http()) return std::nullopt;
  const net::Response response =
      net::fetch(client_, {.url = metadata_url(url), .size_limit = kLargestMetadata});
  if (response.status != 200) return std::nullopt;
  check_metadata(file, response.url, response.body);
  return promised_metadata(response.body, project, file.version);
}

/// A damaged or hostile archive makes the version unusable, as a wheel would.
std::optional<ReadMetadata> IndexProvider::Work::metadata_inside(const ProjectState& project,
                                                                 const DistributionFile& file) {
  try {
    const std::optional<std::string> text = builder->read_file(source_of(file), "PKG-INFO");
    return text ? promised_metadata(*text, project, file.version) : std::nullopt;
  } catch (const RefusedSource& error) {
    return ReadMetadata{
        resolve::Unusable{resolve::Obstacle::kMetadata, "cannot be used: " + error.message()},
        true};
  }
}

void IndexProvider::Work::add_direct_source(const DistributionFile& file,
                                            const resolve::Metadata& metadata,
                                            std::optional<FetchedWheel> built) {
  ProjectState& state = project(file.name);
  state.direct = file.version;
  state.special.emplace();
  state.special->versions.push_back({file.version, false, std::nullopt});
  VersionState& version = state.versions[file.version];
  version = {};
  version.outcome = {.answer = metadata};
  version.source = file;
  version.wheel = std::move(built);
  version.is_expanded = true;
}

}  // namespace ensure::index
