#include "bootstrap/report/installation_report.h"

#include <nlohmann/json.hpp>

#include "installer/base/digest.h"
#include "installer/base/secrets.h"

namespace ensure::bootstrap {

namespace {

using Json = nlohmann::ordered_json;

Json archive_info(const index::ChosenFile& chosen) {
  Json hashes = Json::object();
  for (const index::KnownDigest& digest : chosen.file.request.digests) {
    hashes[std::string(index::name_of(digest.algorithm))] = base::to_hex(digest.bytes);
  }
  if (chosen.wheel) hashes["sha256"] = chosen.wheel->sha256;
  Json info = Json::object();
  if (hashes.contains("sha256")) {
    info["hash"] = "sha256=" + hashes["sha256"].get<std::string>();
  }
  if (!hashes.empty()) info["hashes"] = hashes;
  return info;
}

Json metadata(const ReportedFile& file) {
  Json object{{"metadata_version", "2.1"},
              {"name", file.chosen->project.name.as_written()},
              {"version", file.chosen->project.version.to_string()}};
  if (file.metadata == nullptr) return object;
  Json requirements = Json::array();
  for (const specs::Requirement& requirement : file.metadata->requires_dist) {
    requirements.push_back(requirement.to_string());
  }
  if (!requirements.empty()) object["requires_dist"] = std::move(requirements);
  if (file.metadata->requires_python) {
    object["requires_python"] = file.metadata->requires_python->to_string();
  }
  Json extras = Json::array();
  for (const specs::PackageName& extra : file.metadata->provides_extra) {
    extras.push_back(extra.as_written());
  }
  if (!extras.empty()) object["provides_extra"] = std::move(extras);
  return object;
}

/// In the form of direct_url.json, also for files from an index.
Json download_info(const ReportedFile& file) {
  if (!file.direct_url.empty()) return Json::parse(file.direct_url);
  const index::ChosenFile& chosen = *file.chosen;
  const base::Url url = chosen.file.request.url.without_credentials().without_fragment();
  return {{"url", base::without_secrets(url.to_string())}, {"archive_info", archive_info(chosen)}};
}

Json item(const ReportedFile& file) {
  const index::ChosenFile& chosen = *file.chosen;
  Json object{{"download_info", download_info(file)},
              {"is_direct", !file.direct_url.empty()},
              {"is_yanked", chosen.project.yanked},
              {"requested", chosen.project.requested}};
  if (!chosen.project.extras.empty()) {
    object["requested_extras"] = Json::array();
    for (const specs::PackageName& extra : chosen.project.extras) {
      object["requested_extras"].push_back(extra.as_written());
    }
  }
  object["metadata"] = metadata(file);
  return object;
}

}  // namespace

std::string installation_report(const std::vector<ReportedFile>& files,
                                const specs::MarkerEnvironment& environment,
                                const std::string& pip_version) {
  Json items = Json::array();
  for (const ReportedFile& file : files) items.push_back(item(file));
  const Json report{
      {"version", "1"},
      {"pip_version", pip_version},
      {"install", std::move(items)},
      {"environment",
       {{"implementation_name", environment.implementation_name},
        {"implementation_version", environment.implementation_version},
        {"os_name", environment.os_name},
        {"platform_machine", environment.platform_machine},
        {"platform_release", environment.platform_release},
        {"platform_system", environment.platform_system},
        {"platform_version", environment.platform_version},
        {"python_full_version", environment.python_full_version},
        {"platform_python_implementation", environment.platform_python_implementation},
        {"python_version", environment.python_version},
        {"sys_platform", environment.sys_platform}}}};
  return report.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace ensure::bootstrap
