#include "bundled/pack/pins.h"

#include <nlohmann/json.hpp>

#include "installer/base/error.h"
#include "installer/base/file.h"

namespace ensure::bundled {

Pins Pins::read(const base::Path& manifest) {
  Pins pins;
  try {
    const nlohmann::json document = nlohmann::json::parse(base::read_file(manifest));
    for (const nlohmann::json& wheel : document.at("wheels")) {
      pins.sha256_of_[wheel.at("filename").get<std::string>()] =
          wheel.at("sha256").get<std::string>();
    }
  } catch (const nlohmann::json::exception& error) {
    throw base::Error(base::ExitCode::kVerification,
                      "`" + manifest.text() + "` does not pin wheels: " + error.what())
        .with_hint("let packaging/update-pins.py write it");
  }
  return pins;
}

void Pins::require(std::string_view filename, std::string_view sha256) const {
  const auto pin = sha256_of_.find(filename);
  if (pin == sha256_of_.end()) {
    throw base::Error(base::ExitCode::kVerification,
                      "`" + std::string(filename) + "` is not pinned in bundled/manifest.json")
        .with_hint("name wheels of your own with -DENSURE_PIP_WHEELS=PATH;PATH");
  }
  if (pin->second != sha256) {
    throw base::Error(base::ExitCode::kVerification,
                      "`" + std::string(filename) + "` has the SHA-256 " + std::string(sha256) +
                          ", but " + pin->second + " is pinned")
        .with_hint("remove it from the build directory, so that it is fetched again");
  }
}

}  // namespace ensure::bundled
