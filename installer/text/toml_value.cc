#include "installer/text/toml_value.h"

#include <algorithm>
#include <array>
#include <utility>

#include "installer/base/error.h"
#include "installer/text/toml_parser.h"

namespace ensure::text {
namespace {

std::string_view name_of(TomlKind kind) {
  static constexpr std::array<std::string_view, 8> kNames = {
      "a string",        "an integer",    "a number", "true or false",
      "a date and time", "a time of day", "an array", "a table"};
  return kNames.at(static_cast<std::size_t>(kind));
}

}  // namespace

TomlValue TomlValue::parse(std::string_view document) { return TomlParser(document).parse(); }

const TomlValue* TomlValue::find(std::string_view key) const {
  const auto place = std::ranges::lower_bound(members, key, {}, &TomlMember::key);
  return place != members.end() && place->key == key ? &place->value : nullptr;
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

}  // namespace ensure::text
