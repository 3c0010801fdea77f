#include "bootstrap/session.h"

#include <chrono>

#include "bootstrap/cli/command_line.h"
#include "bootstrap/commands/cache_command.h"
#include "bootstrap/commands/python_command.h"
#include "bootstrap/report/report.h"
#include "bootstrap/report/terminal.h"
#include "bootstrap/report/trace.h"
#include "bootstrap/target/environment_run.h"
#include "bootstrap/target/interpreter_target.h"
#include "bundled/payload/bundle.h"
#include "bundled/payload/embedded.h"

namespace ensure::bootstrap {

namespace {

using Clock = std::chrono::steady_clock;

/// Brings the targets to what is asked, and tells so.
void make_targets(const Request& request, const bundled::Bundle& bundle, base::Progress& progress) {
  const Clock::time_point started = Clock::now();
  const Result result = request.environments.empty() ? install_into_interpreter(request, bundle, progress)
                                                     : make_environments(request, bundle, progress);
  report_result(result, bundle, request, Clock::now() - started);
}

/// The same with those listening who were asked for. A trace is written for a failure, too.
void install(const Request& request, const bundled::Bundle& bundle) {
  Listeners listeners;
  SpokenSteps spoken;
  if (request.verbose) listeners.add(spoken);
  if (!request.trace) return make_targets(request, bundle, listeners);
  Trace trace(*request.trace);
  listeners.add(trace);
  try {
    const base::Step whole(listeners, "everything");
    make_targets(request, bundle, listeners);
  } catch (const base::Error&) {
    trace.write();
    throw;
  }
  trace.write();
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
