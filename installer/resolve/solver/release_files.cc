#include "installer/resolve/solver/release_files.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "installer/resolve/explanation/tag_mismatch.h"

namespace ensure::resolve {
namespace {

/// The tags of all wheels.
std::vector<specs::Tag> tags_of(std::span<const ReleaseFile> files) {
  std::vector<specs::Tag> tags;
  for (const ReleaseFile& file : files) {
    if (file.wheel == nullptr) continue;
    tags.insert(tags.end(), file.wheel->tags().begin(), file.wheel->tags().end());
  }
  std::ranges::sort(tags);
  return tags;
}

/// Whether and why a file cannot be taken; of those that can, how good it is.
class FileJudge {
 public:
  FileJudge(std::span<const ReleaseFile> files, const FilePolicy& policy)
      : files_(files), policy_(policy) {}

  /// Nothing where it can be taken.
  [[nodiscard]] std::optional<Obstacle> obstacle(const ReleaseFile& file) const {
    if (policy_.exclude_newer) {
      if (!file.upload_time) return Obstacle::kUnknownDate;
      if (*file.upload_time > *policy_.exclude_newer) return Obstacle::kTooNew;
    }
    if (file.wheel != nullptr) {
      if (!policy_.wheels) return Obstacle::kNoSource;
      if (!policy_.tags.rank(file.wheel->tags())) return Obstacle::kNoMatchingWheel;
    } else if (!policy_.sources) {
      return Obstacle::kSourceOnly;
    }
    if (file.requires_python != nullptr &&
        !file.requires_python->contains(policy_.python_version)) {
      return Obstacle::kRequiresPython;
    }
    return std::nullopt;
  }

  [[nodiscard]] bool is_better(const ReleaseFile& file, const ReleaseFile& other) const {
    if (file.yanked != other.yanked) return other.yanked;
    if ((file.wheel == nullptr) != (other.wheel == nullptr)) return file.wheel != nullptr;
    if (file.wheel == nullptr) return false;
    const auto rank = policy_.tags.rank(file.wheel->tags());
    const auto other_rank = policy_.tags.rank(other.wheel->tags());
    if (rank != other_rank) return rank < other_rank;
    return other.wheel->build() < file.wheel->build();
  }

  [[nodiscard]] Unusable explain(Obstacle obstacle, const ReleaseFile& file) const {
    if (obstacle == Obstacle::kNoMatchingWheel) return tag_mismatch(tags_of(files_), policy_.tags);
    return {obstacle, describe(obstacle, file.requires_python)};
  }

 private:
  std::span<const ReleaseFile> files_;
  const FilePolicy& policy_;
};

bool are_all_yanked(std::span<const ReleaseFile> files) {
  for (const ReleaseFile& file : files) {
    if (!file.yanked) return false;
  }
  return !files.empty();
}

}  // namespace

int nearness(Obstacle obstacle) {
  switch (obstacle) {
    case Obstacle::kNoSource:
      return 1;
    case Obstacle::kUnknownDate:
      return 2;
    case Obstacle::kTooNew:
      return 3;
    case Obstacle::kNoMatchingWheel:
      return 4;
    case Obstacle::kSourceOnly:
      return 5;
    case Obstacle::kRequiresPython:
      return 6;
    default:
      return 0;
  }
}

std::string describe(Obstacle obstacle, const specs::SpecifierSet* requires_python) {
  switch (obstacle) {
    case Obstacle::kNoSource:
      return "has no source distribution, and its wheels are not to be used";
    case Obstacle::kUnknownDate:
      return "has no upload time";
    case Obstacle::kTooNew:
      return "was uploaded too late";
    case Obstacle::kSourceOnly:
      return "has only a source distribution";
    case Obstacle::kRequiresPython:
      return "needs Python " + requires_python->to_string();
    default:
      return "cannot be installed";
  }
}

FileChoice choose_file(std::span<const ReleaseFile> files, const FilePolicy& policy) {
  const FileJudge judge(files, policy);
  FileChoice choice;
  std::optional<std::pair<Obstacle, std::size_t>> nearest;
  for (std::size_t place = 0; place < files.size(); ++place) {
    const std::optional<Obstacle> obstacle = judge.obstacle(files[place]);
    if (!obstacle) {
      if (!choice.file || judge.is_better(files[place], files[*choice.file])) choice.file = place;
    } else if (!nearest || nearness(*obstacle) > nearness(nearest->first)) {
      nearest.emplace(*obstacle, place);
    }
  }
  choice.yanked = choice.file ? files[*choice.file].yanked : are_all_yanked(files);
  if (choice.file) return choice;
  choice.unusable = nearest ? judge.explain(nearest->first, files[nearest->second])
                            : Unusable{Obstacle::kNoFiles, "has no files"};
  return choice;
}

}  // namespace ensure::resolve
