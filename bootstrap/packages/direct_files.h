#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bootstrap/packages/requested_packages.h"
#include "bootstrap/request.h"
#include "installer/index/candidates/index_provider.h"
#include "installer/index/downloads/downloader.h"
#include "installer/index/metadata/sdist_source.h"
#include "installer/resolve/problem.h"
#include "installer/specs/metadata/record.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/requirements/requirement.h"

namespace ensure::bootstrap {

/// Wheels, archives, directories and repositories that the user names by path or URL. Their names
/// and dependencies are known once they are fetched; most sources must be built for that.
class DirectFiles {
 public:
  /// All must outlive this.
  DirectFiles(const PackageRequest& request, const specs::TargetPython& target,
              index::Downloader& downloader, index::SourceBuilder& builder,
              index::IndexProvider& provider);

  /// Fetches a file, adds it to the provider, and returns the requirement for the solver; nullopt
  /// if its marker does not apply. Throws `Error`: `kUsage` for a source that must not be built,
  /// `kVerification` for a wrong or damaged file, `kNoSolution` for a wheel that does not fit, and
  /// the errors of the network and of builds.
  [[nodiscard]] std::optional<specs::Requirement> add(const RequestedFile& file);

  [[nodiscard]] const std::vector<resolve::DirectReference>& references() const {
    return references_;
  }

  /// A fetched file.
  struct Origin {
    std::string direct_url;  ///< the text of direct_url.json (PEP 610)
    index::DistributionFile file;
    std::optional<index::FetchedWheel> wheel;  ///< nullopt if it is not built yet

    /// The wheel built from a directory in this run; null for other sources.
    [[nodiscard]] const index::FetchedWheel* built_directory() const {
      return index::is_local_directory(file.form) && !file.is_wheel && wheel ? &*wheel : nullptr;
    }
  };
  /// Null for a project that was not named by path or URL.
  [[nodiscard]] const Origin* find(const specs::PackageName& name) const;
  /// Its direct_url.json; empty for another project.
  [[nodiscard]] std::string direct_url(const specs::PackageName& name) const;

 private:
  void fetch(const RequestedFile& file);
  void add_wheel(const RequestedFile& file, const index::SourceFile& source);
  void add_source(const RequestedFile& file, const index::SourceFile& source);
  void remember(const RequestedFile& file, const index::DistributionFile& found,
                const specs::DirectOrigin& origin, std::optional<index::FetchedWheel> wheel);

  const PackageRequest& request_;
  const specs::TargetPython& target_;
  index::Downloader& downloader_;
  index::SourceBuilder& builder_;
  index::IndexProvider& provider_;
  std::vector<resolve::DirectReference> references_;
  std::map<std::string, Origin> origins_;  ///< by normal name
};

}  // namespace ensure::bootstrap
