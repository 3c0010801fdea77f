#include "bootstrap/build/scratch_directory.h"

#include <chrono>
#include <optional>
#include <string>

#include "installer/base/error.h"

namespace ensure::build {

namespace {

constexpr std::string_view kPrefix = "build-";

void remove(install::Staging& staging) {
  staging.clear();
  staging.remove();
}

/// Removes the directories of killed processes, whose locks are free.
void remove_abandoned(const base::Path& above) {
  for (const std::string& name : base::list_directory(above)) {
    if (!name.starts_with(kPrefix)) continue;
    try {
      install::Staging left = install::Staging::acquire(above / name, std::chrono::milliseconds(0));
      remove(left);
    } catch (const base::Error&) {
      continue;  // in use, or of another user
    }
  }
}

install::Staging make(const cache::Cache& cache, const base::Path& beside) {
  const std::optional<base::Path> path = cache.temporary_directory(kPrefix);
  if (path) remove_abandoned(path->parent_path());
  install::Staging staging =
      install::Staging::acquire(path.value_or(beside), std::chrono::minutes(1));
  staging.clear();
  staging.make_directories();
  return staging;
}

}  // namespace

ScratchDirectory::ScratchDirectory(const cache::Cache& cache, const base::Path& beside)
    : staging_(make(cache, beside)) {}

ScratchDirectory::~ScratchDirectory() {
  try {
    remove(staging_);
  } catch (const base::Error&) {  // NOLINT(bugprone-empty-catch): see below
    // A process that the build has started may still write; the next build removes the rest.
  }
}

}  // namespace ensure::build
