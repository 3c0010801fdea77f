#include "installer/resolve/explanation/wording.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace ensure::resolve {

namespace {

using Reason = ProofStep::Reason;
using resolve::quoted;

std::string quoted(const ProofTerm& own) {
  return quoted(own.name.normalized() + (own.extra ? '[' + own.extra->normalized() + ']' : ""));
}

/// A requirement without its marker, which holds in this environment.
std::string quoted(specs::Requirement requirement) {
  requirement.marker.reset();
  return quoted(requirement.to_string());
}

/// "needs ..." for one version, "need ..." for several.
std::string conjugate(const std::string& text, bool is_plural) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kVerbs = {
      {{"has ", "have "},
       {"needs ", "need "},
       {"was ", "were "},
       {"is ", "are "},
       {"depends ", "depend "}}};
  for (const auto& [singular, plural] : kVerbs) {
    if (is_plural && text.starts_with(singular)) {
      return std::string(plural) + text.substr(singular.size());
    }
  }
  return text;
}

/// The chosen versions, with runs of neighbours as "1.0 to 1.3", oldest first. Many runs are
/// shortened to a range.
std::string list_of(const std::vector<KnownVersion>& newest_first,
                    const std::vector<bool>& is_chosen) {
  constexpr std::size_t kMostRuns = 3;
  std::vector<std::string> runs;
  for (std::size_t place = newest_first.size(); place-- > 0;) {
    if (!is_chosen[place]) continue;
    const std::size_t oldest = place;
    while (place > 0 && is_chosen[place - 1]) --place;
    std::string text = newest_first[oldest].version.to_string();
    if (place != oldest) {
      text += (oldest - place == 1 ? " and " : " to ") + newest_first[place].version.to_string();
    }
    runs.push_back(std::move(text));
  }
  if (runs.empty()) return {};
  return runs.size() > kMostRuns ? runs.front() + ", ..., " + runs.back() : enumerate(runs);
}

}  // namespace

std::string quoted(const std::string& text) { return '`' + text + '`'; }

std::string enumerate(const std::vector<std::string>& parts, const std::string& last) {
  std::string text;
  for (std::size_t place = 0; place < parts.size(); ++place) {
    if (place > 0) text += place + 1 == parts.size() ? ' ' + last + ' ' : ", ";
    text += parts[place];
  }
  return text;
}

const KnownProject* Wording::known(const specs::PackageName& name) const {
  const auto found = no_solution_.projects.find(name.normalized());
  return found == no_solution_.projects.end() ? nullptr : &found->second;
}

Subject Wording::subject(const ProofTerm& own) const {
  const std::string name = quoted(own);
  const specs::VersionSet& versions = own.term.versions;
  Subject every{"every version of " + name, false, true};
  Subject range{name + ' ' + versions.to_string(), false, false};
  const KnownProject* const project = known(own.name);
  if (project == nullptr || project->versions.empty()) return versions.is_full() ? every : range;
  std::vector<bool> is_chosen;
  is_chosen.reserve(project->versions.size());
  for (const KnownVersion& candidate : project->versions) {
    // The set also contains unavailable versions, which are not meant.
    is_chosen.push_back(!candidate.unavailable && versions.contains(candidate.version));
  }
  const auto count = static_cast<std::size_t>(std::ranges::count(is_chosen, true));
  if (count == 0) return range;
  if (count == is_chosen.size() && count > 1) return every;
  return {name + ' ' + list_of(project->versions, is_chosen), count > 1, false};
}

std::string Wording::facts(const std::vector<const ProofStep*>& steps) const {
  const ProofStep& first = *steps.front();
  switch (first.reason) {
    case Reason::kRequirement:
    case Reason::kConstraint: {
      std::vector<std::string> requirements;
      for (const ProofStep* const step : steps) {
        std::string text = quoted(*step->requirement);
        if (std::ranges::find(requirements, text) == requirements.end()) {
          requirements.push_back(std::move(text));
        }
      }
      return (first.reason == Reason::kRequirement ? "you require " : "the constraints say ") +
             enumerate(requirements);
    }
    case Reason::kStays:
      return quoted(*first.source) + ' ' + first.staying->to_string() +
             " is installed and stays, because it is not among the requirements";
    case Reason::kStaysNeeding:
      return quoted(*first.source) + ' ' + first.staying->to_string() +
             " is installed and requires " + quoted(*first.requirement);
    case Reason::kDependency:
      return dependency(steps);
    case Reason::kNoVersion:
      return no_version(first.terms.front());
    case Reason::kAbsent: {
      const KnownProject* const project = known(first.terms.front().name);
      return quoted(first.terms.front()) + ' ' +
             (project != nullptr && project->absent ? *project->absent : "does not exist");
    }
    case Reason::kUnavailable: {
      ProofTerm all = first.terms.front();
      for (const ProofStep* const step : steps) {
        all.term = all.term.union_with(step->terms.front().term);
      }
      const Subject who = subject(all);
      return who.text + ' ' + conjugate(first.unavailable->text, who.is_plural);
    }
    case Reason::kDerived:
      break;
  }
  return conclusion(first);
}

