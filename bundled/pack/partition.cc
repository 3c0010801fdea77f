#include "bundled/pack/partition.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <tuple>

namespace ensure::bundled {

namespace {

using FolderSizes = std::map<std::string, std::uint64_t, std::less<>>;

void add_sizes(const std::vector<PackedFile>& files, FolderSizes& sizes) {
  for (const PackedFile& file : files) {
    sizes[std::string(module_folder(file.path))] += file.content.size();
  }
}

FolderSizes folder_sizes(const std::vector<PackedWheel>& wheels) {
  FolderSizes sizes;
  for (const PackedWheel& wheel : wheels) {
    add_sizes(wheel.files, sizes);
    for (const PackedBytecode& bytecode : wheel.bytecode) add_sizes(bytecode.files, sizes);
  }
  return sizes;
}

/// The places of `sizes` in the order of falling size.
std::vector<std::size_t> largest_first(const std::vector<std::uint64_t>& sizes) {
  std::vector<std::size_t> order(sizes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t left, std::size_t right) {
    return std::tuple(sizes[right], left) < std::tuple(sizes[left], right);
  });
  return order;
}

}  // namespace

std::string_view module_folder(std::string_view path) {
  constexpr std::string_view kCacheFolder = "__pycache__";
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {};
  std::string_view folder = path.substr(0, slash);
  if (folder == kCacheFolder) return {};
  if (folder.ends_with("/__pycache__")) folder.remove_suffix(kCacheFolder.size() + 1);
  return folder;
}

Partition::Partition(const std::vector<PackedWheel>& wheels, std::size_t parts)
    : part_count_(parts) {
  FolderSizes sizes = folder_sizes(wheels);
  for (const PackedWheel& wheel : wheels) {
    part_of_folder_[wheel.dist_info] = 0;
    sizes.erase(wheel.dist_info);
  }
  const std::uint64_t total = std::accumulate(
      sizes.begin(), sizes.end(), std::uint64_t{0},
      [](std::uint64_t sum, const FolderSizes::value_type& entry) { return sum + entry.second; });

  // A folder goes where its middle falls when all folders are laid side by side.
  std::map<std::string_view, std::size_t> slices;
  std::vector<std::uint64_t> slice_sizes(parts - 1);
  std::uint64_t before = 0;
  for (const auto& [folder, size] : sizes) {
    const std::uint64_t middle = before + size / 2;
    const std::size_t slice =
        total == 0 ? 0 : std::min<std::size_t>(middle * (parts - 1) / total, parts - 2);
    slices[folder] = slice;
    slice_sizes[slice] += size;
    before += size;
  }
  const std::vector<std::size_t> order = largest_first(slice_sizes);
  for (const auto& [folder, slice] : slices) {
    const auto place = std::ranges::find(order, slice) - order.begin();
    part_of_folder_[std::string(folder)] = static_cast<std::size_t>(place) + 1;
  }
}

std::size_t Partition::part_of(std::string_view path) const {
  return part_of_folder_.find(module_folder(path))->second;
}

}  // namespace ensure::bundled
