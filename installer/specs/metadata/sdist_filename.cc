#include "installer/specs/metadata/sdist_filename.h"

namespace ensure::specs {

std::optional<SdistFilename> SdistFilename::try_parse(std::string_view filename) {
  std::string_view stem = filename;
  if (stem.ends_with(".tar.gz")) {
    stem.remove_suffix(7);
  } else if (stem.ends_with(".zip")) {
    stem.remove_suffix(4);
  } else {
    return std::nullopt;
  }
  const std::size_t dash = stem.rfind('-');
  if (dash == std::string_view::npos) return std::nullopt;
  std::optional<PackageName> name = PackageName::try_parse(stem.substr(0, dash));
  std::optional<Version> version = Version::try_parse(stem.substr(dash + 1));
  if (!name || !version) return std::nullopt;
  return SdistFilename{*std::move(name), *std::move(version)};
}

}  // namespace ensure::specs
