#include "installer/specs/headers.h"

#include <algorithm>

#include "installer/base/error.h"
#include "installer/base/text.h"

namespace ensure::specs {
namespace {

/// RFC 5322, "Header fields": printable ASCII but the colon.
bool is_field_name(std::string_view text) {
  const auto printable = [](char letter) { return letter > ' ' && letter < '\x7F'; };
  return !text.empty() && std::all_of(text.begin(), text.end(), printable);
}

/// Lines that end no header, though they are no field: what Python's reader of messages makes of
/// them. What it takes for fields after them has to be seen here too.
bool is_passed_over(std::string_view line) {
  return line.starts_with(':') || line.starts_with("From ");
}

}  // namespace

Headers Headers::parse(std::string_view text) {
  Headers headers;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (const std::string_view line : base::split_lines(text)) {
    if (line.empty()) break;
    if (line.front() == ' ' || line.front() == '\t') {
      if (headers.fields_.empty()) break;
      headers.fields_.back().value.append("\n").append(line);
      continue;
    }
    if (is_passed_over(line)) continue;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_field_name(line.substr(0, colon))) break;
    headers.fields_.push_back(
        {base::to_lower(line.substr(0, colon)), std::string(base::trim(line.substr(colon + 1)))});
  }
  return headers;
}

std::vector<std::string> Headers::all(std::string_view name) const {
  const std::string lowered = base::to_lower(name);
  std::vector<std::string> values;
  for (const Field& field : fields_) {
    if (field.name == lowered) values.push_back(field.value);
  }
  return values;
}

std::optional<std::string> Headers::single(std::string_view name) const {
  std::vector<std::string> values = all(name);
  if (values.empty()) return std::nullopt;
  if (values.size() == 1) return std::move(values.front());
  base::ParseError error("the field `" + std::string(name) + "` stands there more than once",
                         values[1], 0, values[1].size(), base::ExitCode::kVerification);
  error.add_hint("which one counts is not defined; ask the project for a sound file");
  throw error;
}

}  // namespace ensure::specs
