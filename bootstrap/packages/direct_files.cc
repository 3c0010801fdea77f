#include "bootstrap/packages/direct_files.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>

#include "bootstrap/build/git.h"
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

namespace ensure::bootstrap {

namespace {

using base::Error;
using base::ExitCode;
using index::FetchedWheel;
using index::SourceFile;
using index::SourceForm;

/// The value of `#subdirectory=`; empty without one. Throws if it leads out of the project.
std::string subdirectory_of(std::string_view fragment, const base::Url& url) {
  for (const std::string_view part : base::split(fragment, '&')) {
    constexpr std::string_view kKey = "subdirectory=";
    if (!part.starts_with(kKey)) continue;
    const std::string text = base::percent_decode(part.substr(kKey.size()));
    const base::Path path = base::Path(text).lexically_normal();
    const bool leaves = path.is_absolute() || path.empty() || *path.begin() == "..";
    if (!leaves) return path == "." ? "" : path.text();
    throw Error(ExitCode::kUsage,
                "`" + url.redacted() + "` names a subdirectory outside of the project")
        .with_hint("name the directory of the project relative to its root");
  }
  return {};
}

/// The form of what is at a URL. The user may name a directory of this machine as editable.
SourceForm form_of(const base::Url& url, bool editable) {
  if (!url.is_file()) return SourceForm::kArchive;
  const std::optional<base::FileStatus> status = base::file_status(url.to_path());
  if (!status) {
    throw Error(ExitCode::kUsage, "`" + url.to_path().text() + "` does not exist")
        .with_hint(
            "check the path; the name of a project in an index does not start with `/` or `.`");
  }
  const bool is_directory = status->type == base::FileType::kDirectory;
  if (editable && !is_directory) {
    throw Error(ExitCode::kUsage, "`" + url.to_path().text() + "` is not a directory")
        .with_hint("leave out `-e`: only the directory of a project can be editable");
  }
  return editable       ? SourceForm::kEditable
         : is_directory ? SourceForm::kDirectory
                        : SourceForm::kArchive;
}

/// The requested file as a source, which may turn out to be a wheel.
SourceFile source_for(const RequestedFile& file) {
  SourceFile source{.request = {.filename = {},
                                .url = base::Url::from_path("/"),
                                .size = std::nullopt,
                                .digests = {},
                                .accepted = file.hashes},
                    .subdirectory = {},
                    .revision = {},
                    .name = file.named ? std::optional(file.named->name) : std::nullopt,
                    .version = std::nullopt};
  if (build::is_git_url(file.url)) {
    build::GitReference reference = build::GitReference::parse(file.url);
    source.form = SourceForm::kRepository;
    source.subdirectory = subdirectory_of(reference.fragment, reference.url);
    source.revision = std::move(reference.revision);
    source.request.url = std::move(reference.url);
    return source;
  }
  source.request.url = given_url(file.url);
  source.request.filename = source.request.url.filename();
  source.request.digests = index::digests_of_fragment(source.request.url);
  source.form = form_of(source.request.url, file.editable);
  source.subdirectory =
      subdirectory_of(source.request.url.fragment().value_or(""), source.request.url);
  return source;
}

Error no_hash(const SourceFile& source) {
  const index::FileRequest& request = source.request;
  const std::string weak =
      request.digests.empty()
          ? std::string("none")
          : "only one by `" + std::string(index::name_of(request.digests.front().algorithm)) +
                "`, which can be forged";
  return Error(ExitCode::kVerification,
               "hashes are required, and `" + request.url.redacted() + "` has " + weak)
      .with_hint(source.form == SourceForm::kArchive
                     ? "append `#sha256=...`"
                     : "a directory or repository cannot have a hash: build a wheel of it, and "
                       "name the wheel");
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
  if (source.form != SourceForm::kArchive) return std::nullopt;
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
  file.form = source.form;
  file.subdirectory = source.subdirectory;
  file.revision = source.revision;
  return file;
}

std::string_view description_of(SourceForm form) {
  switch (form) {
    case SourceForm::kArchive:
      break;
    case SourceForm::kDirectory:
    case SourceForm::kEditable:
      return "the directory of a project";
    case SourceForm::kRepository:
      return "a repository that a file from the web names";
  }
  return "a source distribution";
}

/// Editable directories and repositories can only be built, so they need no option if the user
/// names them.
void require_permission(const PackageRequest& request, const RequestedFile& file,
                        const SourceFile& source) {
  const bool is_only_built =
      source.form == SourceForm::kEditable || source.form == SourceForm::kRepository;
  if (is_only_built && !is_web_address(file.source)) return;
  if (source.form == SourceForm::kArchive &&
      !sdist::is_source_archive_name(source.request.filename)) {
    throw sdist::unsupported_archive(file.url);
  }
  const bool is_allowed = file.named ? request.may_build(file.named->name) : request.may_build();
  if (is_allowed) return;
  const bool is_directory = index::is_local_directory(source.form);
  const std::string place = is_directory ? source.request.url.to_path().text() : file.url;
  throw Error(ExitCode::kUsage, "`" + place + "` is " + std::string(description_of(source.form)) +
                                    ", which must be built")
      .with_hint("`--build-sdists` builds it, which runs code of the project")
      .with_hint("or leave it out here, and run `" + request.pip_command + " install " +
                 base::shell_quoted(place) + "` afterwards");
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
  const auto known = std::ranges::find(references_, file.url, &resolve::DirectReference::url);
  const bool is_new = known == references_.end() || !file.hashes.empty();
  if (is_new) fetch(file);
  const specs::PackageName name = is_new ? references_.back().name : known->name;
  require_name(file, name);
  specs::Requirement requirement =
      file.named.value_or(specs::Requirement{name, file.extras, {}, file.url, std::nullopt});
  requirement.url = file.url;
  return requirement;
}

void DirectFiles::fetch(const RequestedFile& file) {
  const SourceFile source = source_for(file);
  if (request_.require_hashes && !index::has_strong_digest(source.request)) throw no_hash(source);
  const bool is_wheel =
      source.form == SourceForm::kArchive && source.request.filename.ends_with(".whl");
  if (is_wheel) {
    add_wheel(file, source);
  } else {
    add_source(file, source);
  }
}

std::string DirectFiles::direct_url(const specs::PackageName& name) const {
  const Origin* const origin = find(name);
  return origin == nullptr ? std::string() : origin->direct_url;
}

void DirectFiles::add_wheel(const RequestedFile& file, const SourceFile& source) {
  const FetchedWheel wheel = downloader_.fetch_one(source.request);
  require_name(file, wheel.archive->name());
  require_fitting(target_, *wheel.archive);
  provider_.add_direct(wheel);
  remember(file,
           index::given_file(wheel.archive->name(), wheel.archive->version(), source.request, true),
           specs::ArchiveOrigin{wheel.sha256}, wheel);
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
  const index::DistributionFile found = file_of(source, name, version);
  provider_.add_direct_source(found, usable(index::read_metadata(text, name, version), file),
                              wheel);
  switch (source.form) {
    case SourceForm::kArchive: {
      const std::string sha256 = wheel ? wheel->sha256 : builder_.digest_of(source);
      return remember(file, found, specs::ArchiveOrigin{sha256}, std::move(wheel));
    }
    case SourceForm::kDirectory:
    case SourceForm::kEditable:
      return remember(file, found,
                      specs::DirectoryOrigin{.editable = source.form == SourceForm::kEditable},
                      std::move(wheel));
    case SourceForm::kRepository:
      return remember(file, found,
                      specs::RepositoryOrigin{.requested_revision = source.revision,
                                              .commit = builder_.commit_of(source)},
                      std::move(wheel));
  }
}

void DirectFiles::remember(const RequestedFile& file, const index::DistributionFile& found,
                           const specs::DirectOrigin& origin, std::optional<FetchedWheel> wheel) {
  references_.push_back({found.name, file.url, found.version});
  const std::string direct_url =
      specs::direct_url_json(found.request.url, origin, found.subdirectory);
  origins_.insert_or_assign(found.name.normalized(), Origin{direct_url, found, std::move(wheel)});
}

const DirectFiles::Origin* DirectFiles::find(const specs::PackageName& name) const {
  const auto found = origins_.find(name.normalized());
  return found == origins_.end() ? nullptr : &found->second;
}

}  // namespace ensure::bootstrap
