#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace ensure::specs {

/// A line of an `entry_points.txt` ("Entry points specification"), read as tolerantly as
/// `importlib.metadata` does: comments are whole lines, blanks around names and values do not
/// count.
struct EntryPoint {
  std::string group;      ///< "console_scripts"
  std::string name;       ///< as written; no promise that it may be the name of a file
  std::string value;      ///< as written
  std::string module;     ///< empty where the value is no reference to an object
  std::string attribute;  ///< "cli.main" of `package.module:cli.main`; empty where there is none
  std::vector<std::string> extras;

  friend bool operator==(const EntryPoint&, const EntryPoint&) = default;
};

/// Calls `visit` with each entry point of the groups that `is_wanted` names, in the order of the
/// file. Skips lines that are not entry points, and those before the first group.
void each_entry_point(std::string_view text,
                      const std::function<bool(std::string_view group)>& is_wanted,
                      const std::function<void(EntryPoint)>& visit);

/// The entry points of all groups.
[[nodiscard]] std::vector<EntryPoint> parse_entry_points(std::string_view text);

}  // namespace ensure::specs
