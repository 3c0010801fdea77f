#pragma once

#include "installer/specs/versions/version_set.h"

namespace ensure::resolve {

/// The set of states that a package may have: chosen in one of some versions, or, if `absent` is
/// true, not part of the solution. PubGrub's positive terms are those without `absent`. Closed
/// under all operations, unlike a set of versions.
struct Term {
  specs::VersionSet versions;
  bool absent = false;

  static Term any() { return {specs::VersionSet::full(), true}; }
  static Term present() { return {specs::VersionSet::full(), false}; }

  [[nodiscard]] bool is_any() const { return absent && versions.is_full(); }

  [[nodiscard]] bool is_subset_of(const Term& other) const {
    return (!absent || other.absent) && versions.is_subset_of(other.versions);
  }
  [[nodiscard]] bool is_disjoint_from(const Term& other) const {
    return !(absent && other.absent) && versions.is_disjoint_from(other.versions);
  }
  [[nodiscard]] Term complement() const { return {versions.complement(), !absent}; }
  [[nodiscard]] Term intersection(const Term& other) const {
    return {versions.intersection(other.versions), absent && other.absent};
  }
  [[nodiscard]] Term union_with(const Term& other) const {
    return {versions.union_with(other.versions), absent || other.absent};
  }
};

}  // namespace ensure::resolve
