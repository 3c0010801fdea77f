#include "installer/specs/metadata/core_metadata.h"

#include <algorithm>
#include <cstdint>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/specs/metadata/headers.h"
#include "installer/specs/tags/tags.h"

namespace ensure::specs {
namespace {

constexpr std::uint64_t kNewestMetadata = 2;
constexpr std::uint64_t kNewestWheel = 1;
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
std::string required_version(const Headers& headers, const std::string& field,
                             std::uint64_t newest) {
  const Version version = required<Version>(headers, field);
  std::string text = version.to_string();
  if (version.parts().release.front().value > newest) {
    refuse(field + ' ' + text + " is not supported", text, "use a newer release of `ensure`");
  }
  return text;
}

}  // namespace

CoreMetadata CoreMetadata::parse(std::string_view text) {
  const Headers headers = Headers::parse(text);
  std::string version = required_version(headers, "Metadata-Version", kNewestMetadata);
  CoreMetadata metadata{.metadata_version = std::move(version),
                        .name = required<PackageName>(headers, "Name"),
                        .version = required<Version>(headers, "Version"),
                        .requires_python = std::nullopt,
                        .requires_dist = headers.all("Requires-Dist"),
                        .provides_extra = headers.all("Provides-Extra"),
                        .dynamic = headers.all("Dynamic")};
  if (headers.single("Requires-Python")) {
    metadata.requires_python = required<SpecifierSet>(headers, "Requires-Python");
  }
  for (std::string& field : metadata.dynamic) field = base::to_lower(field);
  return metadata;
}

bool CoreMetadata::is_promise() const {
  static const Version kFirstWithDynamic = Version::parse("2.2");
  if (Version::parse(metadata_version) < kFirstWithDynamic) return false;
  return std::none_of(dynamic.begin(), dynamic.end(), [](const std::string& field) {
    return field == "version" || field == "requires-dist" || field == "requires-python" ||
           field == "provides-extra";
  });
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
