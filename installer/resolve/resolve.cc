#include "installer/resolve/resolve.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <unordered_map>
#include <utility>

#include "installer/base/error.h"
#include "installer/resolve/solver/expansion.h"
#include "installer/resolve/solver/incompatibilities.h"
#include "installer/resolve/solver/packages.h"
#include "installer/resolve/solver/propagation.h"
#include "installer/resolve/solver/result.h"

namespace ensure::resolve {
namespace {

using Reason = ProofStep::Reason;

/// The order of decisions: first projects that are pinned to one version, then those that were
/// rejected or caused rejections many times, then in the order in which the solver met them, which
/// is breadth first and so puts what the user named before its dependencies.
class Priorities {
 public:
  /// Marks a project that a requirement pins to one version.
  void note_pin(PackageId project) { records_[project].is_pinned = true; }

  /// Counts a conflict. Returns whether the order changed, so that the solver should start anew.
  bool note_conflict(const Conflict& conflict, const Packages& packages) {
    // A project with as many conflicts should be decided on earlier.
    static constexpr std::uint32_t kThreshold = 5;
    bool changed = false;
    const PackageId rejected = packages[conflict.rejected].project;
    if (++records_[rejected].rejections == kThreshold) {
      records_[rejected].rank = Rank::kRejected;
      changed = true;
    }
    for (const PackageId cause : conflict.causes) {
      const PackageId culprit = packages[cause].project;
      if (culprit == rejected) continue;
      Record& blamed = records_[culprit];
      if (++blamed.blames == kThreshold && blamed.rank == Rank::kPlain) {
        blamed.rank = Rank::kCulprit;
        changed = true;
      }
    }
    return changed;
  }

  /// The next undecided project that the solution needs; nullopt if there is none.
  [[nodiscard]] std::optional<PackageId> next(const PartialSolution& solution,
                                              const Packages& packages) const {
    std::optional<PackageId> best;
    std::pair<bool, Rank> best_rank;
    for (PackageId id = 0; id < packages.size(); ++id) {
      if (!packages.is_project(id) || solution.is_decided(id) || !solution.is_needed(id)) continue;
      const auto found = records_.find(id);
      const Record own = found == records_.end() ? Record() : found->second;
      const std::pair<bool, Rank> rank(own.is_pinned, own.rank);
      if (best && rank <= best_rank) continue;
      best = id;
      best_rank = rank;
    }
    return best;
  }

 private:
  enum class Rank : std::uint8_t { kPlain, kCulprit, kRejected };
  struct Record {
    bool is_pinned = false;
    Rank rank = Rank::kPlain;
    std::uint32_t rejections = 0;
    std::uint32_t blames = 0;
  };

  std::unordered_map<PackageId, Record> records_;  ///< by project
};

/// Tells the provider early what the solver will ask for, because round trips take most of the
/// time.
class Prefetcher {
 public:
  explicit Prefetcher(Provider& provider) : provider_(provider) {}

  /// Announces projects that the solution needs.
  void announce_projects(const std::vector<PackageId>& needed, const Packages& packages,
                         const PartialSolution& solution) {
    std::vector<PrefetchHint> hints;
    for (const PackageId id : needed) {
      Attempts& own = attempts_[id];
      const Term* const term = solution.term(id);
      if (own.is_announced || term == nullptr || term->absent) continue;
      if (packages.project(id).prefers_one_of(term->versions)) continue;
      own.is_announced = true;
      hints.push_back({packages[id].name, nullptr, &term->versions});
    }
    if (!hints.empty()) provider_.prefetch(hints);
  }

