#pragma once

#include <map>
#include <string>
#include <vector>

#include "installer/resolve/provider.h"
#include "installer/specs/tags/tag_set.h"
#include "tests/support/scenario.h"

namespace ensure::tests {

/// Answers from a scenario, and records the requests. It publishes the files of a project on an
/// index page and chooses among them as `IndexProvider` does.
class ScenarioProvider final : public resolve::Provider {
 public:
  /// The scenario has to outlive the provider.
  explicit ScenarioProvider(const Scenario& scenario);

  const resolve::Candidates& candidates(const specs::PackageName& name) override;
  const resolve::MetadataAnswer& metadata(const specs::PackageName& name,
                                          const specs::Version& version) override;
  void prefetch(std::span<const resolve::PrefetchHint> needs) override;

  /// Such as "candidates a", "metadata a 1.0", "prefetch a, b 1.0".
  [[nodiscard]] const std::vector<std::string>& requests() const { return requests_; }

 private:
  [[nodiscard]] resolve::Candidates candidates_of(
      const specs::PackageName& name,
      const std::map<specs::Version, ScenarioVersion>& versions) const;

  const Scenario& scenario_;
  specs::TagSet tags_;
  std::map<std::string, resolve::Candidates> candidates_;
  std::map<std::pair<std::string, specs::Version>, resolve::MetadataAnswer> metadata_;
  std::vector<std::string> requests_;
};

}  // namespace ensure::tests
