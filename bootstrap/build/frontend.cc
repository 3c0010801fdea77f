#include "bootstrap/build/frontend.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "installer/base/digest.h"
#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/base/text.h"
#include "installer/sdist/source_archive.h"
#include "installer/wheel/wheel_archive.h"

namespace ensure::build {

namespace {

using base::Error;
using base::ExitCode;
using index::FetchedWheel;
using index::SourceFile;
using index::SourceForm;

std::string place_of(const SourceFile& source) {
  const bool is_editable = source.form == SourceForm::kEditable;
  return source.request.url.without_fragment().to_string() + '\n' + source.subdirectory + '\n' +
         source.revision + (is_editable ? "\neditable" : "");
}

/// The name for messages.
std::string name_of(const SourceFile& source) {
  if (index::is_local_directory(source.form)) return source.request.url.to_path().text();
  if (source.form == SourceForm::kRepository) return "git+" + source.request.url.redacted();
  return source.request.filename;
}

GitReference reference_of(const SourceFile& source) {
  return {source.request.url, source.revision, {}};
}

/// Identifies the content of a repository. Its submodules may be relative to its URL.
std::string content_of(const SourceFile& source, const std::string& commit) {
  return source.request.url.without_credentials().to_string() + "@" + commit;
}

Error wrong_project(const SourceFile& source, const std::string& what) {
  return Error(ExitCode::kVerification, "the wheel built from `" + name_of(source) + "` is " + what)
      .with_hint("ask the project for a sound release, or require another version");
}

constexpr std::string_view kPrefix = "build-";

void remove(install::Staging& staging) {
  staging.clear();
  staging.remove();
}

/// Removes the directories of killed processes, whose locks are free.
void remove_abandoned(const base::Path& above) {
  for (const std::string& name : base::list_directory(above)) {
    if (!name.starts_with(kPrefix)) continue;
    try {
      install::Staging left = install::Staging::acquire(above / name, std::chrono::milliseconds(0));
      remove(left);
    } catch (const base::Error&) {
      continue;  // in use, or of another user
    }
  }
}

install::Staging make(const cache::Cache& cache, const base::Path& beside) {
  const std::optional<base::Path> path = cache.temporary_directory(kPrefix);
  if (path) remove_abandoned(path->parent_path());
  install::Staging staging =
      install::Staging::acquire(path.value_or(beside), std::chrono::minutes(1));
  staging.clear();
  staging.make_directories();
  return staging;
}

}  // namespace

ScratchDirectory::ScratchDirectory(const cache::Cache& cache, const base::Path& beside)
    : staging_(make(cache, beside)) {}

ScratchDirectory::~ScratchDirectory() {
  try {
    remove(staging_);
  } catch (const base::Error&) {  // NOLINT(bugprone-empty-catch): see below
    // A process that the build has started may still write; the next build removes the rest.
  }
}

/// Refuses a project that needs itself to be built.
class Frontend::Guard {
 public:
  Guard(std::vector<std::string>& under_way, const SourceFile& source) : under_way_(under_way) {
    const std::string name = source.name ? source.name->normalized() : name_of(source);
    const bool is_cycle = std::ranges::find(under_way, name) != under_way.end();
    under_way_.push_back(name);
    if (!is_cycle) return;
    const std::string chain = base::join(under_way_, "`, which needs `");
    under_way_.pop_back();
    throw Error(ExitCode::kNoSolution, "cannot build `" + chain + "`")
        .with_hint("allow a wheel of `" + name + "` (`--only-binary " + name + "`)");
  }
  ~Guard() { under_way_.pop_back(); }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

