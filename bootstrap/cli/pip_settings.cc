#include "bootstrap/cli/pip_settings.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "bootstrap/cli/option_table.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/base/text.h"

namespace ensure::bootstrap {

namespace {

/// The keys of pip's configuration that count, each with the meaning of the option of that name or
/// of the one that `option_for` returns.
std::vector<std::string_view> keys() {
  return base::split(
      "all-releases cache-dir cert client-cert constraint default-timeout extra-index-url "
      "find-links ignore-requires-python index-url keyring-provider no-binary no-cache-dir no-deps "
      "no-index only-binary only-final pre proxy pypi-url require-hashes retries timeout "
      "trusted-host uploaded-prior-to",
      ' ');
}

std::string option_for(std::string_view key) {
  if (key == "uploaded-prior-to") return "--exclude-newer";
  if (key == "no-cache-dir") return "--no-cache";
  if (key == "default-timeout") return "--timeout";
  if (key == "pypi-url") return "--index-url";
  return "--" + std::string(key);
}

/// Options that may be given more than once: a setting holds several values, with blanks between.
constexpr std::array<std::string_view, 4> kLists = {"--constraint", "--extra-index-url",
                                                    "--find-links", "--trusted-host"};

/// By option. A stronger setting replaces a weaker one.
using Settings = std::map<std::string, Setting>;

std::string variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::string() : std::string(value);
}

/// The configuration files of pip on a Unix system, weakest first ("Configuration Files").
std::vector<base::Path> configuration_files(const base::Path& environment) {
  const std::string named = variable("PIP_CONFIG_FILE");
  if (named == "/dev/null") return {};
  std::vector<base::Path> files;
  std::string directories = variable("XDG_CONFIG_DIRS");
  if (directories.empty()) directories = "/etc/xdg";
  for (const std::string_view directory : base::split(directories, ':')) {
    if (!directory.empty()) files.push_back(base::Path(directory) / "pip/pip.conf");
  }
  files.emplace_back("/etc/pip.conf");
  const bool is_named = !named.empty() && base::file_status(named);
  if (const std::string home = variable("HOME"); !home.empty() && !is_named) {
    files.push_back(base::Path(home) / ".pip/pip.conf");
    const std::string configuration = variable("XDG_CONFIG_HOME");
    files.push_back(
        (configuration.empty() ? base::Path(home) / ".config" : base::Path(configuration)) /
        "pip/pip.conf");
  }
  if (!environment.empty()) files.push_back(environment / "pip.conf");
  if (is_named) files.emplace_back(named);
  return files;
}

/// As with pip, a section or a key that is repeated makes a file invalid: which one counts is open.
base::Error repeated(std::string_view line, std::size_t number) {
  return base::Error(base::ExitCode::kUsage,
                     "line " + std::to_string(number) + ", `" + std::string(line) +
                         "`, repeats a section or a key of this pip configuration file")
      .with_hint("leave one of the two; pip does not read such a file either");
}

base::Error no_setting(std::string_view line, std::size_t number) {
  return base::Error(base::ExitCode::kUsage,
                     "line " + std::to_string(number) + ", `" + std::string(line) +
                         "`, is not a valid line of a pip configuration file")
      .with_hint("write `key = value` below a `[global]`; pip does not read such a file either");
}

/// Adds the settings of one file. Like pip, refuses a file that cannot be read: it may name an
/// index, and without that a private name would go to the public one.
void add_file(Settings& settings, const std::string& file, std::string_view text,
              std::string_view section) try {
  const std::vector<std::string_view> known = keys();
  for (const auto& [name, value] : read_section(text, section)) {
    const std::string key = base::to_lower(base::replace_all(name, "_", "-"));
    if (std::ranges::find(known, key) == known.end()) continue;
    const std::string option = option_for(key);
    settings.insert_or_assign(option, Setting{option, value, file});
  }
} catch (base::Error& error) {
  error.add_context("while reading `" + file + "`");
  throw;
}

/// The text of a file; nullopt if it does not exist. HOME may be that of another user, whose
/// settings this user may not read: as with pip, they do not count. A file that the user names
/// does.
std::optional<std::string> read_configuration(const base::Path& file) try {
  return base::read_file_if_exists(file, base::kSmallText);
} catch (const base::FileError& error) {
  const bool is_named = variable("PIP_CONFIG_FILE") == file.text();
  if (error.failure() != base::FileFailure::kDenied || is_named) throw;
  return std::nullopt;
}

/// A setting that would change what is installed, and for which there is no option.
void apply_unknown(Request& request, const Setting& setting) {
  if (setting.option == "--all-releases" && setting.value == ":all:") {
    request.packages.pre = true;
  } else if (base::to_lower(setting.value) != "false" && setting.value != "0" &&
             base::to_lower(setting.value) != "no" && setting.value != ":none:") {
    request.packages.warnings.push_back("`" + setting.option + " " + setting.value + "` of `" +
                                        setting.source + "` is not obeyed");
  }
}

void apply(Request& request, const Setting& setting) try {
  const OptionInfo* const option = find_option(setting.option);
  if (option == nullptr) return apply_unknown(request, setting);
  if (option->argument.empty()) {
    if (flag_value(setting.option, setting.value)) option->apply(request, {});
  } else if (std::ranges::find(kLists, setting.option) != kLists.end()) {
    std::istringstream words(setting.value);
    for (std::string word; words >> word;) option->apply(request, word);
  } else {
    option->apply(request, setting.value);
  }
} catch (base::Error& error) {
  error.add_context("while reading `" + setting.source + "`");
  throw;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> read_section(std::string_view text,
                                                              std::string_view section) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::vector<std::pair<std::string, std::string>> entries;
  std::optional<std::string> present;  // the section that the line is in
  std::optional<std::size_t> indent;   // of the line whose value may go on
  std::set<std::string> seen;          // sections as "[name]", and keys behind their section
  std::size_t number = 0;
  for (const std::string_view line : base::split_lines(text)) {
    ++number;
    const std::string_view content = base::trim(line);
    if (content.empty() || content.front() == '#' || content.front() == ';') continue;
    const std::size_t depth = line.find_first_not_of(" \t");
    if (indent && depth > *indent) {
      if (present == section) entries.back().second.append("\n").append(content);
      continue;
    }
    const std::size_t close = content.find(']');
    if (content.front() == '[' && close != std::string_view::npos) {
      present = content.substr(1, close - 1);
      const bool is_new = seen.insert('[' + *present + ']').second;
      if (!is_new && *present != "DEFAULT") throw repeated(content, number);
      indent.reset();
      continue;
    }
    const std::size_t separator = content.find_first_of("=:");
    if (!present || separator == std::string_view::npos) throw no_setting(content, number);
    indent = depth;
    const std::string key = base::to_lower(base::trim(content.substr(0, separator)));
    if (!seen.insert('[' + *present + ']' + key).second) throw repeated(content, number);
    if (present != section) continue;
    entries.emplace_back(base::trim(content.substr(0, separator)),
                         base::trim(content.substr(separator + 1)));
  }
  return entries;
}

std::vector<Setting> pip_settings(const base::Path& environment) {
  std::vector<std::pair<std::string, std::string>> texts;  // by path
  for (const base::Path& file : configuration_files(environment)) {
    if (auto text = read_configuration(file)) texts.emplace_back(file.text(), *std::move(text));
  }
  Settings settings;
  for (const std::string_view section : {"global", "install"}) {
    Settings group;
    for (const auto& [file, text] : texts) add_file(group, file, text, section);
    // An empty value hides the weaker values of its own group only.
    for (const auto& [option, setting] : group) {
      if (!base::trim(setting.value).empty()) settings.insert_or_assign(option, setting);
    }
  }
  for (const std::string_view key : keys()) {
    const std::string name = variable_name("PIP_", key);
    const std::string value = variable(name);
    if (base::trim(value).empty()) continue;
    const std::string option = option_for(key);
    settings.insert_or_assign(option, Setting{option, value, name});
  }
  std::vector<Setting> all;
  for (auto& [option, setting] : settings) all.push_back(std::move(setting));
  return all;
}

std::vector<Setting> own_settings() {
  std::vector<Setting> settings;
  for (const OptionInfo& option : option_table()) {
    const std::string name = option.variable();
    const std::string value = variable(name);
    if (!value.empty()) settings.push_back({std::string(option.long_name()), value, name});
  }
  return settings;
}

void apply_settings(Request& request, const std::vector<Setting>& of_pip,
                    const std::vector<Setting>& own) {
  for (const Setting& setting : of_pip) {
    const bool is_overridden =
        std::ranges::find(own, setting.option, &Setting::option) != own.end();
    if (!is_overridden) apply(request, setting);
  }
  request.packages.configured_index_url = std::exchange(request.packages.index_url, std::nullopt);
  request.packages.configured_find_links = std::exchange(request.packages.find_links, {});
  for (const Setting& setting : own) apply(request, setting);
}

}  // namespace ensure::bootstrap
