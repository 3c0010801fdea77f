#pragma once

#include <cstddef>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ensure::text {

/// Reads comma-separated rows as Python's `csv.reader` with its defaults: fields in double quotes
/// may hold commas, line ends and doubled quotes; a quote elsewhere stands for itself.
class CsvReader {
 public:
  /// Reads at most `most_fields` + 1 fields of a row.
  CsvReader(std::string_view text, std::size_t most_fields)
      : text_(text), most_fields_(most_fields) {}

  /// The fields of the next row that is not empty, valid until the next call; no fields at the end
  /// of the text. Throws `base::ParseError` if a quoted field has no end. Must not be called again
  /// after a row with too many fields.
  std::span<const std::string_view> next_row();

  /// The position at which the last row begins.
  [[nodiscard]] std::size_t row_offset() const { return row_offset_; }

 private:
  std::string_view read_field();
  [[nodiscard]] std::string read_quoted();
  /// The rest of a field outside of quotes.
  std::string_view read_plain();
  [[nodiscard]] bool at_line_end() const;

  std::string_view text_;
  std::size_t most_fields_;
  std::size_t position_ = 0;
  std::size_t row_offset_ = 0;
  std::vector<std::string_view> fields_;
  std::deque<std::string> unquoted_;  ///< the fields of the row that had quotes
};

/// Appends a field, in quotes where it needs them.
void append_csv_field(std::string& text, std::string_view field);

}  // namespace ensure::text
