#include "installer/resolve/explanation/explanation.h"

#include <algorithm>
#include <set>
#include <utility>

#include "installer/resolve/explanation/wording.h"

namespace ensure::resolve {
namespace {

/// The first and the last sentences of a long proof say most.
constexpr std::size_t kMostSentences = 16;
constexpr std::size_t kFactsPerSentence = 4;

using Reason = ProofStep::Reason;
/// Facts that one clause of a sentence says.
using Group = std::vector<const ProofStep*>;

/// Joins clauses, with commas if they contain lists themselves.
std::string join_clauses(const std::vector<std::string>& clauses) {
  const auto is_simple = [](const std::string& clause) {
    return clause.find(" and ") == std::string::npos && clause.find(", ") == std::string::npos;
  };
  const bool is_short = clauses.size() < 3 && std::ranges::all_of(clauses, is_simple);
  std::string text;
  for (std::size_t place = 0; place < clauses.size(); ++place) {
    if (place > 0) text += is_short ? " " : ", ";
    if (place > 0 && place + 1 == clauses.size()) text += "and ";
    text += clauses[place];
  }
  return text;
}

bool belong_together(const ProofStep& one, const ProofStep& other) {
  if (one.reason != other.reason) return false;
  switch (one.reason) {
    case Reason::kRequirement:
    case Reason::kConstraint:
      return true;
    case Reason::kDependency:
      return one.source->name == other.source->name && one.source->extra == other.source->extra &&
             one.requirement->name == other.requirement->name;
    case Reason::kUnavailable:
      return one.terms.front().name == other.terms.front().name &&
             one.unavailable->text == other.unavailable->text;
    default:
      return false;
  }
}

auto group_for(std::vector<Group>& groups, const ProofStep& fact) {
  return std::ranges::find_if(
      groups, [&fact](const Group& group) { return belong_together(*group.front(), fact); });
}

/// The order of facts in a sentence, which is that of the reasons: the user's first, then installed
/// projects, then dependencies, then all others.
Reason rank_of(const Group& group) {
  const Reason reason = group.front()->reason;
  return reason == Reason::kStaysNeeding ? Reason::kStays : std::min(reason, Reason::kNoVersion);
}

/// Sorts groups by rank, and dependencies from the first project of a chain to the last.
std::vector<Group> in_order(std::vector<Group> groups) {
  std::ranges::stable_sort(groups, {}, rank_of);
  const auto is_dependency = [](const Group& group) {
    return group.front()->reason == Reason::kDependency;
  };
  const auto first = std::ranges::find_if(groups, is_dependency);
  const auto last = std::find_if_not(first, groups.end(), is_dependency);
  for (auto place = first; place != last; ++place) {
    const auto head = std::find_if(place, last, [&](const Group& group) {
      return std::none_of(place, last, [&group](const Group& other) {
        return other.front()->requirement->name == group.front()->source->name;
      });
    });
    if (head != last) std::rotate(place, head, head + 1);
  }
  return groups;
}

/// Tells a proof from its facts to its end.
///
/// A proof is mostly a chain: a step follows from the one before it and one more fact. So chains
/// are told as one, some facts to a sentence; other chains that a chain uses are told before it.
class Narrator {
 public:
  explicit Narrator(const NoSolution& no_solution)
      : no_solution_(no_solution), wording_(no_solution) {}

  std::vector<std::string> tell() {
    tell_chain(no_solution_.steps.back());
    if (sentences_.size() > kMostSentences) {
      const std::size_t count = sentences_.size() - kMostSentences;
      const auto middle = sentences_.begin() + kMostSentences / 2;
      const auto rest = sentences_.erase(middle, middle + static_cast<std::ptrdiff_t>(count));
      sentences_.insert(rest, "(" + std::to_string(count) + " more steps of this kind.)");
    }
    return std::move(sentences_);
  }

