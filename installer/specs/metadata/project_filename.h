#pragma once

#include <cstdint>
#include <string_view>

namespace ensure::specs {

/// What the name of a file tells whoever is looking for one project.
enum class FilenameKind : std::uint8_t {
  kWheel,
  kSdist,
  kOtherProject,
  kUnsupported,  ///< no wheel, `.tar.gz` or `.zip`
  kMalformed,
};

/// The name of a distribution file, cut into parts that are yet to be parsed: on a page of 10,000
/// files most of them recur.
struct ProjectFilename {
  FilenameKind kind = FilenameKind::kUnsupported;
  std::string_view version;  ///< of a wheel or a source distribution, as written
  std::string_view build;    ///< of a wheel; begins with a digit, or is empty
  std::string_view tags;     ///< of a wheel: the three last parts

  /// Where version and tags are sound, a wheel is one exactly where `WheelFilename::try_parse`
  /// takes the name. Of a source distribution the version begins after the first dash that
  /// `project` (in its normal form) ends at: names and versions may have dashes themselves.
  static ProjectFilename read(std::string_view filename, std::string_view project);
};

/// Whether the last part of a URL looks like the file of a distribution, of any kind that there
/// ever was.
[[nodiscard]] bool is_distribution_filename(std::string_view filename);

}  // namespace ensure::specs
