#include "installer/index/candidates/provider_choice.h"

#include <utility>

#include "installer/index/candidates/distribution_file.h"

namespace ensure::index {

ChosenFile ProviderChoice::choose(const resolve::ResolvedProject& resolved) {
  const ProjectState& project = projects_.at(resolved.name);
  const auto known = project.versions.find(resolved.version);
  const VersionState* const state = known == project.versions.end() ? nullptr : &known->second;
  if (state != nullptr && project.direct == resolved.version) {
    if (state->source) return {resolved, *state->source, state->wheel};
    return {resolved, given_file(resolved.name, resolved.version, state->wheel->request, true),
            state->wheel};
  }
  std::optional<DistributionFile> file =
      project.candidates ? project.candidates->choose(resolved.version) : std::nullopt;
  if (!file) {
    throw base::Error(base::ExitCode::kNoSolution, "`" + resolved.name.as_written() + "` " +
                                                       resolved.version.to_string() +
                                                       " is no longer in any index")
        .with_hint("require another version");
  }
  check_announced(file->request);
  warn_about(project, *file);
  if (context_.settings.require_hashes && file->request.accepted.empty()) {
    without_hash_ += (without_hash_.empty() ? "`" : ", `") + resolved.name.as_written() + '`';
  }
  return {resolved, *std::move(file), state == nullptr ? std::nullopt : state->wheel};
}

void ProviderChoice::warn_about(const ProjectState& project, const DistributionFile& file) {
  const std::string subject = "`" + project.name.as_written() + "`";
  if (file.yanked) {
    const std::string why = file.yanked->empty() ? "" : ": " + *file.yanked;
    notices_.warn(subject + ' ' + file.version.to_string() + " was yanked by its publisher" + why);
  }
  const specs::ProjectPage& page = project.candidates->entry_of(file.version)->page;
  const std::string why =
      page.status_reason().empty() ? "" : " (" + std::string(page.status_reason()) + ")";
  if (page.status() == specs::ProjectStatus::kArchived) {
    notices_.warn(subject + " is archived: there will be no more releases" + why);
  } else if (page.status() == specs::ProjectStatus::kDeprecated) {
    notices_.warn(subject + " is deprecated: it should no longer be used" + why);
  }
}

void ProviderChoice::check_hashes() const {
  if (without_hash_.empty()) return;
  throw base::Error(base::ExitCode::kVerification,
                    "hashes are required, and the requirements have none for " + without_hash_)
      .with_hint("give each of them as `NAME==VERSION --hash=sha256:...` in a requirements file");
}

std::optional<base::Error> ProviderChoice::refusal_in(const resolve::NoSolution& failure) const {
  for (const resolve::ProofStep& step : failure.steps) {
    if (step.reason != resolve::ProofStep::Reason::kUnavailable) continue;
    const resolve::ProofTerm& refused = step.terms.front();
    for (const auto& [version, state] : projects_.at(refused.name).versions) {
      if (!state.metadata || !state.metadata->is_refused) continue;
      if (!refused.term.versions.contains(version)) continue;
      return base::Error(base::ExitCode::kVerification,
                         "`" + refused.name.as_written() + "` " + version.to_string() + ' ' +
                             std::get<resolve::Unavailable>(state.metadata->answer).text)
          .with_hint("ask its publisher for a sound release, or require another version");
    }
  }
  return std::nullopt;
}

}  // namespace ensure::index