  /// Announces the versions after the one that is tried now: the more versions of a project the
  /// solver has tried, the larger the batch.
  void announce_versions(const Package& package, const Project& project, const Choice& choice,
                         const specs::VersionSet& allowed) {
    // The solver takes the first version of most projects, and tries many versions of some others.
    static constexpr std::size_t kPatience = 2;
    static constexpr std::size_t kLargestBatch = 64;
    Attempts& own = attempts_[package.project];
    ++own.count;
    if (own.ahead > 0) --own.ahead;
    if (!choice.place || own.count <= kPatience) return;
    const std::size_t wanted = std::min(2 * own.count, kLargestBatch);
    own.announced_versions.resize(project.usable().size());
    const bool was_announced = own.announced_versions[*choice.place];
    if (was_announced && own.ahead > wanted / 2) return;
    own.announced_versions[*choice.place] = true;
    std::vector<std::size_t> next = project.next_after(*choice.place, allowed, wanted);
    if (next.size() < wanted) {
      // When two projects backtrack against each other, `allowed` depends on a decision that is
      // about to be taken back, so that the versions outside it come next.
      const auto others = project.next_after(*choice.place, specs::VersionSet::full(), wanted);
      next.insert(next.end(), others.begin(), others.end());
    }
    own.ahead = wanted;
    std::vector<PrefetchHint> hints;
    for (const std::size_t place : next) {
      if (own.announced_versions[place]) continue;
      own.announced_versions[place] = true;
      hints.push_back({package.name, project.usable()[place].version, nullptr});
    }
    if (!hints.empty()) provider_.prefetch(hints);
  }

 private:
  struct Attempts {
    bool is_announced = false;
    std::size_t count = 0;
    std::size_t ahead = 0;                 ///< announced versions that were not tried yet
    std::vector<bool> announced_versions;  ///< by place
  };

  Provider& provider_;
  std::unordered_map<PackageId, Attempts> attempts_;  ///< by project
};

/// One run of the PubGrub algorithm: propagate, choose a project, choose a version of it, repeat.
class Solver {
 public:
  Solver(const Problem& problem, Provider& provider)
      : problem_(problem), provider_(provider), packages_(problem) {}

  SolveResult run() {
    add_user_incompatibilities();
    std::optional<IncompatibilityId> end = propagate_all();
    while (!end) {
      prefetcher_.announce_projects(std::exchange(new_, {}), packages_, solution_);
      const std::optional<PackageId> package = priorities_.next(solution_, packages_);
      if (!package) return make_resolution(problem_, packages_, expansion_, decisions_, effort_);
      advance(*package);
      end = propagate(*package);
    }
    return make_proof(*end, incompatibilities_, packages_, effort_);
  }

 private:
  void add_user_incompatibilities() {
    for (const specs::Requirement& requirement : problem_.requirements) {
      if (applies(requirement, problem_)) add_user_requirement(requirement);
    }
    for (const specs::Requirement& constraint : problem_.constraints) {
      if (applies(constraint, problem_)) add_user_constraint(constraint);
    }
    for (const StayingProject& staying : problem_.staying) add_staying(staying);
  }

  void add_user_requirement(const specs::Requirement& requirement) {
    const std::optional<specs::VersionSet> versions = versions_of(requirement, problem_);
    if (!versions) {
      throw base::Error(base::ExitCode::kFailure,
                        "the version of `" + requirement.to_string() + "` is unknown");
    }
    const PackageId target = packages_.id_of(requirement.name);
    if (is_pin(requirement)) priorities_.note_pin(target);
    const IncompatibilityOrigin origin{.reason = Reason::kRequirement, .requirement = &requirement};
    add_watched({{{target, {versions->complement(), true}}}, origin});
    for (const specs::PackageName& name : requirement.extras) {
      const PackageId extra = expansion_.id_of_extra(target, name);
      add_watched({{{extra, Term::present().complement()}}, origin});
    }
    new_.push_back(target);
  }

  void add_user_constraint(const specs::Requirement& constraint) {
    const std::optional<specs::VersionSet> versions = versions_of(constraint, problem_);
    if (!versions || versions->is_full()) return;
    const PackageId target = packages_.id_of(constraint.name);
    if (is_pin(constraint)) priorities_.note_pin(target);
    add_watched({{{target, {versions->complement(), false}}},
                 {.reason = Reason::kConstraint, .requirement = &constraint}});
  }

