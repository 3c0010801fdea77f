#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bundled/pack/packed_wheel.h"
#include "bundled/payload/bundle.h"

namespace ensure::bundled {

/// A small wheel of the project "sample" with modules in several directories and no bytecode.
[[nodiscard]] PackedWheel sample_wheel(std::string_view version, std::string_view requires_python);

/// Made-up bytecode for every module of a wheel.
[[nodiscard]] PackedBytecode sample_bytecode(const PackedWheel& wheel, std::string_view cache_tag);

/// Two releases of it, the older one with its bytecode for one tag and the newer one for two.
[[nodiscard]] std::vector<PackedWheel> sample_wheels();

/// Every file that reading all parts of a wheel visits, by path.
[[nodiscard]] std::map<std::string, PackedFile> files_of(const Bundle& bundle,
                                                         const BundledWheel& wheel,
                                                         std::string_view cache_tag);

/// The same for what was packed.
[[nodiscard]] std::map<std::string, PackedFile> files_of(const PackedWheel& wheel,
                                                         std::string_view cache_tag);

}  // namespace ensure::bundled
