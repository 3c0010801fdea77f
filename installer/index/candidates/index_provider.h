#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "installer/base/error.h"
#include "installer/cache/cache.h"
#include "installer/index/candidates/distribution_file.h"
#include "installer/index/downloads/downloader.h"
#include "installer/index/metadata/source_builder.h"
#include "installer/index/settings.h"
#include "installer/net/http_client.h"
#include "installer/resolve/no_solution.h"
#include "installer/resolve/provider.h"
#include "installer/resolve/resolution.h"

namespace ensure::index {

/// A file of a resolution, with what it was chosen for.
struct ChosenFile {
  resolve::ResolvedProject project;
  DistributionFile file;
  /// Set where the wheel is here already: of a URL or path, built from source, or fetched whole
  /// for its metadata.
  std::optional<FetchedWheel> wheel;
};

/// Where the solver learns about projects: from indexes and link pages, and the cache.
///
/// Asks ahead: for pages and metadata of what the solver tells, and of what the likely versions
/// depend on. What it answers does not depend on which answer came first.
class IndexProvider : public resolve::Provider {
 public:
  /// What is referred to must outlive this. Throws `base::Error` (usage) for settings that mean
  /// nothing, such as an index with another scheme.
  IndexProvider(const specs::TargetPython& target, const IndexSettings& settings,
                net::HttpClient& client, const cache::Cache& cache, Downloader& downloader);
  ~IndexProvider() override;

  /// A wheel that a requirement names by URL or path: the only candidate of its project.
  void add_direct(const FetchedWheel& wheel);
  /// An installed version that may stay; `metadata` gives the text of its METADATA, and is called
  /// where that is needed. `candidates` does not name it unless an index does. Nobody is asked for
  /// a project whose installed version is among those that are allowed.
  void add_installed(const specs::PackageName& name, const specs::Version& version,
                     std::function<std::string()> metadata);
  /// The same for an archive or a folder that has to be built: what it says of itself, and the
  /// wheel where it is built already.
  void add_direct_source(const DistributionFile& file, const resolve::Metadata& metadata,
                         const std::optional<FetchedWheel>& built);
  /// Without a builder, a source distribution is no candidate, whatever the settings say. It must
  /// outlive this. To be called before `expect`.
  void set_source_builder(SourceBuilder& builder);

  /// The user's requirements, so that they are asked for at once and with their extras. A hint.
  void expect(std::span<const specs::Requirement> requirements);

  const resolve::Candidates& candidates(const specs::PackageName& name) override;
  const resolve::MetadataAnswer& metadata(const specs::PackageName& name,
                                          const specs::Version& version) override;
  void will_need(std::span<const resolve::Need> needs) override;

  /// The files to install for a resolution, in its order; projects for which `is_kept` (installed
  /// ones) are left out. Throws `base::Error`: exit code 7 where a project is quarantined, or a
  /// digest that the requirements demand is missing or another one.
  [[nodiscard]] std::vector<ChosenFile> choose(
      const resolve::Resolution& resolution,
      const std::function<bool(const resolve::ResolvedProject&)>& is_kept = {});

  /// All files of a version that the index lists, for a lock; of any platform.
  [[nodiscard]] std::vector<DistributionFile> files_of(const specs::PackageName& name,
                                                       const specs::Version& version);

  /// What the user should hear of, each once: yanked, archived or deprecated projects among the
  /// chosen files, metadata that were announced and are missing, versions that were passed over as
  /// their wheels are damaged, files without a date.
  [[nodiscard]] const std::vector<std::string>& warnings() const;

  /// What only the curious want to hear of: files that were left out as they are malformed.
  [[nodiscard]] const std::vector<std::string>& notes() const;

  /// Where there is no solution, and among the reasons is a wheel that is damaged, hostile or not
  /// what its name says: the error to report (exit code 7).
  [[nodiscard]] std::optional<base::Error> refusal_in(const resolve::NoSolution& no_solution) const;

 private:
  class Work;
  std::shared_ptr<Work> work_;
};

}  // namespace ensure::index
