#pragma once

#include <string>
#include <string_view>
#include <vector>

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

}  // namespace ensure::bundled
