#include "installer/resolve/explanation/explanation.h"

#include <algorithm>
#include <set>
#include <utility>

#include "installer/resolve/explanation/hints.h"
#include "installer/resolve/explanation/wording.h"

namespace ensure::resolve {
namespace {

/// More than that nobody reads; the first and the last say most.
constexpr std::size_t kMostSentences = 16;
constexpr std::size_t kFactsPerSentence = 4;

using Reason = ProofStep::Reason;
using Group = std::vector<const ProofStep*>;

/// Facts as one list, with commas where the facts have some themselves.
std::string joined(const std::vector<std::string>& parts) {
  const bool plain = parts.size() < 3 && std::none_of(
                                             parts.begin(), parts.end(),
                                             [](const auto& part) {
                                               return part.find(" and ") != std::string::npos ||
                                                      part.find(", ") != std::string::npos;
                                             });
  std::string text;
  for (std::size_t place = 0; place < parts.size(); ++place) {
    const bool last = place > 0 && place + 1 == parts.size();
    if (place > 0) text += plain ? " " : ", ";
    if (last) text += "and ";
    text += parts[place];
  }
  return text;
}

/// Facts that are told together, and the step that says what follows from them and those before.
struct Paragraph {
  std::vector<const ProofStep*> facts;
  const ProofStep* after = nullptr;
};

/// Tells a proof from its facts to its end.
///
/// A proof is mostly a chain: a step follows from the one before it and one fact more. So chains
/// are told as one, some facts to a sentence, and only what a chain takes from another one is told
/// before it.
class Narrator {
 public:
  explicit Narrator(const NoSolution& no_solution)
      : no_solution_(no_solution), wording_(no_solution) {}

  std::vector<std::string> tell() {
    tell_chain(no_solution_.steps.back());
    if (sentences_.size() <= kMostSentences) return std::move(sentences_);
    const std::size_t left_out = sentences_.size() - kMostSentences;
    const auto middle = sentences_.begin() + static_cast<std::ptrdiff_t>(kMostSentences / 2);
    sentences_.erase(middle, middle + static_cast<std::ptrdiff_t>(left_out));
    sentences_.insert(sentences_.begin() + static_cast<std::ptrdiff_t>(kMostSentences / 2),
                      "(" + std::to_string(left_out) + " more steps of this kind.)");
    return std::move(sentences_);
  }

 private:
  [[nodiscard]] const ProofStep& at(std::size_t place) const { return no_solution_.steps[place]; }
  [[nodiscard]] bool is_told(const ProofStep& step) const {
    return step.reason != Reason::kDerived || told_.contains(&step);
  }

  /// The steps of the chain that ends in `last`, the first one first, each with the fact that it
  /// adds; the first one has two.
  std::vector<Paragraph> chain_to(const ProofStep& last) {
    std::vector<Paragraph> chain;
    const ProofStep* step = &last;
    for (;;) {
      const ProofStep* one = &at(step->left);
      const ProofStep* other = &at(step->right);
      if (is_told(*one)) std::swap(one, other);
      if (!is_told(*other)) tell_chain(*other);
      chain.push_back({{other}, step});
      if (is_told(*one)) {
        chain.back().facts.insert(chain.back().facts.begin(), one);
        break;
      }
      step = one;
    }
    std::reverse(chain.begin(), chain.end());
    return chain;
  }

  void tell_chain(const ProofStep& last) {
    if (last.reason != Reason::kDerived) {
      sentences_.push_back("Because " + wording_.facts({&last}) + ", there is no solution.");
      return;
    }
    std::vector<Group> groups;
    const std::vector<Paragraph> chain = chain_to(last);
    const ProofStep* after = chain.front().after;
    bool first = true;
    for (const Paragraph& paragraph : chain) {
      const bool joins =
          std::all_of(paragraph.facts.begin(), paragraph.facts.end(),
                      [&](const ProofStep* fact) { return can_join(groups, *fact); });
      if (!joins && groups.size() >= kFactsPerSentence) {
        say(std::exchange(groups, {}), *after, first);
        first = false;
      }
      for (const ProofStep* const fact : paragraph.facts) join(groups, *fact);
      after = paragraph.after;
    }
    say(groups, last, first);
    told_.insert(&last);
  }

