#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace ensure::specs {

/// A line of an `entry_points.txt` ("Entry points specification"), read as tolerantly as
/// `importlib.metadata` reads it: comments are whole lines, blanks around names and values do not
/// count.
struct EntryPoint {
  std::string group;      ///< "console_scripts"
  std::string name;       ///< as written; may be unfit for the name of a file
  std::string module;     ///< empty if the value is not a reference to an object
  std::string attribute;  ///< "cli.main" of `package.module:cli.main`; may be empty

  friend bool operator==(const EntryPoint&, const EntryPoint&) = default;
};

/// Calls `visit` with each entry point of the groups for which `is_wanted` returns true, in the
/// order of the file. Skips lines that are not entry points, and those before the first group.
void each_entry_point(std::string_view text,
                      const std::function<bool(std::string_view group)>& is_wanted,
                      const std::function<void(EntryPoint)>& visit);

}  // namespace ensure::specs
