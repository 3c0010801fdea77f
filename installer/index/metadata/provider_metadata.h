#pragma once

#include <optional>
#include <string>

#include "installer/index/candidates/project_state.h"
#include "installer/index/candidates/provider_candidates.h"
#include "installer/index/metadata/metadata_source.h"
#include "installer/net/http_client.h"
#include "installer/resolve/provider.h"
#include "installer/specs/versions/version.h"

namespace ensure::index {

/// The metadata of versions: of installed ones, of wheels, and of source distributions.
class ProviderMetadata {
 public:
  /// Everything referred to must outlive this. Calls `notify` when metadata have arrived.
  ProviderMetadata(const ProviderContext& context, Notify notify);

  /// Reads or requests the metadata of a version, once. Does nothing for a source distribution.
  VersionState& request(ProjectState& project, const specs::Version& version);
  /// Gets the metadata of a version that `request` did nothing for. May build it. Throws
  /// `base::Error`.
  void read_source(const ProjectState& project, const specs::Version& version,
                   VersionState& state) const;
  /// See `MetadataSource::recall`.
  [[nodiscard]] std::optional<resolve::Metadata> recall(const DistributionFile& file) const {
    return wheels_.recall(file);
  }

 private:
  /// Why the file of a version must not or cannot be used; nullopt if it can.
  [[nodiscard]] std::optional<resolve::Unavailable> unavailable(const ProjectState& project,
                                                                const DistributionFile& file) const;
  [[nodiscard]] std::optional<std::string> find_beside(const DistributionFile& file) const;

  const ProviderContext& context_;
  Notify notify_;
  MetadataSource wheels_;
};

}  // namespace ensure::index
