#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/install/transaction/target_tree.h"

namespace ensure::install {

/// One change of a target, made by renames only.
struct Change {
  enum class Kind : char {
    kDirectory = 'd',  ///< creates the directory `destination`, which is missing
    /// Moves `staged` to `destination`. An existing entry is exchanged with it or, if the file
    /// system cannot exchange two names, first moved to `backup`.
    kPlace = 'p',
    kRemove = 'r',  ///< moves `destination` to `backup`
    /// Removes the directory `destination`, which the changes before have emptied; `backup` is a
    /// directory with its mode and owner.
    kRemoveEmptied = 'e',
  };

  Kind kind;
  TargetEntry destination;
  StagedEntry staged;
  StagedEntry backup;
  /// The inode number of the staged entry: after a kill it shows how far the change has come.
  std::uint64_t inode = 0;

  bool operator==(const Change&) const = default;
};

/// The changes of a transaction, for the next process if this one is killed.
///
/// On disk: fields that each end in NUL. The first two are the version, `ensure journal 2`, and the
/// identity of the staging directory (`base::Directory::identity`), so that a copy of the directory
/// does not match. Then follow records: `a`, bound, levels and inode of an anchor; `b`, anchor and
/// relative path of a directory that holds a further staging directory; `d` and a destination;
/// `p`, destination, staged, backup, inode; `r` or `e`, destination, backup. A destination is the
/// index of an anchor and a relative path, a staged entry the index of a staging directory and a
/// relative path. The last field is `end`.
struct Journal {
  struct Anchor {
    std::size_t bound;
    std::size_t levels;
    std::uint64_t inode;  ///< of its directory, which keeps it when it is moved or changed

    bool operator==(const Anchor&) const = default;
  };

  std::string staging;  ///< the identity of the staging directory
  std::vector<Anchor> anchors;
  std::vector<TargetEntry> further_stagings;  ///< the directories that they lie in
  std::vector<Change> changes;                ///< in the order in which they are made

  [[nodiscard]] std::string to_bytes() const;

  /// Returns nullopt if `bytes` are not a journal of this version, or contain a path that is not
  /// plain and relative.
  [[nodiscard]] static std::optional<Journal> try_parse(std::string_view bytes);

  bool operator==(const Journal&) const = default;
};

}  // namespace ensure::install
