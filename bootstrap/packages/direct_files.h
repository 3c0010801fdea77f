#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bootstrap/packages/package_request.h"
#include "bootstrap/packages/requested_packages.h"
#include "installer/index/candidates/index_provider.h"
#include "installer/index/downloads/downloader.h"
#include "installer/index/metadata/sdist_source.h"
#include "installer/index/settings.h"
#include "installer/resolve/problem.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/requirements/requirement.h"

namespace ensure::bootstrap {

/// Wheels, archives and folders that are asked for by where they are. What they are called, and
/// what they depend on, is known once they are here; some have to be built for it.
class DirectFiles {
 public:
  /// All must outlive this.
  DirectFiles(const PackageRequest& request, const specs::TargetPython& target,
              index::Downloader& downloader, index::SourceBuilder& builder,
              index::IndexProvider& provider);

  /// Gets one, makes it known to the provider, and returns the requirement for the solver; none
  /// where its marker does not hold. Throws `Error`: `kUsage` for what has to be built without
  /// being allowed to, `kVerification` for what is not what it should be, `kNoSolution` for a wheel
  /// that does not fit; those of the network and of builds.
  [[nodiscard]] std::optional<specs::Requirement> add(const RequestedFile& file);

  [[nodiscard]] const std::vector<resolve::DirectReference>& references() const {
    return references_;
  }

  /// What became known of one.
  struct Origin {
    std::string direct_url;  ///< the text of direct_url.json (PEP 610)
    std::string sha256;      ///< in hexadecimal; empty for a folder
    /// Of a folder: the wheel that was built of it as it is now.
    std::optional<index::FetchedWheel> built_folder;
  };
  /// Null for a project that was not asked for by its place.
  [[nodiscard]] const Origin* find(const specs::PackageName& name) const;
  /// Its direct_url.json; empty for such a project.
  [[nodiscard]] std::string direct_url(const specs::PackageName& name) const;

 private:
  void add_wheel(const RequestedFile& file, const index::FileRequest& request);
  void add_source(const RequestedFile& file, const index::SourceFile& source);
  void require_permission(const RequestedFile& file, const index::SourceFile& source) const;
  void require_fitting(const wheel::WheelArchive& archive) const;
  void require_name(const RequestedFile& file, const specs::PackageName& name) const;
  void remember(const RequestedFile& file, const specs::PackageName& name,
                const specs::Version& version, Origin origin);

  const PackageRequest& request_;
  const specs::TargetPython& target_;
  index::Downloader& downloader_;
  index::SourceBuilder& builder_;
  index::IndexProvider& provider_;
  std::vector<resolve::DirectReference> references_;
  std::map<std::string, Origin> origins_;  ///< by normal name
};

}  // namespace ensure::bootstrap
