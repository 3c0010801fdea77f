#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ensure::specs {

/// A row of a RECORD file (PEP 376, PEP 627): what was written where. The path is as it stands
/// there; whether it is a path that may be followed is for the reader to judge.
struct RecordEntry {
  std::string path;
  std::string algorithm;              ///< "sha256"; empty where the row has no digest
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

}  // namespace ensure::specs
