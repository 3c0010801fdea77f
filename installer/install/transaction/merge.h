#pragma once

#include "installer/base/path.h"
#include "installer/install/transaction/transaction.h"

namespace ensure::install {

/// Adds to `transaction` the moves of all entries of the staged directory `staged` into the
/// directory `destination`. An entry that is missing there is moved as a whole; directories that
/// exist on both sides are merged; a file replaces a file. Follows links to directories that stay
/// inside the target, such as `lib64`.
///
/// Throws `Error` (`kFileSystem`), with nothing changed, if one side has a directory and the other
/// a file, or if a link leads out of the target.
void merge_tree(Transaction& transaction, const base::Path& staged, const base::Path& destination);

}  // namespace ensure::install