  void add_staying(const StayingProject& staying) {
    const PackageId own = packages_.id_of(staying.name);
    const specs::VersionSet version = specs::VersionSet::exactly(staying.version);
    add_watched(
        {{{own, {version.complement(), false}}}, {.reason = Reason::kStays, .staying = &staying}});
    for (const specs::Requirement& requirement : staying.requirements) {
      const std::optional<specs::VersionSet> versions = versions_of(requirement, problem_);
      if (!versions || requirement.name == staying.name) continue;
      const PackageId target = packages_.id_of(requirement.name);
      const IncompatibilityOrigin origin{
          .reason = Reason::kStaysNeeding, .requirement = &requirement, .staying = &staying};
      for (const specs::PackageName& name : requirement.extras) {
        const PackageId extra = expansion_.id_of_extra(target, name);
        add_watched({{{target, Term::present()}, {extra, Term::present().complement()}}, origin});
      }
      if (versions->is_full()) continue;
      add_watched({{{target, {versions->complement(), false}}}, origin});
    }
  }

  void add_watched(Incompatibility incompatibility) {
    incompatibilities_.watch(incompatibilities_.add(std::move(incompatibility)));
  }

  /// Derives everything that follows. Returns the incompatibility without terms if there is no
  /// solution.
  std::optional<IncompatibilityId> propagate(PackageId changed) {
    const std::optional<IncompatibilityId> end = propagation_.run(changed);
    bool has_new_order = false;
    std::vector<Conflict> conflicts = propagation_.take_conflicts();
    std::ranges::move(std::exchange(rejections_, {}), std::back_inserter(conflicts));
    for (const Conflict& conflict : conflicts) {
      ++effort_.conflicts;
      if (priorities_.note_conflict(conflict, packages_)) has_new_order = true;
    }
    if (end || !has_new_order) return end;
    propagation_.backtrack(0);
    return propagate_all();
  }

  std::optional<IncompatibilityId> propagate_all() {
    for (PackageId id = 0; id < packages_.size(); ++id) {
      if (const std::optional<IncompatibilityId> end = propagation_.run(id)) return end;
    }
    return std::nullopt;
  }

  /// Decides on a version of a project, or adds an incompatibility that says why it cannot.
  void advance(PackageId package) {
    const specs::VersionSet allowed = solution_.term(package)->versions;
    Project& project = packages_.project(package);
    if (project.candidates() == nullptr && !project.prefers_one_of(allowed)) {
      project.learn(provider_.candidates(packages_[package].name));
      if (project.candidates()->absent) {
        add_watched({{{package, Term::present()}}, {.reason = Reason::kAbsent}});
        if (project.usable().empty()) return;
      }
    }
    const std::optional<Choice> choice = project.choose(allowed);
    if (!choice) {
      add_watched({{{package, {allowed, false}}}, {.reason = Reason::kNoVersion}});
      return;
    }
    if (expansion_.find(package, choice->version) == nullptr) {
      prefetcher_.announce_versions(packages_[package], project, *choice, allowed);
      if (!expand(package, *choice)) return;
    }
    decide(package, *choice);
  }

  void decide(PackageId package, const Choice& choice) {
    if (++effort_.decisions > problem_.decision_limit && problem_.decision_limit != 0) {
      throw base::Error(
          base::ExitCode::kNoSolution,
          "no solution was found within " + std::to_string(problem_.decision_limit) + " decisions")
          .with_hint("bound the versions of the projects that you name more tightly");
    }
    if (package >= decisions_.size()) decisions_.resize(package + 1);
    decisions_[package] = choice.version;
    solution_.decide(package, {specs::VersionSet::exactly(choice.version), false});
  }

