#include "bootstrap/report/change_summary.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "bootstrap/report/terminal.h"
#include "installer/base/text.h"

namespace ensure::bootstrap {

namespace {

constexpr std::string_view kGreen = "32";
constexpr std::string_view kYellow = "33";
constexpr std::string_view kRed = "31";

/// One project before and after.
struct Change {
  const PackageReport* removed = nullptr;
  const PackageReport* installed = nullptr;
};

std::string quoted(const std::vector<std::string>& names) {
  return "`" + base::join(names, "`, `") + "`";
}

std::string line_of(const std::string& name, const Change& change, bool color) {
  if (change.installed == nullptr) {
    return " " + styled("-", kRed, color) + " " + visible(name + " " + change.removed->version);
  }
  const PackageReport& now = *change.installed;
  std::string text = name + " ";
  if (change.removed != nullptr && change.removed->version != now.version) {
    text += change.removed->version + " -> ";
  }
  text += now.version;
  if (change.removed != nullptr && change.removed->version == now.version) text += " (anew)";
  if (!now.startup_hooks.empty()) {
    text += " (every start of Python runs " + quoted(now.startup_hooks) + ")";
  }
  const bool is_new = change.removed == nullptr;
  return " " + styled(is_new ? "+" : "~", is_new ? kGreen : kYellow, color) + " " + visible(text);
}

}  // namespace

std::string change_summary(const TargetReport& target, bool color) {
  std::map<std::string, Change> changes;
  for (const PackageReport& package : target.removed) changes[package.name].removed = &package;
  for (const PackageReport& package : target.installed) changes[package.name].installed = &package;
  std::string text;
  for (const auto& [name, change] : changes) text += line_of(name, change, color) + "\n";
  return text;
}

std::vector<std::string> shadow_warnings(const std::vector<TargetReport>& targets) {
  std::vector<std::string> warnings;
  for (const TargetReport& target : targets) {
    for (const PackageReport& package : target.installed) {
      if (package.shadowed_modules.empty()) continue;
      const bool several = package.shadowed_modules.size() > 1;
      std::string warning = "`" + package.name + "` " + package.version + " has " +
                            (several ? "modules with names" : "a module with the name") +
                            " of the standard library: " + quoted(package.shadowed_modules);
      if (std::ranges::find(warnings, warning) == warnings.end()) {
        warnings.push_back(std::move(warning));
      }
    }
  }
  return warnings;
}

}  // namespace ensure::bootstrap
