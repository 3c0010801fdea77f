#include "installer/specs/metadata/core_metadata.h"

#include <algorithm>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/specs/metadata/headers.h"

namespace ensure::specs {
namespace {

constexpr std::uint64_t kNewestGeneration = 2;

[[noreturn]] void refuse(const std::string& message, const std::string& value,
                         std::string_view hint) {
  base::ParseError error(message, value, 0, value.size(), base::ExitCode::kVerification);
  error.add_hint(std::string(hint));
  throw error;
}

/// The value of a field, read by `try_parse`.
template <class Value>
Value required(const Headers& headers, const char* field) {
  const std::optional<std::string> text = headers.single(field);
  if (!text) {
    refuse(std::string("the metadata has no field `") + field + "`", {},
           "the file is damaged, or no metadata of a Python project");
  }
  std::optional<Value> value = Value::try_parse(*text);
  if (!value) {
    refuse("the metadata has the " + base::to_lower(field) + " `" + *text + "`, which is malformed",
           *text, "ask the project for a sound release");
  }
  return *std::move(value);
}

std::string read_metadata_version(const Headers& headers) {
  const std::string text = required<Version>(headers, "Metadata-Version").to_string();
  if (Version::parse(text).release().front() > kNewestGeneration) {
    refuse("Metadata-Version " + text + " is not known", text,
           "use a newer release of this program");
  }
  return text;
}

std::optional<SpecifierSet> read_requires_python(const Headers& headers) {
  const std::optional<std::string> text = headers.single("Requires-Python");
  if (!text) return std::nullopt;
  return required<SpecifierSet>(headers, "Requires-Python");
}

}  // namespace

CoreMetadata CoreMetadata::parse(std::string_view text) {
  const Headers headers = Headers::parse(text);
  std::string metadata_version = read_metadata_version(headers);
  CoreMetadata metadata{.metadata_version = std::move(metadata_version),
                        .name = required<PackageName>(headers, "Name"),
                        .version = required<Version>(headers, "Version"),
                        .requires_python = read_requires_python(headers),
                        .requires_dist = headers.all("Requires-Dist"),
                        .provides_extra = headers.all("Provides-Extra"),
                        .dynamic = headers.all("Dynamic")};
  std::transform(metadata.dynamic.begin(), metadata.dynamic.end(), metadata.dynamic.begin(),
                 [](const std::string& field) { return base::to_lower(field); });
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

}  // namespace ensure::specs
