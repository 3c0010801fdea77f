#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ensure::install {

namespace fs = std::filesystem;

/// One change of a target, made by renames only. Which of its steps have been taken can be seen
/// from what exists where, so undoing is right after a kill at any moment, and again after that.
struct Change {
  enum class Kind : char {
    kFolder = 'f',  ///< creates the folder `destination`, which is missing
    kPlace = 'p',   ///< moves `destination` to `backup` where it exists, then `staged` to it
    kRemove = 'r',  ///< moves `destination` to `backup`
    /// Removes the folder `destination`, emptied by the changes before; `backup` is a folder of
    /// the same mode and owner.
    kRemoveEmptied = 'e',
  };

  Kind kind;
  fs::path destination;
  fs::path staged;
  fs::path backup;

  void apply() const;
  void undo() const;

  bool operator==(const Change&) const = default;
};

/// What the next process has to know when this one is killed.
///
/// On disk: fields that each end in NUL. The first is the version `ensure journal 1`. Then follow
/// records: `b` and the path of a further staging folder; `f` and a destination; `p`, destination,
/// staged, backup; `r` or `e`, destination, backup. The last field is `end`.
struct Journal {
  std::vector<fs::path> further_stagings;
  std::vector<Change> changes;  ///< in the order in which they are made

  [[nodiscard]] std::string to_bytes() const;

  /// None where `bytes` are no journal, or one of another version.
  [[nodiscard]] static std::optional<Journal> try_parse(std::string_view bytes);

  /// Whether everything that undoing would move lies in `staging` or in a further staging folder
  /// that belongs to it. A journal that names other places was not written by this program.
  [[nodiscard]] bool is_of(const fs::path& staging) const;

  bool operator==(const Journal&) const = default;
};

}  // namespace ensure::install