  /// Adds the dependencies of a version. Returns false if it, or the decisions so far, exclude it.
  bool expand(PackageId package, const Choice& choice) {
    ++effort_.metadata_visits;
    const MetadataAnswer& answer = provider_.metadata(packages_[package].name, choice.version);
    if (const auto* const unavailable = std::get_if<Unavailable>(&answer)) {
      return add_unavailable(package, choice, *unavailable);
    }
    const Metadata& metadata = std::get<Metadata>(answer);
    if (std::optional<Unavailable> unavailable = unavailable_by(metadata)) {
      return add_unavailable(package, choice, *std::move(unavailable));
    }
    specs::Dependencies dependencies =
        problem_.no_deps ? specs::Dependencies::none()
                         : specs::Dependencies(metadata.requires_dist, problem_.environment);
    if (dependencies.is_excessive()) {
      return add_unavailable(
          package, choice,
          {UnavailableReason::kMetadata, "has requirements for too many combinations of extras"});
    }
    const Expansion::News news =
        expansion_.expand(package, choice, metadata, std::move(dependencies));
    new_.insert(new_.end(), news.targets.begin(), news.targets.end());
    for (const IncompatibilityId id : news.incompatibilities) {
      if (!solution_.satisfies_all_but(incompatibilities_[id], package)) continue;
      note_rejection(package, incompatibilities_[id]);
      return false;
    }
    return true;
  }

  bool add_unavailable(PackageId package, const Choice& choice, Unavailable unavailable) {
    unavailable_.push_back(std::move(unavailable));
    add_watched({{{package, {choice.alone, false}}},
                 {.reason = Reason::kUnavailable, .unavailable = &unavailable_.back()}});
    return false;
  }

  /// Why the metadata of a version exclude it; nullopt if they do not.
  [[nodiscard]] std::optional<Unavailable> unavailable_by(const Metadata& metadata) const {
    const std::optional<specs::SpecifierSet>& python = metadata.requires_python;
    if (python && !python->contains(problem_.python_version)) {
      return Unavailable{UnavailableReason::kRequiresPython, "needs Python " + python->to_string()};
    }
    for (const specs::Requirement& requirement : metadata.requires_dist) {
      // Most requirements have no URL, so the cheaper test comes first.
      if (!requirement.url || versions_of(requirement, problem_)) continue;
      if (problem_.no_deps || !applies(requirement, problem_)) continue;
      return Unavailable{
          UnavailableReason::kDirectReference,
          "depends on `" + requirement.to_string() + "`, which is not among the requirements"};
    }
    return std::nullopt;
  }

  /// Counts a version that was not even tried, because `violated` excludes it.
  void note_rejection(PackageId package, const Incompatibility& violated) {
    Conflict rejection{package, {}};
    for (const PackageTerm& own : violated.terms) {
      if (own.package == package) continue;
      // A term that holds without any decision is not to blame.
      if (solution_.satisfier(own.package, own.term).level > 0) {
        rejection.causes.push_back(own.package);
      }
    }
    if (!rejection.causes.empty()) rejections_.push_back(std::move(rejection));
  }

  const Problem& problem_;
  Provider& provider_;
  Packages packages_;
  Incompatibilities incompatibilities_;
  PartialSolution solution_;
  Propagation propagation_{incompatibilities_, solution_};
  Expansion expansion_{problem_, packages_, incompatibilities_};
  Priorities priorities_;
  Prefetcher prefetcher_{provider_};
  std::deque<Unavailable> unavailable_;  ///< by their metadata; incompatibilities refer to them
  std::vector<std::optional<specs::Version>> decisions_;  ///< by package; the last on each
  std::vector<Conflict> rejections_;  ///< since the priorities were last updated
  std::vector<PackageId> new_;        ///< projects since the provider was last told
  Effort effort_;
};

}  // namespace

SolveResult resolve(const Problem& problem, Provider& provider) {
  return Solver(problem, provider).run();
}

}  // namespace ensure::resolve
