#pragma once

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

  [[nodiscard]] bool empty() const { return errors_.empty(); }

  /// Throws the one error; of several one with a line for each. Does nothing where there is none.
  void throw_if_any() const;

 private:
  std::vector<base::Error> errors_;
};

}  // namespace ensure::bootstrap
