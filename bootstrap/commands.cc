#include "bootstrap/commands.h"

#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "bootstrap/report/terminal.h"
#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/cache/upkeep.h"
#include "venv/discovery/discovery.h"

namespace ensure::bootstrap {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::chrono::hours kUnused = std::chrono::days(30);

void print(const Json& json) {
  print_json_text(json.dump(2, ' ', false, Json::error_handler_t::replace));
}

base::Path required_directory(const Request& request) {
  base::Path directory = cache_directory(request.packages);
  if (!directory.empty()) return directory;
  throw base::Error(base::ExitCode::kUsage, "there is no cache: no home directory is known")
      .with_hint("name the cache directory with `--cache-dir`");
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

}  // namespace

base::Path cache_directory(const PackageRequest& request) {
  if (request.no_cache) return {};
  if (request.cache_dir) return base::absolute_path(*request.cache_dir);
  const char* const own = std::getenv("XDG_CACHE_HOME");
  if (own != nullptr && base::Path(own).is_absolute()) return base::Path(own) / "ensure";
  const char* const home = std::getenv("HOME");
  const bool is_known = home != nullptr && base::Path(home).is_absolute();
  return is_known ? base::Path(home) / ".cache/ensure" : base::Path();
}

void run_cache_command(const Request& request) {
  const base::Path directory = required_directory(request);
  switch (request.command) {
    case Command::kCacheSize:
      return print_size(request, directory, "", cache::measure(directory));
    case Command::kCachePrune:
      return print_size(request, directory, "removed ", cache::prune(directory, kUnused));
    case Command::kCacheClean:
      return print_size(request, directory, "removed ", cache::clean(directory));
    default:
      if (request.json) return print({{"cache", directory.text()}});
      return print_data_line(directory.text());
  }
}

void list_pythons(const Request& request) {
  const venv::InterpreterList list = venv::list_interpreters(venv::Surroundings::of_this_process());
  if (request.json) {
    Json array = Json::array();
    for (const venv::FoundInterpreter& found : list.found) array.push_back(to_json(found));
    print(array);
    return;
  }
  for (const venv::FoundInterpreter& found : list.found) print_data_line(line(found));
  if (!request.verbose) return;
  for (const base::Error& error : list.rejected)
    print_message("ignored: " + visible_in_short(error.message()) + "\n");
}

void find_python(const Request& request) {
  const venv::FoundInterpreter found = venv::find_interpreter(
      venv::PythonRequest::parse(request.words.front()), venv::Surroundings::of_this_process());
  if (request.json) {
    print(to_json(found));
  } else {
    print_data_line(found.interpreter.executable.text());
  }
}

}  // namespace ensure::bootstrap
