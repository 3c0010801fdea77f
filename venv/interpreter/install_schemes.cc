#include "venv/interpreter/install_schemes.h"

#include <cstdlib>
#include <utility>

#include "installer/base/text.h"
#include "interpreter/install_schemes.py.h"
#include "venv/interpreter/file_queries.h"
#include "venv/interpreter/interpreter_probe.h"

namespace ensure::venv {

namespace {

specs::Scheme scheme_of(ScriptAnswers& answers, const std::string& name) {
  return {.purelib = base::TargetPath(answers[name + ".purelib"]),
          .platlib = base::TargetPath(answers[name + ".platlib"]),
          .scripts = base::TargetPath(answers[name + ".scripts"]),
          .data = base::TargetPath(answers[name + ".data"]),
          .headers = base::TargetPath(answers[name + ".include"])};
}

/// The scheme `posix_prefix` below `base`.
specs::Scheme posix_scheme(const Interpreter& interpreter, const base::Path& base) {
  const std::string& library = interpreter.library_name;
  const base::TargetPath prefix(base);
  return {.purelib = prefix / "lib" / library / "site-packages",
          .platlib = prefix / interpreter.platlibdir / library / "site-packages",
          .scripts = prefix / "bin",
          .data = prefix,
          .headers = prefix / "include" / library};
}

/// Windows understands "/" as well, and `base::Path` understands nothing else here.
base::TargetPath with_slashes(const base::Path& path) {
  return base::replace_all(path.text(), "\\", "/");
}

/// The scheme `nt`.
specs::Scheme windows_scheme(const base::Path& any_prefix) {
  const base::TargetPath prefix = with_slashes(any_prefix);
  return {.purelib = prefix / "Lib/site-packages",
          .platlib = prefix / "Lib/site-packages",
          .scripts = prefix / "Scripts",
          .data = prefix,
          .headers = prefix / "Include"};
}

specs::Scheme windows_user_scheme(const Interpreter& interpreter, const base::Path& user_base) {
  const base::TargetPath base = with_slashes(user_base);
  const base::TargetPath versioned = base / ("Python3" + std::to_string(interpreter.minor));
  return {.purelib = versioned / "site-packages",
          .platlib = versioned / "site-packages",
          .scripts = versioned / "Scripts",
          .data = base,
          .headers = versioned / "Include"};
}

/// The scheme of packages that a user installs beside those of Debian (`posix_local`) or Fedora.
specs::Scheme local_scheme(const Interpreter& interpreter, const char* packages) {
  specs::Scheme scheme = posix_scheme(interpreter, interpreter.base_prefix / "local");
  scheme.purelib = scheme.purelib.parent_path() / packages;
  scheme.platlib = scheme.platlib.parent_path() / packages;
  scheme.headers = base::TargetPath(interpreter.base_prefix) / "include" / interpreter.library_name;
  return scheme;
}

}  // namespace

InstallSchemes ask_install_schemes(const Interpreter& interpreter, const base::Path& prefix) {
  const char* user_base = std::getenv("PYTHONUSERBASE");
  ScriptAnswers answers = run_script(interpreter.executable, kInstallSchemesScript,
                                     {prefix.text(), user_base == nullptr ? "" : user_base});
  InstallSchemes result;
  result.standard = scheme_of(answers, "standard");
  result.user = scheme_of(answers, "user");
  result.prefix = scheme_of(answers, "prefix");
  result.standard_library = base::TargetPath(answers["standard_library"]);
  result.externally_managed = read_externally_managed(result.standard_library.without_root());
  return result;
}

InstallSchemes describe_install_schemes(const Interpreter& interpreter, SchemeFlavour flavour,
                                        const base::Path& prefix, const base::Path& user_base) {
  InstallSchemes result;
  result.standard_library = base::TargetPath(interpreter.standard_library());
  if (interpreter.windows()) {
    result.standard = windows_scheme(interpreter.base_prefix);
    result.user = windows_user_scheme(interpreter, user_base);
    result.prefix = windows_scheme(prefix);
    return result;
  }
  result.standard = posix_scheme(interpreter, interpreter.base_prefix);
  result.user = posix_scheme(interpreter, user_base);
  result.user.platlib = result.user.purelib;  // the user scheme has no lib64
  result.prefix = posix_scheme(interpreter, prefix);
  if (flavour == SchemeFlavour::kFedora) {
    result.standard = local_scheme(interpreter, "site-packages");
  } else if (flavour == SchemeFlavour::kDebian) {
    result.standard = local_scheme(interpreter, "dist-packages");
    result.standard.platlib = result.standard.purelib;
  }
  return result;
}

specs::Scheme target_scheme(const Interpreter& interpreter, const base::Path& directory) {
  const base::TargetPath top(directory);
  return {.purelib = top,
          .platlib = top,
          .scripts = top / (interpreter.windows() ? "Scripts" : "bin"),
          .data = top,
          .headers = top / "include" / (interpreter.pypy() ? "pypy" : "python")};
}

std::optional<ExternallyManaged> read_externally_managed(const base::Path& standard_library) {
  const base::Path marker = standard_library / "EXTERNALLY-MANAGED";
  if (!is_file(marker)) return std::nullopt;
  return ExternallyManaged{
      .marker = marker,
      .message = externally_managed_message(read_if_readable(marker).value_or(""))};
}

std::string externally_managed_message(std::string_view text) {
  // The format of Python's `configparser`: a value continues in lines that are indented or empty.
  bool in_section = false;
  bool in_value = false;
  std::string message;
  for (const std::string_view line : base::split_lines(text)) {
    const std::string_view trimmed = base::trim(line);
    if (trimmed.starts_with('#') || trimmed.starts_with(';')) continue;
    if (in_value && (trimmed.empty() || line.front() == ' ' || line.front() == '\t')) {
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
