#include "installer/text/csv.h"

#include <algorithm>

#include "installer/base/error.h"
#include "installer/base/text.h"

namespace ensure::text {

bool CsvReader::at_line_end() const {
  return position_ == text_.size() || text_[position_] == '\n' || text_[position_] == '\r';
}

std::span<const std::string_view> CsvReader::next_row() {
  fields_.clear();
  unquoted_.clear();
  while (position_ < text_.size() && at_line_end()) ++position_;
  if (position_ == text_.size()) return {};
  row_offset_ = position_;
  fields_.push_back(read_field());
  while (!at_line_end() && fields_.size() <= most_fields_) {
    ++position_;  // the comma
    fields_.push_back(read_field());
  }
  return fields_;
}

std::string_view CsvReader::read_field() {
  if (position_ == text_.size() || text_[position_] != '"') return read_plain();
  std::string& field = unquoted_.emplace_back(read_quoted());
  field += read_plain();
  return field;
}

std::string_view CsvReader::read_plain() {
  const std::size_t start = position_;
  while (!at_line_end() && text_[position_] != ',') ++position_;
  return text_.substr(start, position_ - start);
}

std::string CsvReader::read_quoted() {
  const std::size_t opening = position_++;
  std::string field;
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
    if (position_ == text_.size() || text_[position_] != '"') return field;
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
  text += '"' + base::replace_all(std::string(field), "\"", "\"\"") + '"';
}

}  // namespace ensure::text
