#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "installer/base/error.h"
#include "installer/cache/cache.h"
#include "installer/index/distribution_file.h"
#include "installer/net/http_client.h"
#include "installer/wheel/wheel_archive.h"
#include "installer/wheel/wheel_source.h"

namespace ensure::index {

/// By what a file was found to be the right one.
struct Verification {
  /// The digest that was right; none where nobody announced one that is known ("unverified").
  std::optional<DigestSource> source;
  base::DigestAlgorithm algorithm = base::DigestAlgorithm::kSha256;
};

/// A wheel that is here, audited and verified.
struct FetchedWheel {
  FileRequest request;
  /// What to install from. It may write the cache's form of the wheel while it is read.
  std::shared_ptr<const wheel::WheelSource> source;
  /// The same as an archive, published or stored: for METADATA and the like.
  std::shared_ptr<const wheel::WheelArchive> archive;
  std::string sha256;  ///< of the published file, in hexadecimal
  Verification verification;
  bool from_cache = false;
  std::uint64_t downloaded = 0;  ///< bytes that came over the network for it
};

using FetchOutcome = std::variant<FetchedWheel, base::Error>;

/// Hears of downloads. `received` is called on another thread.
class DownloadListener {
 public:
  virtual ~DownloadListener() = default;
  /// Once for each download; never for what is in the cache.
  virtual void started(std::string_view filename, std::optional<std::uint64_t> size) = 0;
  virtual void received(std::string_view filename, std::uint64_t bytes) = 0;
  virtual void finished(std::string_view filename) = 0;
};

struct DownloaderOptions {
  bool offline = false;
  DownloadListener* listener = nullptr;
};

/// Gets wheels, each once in a run: from the cache where a digest or a server vouches that it is
/// the right one, else from its URL, checked while it arrives.
///
/// A wheel is found in the cache by its SHA-256. Where nobody announces one, the cache remembers
/// which file a URL had, and with what ETag or date; that is believed only where the server
/// confirms it now (304), or where the run is offline.
class Downloader {
 public:
  /// What is referred to must outlive this.
  Downloader(net::HttpClient& client, const cache::Cache& cache, DownloaderOptions options = {});
  ~Downloader();
  Downloader(const Downloader&) = delete;
  Downloader& operator=(const Downloader&) = delete;

  /// Called as soon as a wheel is there, with its place among the requests.
  using Receiver = std::function<void(std::size_t place, const FetchedWheel& wheel)>;

  /// Gets all wheels at a time, larger ones first. Throws `base::Error` for the first that cannot
  /// be had: exit code 7 where it is not what was announced, or no sound wheel; 5 and 6 of the
  /// network. Also throws what the receiver throws.
  void fetch(const std::vector<FileRequest>& requests, const Receiver& receiver);

  /// The same for one.
  [[nodiscard]] FetchedWheel fetch_one(const FileRequest& request);

  /// The bytes of a file that is no wheel (a source distribution), verified as well.
  [[nodiscard]] std::string fetch_bytes(const FileRequest& request);

  /// Starts getting a wheel; `done` is called once, at once or while waiting for the client.
  using Done = std::function<void(const FetchOutcome&)>;
  void start(const FileRequest& request, net::Urgency urgency, Done done);

  /// Whether the wheel is here or in the cache, so that nothing need be fetched for it.
  [[nodiscard]] bool has(const FileRequest& request);

 private:
  friend class MetadataSource;
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace ensure::index
