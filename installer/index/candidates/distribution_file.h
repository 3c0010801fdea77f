#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "installer/base/digest.h"
#include "installer/base/error.h"
#include "installer/base/url.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/requirements/requirement_line.h"
#include "installer/specs/versions/version.h"

namespace ensure::index {

/// Who announced a digest.
enum class DigestSource : std::uint8_t {
  kIndex,
  kRequirement,  ///< `--hash`
  kLock,
  kUrl,  ///< the fragment of a URL that the user gave: `#sha256=...`
};

struct KnownDigest {
  base::DigestAlgorithm algorithm = base::DigestAlgorithm::kSha256;
  std::string bytes;  ///< raw
  DigestSource source = DigestSource::kIndex;

  friend bool operator==(const KnownDigest&, const KnownDigest&) = default;
};

using base::name_of;

/// The raw digest; nullopt if `text` has the wrong length or is not hexadecimal.
[[nodiscard]] std::optional<std::string> digest_from_hexadecimal(base::DigestAlgorithm algorithm,
                                                                 std::string_view text);

/// The digests of known algorithms in the fragment of a URL ("sha256=...&md5=..."). Throws
/// `base::Error` (usage) for an invalid digest.
[[nodiscard]] std::vector<KnownDigest> digests_of_fragment(const base::Url& url);

/// A file to fetch, and everything that is known to verify it.
struct FileRequest {
  std::string filename;
  base::Url url;                      ///< `http:`, `https:` or `file:`; may contain a password
  std::optional<std::uint64_t> size;  ///< in bytes, as announced
  std::vector<KnownDigest> digests;   ///< all of them must match
  /// The hashes of the user's requirements. If there are any, one of them must match.
  std::vector<specs::HashOption> accepted;

  /// The SHA-256 in hexadecimal, if it is known before the file is fetched.
  [[nodiscard]] std::optional<std::string> sha256() const;
};

/// Whether a digest is known that cannot be forged (`base::is_strong`), so not MD5 or SHA-1.
[[nodiscard]] bool has_strong_digest(const FileRequest& request);

/// The cache key for a file without a known SHA-256: its URL and its known digests.
[[nodiscard]] std::string memory_key_of(const FileRequest& request);

/// The form of source code that a wheel is built from.
enum class SourceForm : std::uint8_t {
  kArchive,
  kDirectory,   ///< of this machine
  kEditable,    ///< a directory that the wheel refers to instead of copying it (PEP 660)
  kRepository,  ///< of git
};

/// Whether it is a directory of this machine, which is built in place.
[[nodiscard]] constexpr bool is_local_directory(SourceForm form) {
  return form == SourceForm::kDirectory || form == SourceForm::kEditable;
}

/// The file of a version, as an index or a link page lists it.
struct DistributionFile {
  specs::PackageName name;
  specs::Version version;
  bool is_wheel = true;  ///< else a source distribution
  FileRequest request;
  // NOLINTBEGIN(readability-redundant-member-init): so that initializers may leave them out
  std::optional<std::string> yanked = {};  ///< the reason, which may be empty
  std::string provenance = {};             ///< URL of attestations, empty for none (PEP 740)
  bool has_metadata = false;               ///< its METADATA can be fetched alone (PEP 658)
  std::vector<KnownDigest> metadata_digests = {};
  /// The index, link page or directory that lists it, without credentials.
  std::string origin = {};
  /// Whether the page has a valid URL for it; otherwise the URL is that of the page.
  bool has_address = true;
  SourceForm form = SourceForm::kArchive;  ///< of what is built
  /// The directory of the project in the source code; empty for its root.
  std::string subdirectory = {};
  std::string revision = {};  ///< of a repository: a branch, tag or commit; empty for its HEAD
  // NOLINTEND(readability-redundant-member-init)
};

/// A wheel or source distribution that the user named by path or URL.
[[nodiscard]] DistributionFile given_file(specs::PackageName name, specs::Version version,
                                          FileRequest request, bool is_wheel);

/// The key of METADATA in the cache: the URL, and the announced digest of the file or its metadata.
/// The URL is part of it, because METADATA from a range or beside the file are verified by nothing
/// but the server.
[[nodiscard]] std::string identity_of(const DistributionFile& file);

/// Whether the page identifies the content of the file or of its metadata.
[[nodiscard]] bool is_bound(const DistributionFile& file);

/// The URL of the METADATA beside a file (PEP 658).
[[nodiscard]] base::Url metadata_url(const base::Url& url);

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

/// The result of `check_digests`.
struct CheckedDigests {
  Verification verification;
  std::string sha256;  ///< in hexadecimal
};

/// Compares a file with all known digests; `digest` gives the real ones, raw. Throws `base::Error`
/// (`kVerification`) with the expected and the real digest.
CheckedDigests check_digests(const FileRequest& request,
                             const std::function<std::string(base::DigestAlgorithm)>& digest);

/// The same for a file in memory.
CheckedDigests check_bytes(const FileRequest& request, std::string_view bytes);

/// The same for the METADATA beside a file (PEP 658), from the URL `source`.
void check_metadata(const DistributionFile& file, const base::Url& source, std::string_view bytes);

/// Throws `base::Error` (`kVerification`) if the file does not have the announced size.
void check_size(const FileRequest& request, std::uint64_t size);

/// The error (`kNetwork`) for a file that is not in the cache of an offline run.
[[nodiscard]] base::Error not_offline(const FileRequest& request);

/// The error (`kUsage`) for a URL with another scheme than `http:`, `https:` and `file:`.
[[nodiscard]] base::Error refused_scheme(const FileRequest& request);

}  // namespace ensure::index
