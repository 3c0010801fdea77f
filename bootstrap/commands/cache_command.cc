#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "bootstrap/commands/commands.h"
#include "bootstrap/report/terminal.h"
#include "installer/base/error.h"
#include "installer/base/files.h"
#include "installer/cache/upkeep.h"

namespace ensure::bootstrap {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::chrono::hours kUnused = std::chrono::days(30);

base::Path required_directory(const Request& request) {
  base::Path folder = cache_directory(request.packages);
  if (!folder.empty()) return folder;
  throw base::Error(base::ExitCode::kUsage, "there is no cache: no home folder is known")
      .with_hint("name its folder with `--cache-dir`");
}

/// One line for people, or one object.
void tell(const Request& request, const base::Path& folder, const std::string& verb,
          const cache::CacheSize& amount) {
  if (request.json) {
    const Json object{{"cache", folder.text()}, {"files", amount.files}, {"bytes", amount.bytes}};
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
  const base::Path folder = required_directory(request);
  switch (request.command) {
    case Command::kCacheSize:
      return tell(request, folder, "", cache::measure(folder));
    case Command::kCachePrune:
      return tell(request, folder, "removed ", cache::prune(folder, kUnused));
    case Command::kCacheClean:
      return tell(request, folder, "removed ", cache::clean(folder));
    default:
      if (request.json) return print_json_text(Json{{"cache", folder.text()}}.dump(2));
      return print_data_line(folder.text());
  }
}

}  // namespace ensure::bootstrap