 private:
  /// Facts, and the step that follows from them and the steps before.
  struct Link {
    std::vector<const ProofStep*> facts;
    const ProofStep* after = nullptr;
  };

  [[nodiscard]] bool is_told(const ProofStep& step) const {
    return step.reason != Reason::kDerived || told_.contains(&step);
  }

  /// The chain that ends in `last`. Its first link has two facts, the others one.
  std::vector<Link> chain_to(const ProofStep& last) {
    std::vector<Link> chain;
    const ProofStep* step = &last;
    for (;;) {
      const ProofStep* one = &no_solution_.steps[step->left];
      const ProofStep* other = &no_solution_.steps[step->right];
      if (is_told(*one)) std::swap(one, other);
      if (!is_told(*other)) tell_chain(*other);
      chain.push_back({{other}, step});
      if (is_told(*one)) {
        chain.back().facts.insert(chain.back().facts.begin(), one);
        break;
      }
      step = one;
    }
    std::ranges::reverse(chain);
    return chain;
  }

  void tell_chain(const ProofStep& last) {
    if (last.reason != Reason::kDerived) {
      sentences_.push_back("Because " + wording_.facts({&last}) + ", there is no solution.");
      return;
    }
    std::vector<Group> groups;
    const std::vector<Link> chain = chain_to(last);
    const ProofStep* after = chain.front().after;
    bool is_first = true;
    for (const Link& link : chain) {
      const bool joins = std::ranges::all_of(link.facts, [&](const ProofStep* fact) {
        return group_for(groups, *fact) != groups.end();
      });
      if (!joins && groups.size() >= kFactsPerSentence) {
        say(std::exchange(groups, {}), *after, std::exchange(is_first, false));
      }
      for (const ProofStep* const fact : link.facts) {
        const auto group = group_for(groups, *fact);
        if (group != groups.end()) {
          group->push_back(fact);
        } else {
          groups.push_back({fact});
        }
      }
      after = link.after;
    }
    say(groups, last, is_first);
    told_.insert(&last);
  }

  /// Whether a fact only says that a project has no other versions than those mentioned.
  [[nodiscard]] bool is_obvious(const ProofStep& fact) const {
    if (fact.reason != Reason::kNoVersion) return false;
    const ProofTerm& own = fact.terms.front();
    const auto project = no_solution_.projects.find(own.name.normalized());
    return project != no_solution_.projects.end() && mentioned_.contains(own.name.normalized()) &&
           std::ranges::none_of(project->second.versions, [&own](const KnownVersion& known) {
             return own.term.versions.contains(known.version);
           });
  }

  void say(const std::vector<Group>& groups, const ProofStep& after, bool is_first) {
    for (const Group& group : groups) {
      for (const ProofStep* const fact : group) {
        if (fact->reason == Reason::kDependency) {
          mentioned_.insert(fact->source->name.normalized());
        } else if (fact->reason == Reason::kDerived || fact->reason == Reason::kUnavailable) {
          for (const ProofTerm& own : fact->terms) mentioned_.insert(own.name.normalized());
        }
      }
    }
    std::vector<std::string> clauses;
    for (const Group& group : in_order(groups)) {
      if (!is_obvious(*group.front())) clauses.push_back(wording_.facts(group));
    }
    if (clauses.empty()) return;
    sentences_.push_back((is_first ? "Because " : "And because ") + join_clauses(clauses) + ", " +
                         wording_.conclusion(after) + '.');
  }

  const NoSolution& no_solution_;
  Wording wording_;
  std::vector<std::string> sentences_;
  std::set<const ProofStep*> told_;
  std::set<std::string> mentioned_;  ///< projects whose versions were mentioned
};

}  // namespace

Explanation explain(const NoSolution& no_solution, const Problem& problem, Provider& provider) {
  return {Narrator(no_solution).tell(), hints_for(no_solution, problem, provider)};
}

}  // namespace ensure::resolve
