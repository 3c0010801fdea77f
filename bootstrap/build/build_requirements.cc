#include "bootstrap/build/build_requirements.h"

#include <cstddef>
#include <optional>
#include <utility>
#include <variant>

#include "installer/base/error.h"
#include "installer/index/candidates/index_provider.h"
#include "installer/resolve/problem.h"
#include "installer/resolve/resolve.h"

namespace ensure::build {

namespace {

/// The settings for build requirements, from those of the run.
index::IndexSettings settings_for_builds(index::IndexSettings settings) {
  settings.resolution = resolve::ResolutionStrategy::kHighest;
  settings.no_deps = false;
  settings.require_hashes = false;
  settings.required_hashes.clear();
  settings.wheels_needed = true;
  return settings;
}

}  // namespace

BuildRequirements::BuildRequirements(const specs::TargetPython& target,
                                     const index::IndexSettings& settings, net::HttpClient& client,
                                     const cache::Cache& cache, index::Downloader& downloader,
                                     index::SourceBuilder& builder)
    : target_(target),
      settings_(settings_for_builds(settings)),
      downloader_(downloader),
      builder_(builder),
      provider_(target_, settings_, client, cache, downloader) {
  provider_.set_source_builder(builder);
}

BuildRequirements::Wheels BuildRequirements::fetch(
    const std::vector<specs::Requirement>& requirements) {
  resolve::Problem problem;
  problem.requirements = requirements;
  problem.environment = target_.environment;
  problem.python_version = target_.version;
  provider_.expect(requirements);
  const resolve::SolveResult outcome = resolve::resolve(problem, provider_);
  if (const auto* failure = std::get_if<resolve::NoSolution>(&outcome)) {
    if (const std::optional<base::Error> refusal = provider_.refusal_in(*failure))
      throw base::Error(*refusal);
    throw provider_.no_solution_error(*failure, problem);
  }
  Wheels wheels;
  std::vector<index::FileRequest> requests;
  for (const index::ChosenFile& chosen : provider_.choose(std::get<resolve::Resolution>(outcome))) {
    if (chosen.file.is_wheel) {
      requests.push_back(chosen.file.request);
    } else {
      wheels.push_back(builder_.build(index::source_of(chosen.file)).source);
    }
  }
  downloader_.fetch(requests, [&wheels](std::size_t /*place*/, const index::FetchedWheel& wheel) {
    wheels.push_back(wheel.source);
  });
  return wheels;
}

}  // namespace ensure::build
