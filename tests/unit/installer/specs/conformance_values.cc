#include "conformance_values.h"

#include <cstdint>
#include <string>
#include <vector>

#include "installer/specs/tags/tag_set.h"
#include "installer/specs/versions/version.h"

namespace ensure::specs {
namespace {

using nlohmann::json;

std::uint32_t number(const json& version, std::size_t place) {
  if (version.is_null()) return 0;
  const std::vector<VersionNumber> numbers = Version::parse(text_of(version)).parts().release;
  return place < numbers.size() ? static_cast<std::uint32_t>(std::stoul(numbers[place].to_string()))
                                : 0;
}

std::vector<std::string> platforms_of(const json& environment) {
  const std::string system = text_of(environment["libc_or_os"]);
  const std::string architecture = text_of(environment["arch"]);
  const std::uint32_t major = number(environment["version"], 0);
  const std::uint32_t minor = number(environment["version"], 1);
  if (system == "glibc") return manylinux_platforms(minor, architecture);
  if (system == "musl") return musllinux_platforms(major, minor, architecture);
  if (system == "mac") return macos_platforms(major, minor, architecture);
  return other_platforms(architecture);
}

}  // namespace

std::string text_of(const json& value) { return value.get<std::string>(); }

MarkerEnvironment environment_of(const json& values) {
  const auto value = [&values](const char* name) { return values.value(name, std::string()); };
  return {.implementation_name = value("implementation_name"),
          .implementation_version = value("implementation_version"),
          .os_name = value("os_name"),
          .platform_machine = value("platform_machine"),
          .platform_python_implementation = value("platform_python_implementation"),
          .platform_release = value("platform_release"),
          .platform_system = value("platform_system"),
          .platform_version = value("platform_version"),
          .python_full_version = value("python_full_version"),
          .python_version = value("python_version"),
          .sys_platform = value("sys_platform")};
}

TagSet tags_of(const json& environment) {
  return {text_of(environment["implementation"]),
          number(environment["python"], 0),
          number(environment["python"], 1),
          {text_of(environment["abi"])},
          platforms_of(environment)};
}

}  // namespace ensure::specs
