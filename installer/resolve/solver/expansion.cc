#include "installer/resolve/solver/expansion.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "installer/base/error.h"

namespace ensure::resolve {
namespace {

/// Far more than any real project has.
constexpr std::size_t kMostExtras = 10'000;

}  // namespace

const Expansion::Version* Expansion::find(PackageId project, const specs::Version& version) const {
  const auto own = expanded_.find(project);
  if (own == expanded_.end()) return nullptr;
  const auto found = own->second.versions.find(version);
  return found == own->second.versions.end() ? nullptr : &found->second;
}

std::uint32_t Expansion::bound_of(const specs::Requirement& requirement) {
  const auto [place, is_new] = bounds_of_.try_emplace(&requirement);
  if (!is_new) return place->second;
  std::string text = requirement.url ? '@' + *requirement.url : requirement.specifiers.to_string();
  const auto next = static_cast<std::uint32_t>(bounds_.size());
  place->second = bounds_.try_emplace(std::move(text), next).first->second;
  return place->second;
}

Expansion::News Expansion::expand(PackageId project, const Choice& choice, const Metadata& metadata,
                                  specs::Dependencies&& dependencies) {
  Expanded& own = expanded_[project];
  const Version& version =
      own.versions.try_emplace(choice.version, choice, &metadata, std::move(dependencies))
          .first->second;
  waiting_.push_back({project, &version});
  for (const auto& [name, requirements] : version.dependencies.by_extra()) {
    own.by_extra[name].push_back(&version);
  }
  if (version.dependencies.has_open()) own.with_open.push_back(&version);
  // For extras that come later, `id_of_extra` finds the versions that name them.
  for (const PackageId extra : packages_.extras_of(project)) {
    if (version.dependencies.concern(*packages_[extra].extra))
      waiting_.push_back({extra, &version});
  }
  Gathering gathering{&version, {}, {}};
  for (; !waiting_.empty(); waiting_.pop_front()) add_requirements(waiting_.front(), gathering);
  return std::move(gathering.news);
}

PackageId Expansion::id_of_extra(PackageId project, const specs::PackageName& name) {
  const std::size_t before = packages_.size();
  const PackageId id = packages_.id_of_extra(project, name);
  if (packages_.size() == before) return id;
  if (packages_.extras_of(project).size() > kMostExtras) {
    throw base::Error(base::ExitCode::kNoSolution,
                      "more than " + std::to_string(kMostExtras) + " extras of `" +
                          packages_[project].name.as_written() + "` are required")
        .with_hint("require fewer of them, or another version of what requires them");
  }
  const Expanded& own = expanded_[project];
  if (const auto found = own.by_extra.find(name.normalized()); found != own.by_extra.end()) {
    for (const Version* const version : found->second) waiting_.push_back({id, version});
  }
  for (const Version* const version : own.with_open) {
    const bool is_there = version->dependencies.by_extra().contains(name.normalized());
    if (!is_there) waiting_.push_back({id, version});
  }
  return id;
}

void Expansion::add_requirements(const Waiting& waiting, Gathering& gathering) {
  const auto [source, version] = waiting;
  const bool is_news = version == gathering.version;
  const auto note = [&](std::optional<IncompatibilityId> incompatibility) {
    if (incompatibility && is_news) gathering.news.incompatibilities.push_back(*incompatibility);
  };
  const specs::Dependencies::List requirements =
      packages_.is_project(source) ? version->dependencies.of_project()
                                   : version->dependencies.of_extra(*packages_[source].extra);
  for (const specs::Requirement* const requirement : requirements) {
    // The solver rejects a version with an unknown URL, so this is a requirement of an extra, which
    // then cannot be chosen.
    const specs::VersionSet versions =
        versions_of(*requirement, problem_).value_or(specs::VersionSet());
    const PackageId target = packages_.id_of(requirement->name);
    note(merge_incompatibility(source, target, {versions, false}, version->choice, *requirement));
    for (const specs::PackageName& name : requirement->extras) {
      const PackageId wanted = id_of_extra(target, name);
      if (wanted == source) continue;
      note(merge_incompatibility(source, wanted, Term::present(), version->choice, *requirement));
    }
    if (is_news && gathering.targets.insert(target).second) {
      gathering.news.targets.push_back(target);
    }
  }
}

std::optional<IncompatibilityId> Expansion::add_incompatibility(
    PackageId source, PackageId target, const Term& required, const specs::VersionSet& versions,
    const specs::Requirement& requirement) {
  const PackageId project = packages_[source].project;
  Incompatibility incompatibility{
      {{project, {versions, false}}},
      {.reason = ProofStep::Reason::kDependency, .requirement = &requirement, .dependent = source}};
  if (source != project) incompatibility.terms.push_back({source, Term::present()});
  if (target == project) {
    Term& own = incompatibility.terms.front().term;
    own = own.intersection(required.complement());
    if (own.versions.is_empty()) return std::nullopt;
  } else {
    incompatibility.terms.push_back({target, required.complement()});
  }
  std::sort(incompatibility.terms.begin(), incompatibility.terms.end(),
            [](const PackageTerm& left, const PackageTerm& right) {
              return left.package < right.package;
            });
  const IncompatibilityId id = incompatibilities_.add(std::move(incompatibility));
  incompatibilities_.watch(id);
  return id;
}

std::optional<IncompatibilityId> Expansion::merge_incompatibility(
    PackageId source, PackageId target, const Term& required, const Choice& choice,
    const specs::Requirement& requirement) {
  const PackageId project = packages_[source].project;
  if (!choice.place || target == project) {
    return add_incompatibility(source, target, required, choice.alone, requirement);
  }
  std::map<std::size_t, Run>& runs = runs_[{source, target, bound_of(requirement)}];
  const std::size_t place = *choice.place;
  std::size_t first = place;
  std::size_t last = place;
  const auto next = runs.upper_bound(place);
  if (next != runs.begin()) {
    const auto before = std::prev(next);
    if (before->second.last >= place) return std::nullopt;
    if (before->second.last + 1 == place) {
      first = before->first;
      incompatibilities_.unwatch(before->second.incompatibility);
      runs.erase(before);
    }
  }
  if (next != runs.end() && next->first == place + 1) {
    last = next->second.last;
    incompatibilities_.unwatch(next->second.incompatibility);
    runs.erase(next);
  }
  const Project& versions = packages_.project(project);
  const auto added =
      add_incompatibility(source, target, required, versions.between(first, last), requirement);
  runs[first] = {last, *added};
  return added;
}

}  // namespace ensure::resolve
