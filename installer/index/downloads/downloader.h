#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "installer/base/error.h"
#include "installer/base/path.h"
#include "installer/cache/cache.h"
#include "installer/index/candidates/distribution_file.h"
#include "installer/index/downloads/file_body.h"
#include "installer/index/downloads/wheel_cache.h"
#include "installer/net/http_client.h"

namespace ensure::index {

/// Why a wheel could not be fetched.
struct FetchFailure {
  base::Error error;
  /// The file is the announced one, but not a sound wheel: the caller may look at another version.
  bool is_refused = false;
};

using FetchOutcome = std::variant<FetchedWheel, FetchFailure>;

/// Observes downloads. `received` is called on another thread.
class DownloadListener {
 public:
  virtual ~DownloadListener() = default;
  /// Called once for each download; never for a wheel from the cache.
  virtual void started(std::string_view filename, std::optional<std::uint64_t> size) = 0;
  virtual void received(std::string_view filename, std::uint64_t bytes) = 0;
  virtual void finished(std::string_view filename) = 0;
};

struct DownloaderOptions {
  bool offline = false;
  DownloadListener* listener = nullptr;
  wheel::LinkMode links = wheel::LinkMode::kCopy;  ///< that the installation will use
};

/// Fetches wheels, each once in a run: from the cache if a digest or the server identifies them,
/// otherwise from their URLs, verified while they arrive.
///
/// The cache has wheels by SHA-256. For a wheel without an announced one, it remembers the file,
/// ETag and date of the URL, which count only if the server confirms them (304), or in an offline
/// run.
class Downloader {
 public:
  /// `client`, `cache` and the listener must outlive this.
  Downloader(net::HttpClient& client, const cache::Cache& cache, DownloaderOptions options = {});
  Downloader(const Downloader&) = delete;
  Downloader& operator=(const Downloader&) = delete;

  /// Receives a wheel as soon as it is here, with the index of its request.
  using Receiver = std::function<void(std::size_t place, FetchedWheel wheel)>;

  /// Fetches all wheels at the same time, larger ones first. Throws `base::Error` for the first
  /// that fails: exit code 7 if it is not the announced file or not a sound wheel, 5 and 6 for the
  /// network. Passes on exceptions of the receiver.
  void fetch(const std::vector<FileRequest>& requests, const Receiver& receiver);

  /// The same for one wheel.
  [[nodiscard]] FetchedWheel fetch_one(const FileRequest& request);

  /// Starts fetching a wheel to read its metadata, unless that was done before; `done` is called
  /// once, at once or while the client waits. A later `fetch` does not request it again.
  using Done = std::function<void(const FetchOutcome&)>;
  void start(const FileRequest& request, Done done);

  /// Takes a wheel that arrived as the response to a request for a part of it.
  FetchOutcome admit(const FileRequest& request, FileBody& body);
  /// The sink for a wheel or a part of it, so that `admit` can verify it.
  [[nodiscard]] std::shared_ptr<FileBody> new_body(const FileRequest& request) const;

  /// Whether nothing needs to be downloaded for a wheel.
  [[nodiscard]] bool has(const FileRequest& request) const;

 private:
  using Memory = std::optional<cache::StoredPage>;
  struct Download {
    std::optional<FetchOutcome> outcome;
    std::vector<Done> waiting;
  };

  void request_wheel(const FileRequest& request);
  [[nodiscard]] FetchedWheel handle_response(const FileRequest& request, FileBody& body,
                                             const Memory& memory,
                                             const net::Response& response) const;
  void finish(const std::string& key, const FetchOutcome& outcome);
  /// The order in which to start requests.
  [[nodiscard]] std::vector<std::size_t> order_of(const std::vector<FileRequest>& requests) const;

  net::HttpClient& client_;
  WheelCache wheels_;
  base::Path directory_;  ///< of the cache, for large bodies
  DownloaderOptions options_;
  std::map<std::string, Download> downloads_;
  /// Expires with this, so that responses after that are ignored.
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace ensure::index
