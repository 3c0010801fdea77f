#pragma once

#include <vector>

#include "installer/base/path.h"
#include "installer/install/installed/distribution.h"
#include "installer/install/transaction/transaction.h"

namespace ensure::install {

/// Makes `transaction` remove the files that the RECORDs of `removed` list, and their bytecode.
/// Removes a directory as a whole if it contains nothing else. Keeps files that the RECORD of one
/// of `kept` also lists, and `own_files`, the files of the target itself, whatever a RECORD lists.
///
/// Throws `Error` (`kVerification`), before anything is changed, if a RECORD is missing, or if a
/// file is neither in the distribution's directory nor in one of the directories `allowed`, links
/// resolved.
void remove_distributions(Transaction& transaction, const std::vector<Distribution>& removed,
                          const std::vector<Distribution>& kept,
                          const std::vector<base::Path>& allowed,
                          const std::vector<base::Path>& own_files = {});

}  // namespace ensure::install
