#pragma once

#include <string>

#include "installer/base/error.h"

namespace ensure::sdist {

/// The message of what `action` throws with exit code 7; another exit code stands before it, and
/// where it throws nothing the text is empty.
template <typename Action>
std::string refusal_of(const Action& action) {
  try {
    (void)action();
  } catch (const base::Error& error) {
    if (error.exit_code() == base::ExitCode::kVerification) return error.message();
    return std::to_string(static_cast<int>(error.exit_code())) + ": " + error.message();
  }
  return {};
}

}  // namespace ensure::sdist
