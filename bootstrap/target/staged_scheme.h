#pragma once

#include <list>
#include <vector>

#include "bootstrap/target/addressee.h"
#include "installer/base/files.h"
#include "installer/base/path.h"
#include "installer/install/installed/unowned_files.h"
#include "installer/install/transaction/transaction.h"
#include "installer/install/wheel/destination.h"
#include "installer/specs/metadata/layout.h"

namespace ensure::bootstrap {

/// The directories of an interpreter's installation scheme, each with a staging directory whose
/// content replaces or joins it when the transaction is applied. Schemes may name one directory
/// several times (purelib and platlib often do); it is staged once.
class StagedScheme {
 public:
  /// Creates the staging directories in `transaction`, which outlives this object. Throws
  /// base::Error where the system refuses.
  StagedScheme(const Addressee& addressee, const specs::Scheme& scheme,
               install::Transaction& transaction);

  /// Maps each directory of the scheme to its staging directory.
  [[nodiscard]] const install::WheelDestination& destination() const { return destination_; }

  /// The staging directory of `logical`, a directory of the scheme as the interpreter names it.
  [[nodiscard]] base::Path staged_path(const base::Path& logical) const;

  /// Every staging directory with the directory it will be merged into.
  [[nodiscard]] std::vector<install::StagedTree> trees() const;

  /// Adds to `transaction` the moves of all staged files to their final paths.
  void merge(install::Transaction& transaction) const;

 private:
  struct Folder {
    base::Path logical;          ///< as the interpreter names it
    base::Path on_this_machine;  ///< below `--root`, if there is one
    base::Directory directory;   ///< the staging directory
  };

  void add(const base::Path& logical, const base::Path& on_this_machine,
           install::Transaction& transaction);

  std::list<Folder> folders_;  ///< a list, because the mapping keeps references to its elements
  install::WheelDestination destination_;
};

}  // namespace ensure::bootstrap
