#include "installer/index/candidates/no_solution_error.h"

#include <string>

#include "installer/resolve/explanation/explanation.h"

namespace ensure::index {

base::Error no_solution_error(const resolve::NoSolution& outcome, const resolve::Problem& problem,
                              resolve::Provider& provider, const IndexSettings& settings) {
  const resolve::Explanation explanation = resolve::explain(outcome, problem, provider);
  base::Error error(base::ExitCode::kNoSolution, "no versions satisfy all requirements");
  for (const std::string& sentence : explanation.sentences) error.add_context(sentence);
  for (const std::string& hint : explanation.hints) error.add_hint(hint);
  const bool first_counts = settings.strategy == IndexStrategy::kFirstIndex;
  if (first_counts && !settings.no_index && settings.indexes.size() > 1) {
    error.add_hint(
        "each name is looked for in the first index that has it, in the order written; where a "
        "later one is meant, write it first (or use `--index-strategy unsafe-best-match`)");
  }
  return error;
}

}  // namespace ensure::index
