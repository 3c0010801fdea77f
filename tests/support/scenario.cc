#include "tests/support/scenario.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <utility>

#include "installer/specs/tags/tag_set.h"

namespace ensure::tests {
namespace {

using nlohmann::json;
using specs::PackageName;
using specs::Requirement;
using specs::Version;

/// What a key holds; null where it is not there.
const json& value_of(const json& object, const char* key) {
  static const json kNull;
  const auto found = object.find(key);
  return found == object.end() ? kNull : *found;
}

std::vector<std::string> texts_of(const json& object, const char* key) {
  const json& list = value_of(object, key);
  return list.is_array() ? list.get<std::vector<std::string>>() : std::vector<std::string>();
}

std::vector<Requirement> requirements_of(const json& object, const char* key) {
  std::vector<Requirement> requirements;
  for (const std::string& text : texts_of(object, key)) {
    requirements.push_back(Requirement::parse(text));
  }
  return requirements;
}

Requirement with_extra(Requirement requirement, const std::string& extra) {
  const std::string condition = "extra == '" + extra + "'";
  requirement.marker = specs::Marker::parse(
      requirement.marker ? "(" + requirement.marker->to_string() + ") and " + condition
                         : condition);
  return requirement;
}

ScenarioVersion version_of(const json& object) {
  ScenarioVersion version;
  version.requires_dist = requirements_of(object, "requires");
  for (const auto& [extra, unused] : value_of(object, "extras").items()) {
    version.provides_extra.push_back(PackageName::parse(extra));
    for (Requirement& requirement : requirements_of(object["extras"], extra.c_str())) {
      version.requires_dist.push_back(with_extra(std::move(requirement), extra));
    }
  }
  const json& python = value_of(object, "requires_python");
  if (python.is_string()) {
    version.requires_python = specs::SpecifierSet::parse(python.get<std::string>());
  }
  version.wheel_tags = texts_of(object, "wheel_tags");
  version.sdist = object.value("sdist", false);
  version.yanked = object.value("yanked", false);
  return version;
}

struct Platform {
  std::string system;        ///< "linux", "macos", "windows"
  std::string architecture;  ///< "x86_64", "aarch64", "arm64"
  bool musl = false;
};

/// From "linux-x86_64-glibc".
Platform platform_of(const std::string& text) {
  const std::size_t dash = text.find('-');
  Platform platform;
  platform.system = text.substr(0, dash);
  platform.architecture = text.substr(dash + 1, text.find('-', dash + 1) - dash - 1);
  platform.musl = text.ends_with("-musl");
  return platform;
}

std::vector<std::string> platform_tags_of(const Platform& platform, std::uint32_t glibc) {
  if (platform.system == "macos") return specs::macos_platforms(14, 0, platform.architecture);
  if (platform.system == "windows") return specs::other_platforms("win-amd64");
  return platform.musl ? specs::musllinux_platforms(1, 2, platform.architecture)
                       : specs::manylinux_platforms(glibc, platform.architecture);
}

specs::MarkerEnvironment environment_of(const std::string& full_version, const std::string& python,
                                        const Platform& platform) {
  const bool windows = platform.system == "windows";
  const bool macos = platform.system == "macos";
  specs::MarkerEnvironment environment;
  environment.implementation_name = "cpython";
  environment.implementation_version = full_version;
  environment.os_name = windows ? "nt" : "posix";
  environment.platform_machine = windows ? "AMD64" : platform.architecture;
  environment.platform_python_implementation = "CPython";
  environment.platform_system = windows ? "Windows" : macos ? "Darwin" : "Linux";
  environment.python_full_version = full_version;
  environment.python_version = python;
  environment.sys_platform = windows ? "win32" : macos ? "darwin" : "linux";
  return environment;
}

void read_environment(const json& root, Scenario& scenario) {
  const json& environment = value_of(root, "environment");
  const std::string full_version = environment.value("python_full_version", "3.12.1");
  const Platform platform = platform_of(environment.value("platform", "linux-x86_64-glibc"));
  const Version python = Version::parse(full_version);
  const auto minor =
      static_cast<std::uint32_t>(std::stoul(python.parts().release.at(1).to_string()));
  const std::string wanted = root["resolver_options"].value("python_platform", "");
  scenario.problem.python_version = python;
  scenario.problem.environment =
      environment_of(full_version, "3." + std::to_string(minor), platform);
  scenario.tags =
      specs::TagSet("cp", 3, minor, specs::cpython_abis(3, minor, ""),
                    platform_tags_of(platform, wanted.ends_with("-manylinux2014") ? 17 : 36));
}

resolve::ResolutionStrategy strategy_of(const std::string& text) {
  if (text == "lowest") return resolve::ResolutionStrategy::kLowest;
  if (text == "lowest-direct") return resolve::ResolutionStrategy::kLowestDirect;
  return resolve::ResolutionStrategy::kHighest;
}

void read_options(const json& root, Scenario& scenario) {
  const json& options = value_of(root, "resolver_options");
  const json& prereleases = value_of(options, "prereleases");
  if (prereleases == true) scenario.problem.prereleases = resolve::PrereleasePolicy::kAllow;
  if (prereleases == "never") scenario.problem.prereleases = resolve::PrereleasePolicy::kNever;
  scenario.problem.strategy = strategy_of(options.value("strategy", ""));
  scenario.problem.no_deps = options.value("no_deps", false);
  if (value_of(options, "no_binary") == true) scenario.any_wheels = false;
  for (const std::string& name : texts_of(options, "no_binary")) {
    if (name == ":all:") scenario.any_wheels = false;
    scenario.no_binary.push_back(specs::normalize_name(name));
  }
  for (const auto& [name, version] : value_of(options, "preferences").items()) {
    scenario.problem.preferences.push_back(
        {PackageName::parse(name), Version::parse(version.get<std::string>())});
  }
  for (const auto& [name, staying] : value_of(root, "staying").items()) {
    scenario.problem.staying.push_back({PackageName::parse(name),
                                        Version::parse(staying.at("version").get<std::string>()),
                                        requirements_of(staying, "requires")});
  }
}

ScenarioAnswer answer_of(const json& object) {
  ScenarioAnswer answer;
  answer.satisfiable = object.value("satisfiable", false);
  const json& packages = value_of(object, "packages");
  if (!packages.is_object()) return answer;
  answer.packages.emplace();
  for (const auto& [name, version] : packages.items()) {
    answer.packages->emplace(specs::normalize_name(name),
                             Version::parse(version.get<std::string>()));
  }
  return answer;
}

}  // namespace

Scenario Scenario::parse(std::string_view text) {
  const json root = json::parse(text);
  Scenario scenario;
  scenario.name = root.value("name", "");
  scenario.problem.requirements = requirements_of(root["root"], "requires");
  scenario.problem.constraints = requirements_of(root["root"], "constraints");
  read_environment(root, scenario);
  read_options(root, scenario);
  for (const auto& [name, versions] : root["packages"].items()) {
    auto& known = scenario.packages[specs::normalize_name(name)];
    for (const auto& [version, content] : versions.items()) {
      known.insert_or_assign(Version::parse(version), version_of(content));
    }
  }
  scenario.expected = answer_of(root["expected"]);
  for (const json& alternative : value_of(root, "alternatives")) {
    scenario.alternatives.push_back(answer_of(alternative));
  }
  scenario.contested = !value_of(root, "contested").is_null();
  return scenario;
}

namespace {

/// Follows all requirements through a resolution, and says where one does not hold.
class Audit {
 public:
  Audit(const Scenario& scenario, const resolve::Resolution& resolution) : scenario_(scenario) {
    for (const resolve::ResolvedProject& project : resolution.projects) {
      chosen_.emplace(project.name.normalized(), project.version);
    }
  }

