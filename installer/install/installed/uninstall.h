#pragma once

#include <filesystem>
#include <vector>

#include "installer/install/installed/distribution.h"
#include "installer/install/transaction/transaction.h"

namespace ensure::install {

/// Lets `transaction` remove the files of a distribution that RECORD lists and their bytecode:
/// whole directories by one move where nothing else is in them.
///
/// Throws `Error` (`kVerification`), before anything is changed, where there is no RECORD, or where
/// a file lies neither in the distribution's directory nor in one of the directories `allowed`,
/// links resolved.
void remove_distribution(Transaction& transaction, const Distribution& distribution,
                         const std::vector<std::filesystem::path>& allowed);

/// Like `remove_distribution`, for several distributions at once: removes a directory as a whole if
/// it contains only their files. Keeps files that the RECORD of one of `kept` also lists, and
/// `own_files`, the files of the target itself, whatever a RECORD lists.
void remove_distributions(Transaction& transaction, const std::vector<Distribution>& removed,
                          const std::vector<Distribution>& kept,
                          const std::vector<std::filesystem::path>& allowed,
                          const std::vector<std::filesystem::path>& own_files = {});

}  // namespace ensure::install
