#include <utility>

#include "installer/base/error.h"
#include "installer/index/candidates/provider_work.h"
#include "installer/index/downloads/digest_check.h"

namespace ensure::index {
namespace {

DistributionFile file_of(const FetchedWheel& wheel) {
  return given_file(wheel.archive->name(), wheel.archive->version(), wheel.request, true);
}

std::string described(specs::ProjectStatus status) {
  return status == specs::ProjectStatus::kArchived ? "archived: there will be no more releases"
                                                   : "deprecated: it should not be used any more";
}

}  // namespace

void IndexProvider::Impl::report_chosen(const ProjectState& project, const DistributionFile& file) {
  const std::string subject = "`" + project.name.as_written() + "`";
  if (file.yanked) {
    const std::string why = file.yanked->empty() ? "" : ": " + *file.yanked;
    warn(subject + ' ' + file.version.to_string() + " was yanked by its publisher" + why);
  }
  const specs::ProjectPage& page = project.candidates->entry_of(file.version)->page;
  const specs::ProjectStatus status = page.status();
  if (status == specs::ProjectStatus::kArchived || status == specs::ProjectStatus::kDeprecated) {
    const std::string why =
        page.status_reason().empty() ? "" : " (" + std::string(page.status_reason()) + ")";
    warn(subject + " is " + described(status) + why);
  }
}

ChosenFile IndexProvider::Impl::choose(const resolve::ResolvedProject& resolved) {
  ProjectState& state = project(resolved.name);
  if (state.direct == resolved.version) {
    const VersionState& version = state.versions.at(resolved.version);
    return {resolved, version.source ? *version.source : file_of(*version.wheel), version.wheel};
  }
  (void)candidates(state);
  std::optional<DistributionFile> file =
      state.candidates ? state.candidates->choose(resolved.version) : std::nullopt;
  if (!file) {
    throw base::Error(base::ExitCode::kNoSolution, "`" + resolved.name.as_written() + "` " +
                                                       resolved.version.to_string() +
                                                       " is in no index any more")
        .with_hint("require another version");
  }
  check_announced(file->request);
  report_chosen(state, *file);
  const auto known = state.versions.find(resolved.version);
  std::optional<FetchedWheel> wheel =
      known == state.versions.end() ? std::nullopt : known->second.wheel;
  return {resolved, *std::move(file), std::move(wheel)};
}

}  // namespace ensure::index
