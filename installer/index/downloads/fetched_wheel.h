#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "installer/index/candidates/distribution_file.h"
#include "installer/index/downloads/digest_check.h"
#include "installer/wheel/wheel_archive.h"
#include "installer/wheel/wheel_source.h"

namespace ensure::index {

/// A wheel that is here, audited and verified.
struct FetchedWheel {
  FileRequest request;
  /// What to install from. It may write the cache's form of the wheel while it is read.
  std::shared_ptr<const wheel::WheelSource> source;
  /// The same as an archive, published or stored: for METADATA and the like.
  std::shared_ptr<const wheel::WheelArchive> archive;
  // NOLINTNEXTLINE(readability-redundant-member-init): so that initializers may leave it out
  std::string sha256 = {};  ///< of the published file, in hexadecimal
  Verification verification = {};
  bool from_cache = false;
  std::uint64_t downloaded = 0;  ///< bytes that came over the network for it
};

}  // namespace ensure::index
