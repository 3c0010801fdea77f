#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "installer/index/candidates/distribution_file.h"
#include "installer/index/pages/listing.h"
#include "installer/resolve/provider.h"
#include "installer/specs/pages/project_page.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/requirements/requirement_line.h"
#include "installer/specs/tags/tag_set.h"
#include "installer/specs/versions/version.h"
#include "installer/specs/versions/version_set.h"

namespace ensure::index {

/// Which files of a project may be taken.
struct CandidateRules {
  const specs::TagSet& tags;
  const specs::Version& python_version;
  bool wheels = true;
  bool sources = false;
  std::optional<std::int64_t> exclude_newer;  ///< microseconds since 1970
  std::vector<specs::HashOption> accepted;    ///< digests that the requirements demand; or none
};

/// The versions of a project in all of its listings, and the file to take for each: one that the
/// requirements' digests fit before others, not yanked before yanked, wheels before source
/// distributions, then the best tag, the highest build number, and the first listing. Apart from
/// digests it is the choice of `resolve::choose_file`, made for thousands of files at a time.
class ProjectCandidates {
 public:
  ProjectCandidates(specs::PackageName name, std::vector<Listing> listings,
                    const CandidateRules& rules);

  [[nodiscard]] const std::vector<Listing>& listings() const { return listings_; }
  /// Whether they were made of these very pages, not merely of equal ones.
  [[nodiscard]] bool are_of(const std::vector<Listing>& listings) const;
  [[nodiscard]] const resolve::Candidates& candidates() const { return candidates_; }

  /// The file to take for a version; none where there is none to take.
  [[nodiscard]] std::optional<DistributionFile> choose(const specs::Version& version) const;
  /// All files of a version.
  [[nodiscard]] std::vector<DistributionFile> files_of(const specs::Version& version) const;
  /// The listing that the chosen file of a version is from; null where none is chosen.
  [[nodiscard]] const Listing* listing_of(const specs::Version& version) const;

  /// The version that is the best of those allowed, as the solver will see it most likely.
  [[nodiscard]] const specs::Version* guess(const specs::VersionSet& allowed, bool lowest) const;

  /// Files left out as nobody knows when they were uploaded, and the first of them.
  struct Undated {
    std::size_t count = 0;
    std::string example;
  };
  [[nodiscard]] const Undated& undated() const { return undated_; }

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  struct Pick {
    std::uint32_t listing = kNone;
    std::uint32_t file = kNone;
  };
  class Judge;

  void add_release(const std::vector<std::size_t>& parts, const std::vector<std::size_t>& releases,
                   Judge& judge);
  [[nodiscard]] std::optional<std::size_t> place_of(const specs::Version& version) const;
  [[nodiscard]] DistributionFile make_file(const Listing& listing, const specs::ProjectFile& file,
                                           const specs::Version& version) const;

  specs::PackageName name_;
  std::vector<Listing> listings_;
  resolve::Candidates candidates_;
  std::vector<Pick> picks_;  ///< by place among the candidates
  std::vector<specs::HashOption> accepted_;
  Undated undated_;
};

}  // namespace ensure::index
