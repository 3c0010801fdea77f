#include "installer/index/metadata/provider_metadata.h"

#include <string>
#include <utility>

#include "installer/base/error.h"
#include "installer/index/candidates/distribution_file.h"
#include "installer/specs/metadata/core_metadata.h"

namespace ensure::index {
namespace {

using resolve::Unavailable;
using resolve::UnavailableReason;

/// Whether metadata promise that a build will not change them; otherwise those of the built wheel
/// count.
bool is_promise(const std::optional<std::string>& text) try {
  return text && specs::CoreMetadata::parse(*text).is_promise;
} catch (const base::Error&) {
  return false;
}

}  // namespace

ProviderMetadata::ProviderMetadata(const ProviderContext& context, Notify notify)
    : context_(context),
      notify_(std::move(notify)),
      wheels_(context.client, context.cache, context.downloader, context.settings.offline) {}

VersionState& ProviderMetadata::request(ProjectState& project, const specs::Version& version) {
  VersionState& state = project.versions[version];
  if (state.metadata || state.is_requested) return state;
  if (state.installed) {
    state.metadata = {.answer = read_metadata(state.installed(), project.name, version).answer};
    return state;
  }
  const std::optional<DistributionFile> file =
      project.candidates ? project.candidates->choose(version) : std::nullopt;
  if (!file) {
    state.metadata = {.answer = Unavailable{UnavailableReason::kNoFiles, "has no files"}};
  } else if (auto reason = unavailable(project, *file)) {
    state.metadata = {.answer = *std::move(reason)};
  } else if (project.stale && project.stale->version == version && project.stale->state.metadata) {
    state.metadata = project.stale->state.metadata;  // the page has not changed
  } else if (file->is_wheel) {
    state.is_requested = true;
    wheels_.start(*file, [this, &project, &state](MetadataResult result) {
      state.metadata = std::move(result);
      notify_(project);
    });
  }
  return state;
}

std::optional<Unavailable> ProviderMetadata::unavailable(const ProjectState& project,
                                                         const DistributionFile& file) const {
  const auto because = [](const char* text) {
    return Unavailable{UnavailableReason::kOther, text};
  };
  if (!file.has_address) return because("has an invalid download URL");
  // The page chooses its `<base>`, so only the URL that the page came from counts.
  const base::Url& page = project.candidates->entry_of(file.version)->address;
  const base::Url& url = file.request.url;
  if (!page.is_file() && !url.is_http()) {
    return because("has a download URL that a page from the web must not name");
  }
  if (page.scheme() == "https" && url.scheme() == "http" && !has_strong_digest(file.request)) {
    return because(
        "is offered over `http:` by a page that came over `https:`, without a digest that protects "
        "it (`sha256` or stronger)");
  }
  if (!context_.settings.offline || !context_.settings.wheels_needed) return std::nullopt;
  const bool is_available = file.is_wheel ? context_.downloader.has(file.request)
                                          : context_.builder->can_build_offline(source_of(file));
  if (is_available) return std::nullopt;
  return because("is not in the cache, and the run is offline");
}

/// Tries the cache, a wheel that was built before, the metadata beside the file, those in it, and
/// at last a build.
void ProviderMetadata::read_source(const ProjectState& project, const specs::Version& version,
                                   VersionState& state) const {
  const DistributionFile file = *project.candidates->choose(version);
  if (auto known = recall(file)) {
    state.metadata = {.answer = *std::move(known)};
    return;
  }
  state.wheel = context_.builder->find_built(source_of(file));
  std::optional<std::string> text;
  try {
    if (!state.wheel) text = find_beside(file);
    if (!state.wheel && !is_promise(text)) {
      text = context_.builder->read_file(source_of(file), "PKG-INFO");
    }
  } catch (const RefusedSource& error) {
    // A damaged or hostile archive makes the version unavailable, like a damaged wheel.
    state.metadata = {
        .answer = Unavailable{UnavailableReason::kMetadata, "cannot be used: " + error.message()},
        .is_refused = true};
    return;
  }
  if (!is_promise(text)) {
    if (!state.wheel) state.wheel = context_.builder->build(source_of(file));
    text = state.wheel->archive->dist_info_file("METADATA").value_or("");
  }
  state.metadata = wheels_.read(file, *text);
}

std::optional<std::string> ProviderMetadata::find_beside(const DistributionFile& file) const {
  const base::Url& url = file.request.url;
  if (!file.has_metadata || context_.settings.offline || !url.is_http()) return std::nullopt;
  const net::Response response =
      net::fetch(context_.client, {.url = metadata_url(url), .size_limit = kLargestMetadata});
  if (response.status != 200) return std::nullopt;
  check_metadata(file, response.url, response.body);
  return response.body;
}

}  // namespace ensure::index