std::string Wording::dependency(std::vector<const ProofStep*> steps) const {
  const KnownProject* const project = known(steps.front()->source->name);
  const auto newest_place = [project](const ProofStep* step) {
    if (project == nullptr) return std::size_t{0};
    const auto found = std::ranges::find_if(project->versions, [step](const KnownVersion& version) {
      return step->source->term.versions.contains(version.version);
    });
    return static_cast<std::size_t>(found - project->versions.begin());
  };
  std::ranges::stable_sort(steps, {}, newest_place);
  const specs::Requirement& requirement = *steps.front()->requirement;
  ProofTerm source = *steps.front()->source;
  ProofTerm target{requirement.name, std::nullopt, {}};
  bool is_same = true;
  for (const ProofStep* const step : steps) {
    source.term = source.term.union_with(step->source->term);
    specs::VersionSet& versions = target.term.versions;
    versions = versions.union_with(step->requirement->specifiers.versions());
    is_same = is_same && quoted(*step->requirement) == quoted(requirement);
  }
  const Subject who = subject(source);
  const std::string text = who.text + ' ' + conjugate("depends on ", who.is_plural);
  if (is_same) return text + quoted(requirement);
  if (target.term.versions.is_full()) return text + quoted(target);
  const Subject range = subject(target);
  if (range.is_every || known(target.name) == nullptr) {
    return text + (who.is_plural ? "different ranges of " : "a different range of ") +
           quoted(target) + ", from " + quoted(*steps.back()->requirement) + " to " +
           quoted(requirement);
  }
  return text + (range.is_plural ? "one of " : "") + range.text;
}

std::string Wording::no_version(const ProofTerm& own) const {
  const std::string name = quoted(own);
  if (own.term.versions.is_empty()) {
    const bool has_url = std::ranges::any_of(no_solution_.steps, [&own](const ProofStep& step) {
      return step.requirement && step.requirement->name == own.name && step.requirement->url;
    });
    return has_url ? "the URL of " + name + " is not among your requirements"
                   : "no version of " + name + " meets all of these";
  }
  const KnownProject* const project = known(own.name);
  if (project == nullptr || project->versions.empty()) return name + " has no versions";
  std::string text = unavailable_versions(own, *project);
  if (!text.empty()) return text;
  return "there is no " + subject(own).text + " (the newest is " +
         project->versions.front().version.to_string() + ")";
}

std::string Wording::unavailable_versions(const ProofTerm& own, const KnownProject& project) const {
  static constexpr std::size_t kMostReasons = 4;
  std::vector<std::pair<std::string, std::vector<bool>>> reasons;
  for (std::size_t place = 0; place < project.versions.size(); ++place) {
    const KnownVersion& version = project.versions[place];
    if (!version.unavailable || !own.term.versions.contains(version.version)) continue;
    const std::string& text = version.unavailable->text;
    auto found = std::ranges::find(reasons, text, [](const auto& entry) { return entry.first; });
    if (found == reasons.end()) {
      found = reasons.insert(found, {text, std::vector<bool>(project.versions.size())});
    }
    found->second[place] = true;
  }
  std::vector<std::string> parts;
  for (const auto& [text, is_chosen] : reasons) {
    if (parts.size() == kMostReasons) {
      parts.emplace_back("the others cannot be chosen either");
      break;
    }
    parts.push_back((parts.empty() ? quoted(own) + ' ' : "") +
                    list_of(project.versions, is_chosen) + ' ' +
                    conjugate(text, std::ranges::count(is_chosen, true) > 1));
  }
  return enumerate(parts);
}

std::string Wording::conclusion(const ProofStep& step) const {
  std::vector<std::string> taken;
  std::vector<std::string> needed;
  Subject last;
  for (const ProofTerm& own : step.terms) {
    if (own.term.absent) {
      const Subject rest = subject({own.name, own.extra, own.term.complement()});
      needed.push_back(rest.is_every || own.extra ? quoted(own) : rest.text);
    } else {
      last = own.extra ? Subject{quoted(own), false, false} : subject(own);
      taken.push_back(last.text);
    }
  }
  if (taken.empty() && needed.empty()) return "there is no solution";
  if (taken.empty()) return enumerate(needed, "or") + " is needed";
  if (!needed.empty()) {
    const bool is_plural = taken.size() > 1 || last.is_plural;
    return enumerate(taken) + ' ' + conjugate("needs ", is_plural) + enumerate(needed, "or");
  }
  if (taken.size() > 1) return enumerate(taken) + " cannot be chosen together";
  if (!last.is_every) return last.text + " cannot be chosen";
  return "no " + last.text.substr(std::string_view("every ").size()) + " can be chosen";
}

}  // namespace ensure::resolve
