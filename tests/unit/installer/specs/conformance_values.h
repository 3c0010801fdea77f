#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "installer/specs/requirements/marker.h"
#include "installer/specs/tags/tag_set.h"

/// What several lists of the conformance data describe, as values of ours.
namespace ensure::specs {

[[nodiscard]] std::string text_of(const nlohmann::json& value);

/// One of the environments of `pep508_markers.json`.
[[nodiscard]] MarkerEnvironment environment_of(const nlohmann::json& values);

/// One of the environments of `tags.json`.
[[nodiscard]] TagSet tags_of(const nlohmann::json& environment);

}  // namespace ensure::specs
