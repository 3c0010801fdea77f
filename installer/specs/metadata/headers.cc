#include "installer/specs/metadata/headers.h"

#include <algorithm>

#include "installer/base/error.h"
#include "installer/base/text.h"

namespace ensure::specs {
namespace {

/// Far above any real project. A field of three bytes takes twenty times as many in memory.
constexpr std::size_t kMostFields = 100'000;

/// RFC 5322, "Header fields": printable ASCII except the colon.
bool is_field_name(std::string_view text) {
  const auto printable = [](char letter) { return letter > ' ' && letter < '\x7F'; };
  return !text.empty() && std::all_of(text.begin(), text.end(), printable);
}

}  // namespace

Headers Headers::parse(std::string_view text) {
  Headers headers;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  base::for_each_line(text, [&headers](std::string_view line) { return headers.add(line); });
  return headers;
}

bool Headers::add(std::string_view line) {
  if (line.empty()) return false;
  if (line.front() == ' ' || line.front() == '\t') {
    if (fields_.empty()) return false;
    fields_.back().value.append("\n").append(line);
    return true;
  }
  // Python's reader of messages skips these lines, and reads the fields after them.
  if (line.starts_with(':') || line.starts_with("From ")) return true;
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_field_name(line.substr(0, colon))) return false;
  if (fields_.size() == kMostFields) {
    base::ParseError error("the file has more than " + std::to_string(kMostFields) + " fields",
                           std::string(line), 0, line.size(), base::ExitCode::kVerification);
    error.add_hint("the file is broken or hostile; ask the project for a sound release");
    throw error;
  }
  fields_.push_back(
      {base::to_lower(line.substr(0, colon)), std::string(base::trim(line.substr(colon + 1)))});
  return true;
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
  base::ParseError error("the field `" + std::string(name) + "` occurs more than once", values[1],
                         0, values[1].size(), base::ExitCode::kVerification);
  error.add_hint("which one counts is not defined; ask the project for a sound file");
  throw error;
}

}  // namespace ensure::specs
