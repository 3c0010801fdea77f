#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "installer/base/error.h"
#include "installer/cache/cache.h"
#include "installer/index/candidates/distribution_file.h"
#include "installer/index/downloads/downloader.h"
#include "installer/net/http_client.h"
#include "installer/resolve/provider.h"

namespace ensure::index {

/// What became of asking for the metadata of a wheel.
struct MetadataOutcome {
  /// An error ends the job, if the solver asks for it.
  std::variant<resolve::Metadata, resolve::Unavailable, base::Error> answer;
  /// It was announced as a file of its own and was not there.
  bool lacks_announced = false;
  /// It is unusable as the wheel is damaged or hostile, or contradicts its name (exit code 7).
  bool is_refused = false;
};

/// Gets the metadata of wheels that are not here: from the cache; else the file beside the wheel
/// that the index announces (PEP 658); else from the wheel's tail by byte ranges; else from the
/// whole wheel, which is then kept for its installation.
class MetadataSource {
 public:
  /// What is referred to must outlive this.
  MetadataSource(net::HttpClient& client, const cache::Cache& cache, Downloader& downloader,
                 bool offline);

  using Done = std::function<void(MetadataOutcome)>;

  /// One that was asked for.
  class Fetch {
   public:
    virtual ~Fetch() = default;
    /// Somebody waits for it.
    virtual void hurry() = 0;
  };

  /// What the cache knows, where the index tells what binds it.
  [[nodiscard]] std::optional<resolve::Metadata> recall(const DistributionFile& file) const;

  /// Starts getting it; `done` is called once, at once or while waiting for the client.
  std::shared_ptr<Fetch> start(const DistributionFile& file, net::Urgency urgency, Done done);

 private:
  class Job;
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace ensure::index
