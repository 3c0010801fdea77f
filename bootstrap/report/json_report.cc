#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "bootstrap/report/report.h"
#include "bootstrap/report/terminal.h"
#include "installer/base/digest.h"
#include "installer/base/secrets.h"
#include "installer/base/text.h"
#include "installer/specs/versions/version.h"

namespace ensure::bootstrap {

namespace {

using Json = nlohmann::ordered_json;

/// File names are bytes: those that are not valid UTF-8 are shown with U+FFFD.
std::string text_of(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::vector<std::string> without_passwords(std::vector<std::string> texts) {
  for (std::string& text : texts) text = base::without_secrets(text);
  return texts;
}

Json to_json(const PackageReport& package) {
  Json entry = {{"name", package.name}, {"version", package.version}};
  if (!package.source.empty()) entry["source"] = package.source;
  if (!package.sha256.empty()) entry["sha256"] = package.sha256;
  if (!package.startup_hooks.empty()) entry["startup_hooks"] = package.startup_hooks;
  if (!package.shadowed_modules.empty()) entry["shadowed_modules"] = package.shadowed_modules;
  return entry;
}

Json to_json(const ConflictReport& conflict) {
  Json entry = {{"name", conflict.name},
                {"version", conflict.version},
                {"requires", conflict.requirement},
                {"found", nullptr}};
  if (!conflict.found.empty()) entry["found"] = conflict.found;
  return entry;
}

Json to_json(const bundled::BundledWheel& wheel) {
  return {{"name", wheel.name.normalized()},
          {"version", wheel.version.to_string()},
          {"requires_python", wheel.requires_python.to_string()},
          {"sha256", wheel.sha256},
          {"bytecode", wheel.bytecode_tags()}};
}

Json to_json(const AppendedWheel& wheel) {
  return {{"filename", wheel.filename},
          {"version", wheel.version.to_string()},
          {"sha256", wheel.sha256}};
}

/// All bytecode of the bundle, that for the oldest Python first.
std::vector<const bundled::BundledBytecode*> bytecode_of(const bundled::Bundle& bundle) {
  std::vector<const bundled::BundledBytecode*> found;
  for (const bundled::BundledWheel& wheel : bundle.wheels()) {
    for (const bundled::BundledBytecode& bytecode : wheel.bytecode) found.push_back(&bytecode);
  }
  std::ranges::sort(found, {}, [](const bundled::BundledBytecode* bytecode) {
    return specs::Version::parse(bytecode->compiled_with);
  });
  return found;
}

/// "3.12" of "3.12.1".
std::string minor_version(const bundled::BundledBytecode& bytecode) {
  const std::string& version = bytecode.compiled_with;
  return version.substr(0, version.find('.', version.find('.') + 1));
}

Json to_json(const bundled::BundledBytecode* bytecode) {
  return {{"python", minor_version(*bytecode)},
          {"cache_tag", bytecode->cache_tag},
          {"compiled_with", bytecode->compiled_with}};
}

Json to_json(const specs::PackageName& extra) { return extra.as_written(); }

Json to_json(const specs::Requirement& requirement) { return requirement.to_string(); }

Json to_json(const ChangeReport& change);
Json to_json(const TargetReport& target);
Json to_json(const ReportedFile& file);

template <typename Element>
Json list_of(const std::vector<Element>& elements) {
  Json list = Json::array();
  for (const Element& element : elements) list.push_back(to_json(element));
  return list;
}

Json to_json(const ChangeReport& change) {
  return {{"path", change.path}, {"reason", change.reason}};
}

Json to_json(const TargetReport& target) {
  return {{"target", target.path.text()},          {"outcome", name_of(target.outcome)},
          {"changes", list_of(target.changes)},    {"installed", list_of(target.installed)},
          {"removed", list_of(target.removed)},    {"kept", list_of(target.kept)},
          {"conflicts", list_of(target.conflicts)}};
}

Json to_json(const venv::Interpreter& interpreter) {
  return {{"executable", interpreter.executable.text()},
          {"version", interpreter.version_text},
          {"implementation", interpreter.implementation},
          {"platform", interpreter.platform}};
}

/// The line of `--version` that lists the Pythons with bundled bytecode.
std::string bytecode_line(const bundled::Bundle& bundle) {
  std::vector<std::string> pythons;
  for (const bundled::BundledBytecode* const bytecode : bytecode_of(bundle)) {
    pythons.push_back(minor_version(*bytecode));
  }
  if (pythons.empty()) return "pip's bytecode is not bundled\n";
  return "pip's bytecode is bundled for Python " + base::join(pythons, ", ") +
         "; other Pythons compile it when pip first runs\n";
}

/// The first target's fields stand at the top, for the usual case of one target; `targets` has all.
Json to_json(const Result& result, const bundled::Bundle& bundle,
             std::chrono::nanoseconds elapsed) {
  Json object = result.targets.empty() ? Json::object() : to_json(result.targets.front());
  object["interpreter"] = to_json(result.interpreter);
  object["bundled"] = list_of(bundle.wheels());
  object["targets"] = list_of(result.targets);
  object["unverified"] = unverified_packages(result);
  object["warnings"] = without_passwords(warnings_of(result));
  if (const auto& skipped = result.skipped_entries) {
    object["skipped_entries"] = {{"malformed", skipped->malformed},
                                 {"unsupported", skipped->unsupported},
                                 {"other_projects", skipped->other_projects}};
  }
  if (result.dry_run) object["dry_run"] = true;
  object["elapsed_ms"] = std::chrono::duration<double, std::milli>(elapsed).count();
  object["exit_code"] = static_cast<int>(result.exit_code);
  return object;
}

Json to_json(const base::Error& error) {
  return {{"error",
           {{"message", base::without_secrets(error.message())},
            {"context", without_passwords(error.contexts())},
            {"hints", without_passwords(error.hints())},
            {"exit_code", static_cast<int>(error.exit_code())}}},
          {"exit_code", static_cast<int>(error.exit_code())}};
}

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
  const resolve::Metadata& known = *file.metadata;
  if (!known.requires_dist.empty()) object["requires_dist"] = list_of(known.requires_dist);
  if (known.requires_python) object["requires_python"] = known.requires_python->to_string();
  if (!known.provides_extra.empty()) object["provides_extra"] = list_of(known.provides_extra);
  return object;
}

/// In the form of direct_url.json, also for files from an index.
Json download_info(const ReportedFile& file) {
  if (!file.direct_url.empty()) return Json::parse(file.direct_url);
  const index::ChosenFile& chosen = *file.chosen;
  const base::Url url = chosen.file.request.url.without_credentials().without_fragment();
  return {{"url", base::without_secrets(url.to_string())}, {"archive_info", archive_info(chosen)}};
}

Json to_json(const ReportedFile& file) {
  const index::ChosenFile& chosen = *file.chosen;
  Json object{{"download_info", download_info(file)},
              {"is_direct", !file.direct_url.empty()},
              {"is_yanked", chosen.project.yanked},
              {"requested", chosen.project.requested}};
  if (!chosen.project.extras.empty()) object["requested_extras"] = list_of(chosen.project.extras);
  object["metadata"] = metadata(file);
  return object;
}

}  // namespace

void print_json(const Result& result, const bundled::Bundle& bundle,
                std::chrono::nanoseconds elapsed) {
  print_json_text(text_of(to_json(result, bundle, elapsed)));
}

void print_json(const base::Error& error) { print_json_text(text_of(to_json(error))); }

void report_version(const bundled::Bundle& bundle, const std::vector<AppendedWheel>& appended,
                    bool json) {
  if (json) {
    const Json object{{"version", ENSURE_VERSION},
                      {"bundled", list_of(bundle.wheels())},
                      {"bytecode", list_of(bytecode_of(bundle))},
                      {"appended", list_of(appended)}};
    return print_json_text(text_of(object));
  }
  std::string text = "ensure " ENSURE_VERSION "\n";
  for (const AppendedWheel& wheel : appended) {
    text += "appended: " + visible(wheel.filename) + " sha256:" + wheel.sha256 + "\n";
  }
  for (const bundled::BundledWheel& wheel : bundle.wheels()) {
    text += wheel.name.normalized() + " " + wheel.version.to_string() + " (Python " +
            wheel.requires_python.to_string() + ") sha256:" + wheel.sha256 + "\n";
  }
  print_data(text + bytecode_line(bundle));
}

std::string installation_report(const std::vector<ReportedFile>& files,
                                const specs::MarkerEnvironment& environment,
                                const std::string& pip_version) {
  const Json report{
      {"version", "1"},
      {"pip_version", pip_version},
      {"install", list_of(files)},
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
  return text_of(report);
}

}  // namespace ensure::bootstrap
