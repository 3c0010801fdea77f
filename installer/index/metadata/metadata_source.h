#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "installer/cache/cache.h"
#include "installer/index/candidates/distribution_file.h"
#include "installer/index/downloads/downloader.h"
#include "installer/index/metadata/metadata_form.h"
#include "installer/net/http_client.h"
#include "installer/resolve/provider.h"

namespace ensure::index {

/// The normalized metadata of a file in the cache.
[[nodiscard]] std::optional<resolve::Metadata> find_metadata(const cache::Cache& cache,
                                                             const DistributionFile& file);

/// Gets the metadata of wheels: from the cache, the file beside the wheel (PEP 658), the end of the
/// wheel by byte ranges, or the whole wheel, which is then kept for its installation.
class MetadataSource {
 public:
  /// Everything referred to must outlive this. Calls nothing back once it is destroyed.
  MetadataSource(net::HttpClient& client, const cache::Cache& cache, Downloader& downloader,
                 bool offline);
  ~MetadataSource();
  MetadataSource(const MetadataSource&) = delete;
  MetadataSource& operator=(const MetadataSource&) = delete;

  using Done = std::function<void(MetadataResult)>;

  /// A request that was started.
  class Fetch {
   public:
    virtual ~Fetch() = default;
    /// Makes the request urgent.
    virtual void hurry() = 0;
  };

  /// The metadata in the cache, if the page identifies the file that they are from.
  [[nodiscard]] std::optional<resolve::Metadata> recall(const DistributionFile& file) const;

  /// Starts a request; `done` is called once, at once or while the client waits.
  std::shared_ptr<Fetch> start(const DistributionFile& file, net::Urgency urgency, Done done);

 private:
  class Job;
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace ensure::index
