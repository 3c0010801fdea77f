#include "tests/support/scenario_provider.h"

#include <algorithm>
#include <utility>

#include "installer/base/text.h"
#include "installer/resolve/solver/release_files.h"
#include "installer/specs/metadata/wheel_filename.h"

namespace ensure::tests {

ScenarioProvider::ScenarioProvider(const Scenario& scenario)
    : scenario_(scenario), tags_(scenario.tags) {}

resolve::Candidate ScenarioProvider::candidate(const std::string& name,
                                               const specs::Version& version,
                                               const ScenarioVersion& content) const {
  std::vector<specs::WheelFilename> wheels;
  const std::string stem = base::replace_all(name, "-", "_") + '-' + version.to_string() + '-';
  for (const std::string& tags : content.wheel_tags) {
    wheels.push_back(specs::WheelFilename::parse(stem + tags + ".whl"));
  }
  const specs::SpecifierSet* const python =
      content.requires_python ? &*content.requires_python : nullptr;
  std::vector<resolve::ReleaseFile> files;
  for (const specs::WheelFilename& wheel : wheels) {
    files.push_back({&wheel, python, content.yanked, std::nullopt});
  }
  if (content.sdist) files.push_back({nullptr, python, content.yanked, std::nullopt});
  const auto& no_binary = scenario_.no_binary;
  const bool binary = scenario_.any_wheels &&
                      std::find(no_binary.begin(), no_binary.end(), name) == no_binary.end();
  const resolve::FilePolicy policy{tags_, scenario_.problem.python_version, binary, false,
                                   std::nullopt};
  const resolve::FileChoice choice = resolve::choose_file(files, policy);
  return {version, choice.yanked, choice.unusable};
}

const resolve::Candidates& ScenarioProvider::candidates(const specs::PackageName& name) {
  requests_.push_back("candidates " + name.normalized());
  const auto [place, inserted] = candidates_.try_emplace(name.normalized());
  if (!inserted) return place->second;
  const auto found = scenario_.packages.find(name.normalized());
  if (found == scenario_.packages.end()) {
    place->second.absent = "is not in the index";
    return place->second;
  }
  for (auto version = found->second.rbegin(); version != found->second.rend(); ++version) {
    place->second.versions.push_back(candidate(name.normalized(), version->first, version->second));
  }
  return place->second;
}

const resolve::MetadataAnswer& ScenarioProvider::metadata(const specs::PackageName& name,
                                                          const specs::Version& version) {
  requests_.push_back("metadata " + name.normalized() + ' ' + version.to_string());
  const auto key = std::make_pair(name.normalized(), version);
  const auto found = metadata_.find(key);
  if (found != metadata_.end()) return found->second;
  const ScenarioVersion& content = scenario_.packages.at(name.normalized()).at(version);
  return metadata_
      .emplace(key, resolve::Metadata{content.requires_dist, content.requires_python,
                                      content.provides_extra})
      .first->second;
}

void ScenarioProvider::will_need(std::span<const resolve::Need> needs) {
  std::string text = "will need";
  for (const resolve::Need& need : needs) {
    text += (text.size() > 9 ? ", " : " ") + need.name.normalized();
    if (need.version != nullptr) text += ' ' + need.version->to_string();
  }
  requests_.push_back(std::move(text));
}

}  // namespace ensure::tests
