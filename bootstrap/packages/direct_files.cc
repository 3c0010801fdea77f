#include "bootstrap/packages/direct_files.h"

#include <string_view>
#include <utility>
#include <variant>

#include "bootstrap/packages/package_sources.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/base/path.h"
#include "installer/base/printable.h"
#include "installer/base/text.h"
#include "installer/base/url.h"
#include "installer/index/metadata/metadata_source.h"
#include "installer/sdist/source_archive.h"
#include "installer/specs/metadata/core_metadata.h"
#include "installer/specs/metadata/record.h"

namespace ensure::bootstrap {

namespace {

using base::Error;
using base::ExitCode;
using index::FetchedWheel;
using index::SourceFile;

/// The value of `#subdirectory=`; empty without one. Throws if it leads out of the project.
std::string subdirectory_of(const base::Url& url) {
  for (const std::string_view part : base::split(url.fragment().value_or(""), '&')) {
    constexpr std::string_view kKey = "subdirectory=";
    if (!part.starts_with(kKey)) continue;
    const std::string text = base::percent_decode(part.substr(kKey.size()));
    const base::Path path = base::Path(text).lexically_normal();
    const bool leaves = path.is_absolute() || path.empty() || *path.begin() == "..";
    if (!leaves) return path == "." ? "" : path.text();
    throw Error(ExitCode::kUsage,
                "`" + url.redacted() + "` names a subdirectory outside of the project")
        .with_hint("name the directory of the project relative to the root of the archive");
  }
  return {};
}

bool is_directory(const base::Url& url) {
  if (!url.is_file()) return false;
  const std::optional<base::FileStatus> status = base::file_status(url.to_path());
  if (status) return status->type == base::FileType::kDirectory;
  throw Error(ExitCode::kUsage, "`" + url.to_path().text() + "` does not exist")
      .with_hint(
          "check the path; the name of a project in an index does not start with `/` or `.`");
}

Error no_hash(const index::FileRequest& request, bool is_directory) {
  const std::string weak =
      request.digests.empty()
          ? std::string("none")
          : "only one by `" + std::string(index::name_of(request.digests.front().algorithm)) +
                "`, which can be forged";
  return Error(ExitCode::kVerification,
               "hashes are required, and `" + request.url.redacted() + "` has " + weak)
      .with_hint(is_directory
                     ? "a directory cannot have a hash: build a wheel of it, and name the wheel"
                     : "append `#sha256=...`");
}

resolve::Metadata usable(const index::MetadataResult& found, const RequestedFile& file) {
  if (const auto* const metadata = std::get_if<resolve::Metadata>(&found.answer)) return *metadata;
  throw Error(ExitCode::kVerification,
              "`" + file.url + "` " + std::get<resolve::Unavailable>(found.answer).text)
      .with_hint("ask the project for a sound release");
}

/// The metadata that an sdist guarantees for every wheel built from it, if it does (PEP 643).
std::optional<std::pair<specs::CoreMetadata, std::string>> promise_of(index::SourceBuilder& builder,
                                                                      const SourceFile& source) {
  if (source.is_directory) return std::nullopt;
  std::optional<std::string> text = builder.read_file(source, "PKG-INFO");
  if (!text) return std::nullopt;
  try {
    specs::CoreMetadata core = specs::CoreMetadata::parse(*text);
    if (!core.is_promise) return std::nullopt;
    return std::pair{std::move(core), *std::move(text)};
  } catch (const Error&) {
    return std::nullopt;  // the metadata of the built wheel counts
  }
}

index::DistributionFile file_of(const SourceFile& source, const specs::PackageName& name,
                                const specs::Version& version) {
  index::DistributionFile file = index::given_file(name, version, source.request, false);
  file.is_directory = source.is_directory;
  file.subdirectory = source.subdirectory;
  return file;
}

void require_permission(const PackageRequest& request, const RequestedFile& file,
                        const SourceFile& source) {
  const bool is_known =
      source.is_directory || sdist::is_source_archive_name(source.request.filename);
  if (!is_known) throw sdist::unsupported_archive(file.url);
  const bool is_allowed = file.named ? request.may_build(file.named->name) : request.may_build();
  if (is_allowed) return;
  const std::string what = source.is_directory ? "`" + source.request.url.to_path().text() +
                                                     "` is the directory of a project"
                                               : "`" + file.url + "` is a source distribution";
  throw Error(ExitCode::kUsage, what + ", which must be built")
      .with_hint("`--build-sdists` builds it, which runs code of the project")
      .with_hint(
          "or leave it out here, and run `" + request.pip_command + " install " +
          base::shell_quoted(source.is_directory ? source.request.url.to_path().text() : file.url) +
          "` afterwards");
}

void require_name(const RequestedFile& file, const specs::PackageName& name) {
  if (!file.named || file.named->name == name) return;
  throw Error(ExitCode::kVerification, "`" + file.url + "` is a file of `" + name.as_written() +
                                           "`, not of `" + file.named->name.as_written() + "`")
      .with_hint("correct the name or the URL");
}

/// A file that the user names directly may be for another Python.
void require_fitting(const specs::TargetPython& target, const wheel::WheelArchive& archive) {
  const std::vector<specs::Tag>& tags = archive.filename().tags();
  if (target.tags.rank(tags)) return;
  std::vector<std::string> names;
  names.reserve(tags.size());
  for (const specs::Tag& tag : tags) names.push_back(tag.to_string());
  throw Error(ExitCode::kNoSolution, "`" + archive.filename().to_string() +
                                         "` is not for this interpreter and platform, only for " +
                                         base::join(names, ", "))
      .with_hint("use a wheel for `" + target.tags.best().to_string() + "`, or `py3-none-any`");
}

}  // namespace

DirectFiles::DirectFiles(const PackageRequest& request, const specs::TargetPython& target,
                         index::Downloader& downloader, index::SourceBuilder& builder,
                         index::IndexProvider& provider)
    : request_(request),
      target_(target),
      downloader_(downloader),
      builder_(builder),
      provider_(provider) {}

std::optional<specs::Requirement> DirectFiles::add(const RequestedFile& file) {
  if (file.marker && !file.marker->evaluate(target_.environment)) return std::nullopt;
  const base::Url url = given_url(file.url);
  index::FileRequest request{.filename = url.filename(),
                             .url = url,
                             .size = std::nullopt,
                             .digests = {},
                             .accepted = file.hashes};
  request.digests = index::digests_of_fragment(url);
  const bool is_local_directory = is_directory(url);
  if (request_.require_hashes && !index::has_strong_digest(request))
    throw no_hash(request, is_local_directory);
  if (!is_local_directory && request.filename.ends_with(".whl")) {
    add_wheel(file, request);
  } else {
    add_source(file, {.request = std::move(request),
                      .is_directory = is_local_directory,
                      .subdirectory = subdirectory_of(url),
                      .name = file.named ? std::optional(file.named->name) : std::nullopt,
                      .version = std::nullopt});
  }
  const specs::PackageName& name = references_.back().name;
  specs::Requirement requirement =
      file.named.value_or(specs::Requirement{name, file.extras, {}, file.url, std::nullopt});
  requirement.url = file.url;
  return requirement;
}

std::string DirectFiles::direct_url(const specs::PackageName& name) const {
  const Origin* const origin = find(name);
  return origin == nullptr ? std::string() : origin->direct_url;
}

void DirectFiles::add_wheel(const RequestedFile& file, const index::FileRequest& request) {
  const FetchedWheel wheel = downloader_.fetch_one(request);
  require_name(file, wheel.archive->name());
  require_fitting(target_, *wheel.archive);
  provider_.add_direct(wheel);
  remember(file, wheel.archive->name(), wheel.archive->version(), wheel.sha256, std::nullopt);
}

void DirectFiles::add_source(const RequestedFile& file, const SourceFile& source) {
  require_permission(request_, file, source);
  std::optional<FetchedWheel> wheel = builder_.find_built(source);
  const auto promise = wheel ? std::nullopt : promise_of(builder_, source);
  if (!wheel && !promise) wheel = builder_.build(source);
  const specs::PackageName name = promise ? promise->first.name : wheel->archive->name();
  const specs::Version version = promise ? promise->first.version : wheel->archive->version();
  require_name(file, name);
  const std::string text =
      promise ? promise->second : wheel->archive->dist_info_file("METADATA").value_or("");
  provider_.add_direct_source(file_of(source, name, version),
                              usable(index::read_metadata(text, name, version), file), wheel);
  if (source.is_directory) return remember(file, name, version, "", std::move(wheel));
  const std::string sha256 = wheel ? wheel->sha256 : builder_.digest_of(source);
  remember(file, name, version, sha256, std::nullopt);
}

void DirectFiles::remember(const RequestedFile& file, const specs::PackageName& name,
                           const specs::Version& version, const std::string& sha256,
                           std::optional<FetchedWheel> built_directory) {
  const base::Url url = base::Url::parse(file.url);
  references_.push_back({name, file.url, version});
  origins_.insert_or_assign(name.normalized(),
                            Origin{specs::direct_url_json(url, sha256, subdirectory_of(url)),
                                   std::move(built_directory)});
}

const DirectFiles::Origin* DirectFiles::find(const specs::PackageName& name) const {
  const auto found = origins_.find(name.normalized());
  return found == origins_.end() ? nullptr : &found->second;
}

}  // namespace ensure::bootstrap
