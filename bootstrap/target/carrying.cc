#include "bootstrap/target/carrying.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "installer/base/error.h"
#include "installer/base/text.h"

namespace ensure::bootstrap {

namespace {

using base::Error;
using base::ExitCode;

constexpr std::size_t kMostNamed = 40;

std::string list_of(const std::vector<install::Distribution>& distributions) {
  std::vector<std::string> names;
  for (const install::Distribution& one : distributions) {
    if (names.size() == kMostNamed) {
      names.push_back(std::to_string(distributions.size() - kMostNamed) + " more");
      break;
    }
    names.push_back(one.name.normalized() + " " + one.version.to_string());
  }
  return base::join(names, ", ");
}

Error refusal(const CarriedTarget& target, const CarriedPackages& carried) {
  return Error(ExitCode::kFileSystem, "the packages of `" + target.environment +
                                          "` cannot come along to Python " + target.python)
      .with_hint(
          "`--clear` instead of `--upgrade` makes the environment anew, without its packages")
      .with_context("these would be lost: " + list_of(carried.installed));
}

/// Throws if a package cannot come along and the request does not name it.
void refuse_left(const PackageSession& packages, const CarriedPackages& carried,
                 const CarriedTarget& target) {
  Error error = refusal(target, carried);
  bool any = false;
  for (const LeftPackage& left : carried.left) {
    if (packages.names(left.name)) continue;
    error.add_context("`" + left.name.normalized() + "` " + left.reason);
    any = true;
  }
  if (!any) return;
  error.add_hint(
      "or name a requirement that takes its place, such as its name, in the same command");
  throw std::move(error);
}

bool is_about_packages(const Error& error) {
  return error.exit_code() == ExitCode::kNoSolution || error.exit_code() == ExitCode::kUsage;
}

/// Throws the error of the request itself if it has no solution even without the carried packages.
void require_possible_request(PackageSession& packages, InstalledPackages present) {
  present.carried = {};
  (void)packages.plan(present);
}

[[noreturn]] void refuse_because(const Error& cause, const CarriedTarget& target,
                                 const CarriedPackages& carried) {
  Error error = refusal(target, carried);
  error.add_context("because " + cause.message());
  for (const std::string& context : cause.contexts()) error.add_context(context);
  for (const std::string& hint : cause.hints()) error.add_hint(hint);
  throw std::move(error);
}

/// Throws if there is a lock that does not name a carried package: the lock alone decides.
void refuse_missing(const PackagePlan& plan, const CarriedPackages& carried,
                    const PackageSession& packages, const CarriedTarget& target) {
  Error error = refusal(target, carried);
  bool any = false;
  for (const specs::Requirement& requirement : carried.requirements) {
    const bool planned = std::ranges::find(plan.wanted, requirement.name,
                                           &install::WantedWheel::name) != plan.wanted.end();
    if (planned) continue;
    error.add_context("the lock does not name `" + requirement.name.normalized() + "`");
    any = true;
  }
  if (any && packages.has_lock()) throw std::move(error);
}

}  // namespace

PackagePlan plan_carrying(PackageSession& packages, const InstalledPackages& present,
                          const CarriedTarget& target) {
  refuse_left(packages, present.carried, target);
  try {
    PackagePlan plan = packages.plan(present);
    refuse_missing(plan, present.carried, packages, target);
    return plan;
  } catch (const Error& error) {
    const bool unreachable = error.exit_code() == ExitCode::kNetwork && packages.is_offline();
    if (!unreachable && !is_about_packages(error)) throw;
    if (packages.has_requirements()) require_possible_request(packages, present);
    refuse_because(error, target, present.carried);
  }
}

}  // namespace ensure::bootstrap
