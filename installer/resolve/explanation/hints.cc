#include "installer/resolve/explanation/hints.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "installer/base/error.h"
#include "installer/resolve/explanation/wording.h"
#include "installer/resolve/resolve.h"

namespace ensure::resolve {
namespace {

using Reason = ProofStep::Reason;

/// So many requirements are tried at most, and so many decisions are made for each.
constexpr std::size_t kMostTrials = 8;
constexpr std::uint64_t kDecisionsPerTrial = 500;

std::string quoted(const std::string& text) { return '`' + text + '`'; }

/// Tries whether there is a solution without the bounds of one requirement.
class Relaxation {
 public:
  Relaxation(const NoSolution& no_solution, const Problem& problem, Provider& provider)
      : problem_(problem), provider_(provider) {
    for (const ProofStep& step : no_solution.steps) {
      if (step.reason == Reason::kRequirement || step.reason == Reason::kConstraint) {
        used_.insert(step.requirement->to_string());
      }
      if (step.staying) staying_.insert(step.source->name.normalized());
    }
  }

  /// A hint that names the installed projects to add to the requirements, so that they may change;
  /// nullopt if that does not lead to a solution.
  std::optional<std::string> hint_about_staying() {
    std::vector<std::string> names;
    Problem relaxed = problem_;
    std::erase_if(relaxed.staying, [&](const StayingProject& staying) {
      if (!stays_in_proof(staying.name)) return false;
      relaxed.requirements.push_back({staying.name, {}, {}, std::nullopt, std::nullopt});
      names.push_back(quoted(staying.name.normalized()));
      return true;
    });
    if (names.empty()) return std::nullopt;
    relaxed.decision_limit = kDecisionsPerTrial;
    const SolveResult outcome = solve(relaxed);
    const auto* const resolution = std::get_if<Resolution>(&outcome);
    if (resolution == nullptr) return std::nullopt;
    std::vector<std::string> changes;
    for (const StayingProject& staying : problem_.staying) {
      if (!stays_in_proof(staying.name)) continue;
      changes.push_back(quoted(staying.name.normalized()) + " becomes " +
                        version_in(*resolution, staying.name));
    }
    return "name " + enumerate(names) +
           ", too, so that it may change: there is a solution, in which " + enumerate(changes);
  }

  /// A hint that names the change; nothing where no single one helps.
  std::optional<std::string> hint() {
    for (std::size_t place = 0; place < problem_.constraints.size(); ++place) {
      if (auto found = without_constraint(place)) return found;
    }
    for (std::size_t place = 0; place < problem_.requirements.size(); ++place) {
      if (auto found = without_bounds(place)) return found;
    }
    for (std::size_t place = 0; place < problem_.requirements.size(); ++place) {
      if (auto found = without_an_extra(place)) return found;
    }
    if (problem_.requirements.size() < 2) return std::nullopt;
    for (std::size_t place = 0; place < problem_.requirements.size(); ++place) {
      if (auto found = without_requirement(place)) return found;
    }
    return std::nullopt;
  }

  [[nodiscard]] bool concerns_staying() const { return !staying_.empty(); }

 private:
  [[nodiscard]] bool stays_in_proof(const specs::PackageName& name) const {
    return staying_.contains(name.normalized());
  }

  static std::string version_in(const Resolution& resolution, const specs::PackageName& name) {
    const auto found = std::ranges::find(resolution.projects, name, &ResolvedProject::name);
    return found == resolution.projects.end() ? "" : found->version.to_string();
  }

  [[nodiscard]] bool is_used(const specs::Requirement& requirement) const {
    return used_.contains(requirement.to_string());
  }

  std::optional<std::string> without_constraint(std::size_t place) {
    const specs::Requirement& constraint = problem_.constraints[place];
    if (!is_used(constraint)) return std::nullopt;
    Problem relaxed = problem_;
    relaxed.constraints.erase(relaxed.constraints.begin() + static_cast<std::ptrdiff_t>(place));
    return described("without the constraint " + quoted(constraint.to_string()), relaxed,
                     constraint.name);
  }

  std::optional<std::string> without_bounds(std::size_t place) {
    const specs::Requirement& requirement = problem_.requirements[place];
    if (requirement.specifiers.is_empty() || !is_used(requirement)) return std::nullopt;
    Problem relaxed = problem_;
    specs::Requirement& changed = relaxed.requirements[place];
    changed.specifiers = {};
    const std::string text =
        "with " + quoted(changed.to_string()) + " instead of " + quoted(requirement.to_string());
    return described(text, relaxed, requirement.name);
  }

  /// Extras that exclude each other are mostly alternatives.
  std::optional<std::string> without_an_extra(std::size_t place) {
    const specs::Requirement& requirement = problem_.requirements[place];
    if (!is_used(requirement)) return std::nullopt;
    for (std::size_t extra = requirement.extras.size(); extra-- > 0;) {
      Problem relaxed = problem_;
      specs::Requirement& changed = relaxed.requirements[place];
      changed.extras.erase(changed.extras.begin() + static_cast<std::ptrdiff_t>(extra));
      const std::string text =
          "with " + quoted(changed.to_string()) + " instead of " + quoted(requirement.to_string());
      if (auto found = described(text, relaxed, requirement.name)) return found;
    }
    return std::nullopt;
  }

  std::optional<std::string> without_requirement(std::size_t place) {
    const specs::Requirement& requirement = problem_.requirements[place];
    if (!is_used(requirement)) return std::nullopt;
    Problem relaxed = problem_;
    relaxed.requirements.erase(relaxed.requirements.begin() + static_cast<std::ptrdiff_t>(place));
    return described("without " + quoted(requirement.to_string()), relaxed, requirement.name);
  }

