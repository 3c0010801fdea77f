#include <algorithm>
#include <chrono>
#include <exception>
#include <new>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "bootstrap/cli/command_line.h"
#include "bootstrap/packages/package_sources.h"
#include "bootstrap/report/progress.h"
#include "bootstrap/report/report.h"
#include "bootstrap/report/terminal.h"
#include "bootstrap/target/install_target.h"
#include "bootstrap/target/installed_list.h"
#include "bootstrap/target/pipeline.h"
#include "bundled/payload/bundle.h"
#include "installer/base/error.h"
#include "installer/base/path.h"
#include "installer/base/process.h"
#include "installer/base/secrets.h"
#include "installer/cache/upkeep.h"
#include "venv/discovery/discovery.h"

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

base::ExitCode install(const Request& request, const bundled::Bundle& bundle) {
  StepListener steps(request.verbose, request.trace);
  std::optional<base::Step> whole;
  if (request.trace) whole.emplace(steps, "everything");
  const auto write_trace = [&] {
    whole.reset();
    steps.write_trace();
  };
  base::ExitCode code = base::ExitCode::kSuccess;
  try {
    const base::Progress::Clock::time_point started = base::Progress::Clock::now();
    const Result result = change_targets(request, bundle, steps);
    report_result(result, bundle, request, base::Progress::Clock::now() - started);
    code = result.exit_code;
  } catch (const base::Error&) {
    write_trace();
    throw;
  }
  write_trace();
  return code;
}

using Json = nlohmann::ordered_json;

void print(const Json& json) {
  print_json_text(json.dump(2, ' ', false, Json::error_handler_t::replace));
}

void print_size(const Request& request, const base::Path& directory, const std::string& verb,
                const cache::CacheSize& amount) {
  if (request.json) {
    return print({{"cache", directory.text()}, {"files", amount.files}, {"bytes", amount.bytes}});
  }
  print_data(verb + std::to_string(amount.bytes) + " bytes in " + std::to_string(amount.files) +
             " files\n");
}

Json to_json(const venv::FoundInterpreter& found) {
  const venv::Interpreter& interpreter = found.interpreter;
  return {{"executable", interpreter.executable.text()},
          {"real_executable", interpreter.real_executable.text()},
          {"version", interpreter.version_text},
          {"implementation", interpreter.implementation},
          {"platform", interpreter.platform},
          {"free_threaded", interpreter.free_threaded},
          {"base_prefix", interpreter.base_prefix.text()},
          {"source", found.source}};
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text;
}

std::string line(const venv::FoundInterpreter& found) {
  const venv::Interpreter& interpreter = found.interpreter;
  const std::string version = interpreter.version_text + (interpreter.free_threaded ? "t" : "");
  return padded(version, 10) + "  " + padded(interpreter.implementation, 8) + "  " +
         interpreter.executable.text();
}

/// `ensure cache dir|size|prune|clean`.
void run_cache_command(const Request& request) {
  const base::Path directory = cache_directory(request.packages);
  if (directory.empty()) {
    throw base::Error(base::ExitCode::kUsage, "there is no cache: no home directory is known")
        .with_hint("name the cache directory with `--cache-dir`");
  }
  switch (request.command) {
    case Command::kCacheSize:
      return print_size(request, directory, "", cache::measure(directory));
    case Command::kCachePrune:
      return print_size(request, directory, "removed ",
                        cache::prune(directory, std::chrono::days(request.packages.unused_days)));
    case Command::kCacheClean:
      return print_size(request, directory, "removed ", cache::clean(directory));
    default:
      if (request.json) return print({{"cache", directory.text()}});
      return print_data_line(directory.text());
  }
}

/// `ensure python list`.
void list_pythons(const Request& request) {
  const venv::InterpreterList list = venv::list_interpreters(venv::Surroundings::of_this_process());
  if (request.json) {
    Json array = Json::array();
    for (const venv::FoundInterpreter& found : list.found) array.push_back(to_json(found));
    return print(array);
  }
  for (const venv::FoundInterpreter& found : list.found) print_data_line(line(found));
  if (!request.verbose) return;
  for (const base::Error& error : list.rejected)
    print_message("ignored: " + visible_in_short(error.message()) + "\n");
}

/// `ensure python find SPEC`.
void find_python(const Request& request) {
  const venv::FoundInterpreter found = venv::find_interpreter(
      venv::PythonRequest::parse(request.words.front()), venv::Surroundings::of_this_process());
  if (request.json) return print(to_json(found));
  print_data_line(found.interpreter.executable.text());
}

/// Whether it is installed in editable form, by its direct_url.json.
bool is_editable(const Json& direct_url) {
  const auto directory = direct_url.is_object() ? direct_url.find("dir_info") : direct_url.end();
  return directory != direct_url.end() && directory->is_object() &&
         directory->value("editable", Json(false)) == true;
}

/// The text of direct_url.json without passwords, which other tools may have left in it.
Json direct_url_of(const install::InstalledProject& project) {
  return Json::parse(base::without_secrets(project.direct_url), nullptr, false);
}

Json to_json(const install::InstalledProject& project) {
  Json object{{"name", project.distribution.name.normalized()},
              {"version", project.distribution.version.to_string()},
              {"requested", project.requested}};
  const Json direct_url = direct_url_of(project);
  if (direct_url.is_object()) object["direct_url"] = direct_url;
  return object;
}

std::string line(const install::InstalledProject& project, std::size_t width) {
  const Json direct_url = direct_url_of(project);
  std::string text = padded(project.distribution.name.normalized(), width) + "  " +
                     project.distribution.version.to_string();
  const auto url = direct_url.is_object() ? direct_url.find("url") : direct_url.end();
  if (url == direct_url.end() || !url->is_string()) return text;
  return text + "  " + (is_editable(direct_url) ? "editable " : "") + url->get<std::string>();
}

/// `ensure list`. The paths are printed if there are several targets.
void list_packages(const Request& request) {
  const std::vector<InstalledList> lists = list_installed(request);
  Json targets = Json::array();
  for (const InstalledList& list : lists) {
    Json packages = Json::array();
    std::size_t width = 0;
    for (const install::InstalledProject& project : list.projects) {
      packages.push_back(to_json(project));
      width = std::max(width, project.distribution.name.normalized().size());
    }
    targets.push_back({{"path", list.path.text()}, {"packages", packages}});
    if (request.json) continue;
    if (lists.size() > 1) print_data_line(list.path.text() + ":");
    for (const install::InstalledProject& project : list.projects) {
      print_data_line(line(project, width));
    }
  }
  if (request.json) print({{"targets", targets}});
}

/// Runs one command line and reports the result. Throws `Error`; then the targets are unchanged.
base::ExitCode run_session(const Request& request) {
  switch (request.command) {
    case Command::kHelp:
      print_data(help_text());
      break;
    case Command::kList:
      list_packages(request);
      break;
    case Command::kPythonList:
      list_pythons(request);
      break;
    case Command::kPythonFind:
      find_python(request);
      break;
    case Command::kVersion:
      report_version(bundled::Bundle(bundled::embedded_payload()), appended_wheels(), request.json);
      break;
    case Command::kInstall:
      return install(request, bundled::Bundle(bundled::embedded_payload()));
    default:
      run_cache_command(request);
  }
  return base::ExitCode::kSuccess;
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
    return run_session(request);
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