  static bool is_alike(const ProofStep& one, const ProofStep& other) {
    if (one.reason != other.reason) return false;
    if (one.reason == Reason::kRequirement || one.reason == Reason::kConstraint) return true;
    if (one.reason == Reason::kDependency) {
      return one.source->name == other.source->name && one.source->extra == other.source->extra &&
             one.requirement->name == other.requirement->name;
    }
    return one.reason == Reason::kUnavailable &&
           one.terms.front().name == other.terms.front().name &&
           one.unavailable->text == other.unavailable->text;
  }

  static bool can_join(const std::vector<Group>& groups, const ProofStep& fact) {
    return std::any_of(groups.begin(), groups.end(),
                       [&fact](const auto& group) { return is_alike(*group.front(), fact); });
  }

  static void join(std::vector<Group>& groups, const ProofStep& fact) {
    for (auto& group : groups) {
      if (!is_alike(*group.front(), fact)) continue;
      group.push_back(&fact);
      return;
    }
    groups.push_back({&fact});
  }

  /// What the user says first, then dependencies from the first of a chain to the last.
  static std::vector<Group> in_order(std::vector<Group> groups) {
    std::ranges::stable_sort(groups, [](const auto& left, const auto& right) {
      return place_of(*left.front()) < place_of(*right.front());
    });
    const auto is_dependency = [](const auto& group) {
      return group.front()->reason == Reason::kDependency;
    };
    const auto first = std::find_if(groups.begin(), groups.end(), is_dependency);
    const auto last = std::find_if_not(first, groups.end(), is_dependency);
    for (auto place = first; place != last; ++place) {
      const auto head = std::find_if(place, last, [&](const auto& group) {
        return std::none_of(place, last, [&group](const auto& other) {
          return other.front()->requirement->name == group.front()->source->name;
        });
      });
      if (head != last) std::rotate(place, head, head + 1);
    }
    return groups;
  }

  static int place_of(const ProofStep& fact) {
    switch (fact.reason) {
      case Reason::kRequirement:
        return 0;
      case Reason::kConstraint:
        return 1;
      case Reason::kStays:
      case Reason::kStaysNeeding:
        return 2;
      case Reason::kDependency:
        return 3;
      default:
        return 4;
    }
  }

  /// Whether a fact only says that there are no versions beside those that were told of.
  [[nodiscard]] bool goes_without_saying(const ProofStep& fact) const {
    if (fact.reason != Reason::kNoVersion) return false;
    const ProofTerm& term = fact.terms.front();
    const auto project = no_solution_.projects.find(term.name.normalized());
    if (project == no_solution_.projects.end()) return false;
    return concerned_.contains(term.name.normalized()) &&
           std::none_of(project->second.versions.begin(), project->second.versions.end(),
                        [&term](const KnownVersion& known) {
                          return term.term.versions.contains(known.version);
                        });
  }

  void say(const std::vector<Group>& groups, const ProofStep& after, bool first) {
    for (const auto& group : groups) {
      for (const ProofStep* const fact : group) {
        if (fact->reason == Reason::kDependency) concerned_.insert(fact->source->name.normalized());
        if (fact->reason == Reason::kDerived || fact->reason == Reason::kUnavailable) {
          for (const ProofTerm& term : fact->terms) concerned_.insert(term.name.normalized());
        }
      }
    }
    std::vector<std::string> parts;
    for (const auto& group : in_order(groups)) {
      if (!goes_without_saying(*group.front())) parts.push_back(wording_.facts(group));
    }
    std::string sentence = first ? "Because " : "And because ";
    sentence += joined(parts) + ", " + wording_.conclusion(after) + '.';
    if (!parts.empty()) sentences_.push_back(std::move(sentence));
  }

  const NoSolution& no_solution_;
  Wording wording_;
  std::vector<std::string> sentences_;
  std::set<const ProofStep*> told_;
  std::set<std::string> concerned_;  ///< projects about whose versions something was said
};

}  // namespace

Explanation explain(const NoSolution& no_solution, const Problem& problem, Provider& provider) {
  return {Narrator(no_solution).tell(), hints_for(no_solution, problem, provider)};
}

}  // namespace ensure::resolve
