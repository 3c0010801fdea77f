#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <utility>

#include "installer/base/error.h"
#include "installer/resolve/explanation/explanation.h"
#include "installer/resolve/explanation/wording.h"
#include "installer/resolve/resolve.h"

namespace ensure::resolve {
namespace {

using Reason = ProofStep::Reason;

/// Bounds of the search for a change that helps.
constexpr std::size_t kMostTrials = 8;
constexpr std::uint64_t kDecisionsPerTrial = 500;

/// A change of the problem, in words.
struct Change {
  std::string text;
  specs::PackageName name;  ///< the project whose requirement or constraint it changes
  std::function<void(Problem&)> apply;
};

/// The changes of one requirement or constraint that the proof uses, most promising first: without
/// a constraint, without the specifiers of a requirement, without an extra (extras that exclude
/// each other are mostly alternatives), without a requirement.
std::vector<Change> changes_of(const Problem& problem, const std::set<std::string>& used) {
  std::vector<Change> changes;
  const auto erase = [](auto& list, std::size_t index) {
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(index));
  };
  const auto each_used = [&used](const std::vector<specs::Requirement>& list, const auto& visit) {
    for (std::size_t index = 0; index < list.size(); ++index) {
      if (used.contains(list[index].to_string())) visit(index, list[index]);
    }
  };
  const auto add = [&changes](const std::string& text, const specs::Requirement& requirement,
                              std::function<void(Problem&)> apply) {
    changes.push_back({text, requirement.name, std::move(apply)});
  };
  const auto add_replacement = [&add](std::size_t index, const specs::Requirement& old,
                                      const specs::Requirement& replacement) {
    add("with " + quoted(replacement.to_string()) + " instead of " + quoted(old.to_string()), old,
        [=](Problem& relaxed) { relaxed.requirements[index] = replacement; });
  };
  each_used(problem.constraints, [&](std::size_t index, const specs::Requirement& constraint) {
    add("without the constraint " + quoted(constraint.to_string()), constraint,
        [=](Problem& relaxed) { erase(relaxed.constraints, index); });
  });
  each_used(problem.requirements, [&](std::size_t index, const specs::Requirement& requirement) {
    if (requirement.specifiers.is_empty()) return;
    specs::Requirement replacement = requirement;
    replacement.specifiers = {};
    add_replacement(index, requirement, replacement);
  });
  each_used(problem.requirements, [&](std::size_t index, const specs::Requirement& requirement) {
    for (std::size_t extra = requirement.extras.size(); extra-- > 0;) {
      specs::Requirement replacement = requirement;
      erase(replacement.extras, extra);
      add_replacement(index, requirement, replacement);
    }
  });
  if (problem.requirements.size() < 2) return changes;
  each_used(problem.requirements, [&](std::size_t index, const specs::Requirement& requirement) {
    add("without " + quoted(requirement.to_string()), requirement,
        [=](Problem& relaxed) { erase(relaxed.requirements, index); });
  });
  return changes;
}

std::string version_in(const Resolution& resolution, const specs::PackageName& name) {
  const auto found = std::ranges::find(resolution.projects, name, &ResolvedProject::name);
  return found == resolution.projects.end() ? "" : found->version.to_string();
}

std::optional<Resolution> try_to_solve(Problem& relaxed, Provider& provider) {
  relaxed.decision_limit = kDecisionsPerTrial;
  try {
    SolveResult result = resolve(relaxed, provider);
    if (auto* const resolution = std::get_if<Resolution>(&result)) return std::move(*resolution);
  } catch (const base::Error&) {  // NOLINT(bugprone-empty-catch): no hint
    // A failure in search of a hint must not replace the error that it is for.
  }
  return std::nullopt;
}

/// The hint to add installed projects to the requirements, so that their versions may change;
/// nullopt if that does not lead to a solution.
std::optional<std::string> hint_about_staying(const std::set<std::string>& staying,
                                              const Problem& problem, Provider& provider) {
  std::vector<specs::PackageName> freed;
  Problem relaxed = problem;
  std::erase_if(relaxed.staying, [&](const StayingProject& project) {
    if (!staying.contains(project.name.normalized())) return false;
    relaxed.requirements.push_back({project.name, {}, {}, std::nullopt, std::nullopt});
    freed.push_back(project.name);
    return true;
  });
  if (freed.empty()) return std::nullopt;
  const std::optional<Resolution> resolution = try_to_solve(relaxed, provider);
  if (!resolution) return std::nullopt;
  std::vector<std::string> names;
  std::vector<std::string> changes;
  for (const specs::PackageName& name : freed) {
    names.push_back(quoted(name.normalized()));
    changes.push_back(names.back() + " becomes " + version_in(*resolution, name));
  }
  return "add " + enumerate(names) + " to the requirements, so that the version may change: " +
         "there is a solution, in which " + enumerate(changes);
}

/// The hint about the first change that leads to a solution; nullopt if there is none.
std::optional<std::string> hint_about_change(const std::set<std::string>& used,
                                             const Problem& problem, Provider& provider) {
  std::size_t trials = 0;
  for (const Change& change : changes_of(problem, used)) {
    if (trials++ == kMostTrials) break;
    Problem relaxed = problem;
    change.apply(relaxed);
    const std::optional<Resolution> resolution = try_to_solve(relaxed, provider);
    if (!resolution) continue;
    const std::string version = version_in(*resolution, change.name);
    return change.text + " there is a solution" +
           (version.empty() ? ""
                            : ", in which " + quoted(change.name.normalized()) + " is " + version);
  }
  return std::nullopt;
}

/// The hint about a version that the solver could not choose.
std::string hint_about_version(const std::string& name, const specs::Version& number,
                               const Unavailable& unavailable) {
  const std::string version = quoted(name) + ' ' + number.to_string();
  if (!unavailable.hint.empty()) return version + ' ' + unavailable.hint;
  switch (unavailable.reason) {
    case UnavailableReason::kNoMatchingWheel:
      return "choose a Python that has a wheel of " + version + " with `--python`";
    case UnavailableReason::kSourceOnly:
      return "`--build-sdists` builds " + version + " from its source distribution";
    case UnavailableReason::kNoSource:
      return "remove " + quoted(name) + " from `--no-binary` to allow its wheels";
    case UnavailableReason::kRequiresPython:
      return "choose another Python with `--python`: " + version + ' ' + unavailable.text;
    case UnavailableReason::kUnknownDate:
      return "only without `--exclude-newer` can " + version + " be chosen, because it " +
             unavailable.text;
    case UnavailableReason::kTooNew:
      return "choose a later date for `--exclude-newer` to allow " + version;
    case UnavailableReason::kYanked:
      return "require " + quoted(name + "==" + number.to_string()) + " to allow the yanked version";
    case UnavailableReason::kPrerelease:
      return "`--pre` allows the pre-release " + version;
    case UnavailableReason::kDirectReference:
      return "require the URL that " + version + " depends on, to allow it";
    default:
      return version + ' ' + unavailable.text;
  }
}

/// Hints about the facts of a proof, each once.
std::vector<std::string> hints_about_facts(const NoSolution& no_solution) {
  std::vector<std::string> hints;
  for (const ProofStep& step : no_solution.steps) {
    if (step.terms.empty()) continue;
    const ProofTerm& own = step.terms.front();
    const std::string& name = own.name.normalized();
    const auto project = no_solution.projects.find(name);
    const bool is_known = project != no_solution.projects.end();
    const auto add = [&hints](std::string hint) {
      if (std::ranges::find(hints, hint) == hints.end()) hints.push_back(std::move(hint));
    };
    if (step.reason == Reason::kAbsent) {
      const bool has_hint = is_known && project->second.hint;
      add(has_hint ? *project->second.hint
                   : "check the spelling of " + quoted(name) +
                         ", or name the index that has it with `--extra-index-url`");
    }
    const bool is_unavailable = step.reason == Reason::kUnavailable;
    if (!is_known || (step.reason != Reason::kNoVersion && !is_unavailable)) continue;
    // The newest version with each reason gets a hint.
    std::set<UnavailableReason> told;
    for (const KnownVersion& known : project->second.versions) {
      if (!own.term.versions.contains(known.version)) continue;
      if (known.unavailable.has_value() == is_unavailable) continue;
      const Unavailable& reason = is_unavailable ? *step.unavailable : *known.unavailable;
      if (told.insert(reason.reason).second) add(hint_about_version(name, known.version, reason));
    }
  }
  return hints;
}

}  // namespace

std::vector<std::string> hints_for(const NoSolution& no_solution, const Problem& problem,
                                   Provider& provider) {
  static constexpr std::size_t kMostHints = 3;
  std::vector<std::string> hints = hints_about_facts(no_solution);
  if (hints.size() > kMostHints) hints.resize(kMostHints);
  std::set<std::string> used;
  std::set<std::string> staying;
  for (const ProofStep& step : no_solution.steps) {
    const bool is_of_user =
        step.reason == Reason::kRequirement || step.reason == Reason::kConstraint;
    if (is_of_user) used.insert(step.requirement->to_string());
    if (step.staying) staying.insert(step.source->name.normalized());
  }
  for (std::optional<std::string> hint : {hint_about_staying(staying, problem, provider),
                                          hint_about_change(used, problem, provider)}) {
    if (hint) hints.push_back(*std::move(hint));
  }
  if (!staying.empty()) {
    hints.emplace_back("`--allow-conflicts` installs anyway, and breaks installed packages");
  }
  if (hints.empty()) {
    hints.emplace_back(
        "no change of a single requirement helps; another Python (`--python`) or another index may "
        "have other versions");
  }
  return hints;
}

}  // namespace ensure::resolve
