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
#include "installer/index/candidates/distribution_file.h"
#include "installer/index/downloads/fetched_wheel.h"
#include "installer/index/downloads/file_body.h"
#include "installer/index/downloads/wheel_shelf.h"
#include "installer/net/http_client.h"

namespace ensure::index {

/// Why a wheel cannot be had.
struct FetchFailure {
  base::Error error;
  /// It is the file that was announced, but no sound wheel; whoever only looks may look elsewhere.
  bool is_refused = false;
};

using FetchOutcome = std::variant<FetchedWheel, FetchFailure>;

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
  wheel::LinkMode link_mode = wheel::LinkMode::kCopy;  ///< decides what the cache has to unpack
};

/// Gets wheels, each once in a run: from the cache where a digest or a server vouches that it is
/// the right one, else from its URL, checked while it arrives.
///
/// A wheel is found in the cache by its SHA-256. Where nobody announces one, the cache remembers
/// which file a URL had, and with what ETag or date; that is believed only where the server
/// confirms it now (304), or where the run is offline.
class Downloader {
 public:
  /// `client` and `cache` must outlive this, and `listener` too.
  Downloader(net::HttpClient& client, const cache::Cache& cache, DownloaderOptions options = {});
  ~Downloader();
  Downloader(const Downloader&) = delete;
  Downloader& operator=(const Downloader&) = delete;

  /// Called as soon as a wheel is there, with its place among the requests.
  using Receiver = std::function<void(std::size_t place, FetchedWheel wheel)>;

  /// Gets all wheels at a time, larger ones first. Throws `base::Error` for the first that cannot
  /// be had: exit code 7 where it is not what was announced, or no sound wheel; 5 and 6 of the
  /// network. Also throws what the receiver throws.
  void fetch(const std::vector<FileRequest>& requests, const Receiver& receiver);

  /// The same for one.
  [[nodiscard]] FetchedWheel fetch_one(const FileRequest& request);

  /// Starts getting a wheel to look at; `done` is called once, at once or while waiting for the
  /// client. What has been got is there for `fetch`.
  using Done = std::function<void(const FetchOutcome&)>;
  void start(const FileRequest& request, net::Urgency urgency, Done done);

  /// Takes a wheel that has arrived as the answer to a request for a part of it.
  FetchOutcome admit(const FileRequest& request, FileBody& body);
  /// What to receive a wheel or a part of it in, so that `admit` can check it.
  [[nodiscard]] std::shared_ptr<FileBody> new_body(const FileRequest& request) const;

  /// Whether the wheel is here or in the cache, so that nothing need be fetched for it.
  [[nodiscard]] bool has(const FileRequest& request) const;

 private:
  class Work;
  std::shared_ptr<Work> work_;
};

}  // namespace ensure::index
