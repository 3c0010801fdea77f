#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <optional>
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

  /// The fields of the next row that is not empty, valid until the next call; none at the end of
  /// the text. Throws `base::ParseError` if a quoted field has no end. Must not be called again
  /// after a row with too many fields.
  std::span<const std::string_view> next_row();

  /// Where the row that was read last begins.
  [[nodiscard]] std::size_t row_offset() const { return row_offset_; }

 private:
  std::string_view read_field();
  [[nodiscard]] std::string read_quoted();
  /// The rest of a field that is in no quotes.
  std::string_view read_plain();
  [[nodiscard]] bool at_line_end() const;
  /// The next position of `kEnds[which]`; the end of the text if it does not occur any more.
  [[nodiscard]] std::size_t next_end(std::size_t which);

  static constexpr std::array<char, 3> kEnds = {'\n', ',', '\r'};

  std::string_view text_;
  std::size_t most_fields_;
  std::size_t position_ = 0;
  std::size_t row_offset_ = 0;
  /// The last position found for each of `kEnds`, so that no text is searched twice.
  std::array<std::optional<std::size_t>, 3> ends_;
  std::vector<std::string_view> fields_;
  std::deque<std::string>
      unquoted_;  ///< the fields of the row that are not as they stand in `text_`
};

/// Appends a field, in quotes where it needs them.
void append_csv_field(std::string& text, std::string_view field);

}  // namespace ensure::text
