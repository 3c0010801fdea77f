#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "installer/base/digest.h"
#include "installer/base/error.h"
#include "installer/index/candidates/distribution_file.h"
#include "installer/net/http_client.h"

namespace ensure::index {

/// The digest by which a file was verified.
struct Verification {
  std::optional<DigestSource> source;  ///< nullopt if no known digest was announced
  base::DigestAlgorithm algorithm = base::DigestAlgorithm::kSha256;
};

/// The algorithms to compute for a check; always with SHA-256, the key of the cache.
[[nodiscard]] std::set<base::DigestAlgorithm> algorithms_for(const FileRequest& request);

/// Throws `base::Error` (`kVerification`) if the digests of the requirements and of the index
/// contradict each other, so that no file can match both.
void check_announced(const FileRequest& request);

/// Compares a file with all known digests; `digest` gives the real ones, raw. Throws `base::Error`
/// (`kVerification`) with the expected and the real digest.
Verification check_digests(const FileRequest& request,
                           const std::function<std::string(base::DigestAlgorithm)>& digest);

/// The result of `check_bytes`.
struct CheckedBytes {
  Verification verification;
  std::string sha256;  ///< in hexadecimal
};

/// The same for a file in memory.
CheckedBytes check_bytes(const FileRequest& request, std::string_view bytes);

/// The same for the METADATA beside a file (PEP 658), from the URL `source`.
void check_metadata(const DistributionFile& file, const base::Url& source, std::string_view bytes);

/// Throws `base::Error` (`kVerification`) if the file does not have the announced size.
void check_size(const FileRequest& request, std::uint64_t size);

/// The request for a file, whose body is checked by digests if there are any.
[[nodiscard]] net::Request http_request(const FileRequest& request, net::Urgency urgency);

/// The error (`kNetwork`) for a file that is not in the cache of an offline run.
[[nodiscard]] base::Error not_offline(const FileRequest& request);

/// The error (`kUsage`) for a URL with another scheme than `http:`, `https:` and `file:`.
[[nodiscard]] base::Error refused_scheme(const FileRequest& request);

}  // namespace ensure::index
