#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bundled/pack/packed_wheel.h"

namespace ensure::bundled {

/// The directory of a path, and its name there: the order of the tree.
[[nodiscard]] std::pair<std::string_view, std::string_view> place_of(std::string_view path);

/// The path of the module that bytecode was made from; any other path as it is.
[[nodiscard]] std::string module_path(std::string_view path);

/// Cuts the trees of wheels into slices and says for every file which part it belongs to. Part 0
/// has the dist-info directories. The other parts are neighbours in the tree, which compresses
/// best, as many as fit into `slice_size` bytes without bytecode, so that a part stays in a
/// processor's cache while it is unpacked and written. A path that several wheels have is in the
/// same part of each, as differences between them need.
///
/// Slices that follow each other are numbered far apart: threads that take parts in turn then work
/// in different directories, and do not wait for each other.
class Partition {
 public:
  Partition(const std::vector<PackedWheel>& wheels, std::size_t slice_size);

  [[nodiscard]] std::size_t part_count() const { return part_count_; }
  [[nodiscard]] std::size_t part_of(std::string_view path) const;

 private:
  void number(const std::vector<std::vector<std::string>>& slices);

  std::map<std::string, std::size_t, std::less<>> parts_;  ///< by the paths of modules and others
  std::size_t part_count_ = 1;
};

}  // namespace ensure::bundled
