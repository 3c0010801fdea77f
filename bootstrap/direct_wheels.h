#pragma once

#include "bootstrap/wanted_packages.h"
#include "installer/specs/tag_set.h"
#include "installer/wheel/wheel_archive.h"

/// What is demanded of wheels that the user names by a path or URL.
namespace ensure::bootstrap {

/// Throws `Error` (`kUsage`) for folders and archives, with the way that there is.
void require_wheel(const WantedFile& file);

/// The index offers only what fits; what the user names by its place may be for another Python.
/// Throws `Error` (`kNoSolution`) then.
void require_fitting(const wheel::WheelArchive& archive, const specs::TagSet& tags);

}  // namespace ensure::bootstrap
