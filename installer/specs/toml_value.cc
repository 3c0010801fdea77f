#include "installer/specs/toml_value.h"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "installer/base/error.h"

namespace ensure::specs {
namespace {

std::int64_t microseconds(const toml::date& date, const toml::time& time) {
  const std::chrono::year_month_day day{std::chrono::year(date.year),
                                        std::chrono::month(date.month), std::chrono::day(date.day)};
  const std::int64_t days = std::chrono::sys_days(day).time_since_epoch().count();
  const std::int64_t seconds = ((days * 24 + time.hour) * 60 + time.minute) * 60 + time.second;
  return seconds * 1000000 + time.nanosecond / 1000;
}

std::int64_t microseconds(const toml::date_time& time) {
  const std::int64_t offset = time.offset ? time.offset->minutes : 0;
  return microseconds(time.date, time.time) - offset * 60 * 1000000;
}

TomlValue plain(TomlKind kind, std::int64_t number = 0) {
  TomlValue value;
  value.kind = kind;
  value.number = number;
  return value;
}

// The library limits how deep values are nested.
TomlValue convert(const toml::node& node) {
  TomlValue value;
  switch (node.type()) {
    case toml::node_type::string:
      value.kind = TomlKind::kString;
      value.text = node.as_string()->get();
      break;
    case toml::node_type::integer:
      return plain(TomlKind::kInteger, node.as_integer()->get());
    case toml::node_type::boolean:
      return plain(TomlKind::kBoolean, node.as_boolean()->get() ? 1 : 0);
    case toml::node_type::date_time:
      return plain(TomlKind::kTime, microseconds(node.as_date_time()->get()));
    case toml::node_type::date:
      return plain(TomlKind::kTime, microseconds(node.as_date()->get(), {}));
    case toml::node_type::array:
      value.kind = TomlKind::kArray;
      for (const toml::node& element : *node.as_array()) value.elements.push_back(convert(element));
      break;
    case toml::node_type::table:
      for (const auto& [key, member] : *node.as_table()) {
        value.members.push_back({std::string(key.str()), convert(member)});
      }
      break;
    default:
      return plain(TomlKind::kFloat);
  }
  return value;
}

std::string_view name_of(TomlKind kind) {
  static constexpr std::array<std::string_view, 7> kNames = {
      "a string",        "an integer", "a number", "true or false",
      "a date and time", "an array",   "a table"};
  return kNames.at(static_cast<std::size_t>(kind));
}

}  // namespace

TomlValue TomlValue::parse(std::string_view document) {
  try {
    return convert(toml::parse(document));
  } catch (const toml::parse_error& error) {
    const toml::source_position place = error.source().begin;
    base::ParseError refusal(
        "not TOML at line " + std::to_string(place.line) + ": " + std::string(error.description()),
        std::string(document.substr(0, 80)), 0);
    refusal.add_hint("see the TOML specification for how values are written");
    throw refusal;
  }
}

const TomlValue* TomlValue::find(std::string_view key) const {
  for (const auto& [name, value] : members) {
    if (name == key) return &value;
  }
  return nullptr;
}

TomlReader TomlReader::at(const TomlValue& value, std::string path) const {
  TomlReader reader(value, what_);
  reader.path_ = std::move(path);
  return reader;
}

TomlReader TomlReader::member(std::string_view key, TomlKind kind) const {
  std::string path = path_.empty() ? std::string(key) : path_ + '.' + std::string(key);
  const TomlValue* const found = value_->find(key);
  if (found == nullptr) at(*value_, std::move(path)).fail("is missing");
  TomlReader reader = at(*found, std::move(path));
  reader.expect(kind);
  return reader;
}

const std::string& TomlReader::string(std::string_view key) const {
  return member(key, TomlKind::kString).value().text;
}

std::string TomlReader::optional_string(std::string_view key) const {
  return has(key) ? string(key) : std::string();
}

std::vector<TomlReader> TomlReader::elements(std::string_view key, TomlKind kind) const {
  std::vector<TomlReader> readers;
  if (!has(key)) return readers;
  const TomlReader array = member(key, TomlKind::kArray);
  for (const TomlValue& element : array.value().elements) {
    readers.push_back(at(element, array.path_ + '[' + std::to_string(readers.size()) + ']'));
    readers.back().expect(kind);
  }
  return readers;
}

std::vector<std::string> TomlReader::strings(std::string_view key) const {
  std::vector<std::string> texts;
  for (const TomlReader& element : elements(key, TomlKind::kString)) {
    texts.push_back(element.value().text);
  }
  return texts;
}

void TomlReader::expect(TomlKind kind) const {
  if (value_->kind != kind) fail("has to be " + std::string(name_of(kind)));
}

void TomlReader::fail(std::string_view problem) const {
  throw base::Error(base::ExitCode::kUsage, "this is not a " + std::string(what_) + ": `" + path_ +
                                                "` " + std::string(problem))
      .with_hint("correct the entry, or make the file again with the tool that wrote it");
}

}  // namespace ensure::specs
