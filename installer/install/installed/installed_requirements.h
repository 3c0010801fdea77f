#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "installer/base/path.h"
#include "installer/install/installed/distribution.h"
#include "installer/specs/requirements/marker.h"
#include "installer/specs/requirements/requirement.h"
#include "installer/specs/versions/version.h"

namespace ensure::install {

/// Versions of installed projects, by the normal form of the name.
using InstalledVersions = std::map<std::string, specs::Version>;

/// An installed distribution with a requirement that is not met.
struct Conflict {
  Distribution dependent;
  specs::Requirement requirement;
  std::optional<specs::Version> found;  ///< nullopt: the project is not installed
};

/// The requirements of installed distributions: the `Requires-Dist` fields of their METADATA.
///
/// A field that cannot be parsed is ignored: no installer can have acted on it. No installer
/// records the extras that a user asked for. So a requirement that needs an extra counts only where
/// another installed distribution asks for that extra.
class InstalledRequirements {
 public:
  /// Reads the METADATA of all distributions. Most requirements are parsed later, when a method
  /// needs them.
  InstalledRequirements(std::vector<Distribution> distributions,
                        specs::MarkerEnvironment environment);

  /// The requirements of the projects in `staying` (normal forms of names) that are met by the
  /// versions `before` and not by the versions `after`. A requirement for a project that was
  /// missing counts as met before, unless the project is still missing.
  [[nodiscard]] std::vector<Conflict> conflicts(const InstalledVersions& before,
                                                const InstalledVersions& after,
                                                const std::set<std::string>& staying) const;

  /// The distributions in `staying` that ask for an extra of a project whose version changes. The
  /// new version may have other requirements for that extra.
  [[nodiscard]] std::vector<Distribution> asking_for_extras(
      const InstalledVersions& before, const InstalledVersions& after,
      const std::set<std::string>& staying) const;

  /// The requirements of a distribution that the versions `before` meet. Requirements for projects
  /// that are not installed are included, because a change can still meet them.
  [[nodiscard]] std::vector<specs::Requirement> kept_by(const Distribution& distribution,
                                                        const InstalledVersions& before) const;

 private:
  /// A `Requires-Dist` field. Only the name is read at once; the rest is parsed when it is needed.
  struct Field {
    std::string name;  ///< the normal form
    std::string text;  ///< the whole requirement
  };
  struct Dependent {
    Distribution distribution;
    std::vector<Field> fields;
  };

  /// Whether a marker of a project's requirement holds, without extras or with one that is needed.
  [[nodiscard]] bool applies(const specs::Marker& marker, const std::string& project) const;
  /// Returns nullopt for a requirement that cannot be parsed or does not apply.
  [[nodiscard]] std::optional<specs::Requirement> parse(const Dependent& dependent,
                                                        const Field& field) const;

  specs::MarkerEnvironment environment_;
  std::vector<Dependent> dependents_;
  std::map<base::Path, std::size_t> by_dist_info_;  ///< indexes of `dependents_`
  /// The extras that installed distributions ask for, by project; all are normal forms.
  std::map<std::string, std::set<std::string>> extras_;
};

/// Whether a version meets a requirement. A requirement with a URL accepts every version, because
/// the version does not tell which URL it came from.
[[nodiscard]] bool is_met(const specs::Requirement& requirement, const specs::Version& version);

}  // namespace ensure::install
