#pragma once

#include <exception>
#include <functional>
#include <string>
#include <vector>

#include "installer/base/error.h"

namespace ensure::bootstrap {

/// Collects the mistakes of a command line, to report them together.
class UsageErrors {
 public:
  /// `hint` is the correction.
  void add(const std::string& message, const std::string& hint);
  void add_if(bool wrong, const std::string& message, const std::string& hint);
  void add(const base::Error& error);

  /// Calls `part` and keeps the usage error that it throws. Other errors pass through.
  void attempt(const std::function<void()>& part);

  [[nodiscard]] bool empty() const { return errors_.empty(); }

  /// Throws the error, or one error with a line for each if there are several.
  void throw_if_any() const;

 private:
  std::vector<base::Error> errors_;
  std::exception_ptr first_;  ///< the first one as it was thrown, with the members of its class
};

}  // namespace ensure::bootstrap
