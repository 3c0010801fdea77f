#include "installer/resolve/explanation/wording.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace ensure::resolve {
namespace {

/// More parts than that are told as a range.
constexpr std::size_t kMostRuns = 3;

std::string quoted(const std::string& text) { return '`' + text + '`'; }

std::string quoted(const ProofTerm& term) {
  if (!term.extra) return quoted(term.name.normalized());
  return quoted(term.name.normalized() + '[' + term.extra->normalized() + ']');
}

/// A requirement without its marker, which holds where the sentence is about.
std::string quoted(specs::Requirement requirement) {
  requirement.marker.reset();
  return quoted(requirement.to_string());
}

/// "needs" of one, "need" of several.
std::string conjugated(const std::string& reason, bool plural) {
  if (!plural) return reason;
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kVerbs = {
      {{"has ", "have "},
       {"needs ", "need "},
       {"was ", "were "},
       {"is ", "are "},
       {"depends ", "depend "}}};
  for (const auto& [one, several] : kVerbs) {
    if (reason.starts_with(one)) return std::string(several) + reason.substr(one.size());
  }
  return reason;
}

/// Neighbouring versions as one part, "1.0 to 1.3". The versions come newest first, the parts go
/// oldest first.
std::vector<std::string> runs_of(const std::vector<KnownVersion>& all,
                                 const std::vector<bool>& chosen) {
  std::vector<std::string> runs;
  for (std::size_t place = all.size(); place-- > 0;) {
    if (!chosen[place]) continue;
    const std::size_t oldest = place;
    while (place > 0 && chosen[place - 1]) --place;
    std::string text = all[oldest].version.to_string();
    if (place != oldest) {
      text += (oldest - place == 1 ? " and " : " to ") + all[place].version.to_string();
    }
    runs.push_back(std::move(text));
  }
  return runs;
}

std::string shortened(const std::vector<std::string>& runs) {
  return runs.size() > kMostRuns ? runs.front() + ", ..., " + runs.back() : enumerate(runs);
}

}  // namespace

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

Subject Wording::subject(const ProofTerm& term) const {
  const std::string name = quoted(term);
  const specs::VersionSet& versions = term.term.versions;
  Subject every{"every version of " + name, false, true};
  const KnownProject* const project = known(term.name);
  if (project == nullptr || project->versions.empty()) {
    return versions.is_full() ? every : Subject{name + ' ' + versions.to_string(), false, false};
  }
  std::vector<bool> chosen;
  bool all = true;
  for (const KnownVersion& candidate : project->versions) {
    // The set was widened over versions that nobody can take; they are not meant.
    chosen.push_back(!candidate.unavailable && versions.contains(candidate.version));
    all = all && chosen.back();
  }
  if (all && chosen.size() > 1) return every;
  const std::vector<std::string> runs = runs_of(project->versions, chosen);
  if (runs.empty()) return {name + ' ' + versions.to_string(), false, false};
  const bool plural = std::count(chosen.begin(), chosen.end(), true) > 1;
  return {name + ' ' + shortened(runs), plural, false};
}

std::string Wording::facts(const std::vector<const ProofStep*>& steps) const {
  const ProofStep& first = *steps.front();
  std::vector<std::string> requirements;
  switch (first.reason) {
    case ProofStep::Reason::kRequirement:
    case ProofStep::Reason::kConstraint:
      for (const ProofStep* const step : steps) {
        std::string text = quoted(*step->requirement);
        if (std::find(requirements.begin(), requirements.end(), text) == requirements.end()) {
          requirements.push_back(std::move(text));
        }
      }
      return (first.reason == ProofStep::Reason::kRequirement ? "you require "
                                                              : "the constraints say ") +
             enumerate(requirements);
    case ProofStep::Reason::kStays:
      return staying(first) + " is installed and not among the requirements, so that it stays";
    case ProofStep::Reason::kStaysNeeding:
      return staying(first) + " is installed and requires " + quoted(*first.requirement);
    case ProofStep::Reason::kDependency:
      return dependency(steps);
    case ProofStep::Reason::kNoVersion:
      return no_version(first.terms.front());
    case ProofStep::Reason::kAbsent: {
      const KnownProject* const project = known(first.terms.front().name);
      return quoted(first.terms.front()) + ' ' +
             (project != nullptr && project->absent ? *project->absent : "does not exist");
    }
    case ProofStep::Reason::kUnavailable:
      return unusable(steps);
    case ProofStep::Reason::kDerived:
      break;
  }
  return conclusion(first);
}

std::string Wording::staying(const ProofStep& step) {
  return quoted(*step.source) + ' ' + step.staying->to_string();
}

std::size_t Wording::newest_of(const ProofTerm& term) const {
  const KnownProject* const project = known(term.name);
  if (project == nullptr) return 0;
  const auto found = std::find_if(project->versions.begin(), project->versions.end(),
                                  [&term](const KnownVersion& candidate) {
                                    return term.term.versions.contains(candidate.version);
                                  });
  return static_cast<std::size_t>(found - project->versions.begin());
}

