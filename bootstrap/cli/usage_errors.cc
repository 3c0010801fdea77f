#include "bootstrap/cli/usage_errors.h"

#include <algorithm>
#include <utility>

namespace ensure::bootstrap {

using base::Error;
using base::ExitCode;

void UsageErrors::add(const std::string& message, const std::string& hint) {
  add(Error(ExitCode::kUsage, message).with_hint(hint));
}

void UsageErrors::add_if(bool wrong, const std::string& message, const std::string& hint) {
  if (wrong) add(message, hint);
}

void UsageErrors::add(const Error& error) {
  if (!first_) first_ = std::make_exception_ptr(error);
  errors_.push_back(error);
}

void UsageErrors::attempt(const std::function<void()>& part) {
  try {
    part();
  } catch (const Error& error) {
    if (error.exit_code() != ExitCode::kUsage) throw;
    if (!first_) first_ = std::current_exception();
    add(error);
  }
}

void UsageErrors::throw_if_any() const {
  if (errors_.empty()) return;
  if (errors_.size() == 1) std::rethrow_exception(first_);
  std::vector<std::string> lines;
  std::vector<std::string> hints;
  for (const Error& error : errors_) {
    const std::size_t first = lines.size();
    lines.insert(lines.end(), error.lines().begin(), error.lines().end());
    for (const std::string& context : error.contexts()) lines[first] += " (" + context + ")";
    for (const std::string& hint : error.hints()) {
      if (std::ranges::find(hints, hint) == hints.end()) hints.push_back(hint);
    }
  }
  Error all(ExitCode::kUsage, std::move(lines));
  for (std::string& hint : hints) all.add_hint(std::move(hint));
  throw all;
}

}  // namespace ensure::bootstrap
