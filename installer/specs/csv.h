#pragma once

#include <cstddef>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ensure::specs {

/// Reads comma-separated rows as Python's `csv.reader` with its defaults: fields in double quotes
/// may hold commas, line ends and doubled quotes; a quote elsewhere stands for itself.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : text_(text) {}

  /// The fields of the next row that is not empty, valid until the next call; none at the end of
  /// the text. Throws `base::ParseError` where a quoted field has no end.
  std::span<const std::string_view> next_row();

  /// Where the row that was read last begins.
  [[nodiscard]] std::size_t row_offset() const { return row_offset_; }

 private:
  std::string_view read_field();
  [[nodiscard]] std::string read_quoted();
  /// The rest of a field that is in no quotes.
  std::string_view read_plain();
  [[nodiscard]] bool at_line_end() const;

  std::string_view text_;
  std::size_t position_ = 0;
  std::size_t row_offset_ = 0;
  std::vector<std::string_view> fields_;
  std::deque<std::string>
      unquoted_;  ///< the fields of the row that are not as they stand in `text_`
};

/// Appends a field, in quotes where it needs them.
void append_csv_field(std::string& text, std::string_view field);

}  // namespace ensure::specs
