#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/specs/versions/version.h"
#include "installer/specs/versions/version_set.h"

namespace ensure::specs {

/// Whether a pre-release may be taken (PEP 440, "Handling of pre-releases").
enum class Prereleases : std::uint8_t {
  kIfNamed,   ///< where a specifier of the set names one; the default of the standard
  kAllowed,   ///< always; what a Requires-Python is compared with, and `--pre`
  kExcluded,  ///< never
};

/// One clause of a specifier set, such as `>=1.0` or `==1.*`.
struct Specifier {
  std::string op;       ///< `~=`, `==`, `!=`, `<=`, `>=`, `<`, `>` or `===`
  std::string version;  ///< as written, with the `.*` of a prefix match

  friend bool operator==(const Specifier&, const Specifier&) = default;
};

/// The versions that a requirement allows (PEP 440, "Version specifiers"): clauses separated by
/// commas, all of which have to hold. Without a clause every version is allowed.
class SpecifierSet {
 public:
  /// Allows every version.
  SpecifierSet() : versions_(VersionSet::full()) {}

  /// Throws `base::ParseError`.
  static SpecifierSet parse(std::string_view text);
  static std::optional<SpecifierSet> try_parse(std::string_view text);

  [[nodiscard]] bool contains(const Version& version,
                              Prereleases prereleases = Prereleases::kIfNamed) const;

  /// The versions allowed, in the order given. With `kIfNamed`, pre-releases are taken also where
  /// nothing else is there to take.
  [[nodiscard]] std::vector<Version> filter(const std::vector<Version>& versions,
                                            Prereleases prereleases = Prereleases::kIfNamed) const;

  /// All versions that the clauses allow, pre-releases included. `===` stands for the version that
  /// its text denotes, if any.
  [[nodiscard]] const VersionSet& versions() const { return versions_; }
  /// The clauses, in the order written.
  [[nodiscard]] const std::vector<Specifier>& specifiers() const { return specifiers_; }
  /// Whether a clause names a pre-release and so allows them all.
  [[nodiscard]] bool names_prerelease() const { return names_prerelease_; }
  [[nodiscard]] bool is_empty() const { return specifiers_.empty(); }

  /// The clauses as written, joined by commas.
  [[nodiscard]] std::string to_string() const;

  friend bool operator==(const SpecifierSet&, const SpecifierSet&) = default;

 private:
  class Reader;

  std::vector<Specifier> specifiers_;
  VersionSet versions_;
  bool names_prerelease_ = false;
};

}  // namespace ensure::specs
