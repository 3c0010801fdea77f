#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/base/digest.h"
#include "installer/base/url.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/requirements/requirement_line.h"
#include "installer/specs/versions/version.h"

namespace ensure::index {

/// Who says what digest a file has.
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

/// The raw digest; none where `text` is not as long as the algorithm has it, or not hexadecimal.
[[nodiscard]] std::optional<std::string> digest_from_hexadecimal(base::DigestAlgorithm algorithm,
                                                                 std::string_view text);

/// The digests in the fragment of a URL ("sha256=...&md5=..."), as far as their algorithms are
/// known. Throws `base::Error` (usage) for a text that is not a digest of that algorithm.
[[nodiscard]] std::vector<KnownDigest> digests_of_fragment(const base::Url& url);

/// A file to fetch, and all that is known to check it by.
struct FileRequest {
  std::string filename;
  base::Url url;                      ///< `http:`, `https:` or `file:`; it may hold a password
  std::optional<std::uint64_t> size;  ///< in bytes, as announced
  std::vector<KnownDigest> digests;   ///< all of them have to be right
  /// Of the user's requirements: one of them has to be right, where there are any.
  std::vector<specs::HashOption> accepted;

  /// The SHA-256 in hexadecimal, where it is known before the file is here.
  [[nodiscard]] std::optional<std::string> sha256() const;
};

/// Whether a digest is known that cannot be forged (`base::is_strong`). MD5 and SHA-1 are checked
/// like any other, but do not count here.
[[nodiscard]] bool has_strong_digest(const FileRequest& request);

/// The cache key for a file that was fetched without a known SHA-256: its URL, and the digests that
/// were checked then.
[[nodiscard]] std::string memory_key_of(const FileRequest& request);

/// A file that an index or a link page lists, as chosen for a version.
struct DistributionFile {
  specs::PackageName name;
  specs::Version version;
  bool is_wheel = true;  ///< else a source distribution
  FileRequest request;
  std::optional<std::int64_t> upload_time;  ///< microseconds since 1970 in UTC
  std::optional<std::string> requires_python;
  std::optional<std::string> yanked;  ///< the reason, which may be empty
  std::string provenance;             ///< URL of attestations, empty for none (PEP 740)
  bool has_metadata = false;  ///< METADATA is beside it, with ".metadata" at its path (PEP 658)
  std::vector<KnownDigest> metadata_digests;
  /// The index (or link page or folder) that lists it, without credentials.
  std::string origin;
  /// Whether the page gives an address that is a URL; if not, that of the page stands in for it.
  bool has_address = true;
  /// What is to be built is a folder of this machine, and no archive.
  bool is_folder = false;
  /// Where in the archive or folder the project is that is to be built; empty for its root.
  // NOLINTNEXTLINE(readability-redundant-member-init): so that initializers may leave it out
  std::string subdirectory = {};
};

/// A wheel or source distribution that the user gave, as if an index had listed it.
[[nodiscard]] DistributionFile given_file(specs::PackageName name, specs::Version version,
                                          FileRequest request, bool is_wheel);

/// What binds METADATA in the cache to the file: the digest that the index tells, of the file or of
/// the metadata, and the URL, as parts of a file and files beside it are what its server says they
/// are: one server cannot speak for the files of another.
[[nodiscard]] std::string identity_of(const DistributionFile& file);

/// Whether a page that is right now tells that the metadata are still the same.
[[nodiscard]] bool is_bound(const DistributionFile& file);

/// Where the METADATA beside a file is (PEP 658): ".metadata" at the end of its path.
[[nodiscard]] base::Url metadata_url(const base::Url& url);

}  // namespace ensure::index
