#include "tests/support/conformance.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/file_system.h"

namespace ensure::tests {
namespace {

fs::path units_directory() {
  const char* const named = std::getenv("ENSURE_CONFORMANCE");
  const fs::path root =
      named != nullptr && *named != '\0'
          ? fs::path(named)
          : fs::path(ENSURE_SOURCE_DIRECTORY).parent_path() / "shared/conformance";
  return root / "units";
}

std::string read_document(const fs::path& path) {
  fs::ifstream stream(path, std::ios::binary);
  if (!stream) throw std::runtime_error("cannot read " + path.text());
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

std::vector<fs::path> documents(std::string_view prefix) {
  std::vector<fs::path> paths;
  std::error_code failure;
  for (const fs::directory_entry& entry : fs::directory_iterator(units_directory(), failure)) {
    const std::string name = fs::ours(entry.path()).filename().text();
    if (name.starts_with(prefix) && name.ends_with(".json"))
      paths.push_back(fs::ours(entry.path()));
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

void walk_document(const fs::path& path, const std::map<std::string, ListCheck>& checks) {
  const std::string document = read_document(path);
  const nlohmann::json root = nlohmann::json::parse(document);
  for (const auto& [name, list] : root.items()) {
    if (!list.is_array() || name.ends_with("contested")) continue;
    INFO("list `" << name << "` of " << path.filename().text());
    const auto check = checks.find(name);
    if (check == checks.end()) {
      FAIL_CHECK("no check for this list");
      continue;
    }
    check->second(list.dump(), document);
  }
}

}  // namespace

void walk_conformance(std::string_view prefix, const std::map<std::string, ListCheck>& checks) {
  const std::vector<fs::path> paths = documents(prefix);
  if (documents("").empty()) {
    WARN("skipped: no conformance data in " << units_directory().text());
    return;
  }
  // Worded in another way: what is missing here must not make ctest skip what is there.
  if (paths.empty()) WARN("there is no file " << prefix << "*.json");
  for (const fs::path& path : paths) walk_document(path, checks);
}

std::string conformance_document(const std::string& filename) {
  return read_document(units_directory() / filename);
}

}  // namespace ensure::tests
