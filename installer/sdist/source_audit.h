#pragma once

#include <vector>

#include "installer/sdist/source_entry.h"
#include "installer/wheel/zip/archive_errors.h"

namespace ensure::sdist {

/// Puts the entries of an archive into the order of their paths, each once, and checks what they
/// mean together: no path leaves the archive, none is below a file or a link, none is two different
/// things, and a link leads to a file or folder of the archive without passing through another
/// link (PEP 721). So whoever unpacks them, folders first and links last, writes nothing elsewhere.
/// Throws `base::Error` (`kVerification`).
void check_source_entries(std::vector<SourceEntry>& entries, const wheel::ArchiveErrors& refusal);

}  // namespace ensure::sdist
