#include "installer/specs/metadata/entry_points.h"

#include <algorithm>
#include <utility>

#include "installer/base/text.h"
#include "installer/text/characters.h"

namespace ensure::specs {
namespace {

/// Takes a dotted name and the blanks after it off the front of `rest`. Which characters beyond
/// ASCII are letters is left to Python.
std::string take_dotted_name(std::string_view& rest) {
  const auto is_part = [](char letter) {
    return text::is_letter_or_digit(letter) || letter == '_' || letter == '.' ||
           static_cast<unsigned char>(letter) >= 0x80;
  };
  std::string name(rest.begin(), std::find_if_not(rest.begin(), rest.end(), is_part));
  rest = text::strip_leading_whitespace(rest.substr(name.size()));
  return name;
}

/// Reads `module : attribute [extra, extra]`; leaves `entry` alone if the value has another form.
/// Extras are obsolete and have no effect.
void read_object_reference(std::string_view value, EntryPoint& entry) {
  std::string module = take_dotted_name(value);
  if (module.empty()) return;
  std::string attribute;
  if (value.starts_with(':')) {
    value = text::strip_leading_whitespace(value.substr(1));
    attribute = take_dotted_name(value);
    if (attribute.empty()) return;
  }
  if (!value.empty() && !(value.starts_with('[') && value.ends_with(']'))) return;
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
    read_object_reference(text::strip_whitespace(line.substr(equals + 1)), entry);
    visit(std::move(entry));
    return true;
  });
}

}  // namespace ensure::specs
