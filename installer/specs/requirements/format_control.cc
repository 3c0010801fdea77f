#include "installer/specs/requirements/format_control.h"

#include <algorithm>
#include <vector>

#include "installer/base/text.h"

namespace ensure::specs {
namespace {

constexpr std::string_view kAll = ":all:";
constexpr std::string_view kNone = ":none:";

bool has_all(const std::set<std::string>& names) { return names.contains(std::string(kAll)); }

}  // namespace

void FormatControl::add(std::string_view value, Names& target, Names& other) {
  const std::vector<std::string_view> names = base::split(value, ',');
  // `:all:` overrides everything before it, and also after it unless `:none:` follows.
  const auto after_all = std::find(names.rbegin(), names.rend(), kAll).base();
  if (after_all != names.begin()) {
    other.clear();
    target = {std::string(kAll)};
    if (std::find(after_all, names.end(), kNone) == names.end()) return;
  }
  for (auto place = after_all; place != names.end(); ++place) {
    const std::string_view name = *place;
    if (name == kNone) {
      target.clear();
      continue;
    }
    const std::string normalized = normalize_name(name);
    other.erase(normalized);
    target.insert(normalized);
  }
}

bool FormatControl::allows_wheel(const PackageName& name) const {
  if (only_binary_.contains(name.normalized())) return true;
  if (no_binary_.contains(name.normalized())) return false;
  return has_all(only_binary_) || !has_all(no_binary_);
}

bool FormatControl::allows_sdist(const PackageName& name) const {
  if (only_binary_.contains(name.normalized())) return false;
  return no_binary_.contains(name.normalized()) || !has_all(only_binary_);
}

}  // namespace ensure::specs
