#include "installer/specs/locks/lock_selection.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/specs/metadata/wheel_filename.h"

namespace ensure::specs {
namespace {

[[noreturn]] void refuse(std::string message) {
  throw base::Error(base::ExitCode::kNoSolution, std::move(message))
      .with_hint("make the lock file again for this Python and this platform");
}

void check_python(const std::optional<SpecifierSet>& requires_python, const TargetPython& target,
                  const std::string& who) {
  if (!requires_python || requires_python->contains(target.version, Prereleases::kAllowed)) return;
  refuse(who + " is for Python " + requires_python->to_string() + ", and this is Python " +
         target.environment.python_full_version);
}

void check_environments(const Lock& lock, const MarkerEnvironment& environment) {
  if (!lock.environments) return;
  const bool fits =
      std::any_of(lock.environments->begin(), lock.environments->end(),
                  [&environment](const Marker& marker) { return marker.evaluate(environment); });
  if (!fits) refuse("the lock file is not for an environment like this one");
}

/// The names asked for have to be among those that the lock knows.
void check_names(const std::vector<std::string>& asked, const std::vector<std::string>& known,
                 const std::string& what) {
  std::vector<std::string> normalized;
  normalized.reserve(known.size());
  for (const std::string& name : known) normalized.push_back(normalize_name(name));
  for (const std::string& name : asked) {
    const std::string wanted = normalize_name(name);
    if (std::find(normalized.begin(), normalized.end(), wanted) != normalized.end()) continue;
    const std::optional<std::string> near = base::nearest(wanted, normalized);
    std::string message = "the lock file has no ";
    message.append(what).append(" `").append(name).append("`");
    throw base::Error(base::ExitCode::kUsage, message)
        .with_hint(near                 ? "did you mean `" + *near + "`?"
                   : normalized.empty() ? "it was made without any"
                                        : "it has " + base::join(normalized, ", "));
  }
}

std::vector<std::string> names_of(const std::vector<PackageName>& names) {
  std::vector<std::string> texts;
  texts.reserve(names.size());
  for (const PackageName& name : names) texts.push_back(name.normalized());
  return texts;
}

/// The wheel of the best tag, then of the highest build number; null where none fits.
const LockedFile* best_wheel(const LockedPackage& package, const TagSet& tags) {
  const LockedFile* best = nullptr;
  std::optional<std::size_t> best_rank;
  std::optional<BuildTag> best_build;
  for (const LockedFile& file : package.wheels) {
    const std::optional<WheelFilename> wheel = WheelFilename::try_parse(file.filename);
    const std::optional<std::size_t> rank = wheel ? tags.rank(wheel->tags()) : std::nullopt;
    if (!rank) continue;
    const bool is_better =
        best == nullptr || *rank < *best_rank || (rank == best_rank && best_build < wheel->build());
    if (!is_better) continue;
    best = &file;
    best_rank = rank;
    best_build = wheel->build();
  }
  return best;
}

SelectedPackage select_source(const LockedPackage& package, const TargetPython& target,
                              const FormatControl& formats) {
  if (package.checkout) return {&package, LockedSource::kCheckout, nullptr};
  if (package.directory) return {&package, LockedSource::kDirectory, nullptr};
  if (package.archive) return {&package, LockedSource::kArchive, &*package.archive};
  const LockedFile* const wheel =
      formats.allows_wheel(package.name) ? best_wheel(package, target.tags) : nullptr;
  if (wheel != nullptr) return {&package, LockedSource::kWheel, wheel};
  if (package.sdist) return {&package, LockedSource::kSdist, &*package.sdist};
  refuse("no wheel of `" + package.name.normalized() + "` in the lock file fits this Python");
}

void check_names_asked_for(const Lock& lock, const LockRequest& request) {
  check_names(request.extras, names_of(lock.extras), "extra");
  std::vector<std::string> known_groups = lock.dependency_groups;
  known_groups.insert(known_groups.end(), lock.default_groups.begin(), lock.default_groups.end());
  if (request.groups) check_names(*request.groups, known_groups, "group");
}

/// Whether a package is to be installed. `extra` is a variable of requirements: in a lock it has
/// no value, and so no answer would be the right one.
bool is_wanted(const LockedPackage& package, const MarkerEnvironment& environment,
               const MarkerSelection& selection) {
  if (!package.marker) return true;
  if (package.marker->has_variable("extra")) {
    refuse("the marker of `" + package.name.normalized() +
           "` in the lock file asks for `extra`, where locks have `extras`");
  }
  return package.marker->evaluate(environment, selection);
}

}  // namespace

std::vector<SelectedPackage> select_packages(const Lock& lock, const TargetPython& target,
                                             const LockRequest& request) {
  check_names_asked_for(lock, request);
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
