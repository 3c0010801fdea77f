#pragma once

#include <filesystem>

#include "installer/install/transaction.h"

namespace ensure::install {

/// Lets `transaction` place what is in the staged directory `staged` into the directory
/// `destination`: what is missing there by one move, however much it holds; directories that exist
/// on both sides are merged; a file replaces a file. A directory of the target may be reached
/// through a link that stays inside the target, such as `lib64`.
///
/// Throws `Error` (`kFileSystem`) where one side has a directory and the other a file, or where a
/// link leads out of the target; nothing has been changed then.
void merge_tree(Transaction& transaction, const fs::path& staged, const fs::path& destination);

}  // namespace ensure::install
