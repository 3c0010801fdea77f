#include "bootstrap/usage_errors.h"

#include <algorithm>

#include "installer/base/text.h"

namespace ensure::bootstrap {

using base::Error;
using base::ExitCode;

void UsageErrors::add(const std::string& message, const std::string& hint) {
  errors_.push_back(Error(ExitCode::kUsage, message).with_hint(hint));
}

void UsageErrors::add_if(bool wrong, const std::string& message, const std::string& hint) {
  if (wrong) add(message, hint);
}

void UsageErrors::add(const Error& error) { errors_.push_back(error); }

void UsageErrors::attempt(const std::function<void()>& part) {
  try {
    part();
  } catch (const Error& error) {
    if (error.exit_code() != ExitCode::kUsage) throw;
    if (errors_.empty()) only_ = std::current_exception();
    add(error);
  }
}

void UsageErrors::throw_if_any() const {
  if (errors_.empty()) return;
  if (errors_.size() == 1 && only_) std::rethrow_exception(only_);
  if (errors_.size() == 1) throw errors_.front();
  std::vector<std::string> lines;
  std::vector<std::string> hints;
  for (const Error& error : errors_) {
    std::string line = error.message();
    for (const std::string& context : error.contexts()) line += " (" + context + ")";
    lines.push_back(std::move(line));
    for (const std::string& hint : error.hints()) {
      if (std::ranges::find(hints, hint) == hints.end()) hints.push_back(hint);
    }
  }
  Error all(ExitCode::kUsage, base::join(lines, "\n"));
  for (std::string& hint : hints) all.add_hint(std::move(hint));
  throw all;
}

}  // namespace ensure::bootstrap
