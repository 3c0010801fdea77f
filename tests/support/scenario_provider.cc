#include "tests/support/scenario_provider.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "installer/base/text.h"
#include "installer/base/url.h"
#include "installer/index/candidates/project_candidates.h"
#include "installer/index/pages/project_pages.h"
#include "installer/specs/pages/link_page.h"
#include "installer/specs/pages/project_page.h"

namespace ensure::tests {

ScenarioProvider::ScenarioProvider(const Scenario& scenario)
    : scenario_(scenario), tags_(scenario.tags) {}

resolve::Candidates ScenarioProvider::candidates_of(
    const specs::PackageName& name,
    const std::map<specs::Version, ScenarioVersion>& versions) const {
  std::deque<std::string> texts;
  std::vector<specs::ListedFile> files;
  const std::string stem = base::replace_all(name.normalized(), "-", "_") + '-';
  const auto add = [&](std::string filename, const ScenarioVersion& content) {
    specs::ListedFile& file = files.emplace_back();
    file.filename = file.url = texts.emplace_back(std::move(filename));
    if (content.requires_python) {
      file.requires_python = texts.emplace_back(content.requires_python->to_string());
    }
    if (content.yanked) file.yanked = "";
  };
  for (const auto& [version, content] : versions) {
    for (const std::string& tags : content.wheel_tags) {
      add(stem + version.to_string() + '-' + tags + ".whl", content);
    }
    if (content.sdist) add(stem + version.to_string() + ".tar.gz", content);
  }
  const std::string url = "https://index.test/simple/" + name.normalized() + '/';
  std::vector<index::IndexEntry> entries;
  entries.push_back(index::make_index_entry(specs::ProjectPage::of_files(files, name, url, url),
                                            base::Url::parse("https://index.test/simple/"), true));
  const auto& no_binary = scenario_.no_binary;
  const bool wheels =
      scenario_.any_wheels && std::ranges::find(no_binary, name.normalized()) == no_binary.end();
  return index::ProjectCandidates(name, std::move(entries),
                                  {.tags = tags_,
                                   .python_version = scenario_.problem.python_version,
                                   .wheels = wheels,
                                   .sources = false,
                                   .exclude_newer = std::nullopt,
                                   .accepted = {}})
      .candidates();
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
  place->second = candidates_of(name, found->second);
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

void ScenarioProvider::prefetch(std::span<const resolve::PrefetchHint> needs) {
  std::string text = "prefetch";
  for (const resolve::PrefetchHint& need : needs) {
    text += (text.size() > 8 ? ", " : " ") + need.name.normalized();
    if (need.version != nullptr) text += ' ' + need.version->to_string();
  }
  requests_.push_back(std::move(text));
}

}  // namespace ensure::tests
