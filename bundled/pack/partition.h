#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bundled/pack/packed_wheel.h"

namespace ensure::bundled {

/// The folder whose part a file belongs to: its own, or for bytecode that of its module.
[[nodiscard]] std::string_view module_folder(std::string_view path);

/// Says for every folder of the wheels which part it belongs to. Part 0 has the dist-info folders.
/// The other ones have about equal sizes and are neighbours in the tree, which compresses best;
/// the largest comes first, so that threads that take parts in turn end at about the same time. A
/// folder that several wheels have is in the same part of each, as differences between them need.
class Partition {
 public:
  /// `parts` counts all parts; it is at least 2.
  Partition(const std::vector<PackedWheel>& wheels, std::size_t parts);

  [[nodiscard]] std::size_t part_count() const { return part_count_; }
  [[nodiscard]] std::size_t part_of(std::string_view path) const;

 private:
  std::map<std::string, std::size_t, std::less<>> part_of_folder_;
  std::size_t part_count_;
};

}  // namespace ensure::bundled
