#include "bundled/pack/partition.h"

#include <algorithm>

namespace ensure::bundled {

namespace {

/// As many slices as this are worked on at the same time.
constexpr std::size_t kLanes = 4;

struct TreeOrder {
  bool operator()(const std::string& one, const std::string& other) const {
    return place_of(one) < place_of(other);
  }
};

/// The largest file at each path that is cut.
using Sizes = std::map<std::string, std::size_t, TreeOrder>;

std::vector<std::vector<std::string>> cut(const Sizes& sizes, std::size_t slice_size) {
  std::vector<std::vector<std::string>> slices;
  std::size_t room = 0;
  for (const auto& [path, size] : sizes) {
    if (slices.empty() || size > room) {
      slices.emplace_back();
      room = slice_size;
    }
    slices.back().push_back(path);
    room -= std::min(room, size);
  }
  return slices;
}

}  // namespace

std::pair<std::string_view, std::string_view> place_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {{}, path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

std::string module_path(std::string_view path) {
  constexpr std::string_view kCacheDirectory = "__pycache__";
  const auto [directory, name] = place_of(path);
  const bool cached = directory == kCacheDirectory || directory.ends_with("/__pycache__");
  if (!cached) return std::string(path);
  std::string module(directory.substr(0, directory.size() - kCacheDirectory.size()));
  return module.append(name.substr(0, name.find('.'))).append(".py");
}

Partition::Partition(const std::vector<PackedWheel>& wheels, std::size_t slice_size) {
  Sizes sizes;
  for (const PackedWheel& wheel : wheels) {
    for (const PackedFile& file : wheel.files) {
      if (place_of(file.path).first == wheel.dist_info) {
        parts_[file.path] = 0;
      } else {
        std::size_t& size = sizes[file.path];
        size = std::max(size, file.content.size());
      }
    }
  }
  number(cut(sizes, slice_size));
}

void Partition::number(const std::vector<std::vector<std::string>>& slices) {
  const std::size_t stride = (slices.size() + kLanes - 1) / kLanes;
  for (std::size_t first = 0; first < stride; ++first) {
    for (std::size_t slice = first; slice < slices.size(); slice += stride) {
      for (const std::string& path : slices[slice]) parts_[path] = part_count_;
      ++part_count_;
    }
  }
}

std::size_t Partition::part_of(std::string_view path) const {
  return parts_.find(module_path(path))->second;
}

}  // namespace ensure::bundled
