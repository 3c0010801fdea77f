#include "installer/specs/csv.h"

#include <algorithm>

#include "installer/base/error.h"

namespace ensure::specs {

bool CsvReader::at_line_end() const {
  return position_ == text_.size() || text_[position_] == '\n' || text_[position_] == '\r';
}

std::optional<std::vector<std::string>> CsvReader::next_row() {
  while (position_ < text_.size() && at_line_end()) ++position_;
  if (position_ == text_.size()) return std::nullopt;
  row_offset_ = position_;
  std::vector<std::string> fields = {read_field()};
  while (!at_line_end()) {
    ++position_;  // the comma
    fields.push_back(read_field());
  }
  return fields;
}

std::string CsvReader::read_field() {
  std::string field;
  if (position_ < text_.size() && text_[position_] == '"') read_quoted(field);
  // A loop, because `find_first_of` searches the set for every letter.
  std::size_t end = position_;
  while (end < text_.size() && text_[end] != ',' && text_[end] != '\n' && text_[end] != '\r') ++end;
  field += text_.substr(position_, end - position_);
  position_ = end;
  return field;
}

void CsvReader::read_quoted(std::string& field) {
  const std::size_t opening = position_++;
  while (true) {
    const std::size_t quote = text_.find('"', position_);
    if (quote == std::string_view::npos) {
      base::ParseError error("a quoted field has no end", std::string(text_), opening,
                             text_.size() - opening, base::ExitCode::kVerification);
      error.add_hint("the file is truncated or damaged");
      throw error;
    }
    field += text_.substr(position_, quote - position_);
    position_ = quote + 1;
    if (position_ == text_.size() || text_[position_] != '"') return;
    field += '"';
    ++position_;
  }
}

void append_csv_field(std::string& text, std::string_view field) {
  const auto is_special = [](char letter) {
    return letter == ',' || letter == '"' || letter == '\r' || letter == '\n';
  };
  if (std::none_of(field.begin(), field.end(), is_special)) {
    text += field;
    return;
  }
  text += '"';
  for (const char letter : field) {
    if (letter == '"') text += '"';
    text += letter;
  }
  text += '"';
}

}  // namespace ensure::specs
