#include "bootstrap/option_table.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "installer/base/error.h"

namespace ensure::bootstrap {

namespace {

using base::Error;
using base::ExitCode;

constexpr std::string_view kTarget = "Target";
constexpr std::string_view kEnvironment = "Environment";
constexpr std::string_view kInterpreter = "Into an interpreter";
constexpr std::string_view kGeneral = "General";

Error bad_value(std::string_view option, const std::string& value, const std::string& expected) {
  return Error(ExitCode::kUsage,
               "the value `" + value + "` of `" + std::string(option) + "` is not understood")
      .with_hint("give " + expected);
}

std::filesystem::path path_value(std::string_view option, const std::string& value) {
  if (value.empty()) throw bad_value(option, value, "a path that is not empty");
  return value;
}

std::chrono::milliseconds seconds_value(std::string_view option, const std::string& value) {
  double seconds = 0;
  const char* end = value.data() + value.size();
  const auto [stop, failure] = std::from_chars(value.data(), end, seconds);
  const bool sensible = seconds >= 0 && seconds < 1e9;  // false for NaN as well
  if (failure != std::errc() || stop != end || !sensible) {
    throw bad_value(option, value, "a number of seconds, such as `10` or `0.5`");
  }
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

Color color_value(const std::string& value) {
  if (value == "auto") return Color::kAuto;
  if (value == "always") return Color::kAlways;
  if (value == "never") return Color::kNever;
  throw bad_value("--color", value, "`auto`, `always` or `never`");
}

/// The offline job has no cache to link from, so a mode is checked but changes nothing.
void check_link_mode(const std::string& value) {
  constexpr std::array<std::string_view, 4> kModes{"clone", "hardlink", "copy", "symlink"};
  if (std::ranges::find(kModes, value) == kModes.end()) {
    throw bad_value("--link-mode", value, "`clone`, `hardlink`, `copy` or `symlink`");
  }
}

constexpr std::array kOptions{
    OptionInfo{kTarget, "--venv", "ENV", "make the environment ENV; can be given several times",
               [](Request& request, const std::string& value) {
                 request.environments.push_back(path_value("--venv", value));
               }},
    OptionInfo{kTarget, "-p, --python", "SPEC",
               "the Python to use: a version (3.12), a name (pypy3.9), a range (>=3.10) or a path",
               [](Request& request, const std::string& value) { request.python = value; }},
    OptionInfo{kTarget, "--user", "", "put pip into the user's own folder of the interpreter",
               [](Request& request, const std::string&) { request.user = true; }},
    OptionInfo{kTarget, "--root", "DIR", "put pip into the root file system at DIR",
               [](Request& request, const std::string& value) {
                 request.root = path_value("--root", value);
               }},
    OptionInfo{kTarget, "--prefix", "DIR", "put pip below DIR, laid out like an installation",
               [](Request& request, const std::string& value) {
                 request.prefix = path_value("--prefix", value);
               }},
    OptionInfo{kTarget, "-t, --target", "DIR", "put pip's package straight into DIR",
               [](Request& request, const std::string& value) {
                 request.target = path_value("--target", value);
               }},
    OptionInfo{kTarget, "--python-version", "VERSION",
               "the version of a target's Python that cannot be run or read here",
               [](Request& request, const std::string& value) { request.python_version = value; }},
    OptionInfo{kTarget, "--python-platform", "PLATFORM",
               "the platform of such a Python: linux, macos, windows, or one like aarch64-linux",
               [](Request& request, const std::string& value) { request.python_platform = value; }},

    OptionInfo{kEnvironment, "--system-site-packages", "",
               "let the environment see the packages of its interpreter",
               [](Request& request, const std::string&) { request.system_site_packages = true; }},
    OptionInfo{kEnvironment, "--symlinks", "", "link to the interpreter (the default)",
               [](Request& request, const std::string&) { request.copies = false; }},
    OptionInfo{kEnvironment, "--copies", "", "copy the interpreter instead of linking to it",
               [](Request& request, const std::string&) { request.copies = true; }},
    OptionInfo{kEnvironment, "--clear", "",
               "replace an environment that is there; refuses a folder that is none",
               [](Request& request, const std::string&) { request.clear = true; }},
    OptionInfo{kEnvironment, "-U, --upgrade", "",
               "bring what is there to what is asked: another Python, the bundled pip",
               [](Request& request, const std::string&) { request.upgrade = true; }},
    OptionInfo{kEnvironment, "--upgrade-deps", "", "upgrade pip to the newest of the package index",
               [](Request& request, const std::string&) { request.upgrade_deps = true; }},
    OptionInfo{kEnvironment, "--without-pip", "", "make the environment without pip",
               [](Request& request, const std::string&) { request.without_pip = true; }},
    OptionInfo{kEnvironment, "--prompt", "TEXT",
               "what the shell's prompt shows; `.` is the current folder's name",
               [](Request& request, const std::string& value) { request.prompt = value; }},
    OptionInfo{kEnvironment, "--without-scm-ignore-files", "", "write no .gitignore",
               [](Request& request, const std::string&) { request.scm_ignore_files = false; }},
    OptionInfo{kEnvironment, "--relocatable", "", "make an environment that can be moved",
               [](Request& request, const std::string&) { request.relocatable = true; }},
    OptionInfo{kEnvironment, "--wheel-dir", "DIR",
               "use the pip wheel in DIR if it is newer than the bundled one",
               [](Request& request, const std::string& value) {
                 request.wheel_dirs.push_back(path_value("--wheel-dir", value));
               }},
    OptionInfo{
        kEnvironment, "--link-mode", "MODE",
        "how files come out of a cache: clone, hardlink, copy or symlink; what is bundled is "
        "always written",
        [](Request&, const std::string& value) { check_link_mode(value); }},
    OptionInfo{kEnvironment, "--no-compile-bytecode", "", "leave pip's bytecode out",
               [](Request& request, const std::string&) { request.bytecode = false; }},

    OptionInfo{kInterpreter, "--altinstall", "", "install the script pip3.X alone",
               [](Request& request, const std::string&) { request.altinstall = true; }},
    OptionInfo{kInterpreter, "--default-pip", "", "install the script pip besides pip3 and pip3.X",
               [](Request& request, const std::string&) { request.default_pip = true; }},
    OptionInfo{kInterpreter, "--break-system-packages", "",
               "change an interpreter that its distribution manages (PEP 668)",
               [](Request& request, const std::string&) { request.break_system_packages = true; }},

    OptionInfo{kGeneral, "--lock-timeout", "SECONDS",
               "how long to wait for another process that holds the target (default 60)",
               [](Request& request, const std::string& value) {
                 request.lock_timeout = seconds_value("--lock-timeout", value);
               }},
    OptionInfo{kGeneral, "-q, --quiet", "", "say nothing but errors",
               [](Request& request, const std::string&) { request.quiet = true; }},
    OptionInfo{kGeneral, "-v, --verbose", "", "say every step",
               [](Request& request, const std::string&) { request.verbose = true; }},
    OptionInfo{kGeneral, "--json", "", "print the result, or the error, as one JSON object",
               [](Request& request, const std::string&) { request.json = true; }},
    OptionInfo{
        kGeneral, "--color", "WHEN", "colour messages: auto, always or never",
        [](Request& request, const std::string& value) { request.color = color_value(value); }},
    OptionInfo{kGeneral, "--no-progress", "", "draw no progress bars",
               [](Request& request, const std::string&) { request.progress = false; }},
    OptionInfo{kGeneral, "--trace", "FILE", "write what took how long, as Chrome trace events",
               [](Request& request, const std::string& value) {
                 request.trace = path_value("--trace", value);
               }},
    OptionInfo{kGeneral, "--version", "", "print the version, and what is bundled with its digests",
               [](Request& request, const std::string&) { request.command = Command::kVersion; }},
    OptionInfo{kGeneral, "-h, --help", "", "print this help",
               [](Request& request, const std::string&) { request.command = Command::kHelp; }},
};

constexpr std::array kCommands{
    CommandInfo{"", "--venv ENV [--venv ENV2 ...] [OPTION ...]",
                "make virtual environments with a working pip", Command::kInstall},
    CommandInfo{"",
                "[--python SPEC] [--user | --root DIR | --prefix DIR | --target DIR] [OPTION ...]",
                "put pip into an interpreter, as ensurepip does", Command::kInstall},
    CommandInfo{"python list", "python list [OPTION ...]", "list the Pythons of this machine",
                Command::kPythonList},
    CommandInfo{"python find", "python find SPEC [OPTION ...]",
                "print the path of the Python that SPEC names", Command::kPythonFind},
};

}  // namespace

std::string_view OptionInfo::long_name() const { return names.substr(names.find("--")); }

std::string OptionInfo::variable() const {
  std::string name = "ENSURE_";
  for (const char letter : long_name().substr(2)) {
    name += letter == '-' ? '_' : static_cast<char>(letter - 'a' + 'A');
  }
  return name;
}

std::span<const OptionInfo> option_table() { return kOptions; }

std::span<const CommandInfo> command_table() { return kCommands; }

}  // namespace ensure::bootstrap
