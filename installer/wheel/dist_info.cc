#include "installer/wheel/dist_info.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <set>

namespace ensure::wheel {
namespace {

constexpr std::string_view kDistInfo = ".dist-info";
constexpr std::string_view kData = ".data";

/// The folder of an entry at the top of the archive; empty for a file there.
std::string_view top_folder(const ZipEntry& entry) {
  const std::size_t end = entry.path.find('/');
  if (end != std::string_view::npos) return entry.path.substr(0, end);
  return entry.folder ? entry.path : std::string_view();
}

/// The keys of an install scheme that .data may have folders for (binary distribution format,
/// "The .data directory").
bool is_scheme_key(std::string_view name) {
  constexpr std::array<std::string_view, 5> kKeys = {"purelib", "platlib", "headers", "scripts",
                                                     "data"};
  return std::ranges::find(kKeys, name) != kKeys.end();
}

void check_data_entry(const ZipEntry& entry, std::string_view folder, std::string_view stem,
                      const ArchiveErrors& errors) {
  errors.require(folder.substr(0, folder.size() - kData.size()) == stem, folder,
                 "is not the `.data` folder of the project that the wheel is of");
  if (entry.path.size() == folder.size()) return;
  const std::string_view inside = entry.path.substr(folder.size() + 1);
  const std::size_t end = inside.find('/');
  errors.require(
      is_scheme_key(inside.substr(0, end)) && (end != std::string_view::npos || entry.folder),
      entry.path, "has no place in an installation");
}

}  // namespace

std::string find_dist_info(const ZipDirectory& directory) {
  const ArchiveErrors& errors = directory.errors();
  std::set<std::string_view> found;
  for (const ZipEntry& entry : directory.entries()) {
    // A file of such a name would be taken for a project as well.
    const std::string_view first = entry.path.substr(0, entry.path.find('/'));
    if (first.ends_with(kDistInfo)) found.insert(first);
  }
  errors.require(!found.empty(), "it has no `.dist-info` folder, so it is no wheel");
  errors.require(found.size() == 1, *found.rbegin(), "is not its only `.dist-info` folder");

  const std::string_view dist_info = *found.begin();
  const std::string_view stem = dist_info.substr(0, dist_info.size() - kDistInfo.size());
  for (const ZipEntry& entry : directory.entries()) {
    const std::string_view folder = top_folder(entry);
    if (folder.ends_with(kData)) check_data_entry(entry, folder, stem, errors);
  }
  return std::string(dist_info);
}

bool dist_info_is_of(std::string_view dist_info, const specs::PackageName& name,
                     const specs::Version& version) {
  // Neither part should have a "-" in it; where an old tool left one in the name, the last counts.
  const std::string_view stem = dist_info.substr(0, dist_info.size() - kDistInfo.size());
  const std::size_t dash = stem.rfind('-');
  if (dash == std::string_view::npos) return false;
  const std::optional<specs::PackageName> name_here =
      specs::PackageName::try_parse(stem.substr(0, dash));
  const std::optional<specs::Version> version_here =
      specs::Version::try_parse(stem.substr(dash + 1));
  return name_here && version_here && *name_here == name && *version_here == version;
}

}  // namespace ensure::wheel
