#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ensure::specs {

/// Reads comma-separated rows as Python's `csv.reader` with its defaults: fields in double quotes
/// may hold commas, line ends and doubled quotes; a quote elsewhere stands for itself.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : text_(text) {}

  /// The fields of the next row that is not empty; nothing at the end of the text.
  /// Throws `base::ParseError` where a quoted field has no end.
  std::optional<std::vector<std::string>> next_row();

  /// Where the row that was read last begins.
  [[nodiscard]] std::size_t row_offset() const { return row_offset_; }

 private:
  std::string read_field();
  void read_quoted(std::string& field);
  [[nodiscard]] bool at_line_end() const;

  std::string_view text_;
  std::size_t position_ = 0;
  std::size_t row_offset_ = 0;
};

/// Appends a field, in quotes where it needs them.
void append_csv_field(std::string& text, std::string_view field);

}  // namespace ensure::specs
