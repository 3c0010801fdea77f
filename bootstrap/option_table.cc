#include "bootstrap/option_table.h"

#include <algorithm>
#include <array>
#include <vector>

#include "bootstrap/option_values.h"
#include "bootstrap/package_options.h"

namespace ensure::bootstrap {

namespace {

constexpr std::string_view kTarget = "Target";
constexpr std::string_view kEnvironment = "Environment";
constexpr std::string_view kInterpreter = "Into an interpreter";
constexpr std::string_view kGeneral = "General";

constexpr std::array kOptions{
    OptionInfo{kTarget, "--venv", "ENV", "make the environment ENV; can be given several times",
               [](Request& request, const std::string& value) {
                 request.environments.push_back(path_value("--venv", value));
               }},
    OptionInfo{kTarget, "-p, --python", "SPEC",
               "the Python to use: a version (3.12), a name (pypy3.9), a range (>=3.10) or a path",
               [](Request& request, const std::string& value) {
                 request.python = value;
                 request.has_default_python = false;
               }},
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
    OptionInfo{kTarget, "--force-overwrite", "",
               "replace files in the target that belong to no installed package",
               [](Request& request, const std::string&) { request.force_overwrite = true; }},

    OptionInfo{kEnvironment, "--system-site-packages", "",
               "let the environment see the packages of its interpreter",
               [](Request& request, const std::string&) { request.system_site_packages = true; }},
    OptionInfo{kEnvironment, "--symlinks", "", "link to the interpreter (the default)",
               [](Request& request, const std::string&) { request.copies = false; }},
    OptionInfo{kEnvironment, "--copies", "", "copy the interpreter instead of linking to it",
               [](Request& request, const std::string&) { request.copies = true; }},
    OptionInfo{
        kEnvironment, "--clear", "",
        "make an environment anew, for the same Python, without its packages; refuses a folder "
        "that is none",
        [](Request& request, const std::string&) { request.clear = true; }},
    OptionInfo{kEnvironment, "-U, --upgrade", "",
               "bring what is there to what is asked: another Python, with the packages that were "
               "requested, and the bundled pip",
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
    OptionInfo{kGeneral, "--color", "WHEN", "colour messages: auto, always or never",
               [](Request& request, const std::string& value) {
                 request.color =
                     static_cast<Color>(choice_value("--color", value, "auto always never"));
               }},
    OptionInfo{kGeneral, "--no-progress", "", "draw no progress bars",
               [](Request& request, const std::string&) { request.progress = false; }},
    OptionInfo{kGeneral, "--trace", "FILE", "write what took how long, as Chrome trace events",
               [](Request& request, const std::string& value) {
                 request.trace = path_value("--trace", value);
               }},
    OptionInfo{kGeneral, "--version", "",
               "print the version, the bundled wheels with their digests, and the Pythons whose "
               "bytecode is bundled",
               [](Request& request, const std::string&) { request.command = Command::kVersion; }},
    OptionInfo{kGeneral, "-h, --help", "", "print this help",
               [](Request& request, const std::string&) { request.command = Command::kHelp; }},
};

constexpr std::array kCommands{
    CommandInfo{"", "--venv ENV [--venv ENV2 ...] [OPTION ...] [REQUIREMENT ...]",
                "make virtual environments with a working pip, and with packages",
                Command::kInstall},
    CommandInfo{"",
                "(--python SPEC | --user | --root DIR | --prefix DIR | --target DIR) [OPTION ...] "
                "[REQUIREMENT ...]",
                "put pip into an interpreter, as ensurepip does, and packages", Command::kInstall},
    CommandInfo{"python list", "python list [OPTION ...]", "list the Pythons of this machine",
                Command::kPythonList},
    CommandInfo{"python find", "python find SPEC [OPTION ...]",
                "print the path of the Python that SPEC names", Command::kPythonFind},
    CommandInfo{"cache dir", "cache dir [OPTION ...]", "print the folder of the cache",
                Command::kCacheDir},
    CommandInfo{"cache size", "cache size [OPTION ...]", "tell how much is in the cache",
                Command::kCacheSize},
    CommandInfo{"cache prune", "cache prune [OPTION ...]",
                "remove from the cache what was not used for 30 days", Command::kCachePrune},
    CommandInfo{"cache clean", "cache clean [OPTION ...]", "empty the cache", Command::kCacheClean},
};

/// Everything in the order of `--help`: packages before what is general.
std::vector<OptionInfo> whole_table() {
  const auto* const general = std::ranges::find(kOptions, kGeneral, &OptionInfo::group);
  std::vector<OptionInfo> table(kOptions.begin(), general);
  const std::span<const OptionInfo> packages = package_options();
  table.insert(table.end(), packages.begin(), packages.end());
  table.insert(table.end(), general, kOptions.end());
  return table;
}

}  // namespace

std::string_view OptionInfo::long_name() const { return names.substr(names.find("--")); }

std::string OptionInfo::variable() const {
  std::string name = "ENSURE_";
  for (const char letter : long_name().substr(2)) {
    name += letter == '-' ? '_' : static_cast<char>(letter - 'a' + 'A');
  }
  return name;
}

std::span<const OptionInfo> option_table() {
  static const std::vector<OptionInfo> kTable = whole_table();
  return kTable;
}

std::span<const CommandInfo> command_table() { return kCommands; }

}  // namespace ensure::bootstrap
