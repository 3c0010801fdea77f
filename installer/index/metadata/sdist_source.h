#pragma once

#include <optional>
#include <string>

#include "installer/cache/cache.h"
#include "installer/index/candidates/distribution_file.h"
#include "installer/index/downloads/digest_check.h"
#include "installer/index/downloads/file_body.h"
#include "installer/net/http_client.h"

namespace ensure::index {

/// A source distribution, or another archive of source code, that is here and verified.
struct FetchedSdist {
  KeptBytes content;
  std::string sha256;  ///< in hexadecimal
  Verification verification;
};

/// Gets archives of source code, and keeps them in the cache.
///
/// One is found there by its SHA-256, which is computed anew; where nobody announces one, by its
/// URL, in an offline run only.
class SdistSource {
 public:
  /// Both must outlive this.
  SdistSource(net::HttpClient& client, const cache::Cache& cache, bool offline)
      : client_(client), cache_(cache), offline_(offline) {}

  /// Throws `base::Error`: `kVerification` where it is not what was announced; those of the
  /// network and the file system.
  [[nodiscard]] FetchedSdist fetch(const FileRequest& request) const;

  /// Whether `fetch` can do without the network, as far as can be told without reading it.
  [[nodiscard]] bool has(const FileRequest& request) const;

  /// The SHA-256 that the file has, as far as that is known before it is here: announced, or
  /// remembered in an offline run.
  [[nodiscard]] std::optional<std::string> sha256_of(const FileRequest& request) const;

 private:
  [[nodiscard]] std::optional<FetchedSdist> find(const FileRequest& request) const;
  [[nodiscard]] FetchedSdist download(const FileRequest& request) const;
  void remember(const FileRequest& request, const FetchedSdist& sdist) const;

  net::HttpClient& client_;
  const cache::Cache& cache_;
  bool offline_;
};

}  // namespace ensure::index
