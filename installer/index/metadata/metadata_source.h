#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "installer/base/error.h"
#include "installer/cache/cache.h"
#include "installer/index/candidates/distribution_file.h"
#include "installer/index/downloads/downloader.h"
#include "installer/net/http_client.h"
#include "installer/resolve/provider.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/versions/version.h"

namespace ensure::index {

/// No METADATA file is larger.
constexpr std::uint64_t kLargestMetadata = std::uint64_t{32} << 20U;

/// The metadata of a version, or the reason why there are none.
struct MetadataResult {
  resolve::MetadataAnswer answer;
  // NOLINTNEXTLINE(readability-redundant-member-init): initializers may leave it out
  std::optional<base::Error> error = {};  ///< ends the job if the solver asks for the version
  bool lacks_announced = false;           ///< the announced metadata file does not exist
  /// The wheel is damaged or hostile, or contradicts its name (exit code 7).
  bool is_refused = false;
};

/// Reads METADATA. Text that cannot be understood makes the version unavailable.
[[nodiscard]] MetadataResult read_metadata(std::string_view text, const specs::PackageName& name,
                                           const specs::Version& version);

/// Gets the metadata of wheels: from the cache, the file beside the wheel (PEP 658), the end of the
/// wheel by byte ranges, or the whole wheel, which is then kept for its installation.
class MetadataSource {
 public:
  /// Everything referred to must outlive this. Calls nothing back once it is destroyed.
  MetadataSource(net::HttpClient& client, const cache::Cache& cache, Downloader& downloader,
                 bool offline)
      : client_(client), cache_(cache), downloader_(downloader), offline_(offline) {}
  MetadataSource(const MetadataSource&) = delete;
  MetadataSource& operator=(const MetadataSource&) = delete;

  using Done = std::function<void(MetadataResult)>;

  /// The metadata in the cache, if the page or an offline run allows to use them.
  [[nodiscard]] std::optional<resolve::Metadata> recall(const DistributionFile& file) const;

  /// Reads the METADATA of a file (`read_metadata`), and stores them in the cache.
  [[nodiscard]] MetadataResult read(const DistributionFile& file, std::string_view text) const;

  /// Starts a request; `done` is called once, at once or while the client waits.
  void start(const DistributionFile& file, Done done);

 private:
  class Job;

  net::HttpClient& client_;
  const cache::Cache& cache_;
  Downloader& downloader_;
  bool offline_;
  std::set<std::string> without_ranges_;  ///< origins without support for ranges
  /// Expires with this, so that responses after that are ignored.
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace ensure::index
