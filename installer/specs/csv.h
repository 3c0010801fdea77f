#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ensure::specs {

/// Reads comma-separated rows as Python's `csv.reader` with its defaults: fields in double quotes
/// may hold commas, line ends and doubled quotes; a quote elsewhere stands for itself.
class CsvReader {
 public:
  /// Of rows with more fields than `most_fields`, one more than that is read.
  CsvReader(std::string_view text, std::size_t most_fields)
      : text_(text), most_fields_(most_fields) {}

  /// The fields of the next row that is not empty, valid until the next call; none at the end of
  /// the text. Throws `base::ParseError` where a quoted field has no end. Not to be called again
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
  /// The next place of `kEnds[which]`; the end of the text where there is none.
  [[nodiscard]] std::size_t next_end(std::size_t which);

  static constexpr std::array<char, 3> kEnds = {'\n', ',', '\r'};

  std::string_view text_;
  std::size_t most_fields_;
  std::size_t position_ = 0;
  std::size_t row_offset_ = 0;
  /// Where each of `kEnds` was found last: text is searched once, however far it is to the next.
  std::array<std::optional<std::size_t>, 3> ends_;
  std::vector<std::string_view> fields_;
  std::deque<std::string>
      unquoted_;  ///< the fields of the row that are not as they stand in `text_`
};

/// Appends a field, in quotes where it needs them.
void append_csv_field(std::string& text, std::string_view field);

}  // namespace ensure::specs
