#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bootstrap/build/git.h"
#include "bootstrap/build/project_build.h"
#include "installer/base/directory.h"
#include "installer/base/file.h"
#include "installer/base/path.h"
#include "installer/base/progress.h"
#include "installer/cache/cache.h"
#include "installer/index/downloads/downloader.h"
#include "installer/index/downloads/wheel_cache.h"
#include "installer/index/metadata/sdist_source.h"
#include "installer/index/settings.h"
#include "installer/install/transaction/staging.h"
#include "installer/net/http_client.h"
#include "installer/wheel/wheel_source.h"
#include "venv/interpreter/interpreter.h"

/// A build frontend (PEP 517): builds wheels from source distributions and source trees, in
/// isolated environments, with the bundled pip.
namespace ensure::build {

/// A temporary directory that the destructor removes with its content. It is in the cache, or
/// without a cache at a path beside the target. Removes first what killed processes have left.
class ScratchDirectory {
 public:
  /// Throws `base::Error` (`kFileSystem`) if it cannot be created.
  ScratchDirectory(const cache::Cache& cache, const base::Path& beside);
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  [[nodiscard]] const base::Directory& directory() const { return staging_.staged(); }

 private:
  install::Staging staging_;
};

/// The target of builds.
struct BuildTarget {
  /// Null if the target's interpreter does not run on this machine, so that nothing can be built.
  const venv::Interpreter* interpreter = nullptr;
  /// The path of the scratch directory without a cache.
  base::Path beside;
  /// Returns the pip that builds, which must outlive the frontend. Called at the first build.
  std::function<const wheel::WheelSource&()> pip;
};

/// Builds each source once. The cache keeps wheels built from archives and repositories, by the
/// archive's SHA-256 or the commit, the Python and the platform. Directories are built in place, in
/// every run.
class Frontend final : public index::SourceBuilder {
 public:
  /// All arguments must outlive this.
  Frontend(BuildTarget target, const specs::TargetPython& index_target,
           const index::IndexSettings& settings, net::HttpClient& client, const cache::Cache& cache,
           index::Downloader& downloader, base::Progress& progress);

  [[nodiscard]] std::optional<index::FetchedWheel> find_built(
      const index::SourceFile& source) override;
  [[nodiscard]] index::FetchedWheel build(const index::SourceFile& source) override;
  [[nodiscard]] std::optional<std::string> read_file(const index::SourceFile& source,
                                                     std::string_view name) override;
  [[nodiscard]] std::string digest_of(const index::SourceFile& source) override;
  [[nodiscard]] std::string commit_of(const index::SourceFile& source) override;
  [[nodiscard]] bool can_build_offline(const index::SourceFile& source) override;

 private:
  class Guard;

  /// Downloads each sdist once in a run.
  [[nodiscard]] const index::FetchedSdist& fetch(const index::SourceFile& source);
  /// The commit of a repository, asked for once in a run.
  [[nodiscard]] GitCommit& find_commit(const index::SourceFile& source);
  /// `content` identifies the source: a SHA-256, or the URL and commit of a repository.
  [[nodiscard]] std::string key_of(const index::SourceFile& source,
                                   const std::string& content) const;
  [[nodiscard]] std::optional<index::FetchedWheel> open_built(const index::SourceFile& source,
                                                              const std::string& content) const;
  [[nodiscard]] index::FetchedWheel build_archive(const index::SourceFile& source);
  [[nodiscard]] index::FetchedWheel build_directory(const index::SourceFile& source);
  [[nodiscard]] index::FetchedWheel build_repository(const index::SourceFile& source);
  [[nodiscard]] cache::Cache::BuiltWheel run(const index::SourceFile& source,
                                             const base::Directory& directory,
                                             const base::Path& tree);
  [[nodiscard]] index::FetchedWheel open(const index::SourceFile& source,
                                         const cache::Cache::BuiltWheel& built) const;

  BuildTarget target_;
  const specs::TargetPython& index_target_;
  const cache::Cache& cache_;
  base::Progress& progress_;
  index::SdistSource sdists_;
  Git git_;
  BuildRequirements requirements_;
  // Of this run, by URL and subdirectory:
  std::map<std::string, index::FetchedSdist> fetched_;
  std::map<std::string, GitCommit> commits_;
  std::map<std::string, index::FetchedWheel> built_;
  std::vector<std::string> under_way_;  ///< running builds: each is needed by the one before it
};

}  // namespace ensure::build
