#include "venv/interpreter/install_schemes.h"

#include <cstdlib>
#include <utility>

#include "installer/base/text.h"
#include "interpreter/install_schemes.py.h"
#include "venv/interpreter/file_queries.h"
#include "venv/interpreter/interpreter_probe.h"

namespace ensure::venv {

namespace {

specs::Scheme scheme_of(const std::vector<std::string>& entries, const std::string& name) {
  const auto value = [&](std::string_view key) {
    return base::Path(entry_value(entries, name + "." + std::string(key)));
  };
  return {.purelib = value("purelib"),
          .platlib = value("platlib"),
          .scripts = value("scripts"),
          .data = value("data"),
          .headers = value("include")};
}

bool is_blank(char letter) { return letter == ' ' || letter == '\t'; }

}  // namespace

InstallSchemes ask_install_schemes(const Interpreter& interpreter, const base::Path& prefix) {
  const char* user_base = std::getenv("PYTHONUSERBASE");
  const std::vector<std::string> entries =
      run_script(interpreter.executable, kInstallSchemesScript,
                 {prefix.text(), user_base == nullptr ? "" : user_base});
  InstallSchemes result;
  result.standard = scheme_of(entries, "standard");
  result.user = scheme_of(entries, "user");
  result.prefix = scheme_of(entries, "prefix");
  result.standard_library = entry_value(entries, "standard_library");
  constexpr std::string_view kSiteFolder = "site_folder=";
  for (const std::string& entry : entries) {
    if (entry.starts_with(kSiteFolder)) {
      result.site_folders.emplace_back(entry.substr(kSiteFolder.size()));
    }
  }
  result.externally_managed = read_externally_managed(result.standard_library);
  return result;
}

specs::Scheme target_scheme(const Interpreter& interpreter, const base::Path& folder) {
  const std::string name = interpreter.implementation == "pypy" ? "pypy" : "python";
  return {.purelib = folder,
          .platlib = folder,
          .scripts = folder / (interpreter.windows() ? "Scripts" : "bin"),
          .data = folder,
          .headers = folder / "include" / name};
}

std::optional<ExternallyManaged> read_externally_managed(const base::Path& standard_library) {
  const base::Path marker = standard_library / "EXTERNALLY-MANAGED";
  if (!is_file(marker)) return std::nullopt;
  return ExternallyManaged{
      .marker = marker,
      .message = externally_managed_message(read_if_readable(marker).value_or(""))};
}

std::string externally_managed_message(std::string_view text) {
  // The form of Python's `configparser`: a value goes on in lines that are indented or empty.
  bool in_section = false;
  bool in_value = false;
  std::string message;
  for (const std::string_view line : base::split_lines(text)) {
    const std::string_view trimmed = base::trim(line);
    if (trimmed.starts_with('#') || trimmed.starts_with(';')) continue;
    if (in_value && (trimmed.empty() || is_blank(line.front()))) {
      message.append(1, '\n').append(trimmed);
      continue;
    }
    in_value = false;
    if (trimmed.starts_with('[')) {
      in_section = trimmed == "[externally-managed]";
      continue;
    }
    const std::size_t end = trimmed.find_first_of("=:");
    if (!in_section || end == std::string_view::npos) continue;
    if (base::to_lower(base::trim(trimmed.substr(0, end))) != "error") continue;
    in_value = true;
    message = base::trim(trimmed.substr(end + 1));
  }
  return std::string(base::trim(message));
}

}  // namespace ensure::venv
