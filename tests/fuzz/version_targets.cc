// Versions, specifiers, markers, requirements and file names: one line of text each.

#include <array>
#include <string>

#include "installer/base/url.h"
#include "installer/specs/metadata/distribution_filename.h"
#include "installer/specs/requirements/marker.h"
#include "installer/specs/requirements/requirement.h"
#include "installer/specs/tags/tag_set.h"
#include "installer/specs/versions/specifiers.h"
#include "installer/specs/versions/version.h"
#include "tests/fuzz/fuzz_target.h"

namespace ensure::fuzz {

namespace {

using specs::Marker;
using specs::Requirement;
using specs::SpecifierSet;
using specs::Version;

void version(std::string_view bytes) {
  const Version version = Version::parse(bytes);
  require(Version::parse(version.to_string()) == version, "a version reads back what it prints");
  const auto from_key = Version::from_key(version.key());
  require(from_key && *from_key == version, "a version can be restored from its key");
}

void specifiers(std::string_view bytes) {
  const SpecifierSet set = SpecifierSet::parse(bytes);
  require(SpecifierSet::parse(set.to_string()).to_string() == set.to_string(),
          "a specifier set reads back what it prints");
  static_cast<void>(set.contains(Version::parse("1.0")));
}

void marker(std::string_view bytes) {
  const Marker marker = Marker::parse(bytes);
  require(Marker::parse(marker.to_string()) == marker, "a marker reads back what it prints");
  specs::MarkerEnvironment environment;
  environment.os_name = "posix";
  environment.python_version = "3.12";
  environment.python_full_version = "3.12.1";
  static_cast<void>(marker.evaluate(environment));
  static_cast<void>(marker.extras(environment));
}

void requirement(std::string_view bytes) {
  const Requirement requirement = Requirement::parse(bytes);
  const std::string text = requirement.to_string();
  require(Requirement::parse(text).to_string() == text, "a requirement reads back what it prints");
}

void requirement_argument(std::string_view bytes) {
  static_cast<void>(specs::RequirementArgument::parse(bytes).to_string());
}

void wheel_filename(std::string_view bytes) {
  const specs::WheelFilename filename = specs::WheelFilename::parse(bytes);
  require(!filename.tags().empty(), "a wheel's name has a tag");
}

void sdist_filename(std::string_view bytes) {
  static_cast<void>(specs::SdistFilename::try_parse(bytes));
}

void url(std::string_view bytes) {
  const base::Url url = base::Url::parse(bytes);
  require(base::Url::parse(url.to_string()) == url, "a URL reads back what it prints");
  static_cast<void>(url.redacted());
  static_cast<void>(url.try_join("../a/./b?c#d"));
  static_cast<void>(base::Url::parse("https://host.example/a/b").try_join(bytes));
}

constexpr std::array kTargets{
    FuzzTarget{"version", version},
    FuzzTarget{"specifiers", specifiers},
    FuzzTarget{"marker", marker},
    FuzzTarget{"requirement", requirement},
    FuzzTarget{"requirement_argument", requirement_argument},
    FuzzTarget{"wheel_filename", wheel_filename},
    FuzzTarget{"sdist_filename", sdist_filename},
    FuzzTarget{"url", url},
};

}  // namespace

std::span<const FuzzTarget> version_targets() { return kTargets; }

}  // namespace ensure::fuzz
