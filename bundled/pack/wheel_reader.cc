#include "bundled/pack/wheel_reader.h"

#include <cstddef>
#include <string>

#include "installer/base/digest.h"
#include "installer/specs/metadata/core_metadata.h"
#include "installer/wheel/wheel_archive.h"

namespace ensure::bundled {

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

}  // namespace ensure::bundled