std::string Wording::dependency(std::vector<const ProofStep*> steps) const {
  std::ranges::stable_sort(steps, [this](const ProofStep* left, const ProofStep* right) {
    return newest_of(*left->source) < newest_of(*right->source);
  });
  const specs::Requirement& requirement = *steps.front()->requirement;
  ProofTerm source = *steps.front()->source;
  ProofTerm target{requirement.name, std::nullopt, {}};
  bool same = true;
  for (const ProofStep* const step : steps) {
    source.term = source.term.union_with(step->source->term);
    target.term.versions =
        target.term.versions.union_with(step->requirement->specifiers.versions());
    same = same && quoted(*step->requirement) == quoted(requirement);
  }
  const Subject who = subject(source);
  const std::string text = who.text + (who.plural ? " depend on " : " depends on ");
  if (same) return text + quoted(requirement);
  if (target.term.versions.is_full()) return text + quoted(target);
  const Subject range = subject(target);
  if (range.every || known(target.name) == nullptr) {
    return text + "versions of " + quoted(target) + (who.every ? " of its own" : " of their own") +
           ", from " + quoted(*steps.back()->requirement) + " to " + quoted(requirement);
  }
  return text + (range.plural ? "one of " : "") + range.text;
}

bool Wording::has_address(const specs::PackageName& name) const {
  return std::any_of(
      no_solution_.steps.begin(), no_solution_.steps.end(), [&name](const ProofStep& step) {
        return step.requirement && step.requirement->name == name && step.requirement->url;
      });
}

std::string Wording::no_version(const ProofTerm& term) const {
  const std::string name = quoted(term);
  if (term.term.versions.is_empty()) {
    return has_address(term.name) ? "that address of " + name + " is not among your requirements"
                                  : "no version of " + name + " can be that";
  }
  const KnownProject* const project = known(term.name);
  if (project == nullptr || project->versions.empty()) return name + " has no versions";
  std::string text = obstacles(term, *project);
  if (!text.empty()) return text;
  const std::string set = subject(term).text;
  return "there is no " + set + " (the newest is " + project->versions.front().version.to_string() +
         ")";
}

std::string Wording::obstacles(const ProofTerm& term, const KnownProject& project) const {
  static constexpr std::size_t kMostReasons = 4;
  std::vector<std::pair<std::string, std::vector<bool>>> reasons;
  for (std::size_t place = 0; place < project.versions.size(); ++place) {
    const KnownVersion& version = project.versions[place];
    if (!version.unavailable || !term.term.versions.contains(version.version)) continue;
    const std::string& reason = version.unavailable->text;
    auto found = std::find_if(reasons.begin(), reasons.end(),
                              [&reason](const auto& entry) { return entry.first == reason; });
    if (found == reasons.end()) {
      reasons.emplace_back(reason, std::vector<bool>(project.versions.size()));
      found = std::prev(reasons.end());
    }
    found->second[place] = true;
  }
  std::vector<std::string> parts;
  for (const auto& [reason, chosen] : reasons) {
    if (parts.size() == kMostReasons) {
      parts.emplace_back("the others cannot be taken either");
      break;
    }
    const bool plural = std::count(chosen.begin(), chosen.end(), true) > 1;
    parts.push_back((parts.empty() ? quoted(term) + ' ' : "") +
                    shortened(runs_of(project.versions, chosen)) + ' ' +
                    conjugated(reason, plural));
  }
  return enumerate(parts);
}

std::string Wording::unusable(const std::vector<const ProofStep*>& steps) const {
  ProofTerm all = steps.front()->terms.front();
  for (const ProofStep* const step : steps) {
    all.term = all.term.union_with(step->terms.front().term);
  }
  const Subject who = subject(all);
  return who.text + ' ' + conjugated(steps.front()->unavailable->text, who.plural);
}

std::string Wording::conclusion(const ProofStep& step) const {
  std::vector<Subject> taken;
  std::vector<std::string> texts;
  std::vector<std::string> needed;
  for (const ProofTerm& term : step.terms) {
    if (term.term.absent) {
      const ProofTerm rest{term.name, term.extra, term.term.complement()};
      const Subject what = subject(rest);
      needed.push_back(what.every || term.extra ? quoted(term) : what.text);
    } else {
      taken.push_back(term.extra ? Subject{quoted(term), false, false} : subject(term));
      texts.push_back(taken.back().text);
    }
  }
  if (taken.empty() && needed.empty()) return "there is no solution";
  if (taken.empty()) return enumerate(needed, "or") + " is needed";
  const bool plural = taken.size() > 1 || taken.front().plural;
  if (!needed.empty()) {
    return enumerate(texts) + (plural ? " need " : " needs ") + enumerate(needed, "or");
  }
  if (taken.size() > 1) return enumerate(texts) + " cannot be taken together";
  if (!taken.front().every) return texts.front() + " cannot be taken";
  return "no " + texts.front().substr(std::string_view("every ").size()) + " can be taken";
}

}  // namespace ensure::resolve
