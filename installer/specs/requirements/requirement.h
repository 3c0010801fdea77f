#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/specs/requirements/marker.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/versions/specifiers.h"

namespace ensure::specs {

/// A requirement (PEP 508) such as `flask[async] >=3.0,<4 ; python_version >= "3.9"` or
/// `demo @ https://host/demo-1.0-py3-none-any.whl`.
struct Requirement {
  PackageName name;
  std::vector<PackageName> extras;  ///< as written, each once
  SpecifierSet specifiers;          ///< empty if there is a URL
  std::optional<std::string> url;   ///< as written; may be malformed
  std::optional<Marker> marker;

  /// Throws `base::ParseError`.
  static Requirement parse(std::string_view text);
  static std::optional<Requirement> try_parse(std::string_view text);

  [[nodiscard]] std::string to_string() const;
};

/// "[a,b]" of these extras as they are written in a requirement; empty without extras.
[[nodiscard]] std::string extras_to_string(const std::vector<PackageName>& extras);

enum class RequirementKind : std::uint8_t {
  kIndex,           ///< a project by its name
  kFile,            ///< a wheel, an archive or a directory, by URL or path
  kVersionControl,  ///< `git+https://...` and similar
  kEditable,        ///< `-e`: a link to the project instead of an installation
};

/// An argument of the command line or of a requirements file: a requirement (PEP 508), or a bare
/// URL or path with extras and a marker behind it, as in pip. Only the text decides on its kind;
/// the caller has to check whether the file exists.
struct RequirementArgument {
  RequirementKind kind = RequirementKind::kIndex;
  std::optional<Requirement> requirement;  ///< if it has a name
  std::string location;                    ///< URL or path as written; empty for `kIndex`
  bool is_path = false;                    ///< whether `location` is a path
  std::vector<PackageName> extras;
  std::optional<Marker> marker;

  /// Throws `base::Error` (usage).
  static RequirementArgument parse(std::string_view text);
  /// Reads the value of `-e`. Throws `base::Error` (usage).
  static RequirementArgument parse_editable(std::string_view text);

  /// In a form that pip accepts.
  [[nodiscard]] std::string to_string() const;
};

}  // namespace ensure::specs