 private:
  std::vector<std::string>& under_way_;
};

Frontend::Frontend(BuildTarget target, const specs::TargetPython& index_target,
                   const index::IndexSettings& settings, net::HttpClient& client,
                   const cache::Cache& cache, index::Downloader& downloader,
                   base::Progress& progress)
    : target_(std::move(target)),
      index_target_(index_target),
      cache_(cache),
      progress_(progress),
      sdists_(client, cache, settings.offline),
      git_(settings.offline),
      requirements_(index_target, settings, client, cache, downloader, *this) {}

/// The cache key of a built wheel: the source, the Python, and the platform with its C library.
std::string Frontend::key_of(const SourceFile& source, const std::string& content) const {
  const specs::MarkerEnvironment& environment = index_target_.environment;
  return "source=" + content + "\nsubdirectory=" + source.subdirectory +
         "\nimplementation=" + environment.implementation_name +
         "\npython=" + environment.python_version +
         "\ntag=" + index_target_.tags.best().to_string();
}

std::optional<FetchedWheel> Frontend::open_built(const SourceFile& source,
                                                 const std::string& content) const {
  const std::optional<cache::Cache::BuiltWheel> stored = cache_.find_built(key_of(source, content));
  if (!stored) return std::nullopt;
  try {
    FetchedWheel wheel = open(source, *stored);
    if (source.form == SourceForm::kArchive) wheel.sha256 = content;
    wheel.from_cache = true;
    return wheel;
  } catch (const Error&) {
    return std::nullopt;  // a damaged entry: build again
  }
}

std::optional<FetchedWheel> Frontend::find_built(const SourceFile& source) {
  const auto known = built_.find(place_of(source));
  if (known != built_.end()) return known->second;
  if (source.form == SourceForm::kRepository) {
    const std::string commit = find_commit(source).id;
    return commit.empty() ? std::nullopt : open_built(source, content_of(source, commit));
  }
  if (source.request.url.is_file()) return std::nullopt;
  const std::optional<std::string> sha256 = sdists_.sha256_of(source.request);
  return sha256 ? open_built(source, *sha256) : std::nullopt;
}

const index::FetchedSdist& Frontend::fetch(const SourceFile& source) {
  const auto known = fetched_.find(place_of(source));
  if (known != fetched_.end()) return known->second;
  return fetched_.emplace(place_of(source), sdists_.fetch(source.request)).first->second;
}

std::optional<std::string> Frontend::read_file(const SourceFile& source, std::string_view name) {
  const index::FetchedSdist& sdist = fetch(source);
  try {
    const auto archive = sdist::SourceArchive::open(source.request.filename, sdist.content.bytes);
    const std::string below = source.subdirectory.empty() ? "" : source.subdirectory + '/';
    return archive.file(below + std::string(name));
  } catch (const Error& error) {
    throw index::RefusedSource(error);
  }
}

std::string Frontend::digest_of(const SourceFile& source) { return fetch(source).sha256; }

std::string Frontend::commit_of(const SourceFile& source) { return find_commit(source).id; }

GitCommit& Frontend::find_commit(const SourceFile& source) {
  const std::string place = place_of(source);
  const auto known = commits_.find(place);
  if (known != commits_.end()) return known->second;
  return commits_.emplace(place, git_.find(reference_of(source))).first->second;
}

bool Frontend::can_build_offline(const SourceFile& source) {
  if (sdists_.has(source.request)) return true;
  const std::optional<std::string> sha256 = sdists_.sha256_of(source.request);
  return sha256 && cache_.has_built(key_of(source, *sha256));
}

FetchedWheel Frontend::build(const SourceFile& source) {
  if (std::optional<FetchedWheel> found = find_built(source)) return *std::move(found);
  if (target_.interpreter == nullptr) {
    throw Error(ExitCode::kInterpreter, "`" + name_of(source) +
                                            "` must be built, but the target's Python does not "
                                            "run here")
        .with_hint(
            "build a wheel on a machine like the target, and name it or its directory "
            "(`--find-links`); without `--build-sdists` only wheels are used");
  }
  const Guard guard(under_way_, source);
  FetchedWheel wheel = index::is_local_directory(source.form)   ? build_directory(source)
                       : source.form == SourceForm::kRepository ? build_repository(source)
                                                                : build_archive(source);
  built_.insert_or_assign(place_of(source), wheel);
  fetched_.erase(place_of(source));
  return wheel;
}

FetchedWheel Frontend::build_directory(const SourceFile& source) {
  const ScratchDirectory scratch(cache_, target_.beside);
  return open(source, run(source, scratch.directory(), source.request.url.to_path()));
}

FetchedWheel Frontend::build_repository(const SourceFile& source) {
  GitCommit& commit = find_commit(source);
  const ScratchDirectory scratch(cache_, target_.beside);
  const base::Path tree = scratch.directory().create_directory("source").path();
  commit.id = git_.check_out(reference_of(source), commit, tree);
  const cache::Cache::BuiltWheel built = run(source, scratch.directory(), tree);
  FetchedWheel wheel = open(source, built);
  cache_.store_built(key_of(source, content_of(source, commit.id)), built);
  return wheel;
}

FetchedWheel Frontend::build_archive(const SourceFile& source) {
  const index::FetchedSdist sdist = fetch(source);
  std::optional<FetchedWheel> wheel = open_built(source, sdist.sha256);
  if (!wheel) {
    const auto archive = sdist::SourceArchive::open(source.request.filename, sdist.content.bytes);
    const ScratchDirectory scratch(cache_, target_.beside);
    const base::Directory unpacked = scratch.directory().create_directory("source");
    archive.unpack(unpacked);
    const cache::Cache::BuiltWheel built =
        run(source, scratch.directory(), unpacked.path() / archive.root());
    wheel = open(source, built);
    cache_.store_built(key_of(source, sdist.sha256), built);
  }
  wheel->sha256 = sdist.sha256;
  wheel->verification = sdist.verification;
  return *std::move(wheel);
}

cache::Cache::BuiltWheel Frontend::run(const SourceFile& source, const base::Directory& directory,
                                       const base::Path& tree) {
  const base::Path root = source.subdirectory.empty() ? tree : tree / source.subdirectory;
  const base::Path wheel = build_project(
      name_of(source), directory, root,
      source.form == SourceForm::kEditable ? WheelKind::kEditable : WheelKind::kOrdinary,
      {*target_.interpreter, target_.pip(), requirements_, progress_});
  return {wheel.filename().text(), base::read_file(wheel, base::kLargestArchive)};
}

/// Audits a built wheel like any other, and checks that it is the requested one.
FetchedWheel Frontend::open(const SourceFile& source, const cache::Cache::BuiltWheel& built) const {
  const auto archive = std::make_shared<const wheel::WheelArchive>(
      wheel::WheelArchive::own(built.filename, built.bytes));
  if (source.name && archive->name() != *source.name) {
    throw wrong_project(source, "one of `" + archive->name().as_written() + "`");
  }
  if (source.version && archive->version() != *source.version) {
    throw wrong_project(source, "of version " + archive->version().to_string());
  }
  if (!index_target_.tags.rank(archive->filename().tags())) {
    throw wrong_project(source,
                        "`" + built.filename + "`, which is for another Python or platform");
  }
  FetchedWheel wheel{.request = source.request, .source = archive, .archive = archive};
  wheel.verification.source.reset();
  return wheel;
}

}  // namespace ensure::build
