#pragma once

#include <functional>
#include <string>

#include "installer/base/path.h"
#include "venv/discovery/python_request.h"
#include "venv/discovery/surroundings.h"

namespace ensure::venv {

/// An executable file that may match a request, judged by names alone.
struct Candidate {
  base::Path executable;
  std::string source;  ///< as in `FoundInterpreter`
};

/// Calls `visit` for each candidate for `request`, the best first and each real file once, until it
/// returns true. Nothing is run. Returns whether `visit` ended the search.
bool visit_candidates(const PythonRequest& request, const Surroundings& surroundings,
                      const std::function<bool(const Candidate&)>& visit);

/// The interpreter in a directory that is an environment, an installation or a `bin` directory.
[[nodiscard]] std::optional<base::Path> interpreter_in(const base::Path& directory);

/// The program at `path` itself, or, if it is a shim of a version manager, the program that the
/// shim would start for `request`. Returns nullopt if the manager has no matching version.
[[nodiscard]] std::optional<base::Path> behind_shim(const base::Path& path,
                                                    const PythonRequest& request,
                                                    const Surroundings& surroundings);

}  // namespace ensure::venv
