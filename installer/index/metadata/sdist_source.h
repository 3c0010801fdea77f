#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "installer/base/error.h"
#include "installer/cache/cache.h"
#include "installer/index/candidates/distribution_file.h"
#include "installer/index/downloads/file_body.h"
#include "installer/index/downloads/wheel_cache.h"
#include "installer/net/http_client.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/versions/version.h"

namespace ensure::index {

/// Source code to build a wheel of.
struct SourceFile {
  FileRequest request;  ///< that of a directory has a `file:` URL
  SourceForm form = SourceForm::kArchive;
  std::string subdirectory;  ///< of the project in it; empty for its root
  std::string revision;      ///< of a repository: a branch, tag or commit; empty for its HEAD
  // The expected project of the wheel, if it is known before:
  std::optional<specs::PackageName> name;
  std::optional<specs::Version> version;
};

[[nodiscard]] inline SourceFile source_of(const DistributionFile& file) {
  return {file.request, file.form, file.subdirectory, file.revision, file.name, file.version};
}

/// The archive is the announced one, but is damaged or hostile.
class RefusedSource : public base::Error {
 public:
  explicit RefusedSource(const base::Error& error) : base::Error(error) {}
};

/// Builds wheels from source code. Their request, digest and verification are those of the source;
/// a directory and a repository have no digest.
class SourceBuilder {
 public:
  virtual ~SourceBuilder() = default;

  /// A wheel that was built before; nullopt if there is none.
  [[nodiscard]] virtual std::optional<FetchedWheel> find_built(const SourceFile& source) = 0;

  /// Fetches and builds the source unless a wheel was built before. Throws `base::Error`: network
  /// errors, `kVerification` for a damaged or hostile archive, `kFailure` if the build fails.
  [[nodiscard]] virtual FetchedWheel build(const SourceFile& source) = 0;

  /// The content of a file of the project, such as "PKG-INFO", in an archive, which is fetched if
  /// necessary; nullopt if the file does not exist. Throws `RefusedSource` and what `build` throws.
  [[nodiscard]] virtual std::optional<std::string> read_file(const SourceFile& source,
                                                             std::string_view name) = 0;

  /// The SHA-256 of an archive in hexadecimal, which is fetched if necessary.
  [[nodiscard]] virtual std::string digest_of(const SourceFile& source) = 0;

  /// The commit of a repository that was found or built before, in hexadecimal.
  [[nodiscard]] virtual std::string commit_of(const SourceFile& source) = 0;

  /// Whether `build` needs no network, as far as can be told without reading the source.
  [[nodiscard]] virtual bool can_build_offline(const SourceFile& source) = 0;

  SourceBuilder() = default;
  SourceBuilder(const SourceBuilder&) = delete;
  SourceBuilder& operator=(const SourceBuilder&) = delete;
};

/// A fetched and verified source distribution, or another archive of source code.
struct FetchedSdist {
  KeptBytes content;
  std::string sha256;  ///< in hexadecimal
  Verification verification;
};

/// Fetches archives of source code, and keeps them in the cache.
///
/// The cache has them by SHA-256, which is verified at every use. An offline run also finds an
/// archive without an announced SHA-256 by its URL.
class SdistSource {
 public:
  /// Both must outlive this.
  SdistSource(net::HttpClient& client, const cache::Cache& cache, bool offline)
      : client_(client), cache_(cache), offline_(offline) {}

  /// Throws `base::Error`: `kVerification` if the file is not the announced one, and errors of the
  /// network and the file system.
  [[nodiscard]] FetchedSdist fetch(const FileRequest& request) const;

  /// Whether `fetch` needs no network, as far as can be told without reading the file.
  [[nodiscard]] bool has(const FileRequest& request) const;

  /// The SHA-256 of the file before it is fetched, if it is announced, or remembered in an offline
  /// run.
  [[nodiscard]] std::optional<std::string> sha256_of(const FileRequest& request) const;

 private:
  [[nodiscard]] std::optional<FetchedSdist> find(const FileRequest& request) const;
  [[nodiscard]] FetchedSdist download(const FileRequest& request) const;
  void remember(const FileRequest& request, const FetchedSdist& sdist) const;

  net::HttpClient& client_;
  const cache::Cache& cache_;
  bool offline_;
};

}  // namespace ensure::index
