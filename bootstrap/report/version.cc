#include "installer/specs/versions/version.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "bootstrap/report/report.h"
#include "bootstrap/report/terminal.h"
#include "installer/base/text.h"

namespace ensure::bootstrap {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kVersion = ENSURE_VERSION;

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

}  // namespace

Json json_of(const bundled::Bundle& bundle) {
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

void report_version(const bundled::Bundle& bundle, const std::vector<AppendedWheel>& appended,
                    bool json) {
  if (json) {
    const Json object{{"version", kVersion},
                      {"bundled", json_of(bundle)},
                      {"bytecode", to_json(bytecode_of(bundle))},
                      {"appended", to_json(appended)}};
    return print_json_text(object.dump(2));
  }
  std::string text = "ensure " + std::string(kVersion) + "\n";
  for (const AppendedWheel& wheel : appended) {
    text += "appended: " + visible(wheel.filename) + " sha256:" + wheel.sha256 + "\n";
  }
  for (const bundled::BundledWheel& wheel : bundle.wheels()) {
    text += wheel.name.normalized() + " " + wheel.version.to_string() + " (Python " +
            wheel.requires_python.to_string() + ") sha256:" + wheel.sha256;
    text += "\n";
  }
  print_data(text + bytecode_line(bundle));
}

}  // namespace ensure::bootstrap
