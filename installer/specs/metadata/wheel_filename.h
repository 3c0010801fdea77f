#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "installer/specs/requirements/package_name.h"
#include "installer/specs/tags/tags.h"
#include "installer/specs/versions/version.h"

namespace ensure::specs {

/// The build number of a wheel, the last tie-breaker between two wheels of one version.
struct BuildTag {
  VersionNumber number;
  std::string rest;  ///< what follows the digits

  friend bool operator==(const BuildTag&, const BuildTag&) = default;
  friend bool operator<(const BuildTag& left, const BuildTag& right) {
    if (!(left.number == right.number)) return left.number < right.number;
    return left.rest < right.rest;
  }
};

/// The name of a wheel file: `name-version(-build)?-python-abi-platform.whl` ("Binary distribution
/// format", "File name convention"). It consists of ASCII letters, digits and `-_.+!` and has at
/// most 255 bytes, so it is safe as the name of a file.
class WheelFilename {
 public:
  /// Throws `base::ParseError`.
  static WheelFilename parse(std::string_view filename);
  static std::optional<WheelFilename> try_parse(std::string_view filename);

  [[nodiscard]] const PackageName& name() const { return name_; }
  [[nodiscard]] const Version& version() const { return version_; }
  /// None sorts before any.
  [[nodiscard]] const std::optional<BuildTag>& build() const { return build_; }
  /// The tags, each once and sorted, in lower case.
  [[nodiscard]] const std::vector<Tag>& tags() const { return tags_; }
  /// The file name as given.
  [[nodiscard]] const std::string& to_string() const { return text_; }

 private:
  WheelFilename(PackageName name, Version version)
      : name_(std::move(name)), version_(std::move(version)) {}
  static std::optional<WheelFilename> read(std::string_view filename, std::string& reason);

  std::string text_;
  PackageName name_;
  Version version_;
  std::optional<BuildTag> build_;
  std::vector<Tag> tags_;
};

}  // namespace ensure::specs