  std::vector<std::string> run() {
    check("the user", scenario_.problem.requirements, "");
    for (const Requirement& constraint : scenario_.problem.constraints) {
      const auto found = chosen_.find(constraint.name.normalized());
      if (found != chosen_.end()) check_version("a constraint", constraint, found->second);
    }
    for (const resolve::StayingProject& staying : scenario_.problem.staying) {
      for (const Requirement& requirement : staying.requirements) {
        const auto found = chosen_.find(requirement.name.normalized());
        if (found == chosen_.end()) continue;
        check_version(staying.name.normalized(), requirement, found->second);
      }
    }
    for (const auto& [name, version] : chosen_) {
      if (!reached_.contains(name)) wrong_.push_back(name + " is needed by nobody");
    }
    return std::move(wrong_);
  }

 private:
  void check(const std::string& who, const std::vector<Requirement>& requirements,
             const std::string& extra) {
    specs::MarkerSelection selection;
    if (!extra.empty()) selection.extras.push_back(extra);
    for (const Requirement& requirement : requirements) {
      if (!requirement.marker ||
          requirement.marker->evaluate(scenario_.problem.environment, selection)) {
        check_one(who, requirement);
      }
    }
  }

  void check_one(const std::string& who, const Requirement& requirement) {
    const std::string& name = requirement.name.normalized();
    const auto found = chosen_.find(name);
    if (found == chosen_.end()) {
      wrong_.push_back(who + " requires " + requirement.to_string() + ", which is not there");
      return;
    }
    check_version(who, requirement, found->second);
    const auto& versions = scenario_.packages.at(name);
    const auto version = versions.find(found->second);
    if (version == versions.end()) {
      wrong_.push_back(name + " has no such version: " + found->second.to_string());
      return;
    }
    if (reached_.insert(name).second) enter(name, version->second);
    for (const PackageName& extra : requirement.extras) {
      if (!reached_.insert(name + '[' + extra.normalized() + ']').second) continue;
      if (!scenario_.problem.no_deps) {
        check(name, version->second.requires_dist, extra.normalized());
      }
    }
  }

  void enter(const std::string& name, const ScenarioVersion& version) {
    const auto& python = version.requires_python;
    if (python && !python->contains(scenario_.problem.python_version)) {
      wrong_.push_back(name + " needs Python " + python->to_string());
    }
    if (!scenario_.problem.no_deps) check(name, version.requires_dist, "");
  }

  void check_version(const std::string& who, const Requirement& requirement,
                     const Version& version) {
    if (requirement.specifiers.contains(version)) return;
    wrong_.push_back(who + " requires " + requirement.to_string() + ", but it is " +
                     version.to_string());
  }

  const Scenario& scenario_;
  std::map<std::string, Version> chosen_;
  std::set<std::string> reached_;
  std::vector<std::string> wrong_;
};

}  // namespace

std::vector<std::string> violations(const Scenario& scenario,
                                    const resolve::Resolution& resolution) {
  return Audit(scenario, resolution).run();
}

}  // namespace ensure::tests
