#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/specs/versions/version.h"
#include "installer/specs/versions/version_set.h"

namespace ensure::specs {

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

  /// Whether all clauses hold. Pre-releases are not excluded, as PEP 440 leaves this to the caller;
  /// see `names_prerelease`.
  [[nodiscard]] bool contains(const Version& version) const;

  /// All versions that the clauses allow, pre-releases included. `===` stands for the version that
  /// its text denotes, if any.
  [[nodiscard]] const VersionSet& versions() const { return versions_; }
  /// The clauses, in the order written.
  [[nodiscard]] const std::vector<Specifier>& specifiers() const { return specifiers_; }
  /// Whether a clause names a pre-release, which makes pre-releases acceptable (PEP 440, "Handling
  /// of pre-releases").
  [[nodiscard]] bool names_prerelease() const { return names_prerelease_; }
  [[nodiscard]] bool is_empty() const { return specifiers_.empty(); }

  /// The clauses as written, joined by commas.
  [[nodiscard]] std::string to_string() const;

  friend bool operator==(const SpecifierSet&, const SpecifierSet&) = default;

 private:
  class Reader;
  static std::optional<SpecifierSet> read(std::string_view text, std::string_view& malformed);

  std::vector<Specifier> specifiers_;
  VersionSet versions_;
  bool names_prerelease_ = false;
};

}  // namespace ensure::specs
