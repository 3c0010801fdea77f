#include "installer/specs/locks/lock_selection.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/specs/metadata/distribution_filename.h"

namespace ensure::specs {
namespace {

[[noreturn]] void refuse(std::string message) {
  throw base::Error(base::ExitCode::kNoSolution, std::move(message))
      .with_hint("create the lock file again for this Python and this platform");
}

void check_python(const std::optional<SpecifierSet>& requires_python, const TargetPython& target,
                  const std::string& who) {
  if (!requires_python || requires_python->contains(target.version)) return;
  refuse(who + " is for Python " + requires_python->to_string() + ", and this is Python " +
         target.environment.python_full_version);
}

void check_environments(const LockFile& lock, const MarkerEnvironment& environment) {
  if (!lock.environments) return;
  const bool fits =
      std::any_of(lock.environments->begin(), lock.environments->end(),
                  [&environment](const Marker& marker) { return marker.evaluate(environment); });
  if (!fits) refuse("the lock file is not for an environment like this one");
}

/// Requested names have to be among those of the lock file.
void check_names(const std::vector<std::string>& requested, const std::vector<std::string>& known,
                 const std::string& what) {
  std::vector<std::string> normalized;
  normalized.reserve(known.size());
  for (const std::string& name : known) normalized.push_back(normalize_name(name));
  const auto unknown = std::ranges::find_if(requested, [&normalized](const std::string& name) {
    return std::ranges::find(normalized, normalize_name(name)) == normalized.end();
  });
  if (unknown == requested.end()) return;
  const std::optional<std::string> near = base::nearest(normalize_name(*unknown), normalized);
  throw base::Error(base::ExitCode::kUsage, "the lock file has no " + what + " `" + *unknown + "`")
      .with_hint(near                 ? "did you mean `" + *near + "`?"
                 : normalized.empty() ? "it was made without any"
                                      : "it has " + base::join(normalized, ", "));
}

/// The wheel with the best tag, then with the highest build number; null if none fits.
const LockedFile* best_wheel(const LockedPackage& package, const TagSet& tags) {
  const LockedFile* best = nullptr;
  std::optional<std::size_t> best_rank;
  std::optional<BuildTag> best_build;
  for (const LockedFile& file : package.wheels) {
    const std::optional<WheelFilename> wheel = WheelFilename::try_parse(file.filename);
    const std::optional<std::size_t> rank = wheel ? tags.rank(wheel->tags()) : std::nullopt;
    if (!rank || (best != nullptr && *rank > *best_rank)) continue;
    if (rank == best_rank && !(best_build < wheel->build())) continue;
    best = &file;
    best_rank = rank;
    best_build = wheel->build();
  }
  return best;
}

SelectedPackage select_source(const LockedPackage& package, const TargetPython& target,
                              const FormatControl& formats) {
  if (package.direct) return {&package, *package.direct, nullptr};
  const LockedFile* const wheel =
      formats.allows_wheel(package.name) ? best_wheel(package, target.tags) : nullptr;
  if (wheel != nullptr) return {&package, LockedSource::kWheel, wheel};
  if (package.sdist) return {&package, LockedSource::kSdist, &*package.sdist};
  refuse("no wheel of `" + package.name.normalized() + "` in the lock file fits this Python");
}

/// Whether a package is to be installed. The variable `extra` belongs to requirements and has no
/// value in a lock file, so a marker with it cannot be evaluated.
bool is_wanted(const LockedPackage& package, const MarkerEnvironment& environment,
               const MarkerSelection& selection) {
  if (!package.marker) return true;
  if (package.marker->has_variable("extra")) {
    refuse("the marker of `" + package.name.normalized() +
           "` in the lock file uses `extra` instead of `extras`");
  }
  return package.marker->evaluate(environment, selection);
}

}  // namespace

std::vector<SelectedPackage> select_packages(const LockFile& lock, const TargetPython& target,
                                             const LockRequest& request) {
  check_names(request.extras, lock.extras, "extra");
  std::vector<std::string> groups = lock.dependency_groups;
  groups.insert(groups.end(), lock.default_groups.begin(), lock.default_groups.end());
  check_names(request.groups.value_or(lock.default_groups), groups, "group");
  check_python(lock.requires_python, target, "the lock file");
  check_environments(lock, target.environment);

  const MarkerSelection selection{request.extras, request.groups.value_or(lock.default_groups),
                                  true};
  std::vector<const LockedPackage*> packages;
  std::set<std::string_view> names;
  for (const LockedPackage& package : lock.packages) {
    const std::string& name = package.name.normalized();
    if (!is_wanted(package, target.environment, selection)) continue;
    check_python(package.requires_python, target, '`' + name + '`');
    if (!names.insert(name).second) {
      refuse("the lock file has two entries of `" + name + "` for an environment like this one");
    }
    packages.push_back(&package);
  }
  std::vector<SelectedPackage> selected;
  selected.reserve(packages.size());
  for (const LockedPackage* package : packages) {
    selected.push_back(select_source(*package, target, request.formats));
  }
  return selected;
}

}  // namespace ensure::specs