  std::optional<std::string> described(const std::string& change, Problem& relaxed,
                                       const specs::PackageName& name) {
    if (trials_++ >= kMostTrials) return std::nullopt;
    relaxed.decision_limit = kDecisionsPerTrial;
    const SolveResult outcome = solve(relaxed);
    const auto* const resolution = std::get_if<Resolution>(&outcome);
    if (resolution == nullptr) return std::nullopt;
    std::string text = change + " there is a solution";
    const std::string version = version_in(*resolution, name);
    if (version.empty()) return text;
    return text + ", in which " + quoted(name.normalized()) + " is " + version;
  }

  SolveResult solve(const Problem& problem) {
    try {
      return resolve(problem, provider_);
    } catch (const base::Error&) {
      // What is to be explained is that there is no solution, not what fails in search of a hint.
      return NoSolution{};
    }
  }

  const Problem& problem_;
  Provider& provider_;
  std::set<std::string> used_;
  std::set<std::string> staying_;  ///< names of installed projects that the proof uses
  std::size_t trials_ = 0;
};

/// What to do about a version that cannot be taken.
std::string hint_for(const std::string& name, const KnownVersion& known) {
  const std::string version = quoted(name) + ' ' + known.version.to_string();
  if (!known.unavailable->hint.empty()) return version + ' ' + known.unavailable->hint;
  switch (known.unavailable->reason) {
    case UnavailableReason::kNoMatchingWheel:
      return "choose a Python with `--python` that a wheel of " + version + " is made for";
    case UnavailableReason::kSourceOnly:
      return "`--build-sdists` builds " + version + " from its source distribution";
    case UnavailableReason::kNoSource:
      return "allow the wheels of " + quoted(name) + " by taking it out of `--no-binary`";
    case UnavailableReason::kRequiresPython:
      return "choose another Python with `--python`: " + version + ' ' + known.unavailable->text;
    case UnavailableReason::kUnknownDate:
      return "without `--exclude-newer` " + version +
             " is allowed: nobody tells when it was uploaded";
    case UnavailableReason::kTooNew:
      return "a later `--exclude-newer`, or none, allows " + version;
    case UnavailableReason::kYanked:
      return "require " + quoted(name + "==" + known.version.to_string()) +
             " to take it though it was yanked";
    case UnavailableReason::kPrerelease:
      return "`--pre` allows the pre-release " + version;
    case UnavailableReason::kDirectReference:
      return "require the URL that " + version + " depends on, to allow it";
    case UnavailableReason::kNoFiles:
    case UnavailableReason::kMetadata:
    case UnavailableReason::kOther:
      break;
  }
  return version + ' ' + known.unavailable->text;
}

/// Hints about the facts of a proof.
class FactHints {
 public:
  explicit FactHints(const NoSolution& no_solution) : no_solution_(no_solution) {}

  std::vector<std::string> hints() {
    for (const ProofStep& step : no_solution_.steps) {
      if (step.reason == Reason::kAbsent) add_absent(step.terms.front().name);
      if (step.reason == Reason::kNoVersion) add_no_version(step.terms.front());
      if (step.reason == Reason::kUnavailable) add_unusable(step);
    }
    return std::move(hints_);
  }

 private:
  void add(std::string hint) {
    if (std::find(hints_.begin(), hints_.end(), hint) == hints_.end()) {
      hints_.push_back(std::move(hint));
    }
  }

  void add_absent(const specs::PackageName& name) {
    const auto project = no_solution_.projects.find(name.normalized());
    if (project != no_solution_.projects.end() && project->second.hint) {
      add(*project->second.hint);
    } else {
      add("check the spelling of " + quoted(name.normalized()) +
          ", or name the index that has it with `--extra-index-url`");
    }
  }

  /// The newest version of each kind of obstacle is worth a hint.
  void add_no_version(const ProofTerm& term) {
    const auto project = no_solution_.projects.find(term.name.normalized());
    if (project == no_solution_.projects.end()) return;
    std::set<UnavailableReason> told;
    for (const KnownVersion& known : project->second.versions) {
      if (!known.unavailable || !term.term.versions.contains(known.version)) continue;
      if (!told.insert(known.unavailable->reason).second) continue;
      add(hint_for(term.name.normalized(), known));
    }
  }

  void add_unusable(const ProofStep& step) {
    const ProofTerm& term = step.terms.front();
    const auto project = no_solution_.projects.find(term.name.normalized());
    if (project == no_solution_.projects.end()) return;
    for (const KnownVersion& known : project->second.versions) {
      if (known.unavailable || !term.term.versions.contains(known.version)) continue;
      add(hint_for(term.name.normalized(), {known.version, step.unavailable}));
      return;
    }
  }

  const NoSolution& no_solution_;
  std::vector<std::string> hints_;
};

}  // namespace

std::vector<std::string> hints_for(const NoSolution& no_solution, const Problem& problem,
                                   Provider& provider) {
  static constexpr std::size_t kMostHints = 3;
  std::vector<std::string> hints = FactHints(no_solution).hints();
  if (hints.size() > kMostHints) hints.resize(kMostHints);
  Relaxation relaxation(no_solution, problem, provider);
  for (std::optional<std::string> hint : {relaxation.hint_about_staying(), relaxation.hint()}) {
    if (hint) hints.push_back(*std::move(hint));
  }
  if (relaxation.concerns_staying()) {
    hints.emplace_back("`--allow-conflicts` installs nevertheless, and breaks installed packages");
  }
  if (hints.empty()) {
    hints.emplace_back(
        "no change of one requirement helps; another Python (`--python`) or another index may have "
        "versions that do");
  }
  return hints;
}

}  // namespace ensure::resolve
