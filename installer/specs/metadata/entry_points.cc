#include "installer/specs/metadata/entry_points.h"

#include <algorithm>
#include <utility>

#include "installer/base/text.h"
#include "installer/text/ascii.h"
#include "installer/text/whitespace.h"

namespace ensure::specs {
namespace {

/// Whether Python might have this byte in an identifier or in a dotted name. Which characters
/// beyond ASCII are letters is left to Python.
bool is_dotted_name_letter(char letter) {
  return text::is_letter_or_digit(letter) || letter == '_' || letter == '.' ||
         static_cast<unsigned char>(letter) >= 0x80;
}

/// Takes a dotted name and the blanks after it off the front of `rest`.
std::string take_dotted_name(std::string_view& rest) {
  const auto* const end = std::find_if_not(rest.begin(), rest.end(), is_dotted_name_letter);
  std::string name(rest.begin(), end);
  rest = text::strip_leading_whitespace(rest.substr(name.size()));
  return name;
}

std::vector<std::string> split_extras(std::string_view text) {
  std::vector<std::string> extras;
  for (const std::string_view part : base::split(text, ',')) {
    const std::string_view extra = text::strip_whitespace(part);
    if (!extra.empty()) extras.emplace_back(extra);
  }
  return extras;
}

/// Reads `module : attribute [extra, extra]`; leaves `entry` as it is where the value is not that.
void read_object_reference(EntryPoint& entry) {
  std::string_view rest = entry.value;
  std::string module = take_dotted_name(rest);
  if (module.empty()) return;
  std::string attribute;
  if (rest.starts_with(':')) {
    rest = text::strip_leading_whitespace(rest.substr(1));
    attribute = take_dotted_name(rest);
    if (attribute.empty()) return;
  }
  if (!rest.empty() && !(rest.starts_with('[') && rest.ends_with(']'))) return;
  if (!rest.empty()) entry.extras = split_extras(rest.substr(1, rest.size() - 2));
  entry.module = std::move(module);
  entry.attribute = std::move(attribute);
}

}  // namespace

void each_entry_point(std::string_view text,
                      const std::function<bool(std::string_view group)>& is_wanted,
                      const std::function<void(EntryPoint)>& visit) {
  std::string_view group;
  bool in_group = false;
  base::for_each_line(text, [&](std::string_view raw) {
    const std::string_view line = text::strip_whitespace(raw);
    if (line.empty() || line.starts_with('#')) return true;
    if (line.starts_with('[') && line.ends_with(']')) {
      group = line.substr(1, line.size() - 2);
      in_group = is_wanted(group);
      return true;
    }
    const std::size_t equals = line.find('=');
    if (!in_group || equals == std::string_view::npos) return true;
    EntryPoint entry;
    entry.group = group;
    entry.name = text::strip_whitespace(line.substr(0, equals));
    entry.value = text::strip_whitespace(line.substr(equals + 1));
    read_object_reference(entry);
    visit(std::move(entry));
    return true;
  });
}

std::vector<EntryPoint> parse_entry_points(std::string_view text) {
  std::vector<EntryPoint> entries;
  each_entry_point(
      text, [](std::string_view /*group*/) { return true; },
      [&entries](EntryPoint entry) { entries.push_back(std::move(entry)); });
  return entries;
}

}  // namespace ensure::specs
