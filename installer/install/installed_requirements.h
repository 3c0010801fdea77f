#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "installer/install/distribution.h"
#include "installer/specs/marker_environment.h"
#include "installer/specs/requirement.h"
#include "installer/specs/version.h"

namespace ensure::install {

/// The versions of the projects that a target has, by normal name.
using InstalledVersions = std::map<std::string, specs::Version>;

/// Something that is installed and does not have what it requires.
struct Conflict {
  Distribution dependent;
  specs::Requirement requirement;
  std::optional<specs::Version> found;  ///< none where the project is missing
};

/// What installed distributions require of others: the fields Requires-Dist of their METADATA.
///
/// Fields that cannot be read count as none, as nothing was installed by them. Of extras those
/// count that another installed distribution asks for; which ones a user has asked for is recorded
/// nowhere.
class InstalledRequirements {
 public:
  /// Reads METADATA of all; the requirements are parsed only where they are asked about.
  InstalledRequirements(std::vector<Distribution> distributions,
                        specs::MarkerEnvironment environment);

  /// What the change from the versions `before` to `after` breaks for those distributions that
  /// stay (by normal name). A requirement that was not met by the version before is not broken by
  /// the change; neither is one for a project that was missing before and still is.
  [[nodiscard]] std::vector<Conflict> conflicts(const InstalledVersions& before,
                                                const InstalledVersions& after,
                                                const std::set<std::string>& staying) const;

  /// Those distributions that stay and ask for extras of projects whose versions change, so that
  /// other requirements come with these extras.
  [[nodiscard]] std::vector<Distribution> asking_for_extras(
      const InstalledVersions& before, const InstalledVersions& after,
      const std::set<std::string>& staying) const;

  /// What a distribution requires that holds with the versions `before`, or may still be made to
  /// hold, as the project is missing.
  [[nodiscard]] std::vector<specs::Requirement> kept_by(const Distribution& distribution,
                                                        const InstalledVersions& before) const;

 private:
  /// A field Requires-Dist, of which the name is known and the rest is parsed when it is needed.
  struct Field {
    std::string name;  ///< in its normal form
    std::string text;
  };
  struct Dependent {
    Distribution distribution;
    std::vector<Field> fields;
  };

  void read(Distribution distribution);
  void find_extras();
  /// The extras that the fields of a dependent ask for are noted. Returns whether one is new.
  bool note_extras(const Dependent& dependent);
  /// None where it does not count.
  [[nodiscard]] std::optional<specs::Requirement> parse(const Dependent& dependent,
                                                        const Field& field) const;

  specs::MarkerEnvironment environment_;
  std::vector<Dependent> dependents_;
  std::map<std::string, std::set<std::string>> extras_;  ///< that are asked for, by project
};

/// Whether a version is as a requirement asks. One with a URL is content with any, as nothing tells
/// where a version of an index came from.
[[nodiscard]] bool is_met(const specs::Requirement& requirement, const specs::Version& version);

}  // namespace ensure::install
