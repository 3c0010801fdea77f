#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "bootstrap/report/report.h"
#include "bootstrap/report/terminal.h"
#include "installer/base/text.h"
#include "installer/specs/versions/version.h"

namespace ensure::bootstrap {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kVersion = ENSURE_VERSION;

/// File names are bytes: those that are no UTF-8 are shown with U+FFFD.
void print_json(const Json& object) {
  print_json_text(object.dump(2, ' ', false, Json::error_handler_t::replace));
}

std::vector<std::string> without_passwords(std::vector<std::string> texts) {
  for (std::string& text : texts) text = bootstrap::without_passwords(text);
  return texts;
}

Json to_json(const std::vector<PackageReport>& packages) {
  Json list = Json::array();
  for (const PackageReport& package : packages) {
    Json entry = {{"name", package.name}, {"version", package.version}};
    if (!package.source.empty()) entry["source"] = package.source;
    if (!package.sha256.empty()) entry["sha256"] = package.sha256;
    if (!package.startup_hooks.empty()) entry["startup_hooks"] = package.startup_hooks;
    if (!package.shadowed_modules.empty()) entry["shadowed_modules"] = package.shadowed_modules;
    list.push_back(std::move(entry));
  }
  return list;
}

Json to_json(const std::vector<ConflictReport>& conflicts) {
  Json list = Json::array();
  for (const ConflictReport& conflict : conflicts) {
    Json entry = {{"name", conflict.name},
                  {"version", conflict.version},
                  {"requires", conflict.requirement},
                  {"found", nullptr}};
    if (!conflict.found.empty()) entry["found"] = conflict.found;
    list.push_back(std::move(entry));
  }
  return list;
}

Json to_json(const TargetReport& target) {
  return {{"target", target.path.text()},           {"outcome", name_of(target.outcome)},
          {"installed", to_json(target.installed)}, {"removed", to_json(target.removed)},
          {"kept", to_json(target.kept)},           {"conflicts", to_json(target.conflicts)}};
}

Json to_json(const InterpreterReport& interpreter) {
  return {{"executable", interpreter.executable},
          {"version", interpreter.version},
          {"implementation", interpreter.implementation},
          {"platform", interpreter.platform}};
}

Json to_json(const bundled::Bundle& bundle) {
  Json list = Json::array();
  for (const bundled::BundledWheel& wheel : bundle.wheels()) {
    list.push_back({{"name", wheel.name.normalized()},
                    {"version", wheel.version.to_string()},
                    {"requires_python", wheel.requires_python.to_string()},
                    {"sha256", wheel.sha256},
                    {"bytecode", wheel.bytecode_tags()}});
  }
  return list;
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

Json to_json(const std::vector<const bundled::BundledBytecode*>& all) {
  Json list = Json::array();
  for (const bundled::BundledBytecode* const bytecode : all) {
    list.push_back({{"python", minor_version(*bytecode)},
                    {"cache_tag", bytecode->cache_tag},
                    {"compiled_with", bytecode->compiled_with}});
  }
  return list;
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

Json to_json(const std::vector<AppendedWheel>& wheels) {
  Json list = Json::array();
  for (const AppendedWheel& wheel : wheels) {
    list.push_back({{"filename", wheel.filename},
                    {"version", wheel.version.to_string()},
                    {"sha256", wheel.sha256}});
  }
  return list;
}

/// The first target's fields stand at the top, for the usual case of one target; `targets` has all.
Json to_json(const Result& result, const bundled::Bundle& bundle,
             std::chrono::nanoseconds elapsed) {
  Json object = result.targets.empty() ? Json::object() : to_json(result.targets.front());
  object["interpreter"] = to_json(result.interpreter);
  object["bundled"] = to_json(bundle);
  object["targets"] = Json::array();
  for (const TargetReport& target : result.targets) object["targets"].push_back(to_json(target));
  object["unverified"] = unverified_packages(result);
  object["warnings"] = without_passwords(warnings_of(result));
  if (const auto& skipped = result.skipped_entries) {
    object["skipped_entries"] = {{"malformed", skipped->malformed},
                                 {"unsupported", skipped->unsupported},
                                 {"other_projects", skipped->other_projects}};
  }
  if (result.dry_run) object["dry_run"] = true;
  object["elapsed_ms"] = std::chrono::duration<double, std::milli>(elapsed).count();
  object["exit_code"] = 0;
  return object;
}

Json to_json(const base::Error& error) {
  return {{"error",
           {{"message", bootstrap::without_passwords(error.message())},
            {"context", without_passwords(error.contexts())},
            {"hints", without_passwords(error.hints())},
            {"exit_code", static_cast<int>(error.exit_code())}}},
          {"exit_code", static_cast<int>(error.exit_code())}};
}

}  // namespace

void print_json(const Result& result, const bundled::Bundle& bundle,
                std::chrono::nanoseconds elapsed) {
  print_json(to_json(result, bundle, elapsed));
}

void print_json(const base::Error& error) { print_json(to_json(error)); }

void report_version(const bundled::Bundle& bundle, const std::vector<AppendedWheel>& appended,
                    bool json) {
  if (json) {
    const Json object{{"version", kVersion},
                      {"bundled", to_json(bundle)},
                      {"bytecode", to_json(bytecode_of(bundle))},
                      {"appended", to_json(appended)}};
    return print_json(object);
  }
  std::string text = "ensure " + std::string(kVersion) + "\n";
  for (const AppendedWheel& wheel : appended) {
    text += "appended: " + visible(wheel.filename) + " sha256:" + wheel.sha256 + "\n";
  }
  for (const bundled::BundledWheel& wheel : bundle.wheels()) {
    text += wheel.name.normalized() + " " + wheel.version.to_string() + " (Python " +
            wheel.requires_python.to_string() + ") sha256:" + wheel.sha256;
    text += '\n';
  }
  print_data(text + bytecode_line(bundle));
}

}  // namespace ensure::bootstrap
