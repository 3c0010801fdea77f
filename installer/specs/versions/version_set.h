#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "installer/specs/versions/version.h"

namespace ensure::specs {

/// A set of versions: any union of ranges. Closed under union, intersection and complement, and
/// canonical: two sets of the same versions are equal.
///
/// The bounds are positions among the keys of versions (see `Version::key`): each range is half
/// open, and each question is a comparison of bytes.
class VersionSet {
 public:
  /// No version.
  VersionSet() = default;
  static VersionSet full();
  /// This one version, with this local version.
  static VersionSet exactly(const Version& version);
  /// This version with any local version, or with its own where it has one (`==`).
  static VersionSet matching(const Version& version);
  /// All versions from this one on (`>=`), local versions after it included.
  static VersionSet at_least(const Version& version);
  /// All versions up to this one with all of its local versions (`<=`).
  static VersionSet at_most(const Version& version);
  /// All versions above, but neither local versions nor, unless it is one itself, post-releases
  /// of this one (`>`).
  static VersionSet above(const Version& version);
  /// All versions below, but no pre-releases of this one unless it is one itself (`<`).
  static VersionSet below(const Version& version);
  /// All versions whose release begins with these numbers (`== 1.2.*`).
  static VersionSet with_prefix(const VersionNumber& epoch,
                                const std::vector<VersionNumber>& release);

  [[nodiscard]] bool is_empty() const { return ranges_.empty(); }
  [[nodiscard]] bool is_full() const;
  /// The number of ranges that the set consists of.
  [[nodiscard]] std::size_t range_count() const { return ranges_.size(); }
  [[nodiscard]] bool contains(const Version& version) const;
  [[nodiscard]] bool is_subset_of(const VersionSet& other) const;
  [[nodiscard]] bool is_disjoint_from(const VersionSet& other) const;

  [[nodiscard]] VersionSet complement() const;
  [[nodiscard]] VersionSet intersection(const VersionSet& other) const;
  /// The versions that are in all `sets`; all versions if `sets` is empty. Takes n log n steps for
  /// n ranges.
  [[nodiscard]] static VersionSet intersection(std::vector<VersionSet> sets);
  [[nodiscard]] VersionSet union_with(const VersionSet& other) const;

  /// For messages, such as `>=1.0, <2.0 | ==3.0`; `*` for all versions, `none` for no version.
  [[nodiscard]] std::string to_string() const;

  friend bool operator==(const VersionSet&, const VersionSet&) = default;

 private:
  /// From a position on, up to before another one. Positions are keys or lie between keys.
  struct Range {
    std::string from;
    std::string to;
    friend bool operator==(const Range&, const Range&) = default;
  };

  VersionSet(std::string from, std::string to);
  static std::string range_to_string(const Range& range);

  std::vector<Range> ranges_;  ///< ascending, not empty, with gaps between them
};

}  // namespace ensure::specs
