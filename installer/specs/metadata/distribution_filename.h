#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "installer/specs/requirements/package_name.h"
#include "installer/specs/tags/tag_set.h"
#include "installer/specs/versions/version.h"

namespace ensure::specs {

/// The build number of a wheel, the last tie-breaker between two wheels of one version.
struct BuildTag {
  VersionNumber number;
  std::string rest;  ///< what follows the digits

  friend bool operator==(const BuildTag&, const BuildTag&) = default;
  friend std::strong_ordering operator<=>(const BuildTag&, const BuildTag&) = default;
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
  /// A wheel without a build number sorts before all others.
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

/// The name of a source distribution: `name-version.tar.gz` (PEP 625), or `.zip` as older ones
/// have.
struct SdistFilename {
  PackageName name;
  Version version;

  /// The version follows the last dash: names with dashes were in use before PEP 625.
  static std::optional<SdistFilename> try_parse(std::string_view filename);
};

/// The kind of a file on the page of a project, by its name.
enum class FilenameKind : std::uint8_t {
  kWheel,
  kSdist,
  kOtherProject,
  kUnsupported,  ///< neither a wheel nor `.tar.gz` nor `.zip`
  kMalformed,
};

/// The name of a distribution file, cut into parts that are not parsed: on a page of 10,000 files
/// most of them recur.
struct ProjectFilename {
  FilenameKind kind = FilenameKind::kUnsupported;
  std::string_view version;  ///< of a wheel or a source distribution, as written
  std::string_view build;    ///< of a wheel; begins with a digit, or is empty
  std::string_view tags;     ///< of a wheel: the three last parts

  /// A wheel with a sound version and sound tags is one for which `WheelFilename::try_parse`
  /// succeeds. The version of a source distribution follows the first dash after a spelling of
  /// `project` (a normal form): names and versions may have dashes themselves.
  static ProjectFilename read(std::string_view filename, std::string_view project);
};

/// Whether the last part of a URL looks like a distribution file, of any kind that ever existed.
[[nodiscard]] bool is_distribution_filename(std::string_view filename);

}  // namespace ensure::specs
