#pragma once

#include <filesystem>
#include <vector>

#include "installer/install/distribution.h"
#include "installer/install/transaction.h"

namespace ensure::install {

/// Lets `transaction` remove the files of a distribution that RECORD lists and their bytecode:
/// whole folders by one move where nothing else is in them.
///
/// Throws `Error` (`kVerification`), before anything is changed, where there is no RECORD, or where
/// a file lies neither in the distribution's folder nor in one of the folders `allowed`, links
/// resolved.
void remove_distribution(Transaction& transaction, const Distribution& distribution,
                         const std::vector<std::filesystem::path>& allowed);

/// The same for several distributions at once: a folder goes as a whole where nothing but their
/// files is in it. What the RECORD of one of `kept` lists too stays.
void remove_distributions(Transaction& transaction, const std::vector<Distribution>& removed,
                          const std::vector<Distribution>& kept,
                          const std::vector<std::filesystem::path>& allowed);

}  // namespace ensure::install
