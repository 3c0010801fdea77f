#pragma once

#include <filesystem>

#include "installer/install/transaction.h"

namespace ensure::install {

/// Lets `transaction` place what is in the staged folder `staged` into the folder `destination`:
/// what is missing there by one move, however much it holds; folders that exist on both sides are
/// merged; a file replaces a file. Throws `Error` (`kFileSystem`) where one side has a folder and
/// the other a file; nothing has been changed then.
void merge_tree(Transaction& transaction, const fs::path& staged, const fs::path& destination);

}  // namespace ensure::install
