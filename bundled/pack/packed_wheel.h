#pragma once

#include <string>
#include <vector>

#include "installer/base/path.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/versions/specifiers.h"
#include "installer/specs/versions/version.h"

namespace ensure::bundled {

/// A file to pack.
struct PackedFile {
  std::string path;  ///< among the installed modules, with "/" between directories
  std::string content;
  bool executable = false;

  bool operator==(const PackedFile&) const = default;
};

/// The bytecode of a wheel for one cache tag.
struct PackedBytecode {
  std::string cache_tag;
  std::string compiled_with;
  std::vector<PackedFile> files;
};

/// An audited wheel, read into memory, with the bytecode made for it.
struct PackedWheel {
  std::string filename;
  specs::PackageName name;
  specs::Version version;
  specs::SpecifierSet requires_python;
  std::string sha256;     ///< of the wheel file, in hexadecimal
  std::string dist_info;  ///< the name of the directory
  std::vector<PackedFile> files;
  std::vector<PackedBytecode> bytecode;
};

/// Audits a wheel file and reads all of it into memory, without bytecode. Throws `Error`
/// (`kVerification`) if the wheel is not sound.
[[nodiscard]] PackedWheel read_wheel(const base::Path& path);

/// Throws `Error` (`kVerification`) unless `manifest` (bundled/manifest.json) pins a wheel of this
/// name with this SHA-256.
void require_pinned(const base::Path& manifest, const PackedWheel& wheel);

}  // namespace ensure::bundled
