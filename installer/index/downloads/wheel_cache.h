#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "installer/cache/cache.h"
#include "installer/index/candidates/distribution_file.h"
#include "installer/index/downloads/file_body.h"
#include "installer/net/http_client.h"
#include "installer/wheel/linkable_wheel.h"
#include "installer/wheel/wheel_archive.h"
#include "installer/wheel/wheel_source.h"

namespace ensure::index {

/// An audited and verified wheel.
struct FetchedWheel {
  FileRequest request;
  /// The wheel to install from. Reading it may write its form for the cache.
  std::shared_ptr<const wheel::WheelSource> source;
  /// The same wheel as an archive, published or from the cache: for METADATA and the like.
  std::shared_ptr<const wheel::WheelArchive> archive;
  // NOLINTNEXTLINE(readability-redundant-member-init): so that initializers may leave it out
  std::string sha256 = {};  ///< of the published file, in hexadecimal
  Verification verification = {};
  bool from_cache = false;
};

/// The wheels in the cache.
class WheelCache {
 public:
  /// The cache must outlive this.
  WheelCache(const cache::Cache& cache, bool offline) : cache_(cache), offline_(offline) {}

  /// The wheel, found by its digest, or by its URL in an offline run.
  [[nodiscard]] std::optional<FetchedWheel> find(const FileRequest& request) const;
  /// Whether `find` will find one, as far as can be told without reading it.
  [[nodiscard]] bool may_have(const FileRequest& request) const;

  /// The ETag and the date that the server of the URL last sent, and the SHA-256 of the file as the
  /// content. Nullopt if the request has a SHA-256, or the cache no longer has the file.
  [[nodiscard]] std::optional<cache::StoredPage> recall(const FileRequest& request) const;
  void remember(const FileRequest& request, const std::string& sha256,
                const net::Response& response) const;
  /// The remembered file, after the server has confirmed it.
  [[nodiscard]] std::optional<FetchedWheel> find_remembered(const FileRequest& request,
                                                            const std::string& sha256) const;

  /// Makes the wheel write its form for the cache while it is read.
  void store_while_read(FetchedWheel& wheel) const;
  /// Makes the wheel name files in the cache to link to. Those that do not exist yet are written
  /// while it is read.
  void unpack_while_read(FetchedWheel& wheel, wheel::LinkMode mode) const;

 private:
  [[nodiscard]] std::optional<FetchedWheel> open(const FileRequest& request,
                                                 const std::string& sha256) const;
  [[nodiscard]] std::vector<std::string> keys_of(const FileRequest& request) const;

  const cache::Cache& cache_;
  bool offline_;
};

}  // namespace ensure::index
