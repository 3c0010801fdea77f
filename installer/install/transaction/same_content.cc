#include "installer/install/transaction/same_content.h"

#include <array>
#include <map>
#include <string>
#include <string_view>

#include "installer/specs/metadata/record.h"

namespace ensure::install {

namespace {

using std::string_view_literals::operator""sv;

/// What the installer puts into the `.dist-info` directory itself.
constexpr std::array kInstallersOwn = {"/INSTALLER"sv, "/REQUESTED"sv, "/RECORD"sv,
                                       "/direct_url.json"sv};

bool is_compared(const specs::RecordEntry& row) {
  const std::string_view path = row.path;
  if (row.digest.empty() || path.starts_with("../") || path.starts_with('/')) return false;
  const std::string_view top = path.substr(0, path.find('/'));
  if (top.ends_with(".data")) return false;
  if (!top.ends_with(".dist-info")) return true;
  for (const std::string_view name : kInstallersOwn) {
    if (path.ends_with(name)) return false;
  }
  return true;
}

std::map<std::string, std::string> digests_of(const std::vector<specs::RecordEntry>& rows) {
  std::map<std::string, std::string> digests;
  for (const specs::RecordEntry& row : rows) {
    if (is_compared(row)) digests.emplace(row.path, row.algorithm + '=' + row.digest);
  }
  return digests;
}

}  // namespace

bool has_content_of(const Distribution& installed, const wheel::WheelSource& wheel) {
  const std::string record = wheel.dist_info_file("RECORD").value_or("");
  return digests_of(recorded_rows(installed)) == digests_of(specs::parse_record(record));
}

}  // namespace ensure::install
