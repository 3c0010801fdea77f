#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "bootstrap/commands/commands.h"
#include "bootstrap/report/terminal.h"
#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/cache/upkeep.h"

namespace ensure::bootstrap {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::chrono::hours kUnused = std::chrono::days(30);

base::Path required_directory(const Request& request) {
  base::Path directory = cache_directory(request.packages);
  if (!directory.empty()) return directory;
  throw base::Error(base::ExitCode::kUsage, "there is no cache: no home directory is known")
      .with_hint("name the cache directory with `--cache-dir`");
}

void print_size(const Request& request, const base::Path& directory, const std::string& verb,
                const cache::CacheSize& amount) {
  if (request.json) {
    const Json object{
        {"cache", directory.text()}, {"files", amount.files}, {"bytes", amount.bytes}};
    print_json_text(object.dump(2));
    return;
  }
  print_data(verb + std::to_string(amount.bytes) + " bytes in " + std::to_string(amount.files) +
             " files\n");
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
      if (request.json) return print_json_text(Json{{"cache", directory.text()}}.dump(2));
      return print_data_line(directory.text());
  }
}

}  // namespace ensure::bootstrap
