#pragma once

#include <optional>
#include <string>

#include "installer/base/error.h"
#include "installer/index/candidates/distribution_file.h"
#include "installer/index/candidates/project_state.h"
#include "installer/index/downloads/wheel_cache.h"
#include "installer/resolve/resolve.h"

namespace ensure::index {

/// A file of a resolution, and the project that it was chosen for.
struct ChosenFile {
  resolve::ResolvedProject project;
  DistributionFile file;
  std::optional<FetchedWheel> wheel;  ///< if the wheel is here already, such as a built one
};

/// Chooses the files of a resolution.
class ProviderChoice {
 public:
  /// Everything referred to must outlive this.
  ProviderChoice(const ProviderContext& context, Projects& projects, Notices& notices)
      : context_(context), projects_(projects), notices_(notices) {}

  /// The file to install. Throws `base::Error` if there is none (any more), or if its announced
  /// digest contradicts the requirements.
  [[nodiscard]] ChosenFile choose(const resolve::ResolvedProject& resolved);
  /// Throws `base::Error` (`kVerification`) if hashes are required and a chosen file has none.
  void check_hashes() const;

  /// The error (`kVerification`) to report instead of "no solution" if a damaged or hostile file
  /// is among the reasons.
  [[nodiscard]] std::optional<base::Error> refusal_in(const resolve::NoSolution& failure) const;

 private:
  void warn_about(const ProjectState& project, const DistributionFile& file);

  const ProviderContext& context_;
  Projects& projects_;
  Notices& notices_;
  std::string without_hash_;  ///< the names of projects whose requirements have no hash
};

}  // namespace ensure::index
