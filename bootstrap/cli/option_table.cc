#include "bootstrap/cli/option_table.h"

#include <algorithm>
#include <array>
#include <vector>

#include "bootstrap/cli/option_values.h"

namespace ensure::bootstrap {

namespace {

constexpr std::string_view kTarget = "Target";
constexpr std::string_view kEnvironment = "Environment";
constexpr std::string_view kInterpreter = "Into an interpreter";
constexpr std::string_view kGeneral = "General";

constexpr std::array kOptions{
    OptionInfo{kTarget, "--venv", "ENV",
               "create or change the environment ENV; may be given several times",
               add_value<&Request::environments>},
    OptionInfo{kTarget, "-p, --python", "SPEC",
               "the Python: a version (3.12), name (pypy3.9), range (>=3.10) or path",
               [](Request& request, const std::string& value) {
                 request.python = value;
                 request.has_default_python = false;
               }},
    OptionInfo{kTarget, "--user", "", "install into the user's own directory of the interpreter",
               set_flag<&Request::user>},
    OptionInfo{kTarget, "--root", "DIR", "install into the Python of the root file system at DIR",
               set_value<&Request::root>},
    OptionInfo{kTarget, "--prefix", "DIR",
               "install below DIR, with the layout of a Python installation",
               set_value<&Request::prefix>},
    OptionInfo{kTarget, "-t, --target", "DIR", "install the modules directly into DIR",
               set_value<&Request::target>},
    OptionInfo{kTarget, "--python-version", "VERSION",
               "describe the target's Python, if it cannot be read here: its version",
               set_value<&Request::python_version>},
    OptionInfo{kTarget, "--python-platform", "PLATFORM",
               "likewise, its platform: linux, macos, windows or aarch64-linux",
               set_value<&Request::python_platform>},
    OptionInfo{kTarget, "--force-overwrite", "",
               "replace files in the target that belong to no installed package",
               set_flag<&Request::force_overwrite>},

    OptionInfo{kEnvironment, "--system-site-packages", "",
               "give the environment access to the packages of its interpreter",
               set_flag<&Request::system_site_packages>},
    OptionInfo{kEnvironment, "--symlinks", "", "link to the interpreter (the default)",
               set_flag<&Request::copies, false>},
    OptionInfo{kEnvironment, "--copies", "", "copy the interpreter instead of linking to it",
               set_flag<&Request::copies>},
    OptionInfo{kEnvironment, "--clear", "",
               "replace an existing environment; refuses any other non-empty directory",
               set_flag<&Request::clear>},
    OptionInfo{kEnvironment, "-U, --upgrade", "",
               "upgrade an existing environment (its Python, its pip, named packages)",
               set_flag<&Request::upgrade>},
    OptionInfo{kEnvironment, "--upgrade-deps", "",
               "upgrade pip to the newest version on the package index",
               set_flag<&Request::upgrade_deps>},
    OptionInfo{kEnvironment, "--without-pip", "", "create the environment without pip",
               set_flag<&Request::without_pip>},
    OptionInfo{kEnvironment, "--prompt", "TEXT",
               "the text in the shell's prompt; `.` is the current directory's name",
               set_value<&Request::prompt>},
    OptionInfo{kEnvironment, "--without-scm-ignore-files", "", "write no .gitignore",
               set_flag<&Request::scm_ignore_files, false>},
    OptionInfo{kEnvironment, "--relocatable", "", "create an environment that can be moved",
               set_flag<&Request::relocatable>},
    OptionInfo{kEnvironment, "--wheel-dir", "DIR",
               "use the pip wheel in DIR if it is newer than the bundled one",
               add_value<&Request::wheel_dirs>},
    OptionInfo{kEnvironment, "--no-compile-bytecode", "", "install pip without its bytecode",
               set_flag<&Request::bytecode, false>},

    OptionInfo{kInterpreter, "--altinstall", "", "install only the script pip3.X",
               set_flag<&Request::altinstall>},
    OptionInfo{kInterpreter, "--default-pip", "",
               "install the script pip in addition to pip3 and pip3.X",
               set_flag<&Request::default_pip>},
    OptionInfo{kInterpreter, "--break-system-packages", "",
               "change an interpreter that its distribution manages (PEP 668)",
               set_flag<&Request::break_system_packages>},

    OptionInfo{kGeneral, "--lock-timeout", "SECONDS",
               "how long to wait for a process that holds the target (default 60)",
               [](Request& request, const std::string& value) {
                 request.lock_timeout = seconds_value("--lock-timeout", value);
               }},
    OptionInfo{kGeneral, "-q, --quiet", "", "print only errors", set_flag<&Request::quiet>},
    OptionInfo{kGeneral, "-v, --verbose", "", "print every step", set_flag<&Request::verbose>},
    OptionInfo{kGeneral, "--json", "", "print the result, or the error, as one JSON object",
               set_flag<&Request::json>},
    OptionInfo{kGeneral, "--color", "WHEN", "colour messages: auto, always or never",
               [](Request& request, const std::string& value) {
                 request.color =
                     static_cast<Color>(choice_value("--color", value, "auto always never"));
               }},
    OptionInfo{kGeneral, "--no-progress", "", "draw no progress bars",
               set_flag<&Request::progress, false>},
    OptionInfo{kGeneral, "--trace", "FILE",
               "write to FILE how long each step takes, as Chrome trace events",
               set_value<&Request::trace>},
    OptionInfo{kGeneral, "--version", "",
               "print the version, the bundled wheels and whose bytecode is bundled",
               [](Request& request, const std::string&) { request.command = Command::kVersion; }},
    OptionInfo{kGeneral, "-h, --help", "", "print this help",
               [](Request& request, const std::string&) { request.command = Command::kHelp; }},
};

constexpr std::array kCommands{
    CommandInfo{"", "--venv ENV [--venv ENV2 ...] [OPTION ...] [REQUIREMENT ...]",
                "create or change virtual environments, with a working pip and with packages",
                Command::kInstall},
    CommandInfo{"",
                "(--python SPEC | --user | --root DIR | --prefix DIR | --target DIR) [OPTION ...] "
                "[REQUIREMENT ...]",
                "install pip into an interpreter, as ensurepip does, and packages",
                Command::kInstall},
    CommandInfo{"python list", "python list [OPTION ...]", "list the Pythons of this machine",
                Command::kPythonList},
    CommandInfo{"python find", "python find SPEC [OPTION ...]",
                "print the path of the Python that SPEC names", Command::kPythonFind},
    CommandInfo{"cache dir", "cache dir [OPTION ...]", "print the path of the cache directory",
                Command::kCacheDir},
    CommandInfo{"cache size", "cache size [OPTION ...]", "print the size of the cache",
                Command::kCacheSize},
    CommandInfo{"cache prune", "cache prune [OPTION ...]",
                "remove cache entries that were not used for 30 days", Command::kCachePrune},
    CommandInfo{"cache clean", "cache clean [OPTION ...]", "empty the cache", Command::kCacheClean},
};

using base::ExitCode;

constexpr std::array kExitCodes{
    ExitCodeInfo{ExitCode::kSuccess, "the target is as requested"},
    ExitCodeInfo{ExitCode::kFailure, "anything not listed below"},
    ExitCodeInfo{ExitCode::kUsage,
                 "usage: no target, a bad option or value, an unreadable requirement"},
    ExitCodeInfo{ExitCode::kInterpreter, "no usable interpreter"},
    ExitCodeInfo{ExitCode::kNoSolution,
                 "no solution; the request would break an installed package"},
    ExitCodeInfo{ExitCode::kNetwork,
                 "network: no connection, a timeout, or a server error after all retries"},
    ExitCodeInfo{ExitCode::kRefused, "refused: 401 or 403"},
    ExitCodeInfo{ExitCode::kVerification,
                 "verification failed: digest, RECORD, malformed or hostile archive"},
    ExitCodeInfo{
        ExitCode::kFileSystem,
        "file system: permission, no space, read-only, a target that `ensure` must not change"},
    ExitCodeInfo{ExitCode::kLocked, "another process holds the target (after `--lock-timeout`)"},
    ExitCodeInfo{ExitCode::kInterrupted, "interrupted"},
    ExitCodeInfo{ExitCode::kTerminated, "terminated"},
};

/// All options in the order of `--help`: the general ones last.
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

std::string variable_name(std::string_view prefix, std::string_view name) {
  std::string variable(prefix);
  for (const char letter : name) {
    variable += letter == '-' ? '_' : static_cast<char>(letter - 'a' + 'A');
  }
  return variable;
}

std::string OptionInfo::variable() const { return variable_name("ENSURE_", long_name().substr(2)); }

std::span<const OptionInfo> option_table() {
  static const std::vector<OptionInfo> kTable = whole_table();
  return kTable;
}

std::span<const CommandInfo> command_table() { return kCommands; }

std::span<const ExitCodeInfo> exit_code_table() { return kExitCodes; }

}  // namespace ensure::bootstrap
