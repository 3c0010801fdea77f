#pragma once

#include <exception>
#include <functional>
#include <string>
#include <vector>

#include "installer/base/error.h"

namespace ensure::bootstrap {

/// What is wrong with a command line, collected so that all of it is told at once.
class UsageErrors {
 public:
  /// `hint` says what to give instead.
  void add(const std::string& message, const std::string& hint);
  void add_if(bool wrong, const std::string& message, const std::string& hint);
  void add(const base::Error& error);

  /// Calls `part` and keeps the usage error that it throws; others pass through.
  void attempt(const std::function<void()>& part);

  [[nodiscard]] bool empty() const { return errors_.empty(); }

  /// Throws the one error; of several one with a line for each. Does nothing where there is none.
  void throw_if_any() const;

 private:
  void add(const base::Error& error, std::exception_ptr thrown);

  std::vector<base::Error> errors_;
  std::exception_ptr first_;  ///< the first one as it was thrown, with all that its class knows
};

}  // namespace ensure::bootstrap
