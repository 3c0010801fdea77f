#include <chrono>
#include <exception>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "bootstrap/cli/command_line.h"
#include "bootstrap/commands.h"
#include "bootstrap/report/progress.h"
#include "bootstrap/report/report.h"
#include "bootstrap/report/terminal.h"
#include "bootstrap/target/install_target.h"
#include "bootstrap/target/pipeline.h"
#include "bundled/payload/bundle.h"
#include "bundled/payload/embedded.h"
#include "installer/base/error.h"
#include "installer/base/path.h"
#include "installer/base/process.h"

namespace ensure::bootstrap {

namespace {

/// The hint for an error without a hint.
constexpr const char* kOwnFault = "this is a fault in ensure; please report it with its `--trace`";

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

void install(const Request& request, const bundled::Bundle& bundle) {
  StepListener steps(request.verbose, request.trace);
  std::optional<base::Step> whole;
  if (request.trace) whole.emplace(steps, "everything");
  const auto write_trace = [&] {
    whole.reset();
    steps.write_trace();
  };
  try {
    const base::Progress::Clock::time_point started = base::Progress::Clock::now();
    const Result result = change_targets(request, bundle, steps);
    report_result(result, bundle, request, base::Progress::Clock::now() - started);
  } catch (const base::Error&) {
    write_trace();
    throw;
  }
  write_trace();
}

/// Runs one command line and reports the result. Throws `Error`; then the targets are unchanged.
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

/// Turns exceptions into a message and an exit code.
base::ExitCode run(const std::vector<std::string>& arguments) {
  Request request;
  request.json = wants_json(arguments);
  const auto fail = [&request](const base::Error& error) {
    report_error(error, request.color, request.json);
    return error.exit_code();
  };
  try {
    request = parse_command_line(arguments);
    run_session(request);
    return base::ExitCode::kSuccess;
  } catch (base::Error& error) {
    if (error.hints().empty()) error.add_hint(kOwnFault);
    return fail(error);
  } catch (const std::bad_alloc&) {
    return fail(base::Error(base::ExitCode::kFailure, "out of memory")
                    .with_hint("free some memory, then run the same command again"));
  } catch (const std::exception& error) {
    return fail(base::Error(base::ExitCode::kFailure, error.what()).with_hint(kOwnFault));
  }
}

}  // namespace

}  // namespace ensure::bootstrap

int main(int argc, char** argv) {
  ensure::base::prepare_process();
  return static_cast<int>(ensure::bootstrap::run({argv + (argc > 0 ? 1 : 0), argv + argc}));
}
