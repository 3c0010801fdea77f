#include "installer/install/installed/installed_requirements.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "installer/base/text.h"
#include "installer/install/installed/requested_projects.h"
#include "installer/specs/metadata/core_metadata.h"
#include "installer/specs/requirements/package_name.h"

namespace ensure::install {

namespace {

/// A marker such as `"x" in extra` is evaluated with each extra. Where a project has more extras
/// than this, such a marker counts as false, or hostile metadata would take quadratic time.
constexpr std::size_t kMostEvaluatedExtras = 100;

bool is_part_of_name(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || letter == '.' || letter == '_' || letter == '-';
}

/// The normal form of the name at the beginning of a requirement.
std::string leading_name(std::string_view requirement) {
  const std::string_view text = base::trim(requirement);
  const auto* const end = std::ranges::find_if_not(text, is_part_of_name);
  return specs::normalize_name(text.substr(0, static_cast<std::size_t>(end - text.begin())));
}

/// Whether a requirement asks for extras: `demo[extra]`. Brackets in its marker do not count.
bool names_extras(std::string_view requirement) {
  return requirement.substr(0, requirement.find(';')).find('[') != std::string_view::npos;
}

const specs::Version* find(const InstalledVersions& versions, const std::string& name) {
  const auto found = versions.find(name);
  return found == versions.end() ? nullptr : &found->second;
}

bool is_same(const specs::Version* one, const specs::Version* other) {
  return one == nullptr ? other == nullptr : other != nullptr && *one == *other;
}

}  // namespace

bool is_met(const specs::Requirement& requirement, const specs::Version& version) {
  return requirement.url || requirement.specifiers.contains(version);
}

InstalledRequirements::InstalledRequirements(std::vector<Distribution> distributions,
                                             specs::MarkerEnvironment environment)
    : environment_(std::move(environment)) {
  RequirementGraph::Requirements with_extras;
  for (Distribution& distribution : distributions) {
    auto& own = with_extras[distribution.name.normalized()];
    std::vector<Field> fields;
    for (std::string& text : metadata_headers(distribution).all("Requires-Dist")) {
      if (auto requirement =
              names_extras(text) ? specs::Requirement::try_parse(text) : std::nullopt)
        own.push_back(*std::move(requirement));
      std::string name = leading_name(text);
      fields.push_back({std::move(name), std::move(text)});
    }
    by_dist_info_.emplace(distribution.dist_info, dependents_.size());
    dependents_.push_back({std::move(distribution), std::move(fields)});
  }
  RequirementGraph graph(std::move(with_extras), environment_);
  for (const Dependent& dependent : dependents_) {
    graph.need(dependent.distribution.name.normalized(), {});
  }
  extras_ = graph.needed_extras();
}

bool InstalledRequirements::applies(const specs::Marker& marker, const std::string& project) const {
  if (marker.evaluate(environment_)) return true;
  const auto needed = extras_.find(project);
  if (needed == extras_.end() || !marker.has_variable("extra")) return false;
  const std::set<std::string>& extras = needed->second;
  // Most markers tell for which extras they hold. Others are evaluated with each extra.
  if (const auto holding = marker.extras(environment_)) return holding->contains_any(extras);
  if (extras.size() > kMostEvaluatedExtras) return false;
  return marker.evaluate(environment_, {{extras.begin(), extras.end()}, {}});
}

std::optional<specs::Requirement> InstalledRequirements::parse(const Dependent& dependent,
                                                               const Field& field) const {
  std::optional<specs::Requirement> requirement = specs::Requirement::try_parse(field.text);
  if (!requirement || !requirement->marker) return requirement;
  const std::string& project = dependent.distribution.name.normalized();
  return applies(*requirement->marker, project) ? requirement : std::nullopt;
}

std::vector<Conflict> InstalledRequirements::conflicts(const InstalledVersions& before,
                                                       const InstalledVersions& after,
                                                       const std::set<std::string>& staying) const {
  std::vector<Conflict> found;
  for (const Dependent& dependent : dependents_) {
    if (!staying.contains(dependent.distribution.name.normalized())) continue;
    for (const Field& field : dependent.fields) {
      const specs::Version* const old = find(before, field.name);
      const specs::Version* const now = find(after, field.name);
      if (is_same(old, now)) continue;
      std::optional<specs::Requirement> requirement = parse(dependent, field);
      if (!requirement || (old != nullptr && !is_met(*requirement, *old))) continue;
      if (now != nullptr && is_met(*requirement, *now)) continue;
      found.push_back({dependent.distribution, *std::move(requirement),
                       now == nullptr ? std::nullopt : std::optional(*now)});
    }
  }
  return found;
}

std::vector<Distribution> InstalledRequirements::asking_for_extras(
    const InstalledVersions& before, const InstalledVersions& after,
    const std::set<std::string>& staying) const {
  std::vector<Distribution> asking;
  for (const Dependent& dependent : dependents_) {
    const std::string& own = dependent.distribution.name.normalized();
    if (!staying.contains(own)) continue;
    const auto asks = [&](const Field& field) {
      const specs::Version* const now = find(after, field.name);
      return now != nullptr && field.name != own && names_extras(field.text) &&
             !is_same(find(before, field.name), now) && parse(dependent, field);
    };
    if (std::ranges::any_of(dependent.fields, asks)) asking.push_back(dependent.distribution);
  }
  return asking;
}

std::vector<specs::Requirement> InstalledRequirements::kept_by(
    const Distribution& distribution, const InstalledVersions& before) const {
  std::vector<specs::Requirement> kept;
  const auto found = by_dist_info_.find(distribution.dist_info);
  if (found == by_dist_info_.end()) return kept;
  const Dependent& dependent = dependents_[found->second];
  for (const Field& field : dependent.fields) {
    std::optional<specs::Requirement> requirement = parse(dependent, field);
    const specs::Version* const old = find(before, field.name);
    if (!requirement || (old != nullptr && !is_met(*requirement, *old))) continue;
    requirement->marker.reset();
    kept.push_back(*std::move(requirement));
  }
  return kept;
}

}  // namespace ensure::install
