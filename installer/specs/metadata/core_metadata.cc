#include "installer/specs/metadata/core_metadata.h"

#include <algorithm>
#include <array>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/specs/tags/tag_set.h"

namespace ensure::specs {
namespace {

/// Far above any real project. A field of three bytes takes twenty times as many in memory.
constexpr std::size_t kMostFields = 100'000;

/// RFC 5322, "Header fields": printable ASCII except the colon.
bool is_field_name(std::string_view text) {
  const auto printable = [](char letter) { return letter > ' ' && letter < '\x7F'; };
  return !text.empty() && std::all_of(text.begin(), text.end(), printable);
}

constexpr std::string_view kNewestMetadata = "2";
constexpr std::string_view kNewestWheel = "1";
constexpr std::size_t kMostTags = 4096;

[[noreturn]] void refuse(const std::string& message, const std::string& value,
                         std::string_view hint) {
  base::ParseError error(message, value, 0, value.size(), base::ExitCode::kVerification);
  error.add_hint(std::string(hint));
  throw error;
}

std::string required_text(const Headers& headers, const std::string& field) {
  if (std::optional<std::string> text = headers.single(field)) return *std::move(text);
  refuse("the metadata has no field `" + field + "`", {},
         "the file is damaged, or is not the metadata of a Python project");
}

/// The value of a field, read by `try_parse`.
template <class Value>
Value required(const Headers& headers, const std::string& field) {
  const std::string text = required_text(headers, field);
  std::optional<Value> value = Value::try_parse(text);
  if (value) return *std::move(value);
  refuse("the metadata has the " + base::to_lower(field) + " `" + text + "`, which is malformed",
         text, "ask the project for a sound release");
}

/// The version of a format, of which the major part may be at most `newest`.
Version required_version(const Headers& headers, const std::string& field,
                         std::string_view newest) {
  Version version = required<Version>(headers, field);
  if (version.parts().release.front() > VersionNumber::of(newest)) {
    const std::string text = version.to_string();
    refuse(field + ' ' + text + " is not supported", text, "use a newer release of `ensure`");
  }
  return version;
}

bool is_dependency_field(const std::string& field) {
  static constexpr std::array<std::string_view, 4> kFields = {"version", "requires-dist",
                                                              "requires-python", "provides-extra"};
  return std::find(kFields.begin(), kFields.end(), base::to_lower(field)) != kFields.end();
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

CoreMetadata CoreMetadata::parse(std::string_view text) {
  static const Version kFirstWithDynamic = Version::parse("2.2");
  const Headers headers = Headers::parse(text);
  const Version version = required_version(headers, "Metadata-Version", kNewestMetadata);
  CoreMetadata metadata{.name = required<PackageName>(headers, "Name"),
                        .version = required<Version>(headers, "Version"),
                        .requires_python = std::nullopt,
                        .requires_dist = headers.all("Requires-Dist"),
                        .provides_extra = headers.all("Provides-Extra")};
  if (headers.single("Requires-Python")) {
    metadata.requires_python = required<SpecifierSet>(headers, "Requires-Python");
  }
  metadata.is_promise = version >= kFirstWithDynamic &&
                        std::ranges::none_of(headers.all("Dynamic"), is_dependency_field);
  return metadata;
}

WheelMetadata WheelMetadata::parse(std::string_view text) {
  const Headers headers = Headers::parse(text);
  (void)required_version(headers, "Wheel-Version", kNewestWheel);
  const std::string purelib = base::to_lower(required_text(headers, "Root-Is-Purelib"));
  if (purelib != "true" && purelib != "false") {
    refuse("Root-Is-Purelib is `" + purelib + "`, neither `true` nor `false`", purelib,
           "the wheel is damaged");
  }
  std::size_t tag_count = 0;
  for (const std::string& line : headers.all("Tag")) {
    const std::optional<std::vector<Tag>> tags = try_parse_tags(line);
    if (!tags) refuse("`" + line + "` is not a tag", line, "the wheel is damaged");
    tag_count += tags->size();
    // A line of 100 bytes can expand to 4096 tags.
    if (tag_count > kMostTags) {
      refuse("the file WHEEL has more than " + std::to_string(kMostTags) + " tags", line,
             "the wheel is broken or hostile; report it to its author");
    }
  }
  return {purelib == "true"};
}

}  // namespace ensure::specs
