#include "installer/resolve/expansion.h"

#include <algorithm>
#include <utility>

#include "installer/resolve/dependencies.h"

namespace ensure::resolve {

const Expansion::Version* Expansion::find(PackageId project, const specs::Version& version) const {
  if (project >= expanded_.size()) return nullptr;
  const auto found = expanded_[project].find(version);
  return found == expanded_[project].end() ? nullptr : &found->second;
}

Expansion::News Expansion::expand(PackageId project, const Choice& choice,
                                  const Metadata& metadata) {
  if (project >= expanded_.size()) expanded_.resize(project + 1);
  const Version& version =
      expanded_[project].try_emplace(choice.version, Version{choice, &metadata}).first->second;
  News news;
  add_requirements(project, version, dependencies_of(metadata, problem_), news);
  // Extras that the requirements above name are added by `extra`, as the version is known by now.
  const std::vector<PackageId> extras = packages_.extras_of(project);
  for (const PackageId extra : extras) add_extra(extra, version, news);
  return news;
}

PackageId Expansion::extra(PackageId project, const specs::PackageName& name) {
  const std::size_t before = packages_.size();
  const PackageId id = packages_.extra(project, name);
  if (packages_.size() == before || project >= expanded_.size()) return id;
  News ignored;
  for (const auto& [version, expanded] : expanded_[project]) add_extra(id, expanded, ignored);
  return id;
}

void Expansion::add_extra(PackageId extra, const Version& version, News& news) {
  const specs::PackageName name = *packages_[extra].extra;
  add_requirements(extra, version, dependencies_of_extra(*version.metadata, name, problem_), news);
}

void Expansion::add_requirements(PackageId source, const Version& version,
                                 const std::vector<const specs::Requirement*>& requirements,
                                 News& news) {
  const auto note = [&news](std::optional<ClauseId> clause) {
    if (clause) news.clauses.push_back(*clause);
  };
  for (const specs::Requirement* const requirement : requirements) {
    // Only an extra can depend on a URL that nobody knows, and so cannot be had.
    const specs::VersionSet versions =
        versions_of(*requirement, problem_).value_or(specs::VersionSet());
    const PackageId target = packages_.project(requirement->name);
    note(merge_clause(source, target, {versions, false}, version.choice, *requirement));
    for (const specs::PackageName& name : requirement->extras) {
      const PackageId wanted = extra(target, name);
      if (wanted == source) continue;
      note(merge_clause(source, wanted, Allowed::present(), version.choice, *requirement));
    }
    if (std::find(news.targets.begin(), news.targets.end(), target) == news.targets.end()) {
      news.targets.push_back(target);
    }
  }
}

std::optional<ClauseId> Expansion::add_clause(PackageId source, PackageId target,
                                              const Allowed& required,
                                              const specs::VersionSet& versions,
                                              const specs::Requirement& requirement) {
  const PackageId project = packages_[source].project;
  Clause clause{{{project, {versions, false}}}, DependencyOf{source, &requirement}};
  if (source != project) clause.terms.push_back({source, Allowed::present()});
  if (target == project) {
    Allowed& own = clause.terms.front().allowed;
    own = own.intersection(required.complement());
    if (own.versions.is_empty()) return std::nullopt;
  } else {
    clause.terms.push_back({target, required.complement()});
  }
  std::sort(clause.terms.begin(), clause.terms.end(),
            [](const Term& left, const Term& right) { return left.package < right.package; });
  const ClauseId id = clauses_.add(std::move(clause));
  clauses_.watch(id);
  return id;
}

std::optional<ClauseId> Expansion::merge_clause(PackageId source, PackageId target,
                                                const Allowed& required, const Choice& choice,
                                                const specs::Requirement& requirement) {
  const PackageId project = packages_[source].project;
  if (!choice.place || target == project) {
    return add_clause(source, target, required, choice.alone, requirement);
  }
  std::string text = requirement.url ? '@' + *requirement.url : requirement.specifiers.to_string();
  std::vector<Run>& runs = runs_[{source, target, std::move(text)}];
  Run run{*choice.place, *choice.place, 0};
  const auto joins = [&run](const Run& other) {
    return other.last + 1 == run.first || run.last + 1 == other.first;
  };
  for (auto other = runs.begin(); other != runs.end();) {
    if (!joins(*other)) {
      ++other;
      continue;
    }
    run.first = std::min(run.first, other->first);
    run.last = std::max(run.last, other->last);
    clauses_.unwatch(other->clause);
    other = runs.erase(other);
  }
  const Project& versions = projects_.at(project, packages_[project].name);
  const auto added =
      add_clause(source, target, required, versions.between(run.first, run.last), requirement);
  run.clause = *added;
  runs.push_back(run);
  return added;
}

}  // namespace ensure::resolve
