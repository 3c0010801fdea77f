#pragma once

#include <optional>
#include <string>

#include "installer/cache/cache.h"
#include "installer/index/candidates/distribution_file.h"
#include "installer/index/downloads/fetched_wheel.h"
#include "installer/index/downloads/file_body.h"
#include "installer/net/http_client.h"
#include "installer/wheel/linkable_wheel.h"

namespace ensure::index {

/// Wheels in the cache, and how they get there.
class WheelShelf {
 public:
  /// Must not outlive the cache.
  WheelShelf(const cache::Cache& cache, bool offline) : cache_(cache), offline_(offline) {}

  /// The wheel, where a digest vouches for it, or where the run is offline and its URL has to do.
  [[nodiscard]] std::optional<FetchedWheel> find(const FileRequest& request) const;
  /// Whether `find` would find one, as far as can be told without reading it.
  [[nodiscard]] bool may_have(const FileRequest& request) const;

  /// What the cache remembers of a URL: which file it had when its ETag or date was this.
  struct Memory {
    std::string sha256;
    std::string etag;
    std::string last_modified;
  };
  /// Nullopt if the SHA-256 of the request is known, or the cache no longer has the file.
  [[nodiscard]] std::optional<Memory> recall(const FileRequest& request) const;
  void remember(const FileRequest& request, const std::string& sha256,
                const net::Response& response) const;
  /// The file that is remembered, as the server has confirmed it.
  [[nodiscard]] std::optional<FetchedWheel> find_remembered(const FileRequest& request,
                                                            const Memory& memory) const;

  /// Makes the wheel write its stored form into the cache while it is read.
  void store_while_read(FetchedWheel& wheel) const;
  /// Makes it name files in the cache that can be linked to, which are written while it is read
  /// where they are not there yet.
  void unpack_while_read(FetchedWheel& wheel, wheel::LinkMode mode) const;

 private:
  [[nodiscard]] std::optional<FetchedWheel> open(const FileRequest& request,
                                                 const std::string& sha256) const;
  [[nodiscard]] std::vector<std::string> keys_of(const FileRequest& request) const;

  const cache::Cache& cache_;
  bool offline_;
};

}  // namespace ensure::index
