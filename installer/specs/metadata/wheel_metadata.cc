#include "installer/specs/metadata/wheel_metadata.h"

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/specs/metadata/headers.h"
#include "installer/specs/versions/version.h"

namespace ensure::specs {
namespace {

constexpr std::uint64_t kKnownMajor = 1;
constexpr std::size_t kMostTags = 4096;

[[noreturn]] void refuse(const std::string& message, const std::string& value,
                         std::string_view hint) {
  base::ParseError error(message, value, 0, value.size(), base::ExitCode::kVerification);
  error.add_hint(std::string(hint));
  throw error;
}

std::string required(const Headers& headers, const char* field) {
  std::optional<std::string> value = headers.single(field);
  if (value) return *std::move(value);
  refuse(std::string("the file WHEEL has no field `") + field + "`", {}, "the wheel is damaged");
}

void read_wheel_version(const Headers& headers, WheelMetadata& metadata) {
  const std::string text = required(headers, "Wheel-Version");
  const std::optional<Version> version = Version::try_parse(text);
  if (!version) refuse("`" + text + "` is no Wheel-Version", text, "the wheel is damaged");
  const std::vector<std::uint64_t> numbers = version->release();
  metadata.wheel_version_major = numbers.front();
  metadata.wheel_version_minor = numbers.size() > 1 ? numbers[1] : 0;
  if (metadata.wheel_version_major > kKnownMajor) {
    refuse("Wheel-Version " + text + " is not known", text, "use a newer release of this program");
  }
}

void read_root_is_purelib(const Headers& headers, WheelMetadata& metadata) {
  const std::string text = required(headers, "Root-Is-Purelib");
  const std::string value = base::to_lower(text);
  if (value != "true" && value != "false") {
    refuse("Root-Is-Purelib is `" + text + "`, neither `true` nor `false`", text,
           "the wheel is damaged");
  }
  metadata.root_is_purelib = value == "true";
}

}  // namespace

WheelMetadata WheelMetadata::parse(std::string_view text) {
  const Headers headers = Headers::parse(text);
  WheelMetadata metadata;
  read_wheel_version(headers, metadata);
  read_root_is_purelib(headers, metadata);
  for (const std::string& line : headers.all("Tag")) {
    const std::optional<std::vector<Tag>> tags = try_parse_tags(line);
    if (!tags) refuse("`" + line + "` is no tag", line, "the wheel is damaged");
    metadata.tags.insert(metadata.tags.end(), tags->begin(), tags->end());
    // A limit, because a line of 100 bytes can expand to 4096 tags.
    if (metadata.tags.size() > kMostTags) {
      refuse("the file WHEEL has more than " + std::to_string(kMostTags) + " tags", line,
             "the wheel is broken or hostile; report it to its author");
    }
  }
  metadata.build = headers.single("Build");
  metadata.generator = headers.single("Generator").value_or("");
  return metadata;
}

}  // namespace ensure::specs
