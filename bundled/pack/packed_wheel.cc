#include "bundled/pack/packed_wheel.h"

#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>

#include "installer/base/digest.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/specs/metadata/core_metadata.h"
#include "installer/wheel/wheel_archive.h"

namespace ensure::bundled {

namespace {

/// The digests of a manifest by the names of the wheels.
std::map<std::string, std::string> read_pins(const base::Path& manifest) try {
  std::map<std::string, std::string> pins;
  const nlohmann::json document = nlohmann::json::parse(base::read_file(manifest));
  for (const nlohmann::json& wheel : document.at("wheels")) {
    pins[wheel.at("filename").get<std::string>()] = wheel.at("sha256").get<std::string>();
  }
  return pins;
} catch (const nlohmann::json::exception& error) {
  throw base::Error(base::ExitCode::kVerification,
                    "`" + manifest.text() + "` does not pin wheels: " + error.what())
      .with_hint("let packaging/update-pins.py write it");
}

}  // namespace

PackedWheel read_wheel(const base::Path& path) {
  const wheel::WheelArchive archive = wheel::WheelArchive::open(path);
  const specs::CoreMetadata metadata =
      specs::CoreMetadata::parse(archive.dist_info_file("METADATA").value_or(""));
  PackedWheel packed{.filename = path.filename().text(),
                     .name = archive.name(),
                     .version = archive.version(),
                     .requires_python = metadata.requires_python.value_or(specs::SpecifierSet()),
                     .sha256 = base::to_hex(base::sha256(archive.bytes())),
                     .dist_info = archive.dist_info(),
                     .files = {},
                     .bytecode = {}};
  for (std::size_t part = 0; part < archive.part_count(); ++part) {
    archive.read_part(part, [&](const wheel::WheelFile& file) {
      packed.files.push_back({.path = std::string(file.path),
                              .content = std::string(file.content),
                              .executable = file.executable});
    });
  }
  return packed;
}

void require_pinned(const base::Path& manifest, const PackedWheel& wheel) {
  const std::map<std::string, std::string> pins = read_pins(manifest);
  const auto pin = pins.find(wheel.filename);
  if (pin == pins.end()) {
    throw base::Error(base::ExitCode::kVerification,
                      "`" + wheel.filename + "` is not pinned in bundled/manifest.json")
        .with_hint("name wheels of your own with -DENSURE_PIP_WHEELS=PATH;PATH");
  }
  if (pin->second != wheel.sha256) {
    throw base::Error(base::ExitCode::kVerification, "`" + wheel.filename + "` has the SHA-256 " +
                                                         wheel.sha256 + ", but " + pin->second +
                                                         " is pinned")
        .with_hint("remove it from the build directory, so that it is fetched again");
  }
}

}  // namespace ensure::bundled
