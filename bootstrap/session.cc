#include "bootstrap/session.h"

#include <chrono>
#include <optional>

#include "bootstrap/cli/command_line.h"
#include "bootstrap/commands/commands.h"
#include "bootstrap/report/report.h"
#include "bootstrap/report/terminal.h"
#include "bootstrap/report/trace.h"
#include "bootstrap/target/install_target.h"
#include "bootstrap/target/targets.h"
#include "bundled/payload/bundle.h"
#include "bundled/payload/embedded.h"
#include "installer/base/error.h"
#include "installer/base/path.h"

namespace ensure::bootstrap {

namespace {

using Clock = std::chrono::steady_clock;

/// The environment is the target if `--python` names its interpreter and no other directory is
/// requested.
Result make_environment_of_python(const Request& request, const base::Path& environment,
                                  const bundled::Bundle& bundle, base::Progress& progress) {
  if (request.user) {
    throw base::Error(base::ExitCode::kFileSystem, "`--user` cannot be used in the environment `" +
                                                       environment.text() +
                                                       "`: it does not see the user's packages")
        .with_hint("leave `--user` out, or name the interpreter that it was made from");
  }
  Request inside = request;
  inside.environments = {environment};
  inside.python.reset();
  return make_environments(inside, bundle, progress);
}

Result change_targets(const Request& request, const bundled::Bundle& bundle,
                      base::Progress& progress) {
  if (!request.environments.empty()) return make_environments(request, bundle, progress);
  const InstallTarget target = InstallTarget::find(request);
  if (target.environment() && !request.prefix && !request.target && !request.root) {
    return make_environment_of_python(request, *target.environment(), bundle, progress);
  }
  return install_into_interpreter(request, target, bundle, progress);
}

void change_and_report(const Request& request, const bundled::Bundle& bundle,
                       base::Progress& progress) {
  const Clock::time_point started = Clock::now();
  const Result result = change_targets(request, bundle, progress);
  report_result(result, bundle, request, Clock::now() - started);
}

void install(const Request& request, const bundled::Bundle& bundle) {
  StepListener steps(request.verbose, request.trace);
  std::optional<base::Step> whole;
  if (request.trace) whole.emplace(steps, "everything");
  try {
    change_and_report(request, bundle, steps);
  } catch (const base::Error&) {
    whole.reset();
    steps.write_trace();
    throw;
  }
  whole.reset();
  steps.write_trace();
}

}  // namespace

void run_session(const Request& request) {
  switch (request.command) {
    case Command::kHelp:
      return print_data(help_text());
    case Command::kPythonList:
      return list_pythons(request);
    case Command::kPythonFind:
      return find_python(request);
    case Command::kCacheDir:
    case Command::kCacheSize:
    case Command::kCachePrune:
    case Command::kCacheClean:
      return run_cache_command(request);
    case Command::kVersion:
    case Command::kInstall:
      break;
  }
  const bundled::Bundle bundle(bundled::embedded_payload());
  if (request.command == Command::kVersion) {
    return report_version(bundle, appended_wheels(), request.json);
  }
  install(request, bundle);
}

}  // namespace ensure::bootstrap
