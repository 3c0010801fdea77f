#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "installer/base/url.h"

// The files that record an installed distribution ("Recording installed projects").
namespace ensure::specs {

/// A row of a RECORD file (PEP 376, PEP 627). The path is as written: the reader has to check that
/// it may be followed.
struct RecordEntry {
  std::string path;
  std::string algorithm;              ///< "sha256"; empty if the row has no digest
  std::string digest;                 ///< base64 with the URL-safe alphabet, without padding
  std::optional<std::uint64_t> size;  ///< in bytes

  friend bool operator==(const RecordEntry&, const RecordEntry&) = default;
};

/// Calls `visit` with each row of a RECORD: comma-separated rows of one to three fields, quoted as
/// Python's `csv` does. Throws `base::ParseError` with the exit code for a failed verification;
/// also for more than a million rows, which no archive can have.
void each_record_row(std::string_view text, const std::function<void(RecordEntry)>& visit);

/// All rows.
[[nodiscard]] std::vector<RecordEntry> parse_record(std::string_view text);

/// The rows, quoted where needed, ended by "\n".
[[nodiscard]] std::string format_record(const std::vector<RecordEntry>& entries);

/// The content of `direct_url.json` for each kind of source.
struct ArchiveOrigin {
  std::string sha256;  ///< in hexadecimal
};
struct DirectoryOrigin {
  bool editable = false;
};
struct RepositoryOrigin {
  std::string requested_revision;  ///< empty if the URL names none
  std::string commit;              ///< in hexadecimal
};
using DirectOrigin = std::variant<ArchiveOrigin, DirectoryOrigin, RepositoryOrigin>;

/// The text of `direct_url.json` (PEP 610, "Direct URL data structure") for a distribution that was
/// installed from `url`; that of a repository is without "git+" and revision. The text contains no
/// credentials but the user `git`. It has the older `hash` beside `hashes`, as pip writes it.
[[nodiscard]] std::string direct_url_json(const base::Url& url, const DirectOrigin& origin,
                                          const std::string& subdirectory);

/// The SHA-256 of the archive in the text of `direct_url.json` or `provenance_url.json`.
[[nodiscard]] std::optional<std::string> recorded_sha256(std::string_view text);

/// The text of `provenance_url.json` (PEP 710) for a distribution that was installed from a file of
/// an index with the digest `sha256`. The text contains no credentials.
[[nodiscard]] std::string provenance_url_json(const base::Url& url, const std::string& sha256);

}  // namespace ensure::specs
