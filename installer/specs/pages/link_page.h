#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/base/digest.h"

namespace ensure::text {
class HtmlScanner;
}

namespace ensure::specs {

/// A digest that an index publishes for a file.
struct AnnouncedDigest {
  base::DigestAlgorithm algorithm;
  std::string_view bytes;  ///< raw, of the length that the algorithm has
};

/// The result of `append_digest`.
enum class DigestOffer { kTaken, kUnknownAlgorithm, kMalformed };

/// Appends a digest in the form of `ProjectPage`: a byte for the algorithm, then the raw digest. It
/// is given by the name of the algorithm and in hexadecimal.
DigestOffer append_digest(std::string& packed, std::string_view algorithm,
                          std::string_view hexadecimal);

/// The digests that `append_digest` has packed, up to the first bytes of another form.
[[nodiscard]] std::vector<AnnouncedDigest> unpack_digests(std::string_view packed);

/// A file as a page lists it, before its name is parsed. The views are valid as long as the page.
struct ListedFile {
  std::string_view filename;
  std::string_view url;  ///< as written, without a fragment
  std::optional<std::string_view> requires_python;
  std::optional<std::string_view> yanked;   ///< the reason (PEP 592)
  std::optional<std::uint64_t> size;        ///< in bytes (PEP 700)
  std::optional<std::int64_t> upload_time;  ///< microseconds since 1970 in UTC (PEP 700)
  bool has_bad_upload_time = false;         ///< the page has one that cannot be read
  std::string digests;                      ///< see `unpack_digests`
  bool has_metadata = false;     ///< METADATA is at the URL with ".metadata" (PEP 658/714)
  std::string metadata_digests;  ///< see `unpack_digests`
  std::string_view provenance;   ///< URL of attestations, empty for none (PEP 740)
  bool is_malformed = false;     ///< has an invalid value that is not safe to ignore
};

/// The file that the `<a>` tag at the scanner's position links to, with its attributes (PEP 503,
/// 592, 658, 714 and 740). Returns nullopt for other links. The views are valid as long as the
/// scanner and `names`, which keeps names that had to be decoded.
[[nodiscard]] std::optional<ListedFile> listed_file(text::HtmlScanner& scanner,
                                                    std::deque<std::string>& names);

/// The absolute base of relative URLs on the page at `url`, without credentials. `base` is the
/// page's `<base>`; an invalid one is ignored, as in browsers.
[[nodiscard]] std::string page_base_url(std::string_view url,
                                        const std::optional<std::string_view>& base);

/// An HTML page with links to files of any projects: a page that `--find-links` names, such as the
/// listing of a directory by a web server.
struct LinkPage {
  /// Reads any text, and skips links to other files than distributions. `url` is the URL of the
  /// page after redirections; credentials in it are dropped.
  static LinkPage parse(std::string body, std::string_view url);

  std::vector<ListedFile> files;  ///< in the order of the page
  std::string url;                ///< of the page, after redirections
  /// The absolute base of the URLs of the files. A page chooses it by its `<base>`.
  std::string base_url;
  std::shared_ptr<const void> texts;  ///< owns what `files` refers to
};

}  // namespace ensure::specs
