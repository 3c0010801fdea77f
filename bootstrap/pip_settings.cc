#include "bootstrap/pip_settings.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>

#include "bootstrap/option_table.h"
#include "bootstrap/option_values.h"
#include "installer/base/error.h"
#include "installer/base/files.h"
#include "installer/base/text.h"

namespace ensure::bootstrap {

namespace {

namespace fs = std::filesystem;

/// The keys of pip that have the meaning of an option of ours with the same name.
constexpr std::array<std::string_view, 18> kKeys = {
    "cache-dir", "cert",         "client-cert",    "constraint", "extra-index-url", "find-links",
    "index-url", "no-binary",    "no-deps",        "no-index",   "only-binary",     "pre",
    "proxy",     "no-cache-dir", "require-hashes", "retries",    "timeout",         "trusted-host"};

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

/// Where pip looks on a Unix system, weakest first ("Configuration Files").
std::vector<fs::path> configuration_files() {
  const std::string own = variable("PIP_CONFIG_FILE");
  if (own == "/dev/null") return {};
  std::vector<fs::path> files;
  std::string folders = variable("XDG_CONFIG_DIRS");
  if (folders.empty()) folders = "/etc/xdg";
  for (const std::string_view folder : base::split(folders, ':')) {
    if (!folder.empty()) files.push_back(fs::path(folder) / "pip/pip.conf");
  }
  files.emplace_back("/etc/pip.conf");
  if (const std::string home = variable("HOME"); !home.empty()) {
    files.push_back(fs::path(home) / ".pip/pip.conf");
    const std::string configuration = variable("XDG_CONFIG_HOME");
    files.push_back((configuration.empty() ? fs::path(home) / ".config" : fs::path(configuration)) /
                    "pip/pip.conf");
  }
  if (!own.empty()) files.emplace_back(own);
  return files;
}

bool is_false(std::string_view value) {
  const std::string lower = base::to_lower(value);
  return lower == "0" || lower == "false" || lower == "no" || lower == "off" || lower == "n" ||
         lower == "f";
}

/// The option for a key of pip; none for keys that are not ours.
std::optional<Setting> setting_of(std::string key, const std::string& value,
                                  const std::string& source) {
  key = base::to_lower(base::replace_all(std::move(key), "_", "-"));
  const bool known = std::ranges::find(kKeys, key) != kKeys.end();
  if (!known || base::trim(value).empty()) return std::nullopt;
  if (key == "no-cache-dir") key = "no-cache";
  return Setting{"--" + key, value, source};
}

const OptionInfo* option_named(std::string_view name) {
  const std::span<const OptionInfo> table = option_table();
  const auto found = std::ranges::find(table, name, &OptionInfo::long_name);
  return found == table.end() ? nullptr : &*found;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> read_section(std::string_view text,
                                                              std::string_view section) {
  std::vector<std::pair<std::string, std::string>> entries;
  bool inside = false;
  bool continues = false;
  for (const std::string_view line : base::split_lines(text)) {
    const std::string_view content = base::trim(line);
    if (content.empty() || content.front() == '#' || content.front() == ';') continue;
    if (continues && (line.front() == ' ' || line.front() == '\t')) {
      entries.back().second.append("\n").append(content);
      continue;
    }
    continues = false;
    if (content.front() == '[') {
      inside = content.substr(1, content.find(']') - 1) == section;
      continue;
    }
    const std::size_t separator = content.find_first_of("=:");
    if (!inside || separator == std::string_view::npos) continue;
    entries.emplace_back(base::trim(content.substr(0, separator)),
                         base::trim(content.substr(separator + 1)));
    continues = true;
  }
  return entries;
}

std::vector<Setting> pip_settings() {
  std::vector<Setting> settings;
  const auto add = [&](const std::string& key, const std::string& value,
                       const std::string& source) {
    if (std::optional<Setting> setting = setting_of(key, value, source)) {
      settings.push_back(*std::move(setting));
    }
  };
  for (const fs::path& file : configuration_files()) {
    const std::optional<std::string> text = base::read_file_if_exists(file);
    if (!text) continue;
    for (const std::string_view section : {"global", "install"}) {
      for (const auto& [key, value] : read_section(*text, section)) add(key, value, file.native());
    }
  }
  for (const std::string_view key : kKeys) {
    std::string name = "PIP_" + base::replace_all(std::string(key), "-", "_");
    std::ranges::transform(name, name.begin(), [](char letter) {
      return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
    });
    add(std::string(key), variable(name.c_str()), name);
  }
  return settings;
}

void apply_settings(Request& request, const std::vector<Setting>& settings) {
  for (const Setting& setting : settings) {
    const OptionInfo* const option = option_named(setting.option);
    if (option == nullptr || (option->argument.empty() && is_false(setting.value))) continue;
    try {
      option->apply(request, setting.value);
    } catch (base::Error& error) {
      error.add_context("while reading `" + setting.source + "`");
      throw;
    }
  }
}

}  // namespace ensure::bootstrap
