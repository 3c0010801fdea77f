#pragma once

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

}  // namespace ensure::specs
