#include "bootstrap/packages/carried_packages.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/base/text.h"
#include "installer/base/url.h"
#include "installer/install/installed/requested_projects.h"
#include "installer/specs/metadata/record.h"

namespace ensure::bootstrap {

namespace {

using Json = nlohmann::json;

/// Whether the tool that created the environment installed the package, and no user requested it.
bool is_seed(const specs::PackageName& name, bool requested) {
  constexpr std::array<std::string_view, 3> kSeeds = {"pip", "setuptools", "wheel"};
  if (name.normalized() == "pip") return true;
  return !requested && std::ranges::find(kSeeds, name.normalized()) != kSeeds.end();
}

std::string text_at(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

/// The recorded digest of the archive, which the new download must match; empty if none is
/// recorded.
std::vector<specs::HashOption> recorded_digests(const std::string& direct_url) {
  const std::optional<std::string> digest = specs::recorded_sha256(direct_url);
  if (!digest) return {};
  try {
    return {specs::HashOption::parse("sha256:" + *digest)};
  } catch (const base::Error&) {
    return {};
  }
}

/// Whether the address can still be used: it is on the web, or its file or directory exists.
bool is_at_hand(const std::string& address) {
  try {
    const base::Url url = base::Url::parse(address);
    return !url.is_file() || base::file_status(url.to_path()).has_value();
  } catch (const base::Error&) {
    return false;
  }
}

std::string redacted(const std::string& address) {
  const std::optional<base::Url> url = base::Url::try_parse(address);
  return url ? url->redacted() : "an invalid address";
}

/// Reads direct_url.json (PEP 610) and decides whether the package can be installed from it again.
void add_direct(CarriedPackages& carried, const install::RequestedProject& requested) {
  const specs::PackageName& name = requested.project.distribution.name;
  const auto leave = [&](std::string reason) { carried.left.push_back({name, std::move(reason)}); };
  const Json url = Json::parse(requested.project.direct_url, nullptr, false);
  const std::string address = text_at(url, "url");
  if (address.empty()) return leave("has a malformed direct_url.json");
  const bool is_repository = url.contains("vcs_info");
  if (is_repository && text_at(url["vcs_info"], "vcs") != "git") {
    return leave("comes from a version control system other than git");
  }
  if (!is_at_hand(address)) {
    return leave("comes from `" + redacted(address) + "`, which no longer exists");
  }
  const std::string subdirectory = text_at(url, "subdirectory");
  RequestedFile file;
  file.url = address;
  if (is_repository) {
    // The same commit; a branch may have moved on.
    file.url = "git+" + address + "@" + text_at(url["vcs_info"], "commit_id");
  }
  if (!subdirectory.empty()) file.url += "#subdirectory=" + subdirectory;
  const bool is_directory = url.contains("dir_info") && url["dir_info"].is_object();
  file.editable = is_directory && url["dir_info"].value("editable", Json(false)) == true;
  file.named = specs::Requirement{name, requested.extras, {}, file.url, std::nullopt};
  file.hashes = recorded_digests(requested.project.direct_url);
  file.source = "the environment";
  carried.files.push_back(std::move(file));
}

std::string list_of(const std::vector<install::Distribution>& distributions) {
  constexpr std::size_t kMostNamed = 40;
  std::vector<std::string> names;
  for (const install::Distribution& one : distributions) {
    if (names.size() == kMostNamed) {
      names.push_back(std::to_string(distributions.size() - kMostNamed) + " more");
      break;
    }
    names.push_back(one.name.normalized() + " " + one.version.to_string());
  }
  return base::join(names, ", ");
}

base::Error refusal(const CarriedPackages& carried, const std::vector<std::string>& reasons) {
  base::Error error(base::ExitCode::kFileSystem, "the packages of `" + carried.environment +
                                                     "` cannot be installed for Python " +
                                                     carried.python);
  error.add_hint("`--clear` instead of `--upgrade` replaces the environment, without its packages");
  error.add_context("these would be lost: " + list_of(carried.installed));
  for (const std::string& reason : reasons) error.add_context(reason);
  return error;
}

}  // namespace

void CarriedPackages::refuse_left(
    const std::function<bool(const specs::PackageName&)>& is_requested) const {
  std::vector<std::string> reasons;
  for (const LeftPackage& package : left) {
    if (is_requested(package.name)) continue;
    reasons.push_back("`" + package.name.normalized() + "` " + package.reason);
  }
  if (reasons.empty()) return;
  throw refusal(*this, reasons)
      .with_hint(
          "or name a requirement that takes its place, such as its name, in the same command");
}

void CarriedPackages::refuse_missing(const std::vector<install::WantedWheel>& locked) const {
  std::vector<std::string> reasons;
  for (const specs::Requirement& requirement : requirements) {
    const auto found = std::ranges::find(locked, requirement.name, &install::WantedWheel::name);
    if (found != locked.end()) continue;
    reasons.push_back("the lock does not name `" + requirement.name.normalized() + "`");
  }
  if (!reasons.empty()) throw refusal(*this, reasons);
}

base::Error CarriedPackages::refusal_because(const base::Error& cause) const {
  std::vector<std::string> reasons{"because " + cause.message()};
  reasons.insert(reasons.end(), cause.contexts().begin(), cause.contexts().end());
  base::Error error = refusal(*this, reasons);
  for (const std::string& hint : cause.hints()) error.add_hint(hint);
  return error;
}

CarriedPackages find_carried(const install::InstalledProjects& projects,
                             const specs::MarkerEnvironment& environment) {
  CarriedPackages carried;
  std::vector<install::InstalledProject> own;
  for (const install::InstalledProject& project : projects.projects) {
    const install::Distribution& distribution = project.distribution;
    if (is_seed(distribution.name, project.requested)) continue;
    carried.installed.push_back(distribution);
    carried.versions.push_back({distribution.name, distribution.version, false});
    own.push_back(project);
  }
  for (const install::RequestedProject& one : install::find_requested(own, environment)) {
    if (!one.project.direct_url.empty()) {
      add_direct(carried, one);
    } else {
      carried.requirements.push_back(
          {one.project.distribution.name, one.extras, {}, std::nullopt, std::nullopt});
    }
  }
  for (const install::LegacyProject& legacy : projects.legacy) {
    if (is_seed(legacy.name, false)) continue;
    carried.left.push_back({legacy.name, "is installed in a form that does not record its files"});
  }
  return carried;
}

}  // namespace ensure::bootstrap
