#include "installer/install/installed/change_plan.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <utility>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"

namespace ensure::install {

namespace {

/// "demo" of "demo-1.0-py3.11.egg-info", "demo.egg-info" and "demo.egg-link".
std::optional<LegacyProject> try_read_legacy(const base::Path& directory, std::string_view entry) {
  for (const std::string_view suffix : {".egg-info", ".egg-link", ".egg"}) {
    if (!entry.ends_with(suffix)) continue;
    const std::string_view stem = entry.substr(0, entry.size() - suffix.size());
    std::optional<specs::PackageName> name =
        specs::PackageName::try_parse(stem.substr(0, stem.find('-')));
    if (name) return LegacyProject{.name = *std::move(name), .path = directory / entry};
  }
  return std::nullopt;
}

void find_in(const base::Path& directory, InstalledProjects& found) {
  if (!base::file_status(directory)) return;
  for (Distribution& distribution : find_distributions(directory)) {
    std::optional<std::string> url =
        base::read_file_if_exists(distribution.dist_info / "direct_url.json", base::kSmallText);
    const bool requested = base::link_status(distribution.dist_info / "REQUESTED").has_value();
    found.projects.push_back({.distribution = std::move(distribution),
                              .direct_url = std::move(url).value_or(""),
                              .requested = requested});
  }
  for (const std::string& entry : base::list_directory(directory)) {
    if (std::optional<LegacyProject> project = try_read_legacy(directory, entry)) {
      found.legacy.push_back(*std::move(project));
    }
  }
}

bool can_stay(const std::vector<InstalledProject>& installed, const WantedWheel& wanted) {
  return !wanted.anew && installed.size() == 1 &&
         installed.front().distribution.version == wanted.version &&
         (wanted.direct_url.empty() || installed.front().direct_url == wanted.direct_url);
}

void refuse_legacy(const InstalledProjects& installed, const specs::PackageName& name) {
  const auto found = std::ranges::find(installed.legacy, name, &LegacyProject::name);
  if (found == installed.legacy.end()) return;
  throw base::Error(base::ExitCode::kFileSystem,
                    "`" + name.as_written() +
                        "` is installed in an old form that does not list its files: `" +
                        found->path.text() + "`")
      .with_hint("remove it with the tool that installed it, then run the same command again");
}

}  // namespace

InstalledProjects find_installed(const base::Path& purelib, const base::Path& platlib) {
  InstalledProjects found;
  find_in(purelib, found);
  const std::optional<base::FileStatus> pure = base::file_status(purelib);
  const std::optional<base::FileStatus> plat = base::file_status(platlib);
  // They often are one directory, or one of them is a link to the other.
  if (plat && !(pure && pure->same_file(*plat))) find_in(platlib, found);
  return found;
}

std::vector<Distribution> ChangePlan::removed() const {
  std::vector<Distribution> distributions;
  for (const Upgrade& change : upgrade) {
    for (const InstalledProject& project : change.replaced) {
      distributions.push_back(project.distribution);
    }
  }
  for (const InstalledProject& project : remove) distributions.push_back(project.distribution);
  return distributions;
}

std::vector<Distribution> ChangePlan::kept() const {
  std::vector<Distribution> distributions;
  distributions.reserve(keep.size());
  for (const InstalledProject& project : keep) distributions.push_back(project.distribution);
  return distributions;
}

ChangePlan plan_changes(const InstalledProjects& installed, const std::vector<WantedWheel>& wanted,
                        const Unwanted& unwanted) {
  std::map<specs::PackageName, std::vector<InstalledProject>> by_name;
  for (const InstalledProject& project : installed.projects) {
    by_name[project.distribution.name].push_back(project);
  }
  ChangePlan plan;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto found = by_name.extract(wanted[i].name);
    if (found.empty()) {
      refuse_legacy(installed, wanted[i].name);
      plan.install.push_back(i);
    } else if (can_stay(found.mapped(), wanted[i])) {
      plan.keep.push_back(found.mapped().front());
    } else {
      refuse_legacy(installed, wanted[i].name);
      plan.upgrade.push_back({.wanted = i, .replaced = found.mapped()});
    }
  }
  for (auto& [name, projects] : by_name) {
    const bool goes =
        unwanted.named.contains(name) || (unwanted.remove && !unwanted.kept_always.contains(name));
    if (goes) refuse_legacy(installed, name);
    std::ranges::move(projects, std::back_inserter(goes ? plan.remove : plan.keep));
  }
  return plan;
}

}  // namespace ensure::install
