#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "installer/base/digest.h"
#include "installer/index/candidates/distribution_file.h"

namespace ensure::index {

/// By what a file was found to be the right one.
struct Verification {
  /// Who announced the digest that was right; none where nobody announced one that is known
  /// ("unverified").
  std::optional<DigestSource> source;
  base::DigestAlgorithm algorithm = base::DigestAlgorithm::kSha256;
};

/// The algorithms that checking takes; SHA-256 is always among them, as the cache goes by it.
[[nodiscard]] std::set<base::DigestAlgorithm> algorithms_for(const FileRequest& request);

/// Throws `base::Error` (`kVerification`) where what the requirements accept and what is announced
/// contradict each other, so that no file can be right.
void check_announced(const FileRequest& request);

/// Compares a file with all that is known of it; `digest` gives what it really has, raw. Throws
/// `base::Error` (`kVerification`) with what was expected and what is there.
Verification check_digests(const FileRequest& request,
                           const std::function<std::string(base::DigestAlgorithm)>& digest);

/// What `check_bytes` has found out.
struct CheckedBytes {
  Verification verification;
  std::string sha256;  ///< in hexadecimal
};

/// The same for a file whose bytes are all here, each of which is read once for each algorithm.
CheckedBytes check_bytes(const FileRequest& request, std::string_view bytes);

/// The same for the METADATA beside a file (PEP 658), which came from `source`.
void check_metadata(const DistributionFile& file, const base::Url& source, std::string_view bytes);

/// Throws likewise where the file has not the size that was announced.
void check_size(const FileRequest& request, std::uint64_t size);

}  // namespace ensure::index
