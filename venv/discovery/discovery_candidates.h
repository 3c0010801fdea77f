#pragma once

#include <functional>
#include <string>

#include "installer/base/path.h"
#include "venv/discovery/python_request.h"
#include "venv/discovery/surroundings.h"

namespace ensure::venv {

/// An executable file that may be what is asked for, judged by names alone.
struct Candidate {
  base::Path executable;
  std::string source;  ///< as in `FoundInterpreter`
};

/// Hands each candidate for `request` to `visit`, the best first and each real file once, until
/// `visit` returns true. Nothing is run. Returns whether `visit` ended the search.
bool visit_candidates(const PythonRequest& request, const Surroundings& surroundings,
                      const std::function<bool(const Candidate&)>& visit);

/// The interpreter in a folder that is an environment, an installation or a `bin` folder; none
/// where it is neither.
[[nodiscard]] std::optional<base::Path> interpreter_in(const base::Path& folder);

/// What the program at `path` stands for: itself, or what a version manager's shim would start
/// that may be what `request` asks for; none where the manager has no such version.
[[nodiscard]] std::optional<base::Path> behind_shim(const base::Path& path,
                                                    const PythonRequest& request,
                                                    const Surroundings& surroundings);

}  // namespace ensure::venv
