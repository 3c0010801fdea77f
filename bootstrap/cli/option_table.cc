#include "bootstrap/cli/option_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "bootstrap/cli/cutoff.h"
#include "installer/base/text.h"

namespace ensure::bootstrap {

namespace {

base::Error bad_value(std::string_view option, const std::string& value,
                      const std::string& expected) {
  return base::Error(base::ExitCode::kUsage,
                     "invalid value `" + value + "` of `" + std::string(option) + "`")
      .with_hint("give " + expected);
}

using Value = const std::string&;

/// Adds the name of a project.
template <auto Member>
void add_name(Request& request, Value value) {
  member_of<Member>(request).push_back(specs::PackageName::parse(value));
}

constexpr auto kTargetOptions = std::to_array<OptionInfo>({
    {"--venv", "ENV", "create or change the environment ENV; may be given several times",
     add_value<&Request::environments>},
    {"-p, --python", "SPEC", "the Python: a version (3.12), name (pypy3.9), range (>=3.10) or path",
     [](Request& request, Value value) {
       request.python = value;
       request.has_default_python = false;
     }},
    {"--user", "", "install into the user's own directory of the interpreter",
     set_flag<&Request::user>},
    {"--root", "DIR", "install into the Python of the root file system at DIR",
     set_value<&Request::root>},
    {"--prefix", "DIR", "install below DIR, with the layout of a Python installation",
     set_value<&Request::prefix>},
    {"-t, --target", "DIR", "install the modules directly into DIR", set_value<&Request::target>},
    {"--python-version", "VERSION",
     "describe the target's Python, if it cannot be read here: its version",
     set_value<&Request::python_version>},
    {"--python-platform", "PLATFORM",
     "likewise, its platform: linux, macos, windows or aarch64-linux",
     set_value<&Request::python_platform>},
    {"--force-overwrite", "", "replace files in the target that belong to no installed package",
     set_flag<&Request::force_overwrite>},
});

constexpr auto kEnvironmentOptions = std::to_array<OptionInfo>({
    {"--system-site-packages", "", "give the environment access to the packages of its interpreter",
     set_flag<&Request::system_site_packages>},
    {"--symlinks", "", "link to the interpreter (the default)", set_flag<&Request::copies, false>},
    {"--copies", "", "copy the interpreter instead of linking to it", set_flag<&Request::copies>},
    {"--clear", "", "replace an existing environment; refuses any other non-empty directory",
     set_flag<&Request::clear>},
    {"-U, --upgrade", "", "upgrade an existing environment (its Python, its pip, named packages)",
     set_flag<&Request::upgrade>},
    {"--upgrade-deps", "", "upgrade pip to the newest version on the package index",
     set_flag<&Request::upgrade_deps>},
    {"--without-pip", "", "create the environment without pip", set_flag<&Request::without_pip>},
    {"--prompt", "TEXT", "the text in the shell's prompt; `.` is the current directory's name",
     set_value<&Request::prompt>},
    {"--without-scm-ignore-files", "", "write no .gitignore",
     set_flag<&Request::scm_ignore_files, false>},
    {"--relocatable", "", "create an environment that can be moved",
     set_flag<&Request::relocatable>},
    {"--wheel-dir", "DIR", "use the pip wheel in DIR if it is newer than the bundled one",
     add_value<&Request::wheel_dirs>},
    {"--no-compile-bytecode", "", "install pip without its bytecode",
     set_flag<&Request::bytecode, false>},
});

constexpr auto kInterpreterOptions = std::to_array<OptionInfo>({
    {"--altinstall", "", "install only the script pip3.X", set_flag<&Request::altinstall>},
    {"--default-pip", "", "install the script pip in addition to pip3 and pip3.X",
     set_flag<&Request::default_pip>},
    {"--break-system-packages", "", "change an interpreter that its distribution manages (PEP 668)",
     set_flag<&Request::break_system_packages>},
});

constexpr auto kPackageOptions = std::to_array<OptionInfo>({
    {"-r, --requirement", "FILE",
     "install from requirements.txt, pyproject.toml, pylock.toml, script, -",
     add_value<&PackageRequest::files>},
    {"-c, --constraint", "FILE", "restrict versions by the requirements in FILE",
     add_value<&PackageRequest::constraint_files>},
    {"--group", "[FILE:]NAME", "install a dependency group of pyproject.toml (PEP 735)",
     add_value<&PackageRequest::groups>},
    {"--all-groups", "", "install all dependency groups of pyproject.toml",
     set_flag<&PackageRequest::all_groups>},
    {"--extra", "NAME", "install an extra of `-r pyproject.toml`, or of a lock",
     add_value<&PackageRequest::extras>},
    {"--all-extras", "", "install all of them", set_flag<&PackageRequest::all_extras>},
    {"-e, --editable", "PATH", "install the project in the directory PATH in editable form",
     add_value<&PackageRequest::editables>},
    {"--pre", "", "choose pre-releases like any other version", set_flag<&PackageRequest::pre>},
    {"--no-deps", "", "install no dependencies", set_flag<&PackageRequest::no_deps>},
    {"--require-hashes", "", "refuse every package without a digest in the requirements",
     set_flag<&PackageRequest::require_hashes>},
    {"--no-startup-hooks", "", "refuse packages with files that every start of Python runs",
     set_flag<&PackageRequest::no_startup_hooks>},
    {"--only-binary", "NAMES", "use no source distributions of these projects; `:all:` for all",
     [](Request& request, Value value) { request.packages.formats.add_only_binary(value); }},
    {"--no-binary", "NAMES", "build these projects instead of using wheels; `:all:` for all",
     [](Request& request, Value value) { request.packages.formats.add_no_binary(value); }},
    {"--build-sdists", "", "build sdists if no wheel fits, and projects named by path or URL",
     set_flag<&PackageRequest::build_sdists>},
    {"--exclude-newer", "WHEN",
     "ignore files uploaded after a day or time, or in the last `3 days`",
     [](Request& request, Value value) {
       request.packages.exclude_newer = time_value("--exclude-newer", value);
     }},
    {"--resolution", "WHICH", "the versions to choose: highest (default), lowest or lowest-direct",
     [](Request& request, Value value) {
       request.packages.resolution = static_cast<resolve::ResolutionStrategy>(
           choice_value("--resolution", value, "highest lowest lowest-direct"));
     }},
    {"-P, --upgrade-package", "NAME", "upgrade this package, and keep others where possible",
     add_name<&PackageRequest::upgraded>},
    {"--reinstall", "", "install pip, or the named packages, anew",
     set_flag<&PackageRequest::reinstall>},
    {"--remove", "NAME", "remove an installed package", add_name<&PackageRequest::removed>},
    {"--sync", "", "remove packages that the request does not need",
     set_flag<&PackageRequest::sync>},
    {"--allow-conflicts", "", "break requirements of installed packages, with a warning",
     set_flag<&PackageRequest::allow_conflicts>},
    {"--dry-run", "", "print what would change, and change nothing",
     set_flag<&PackageRequest::dry_run>},
    {"--exit-code", "", "with --dry-run: exit with 10 if something would change",
     set_flag<&PackageRequest::exit_code>},
    {"--report", "FILE", "write pip's installation report to FILE; - prints it",
     set_value<&PackageRequest::report>},
    {"--compile-bytecode", "", "compile the installed packages to bytecode",
     set_flag<&PackageRequest::compile_bytecode>},
});

constexpr auto kIndexOptions = std::to_array<OptionInfo>({
    {"-i, --index-url", "URL", "use this package index instead of pip's default",
     set_value<&PackageRequest::index_url>},
    {"--extra-index-url", "URL", "use this further index, after those named before it",
     add_value<&PackageRequest::extra_index_urls>},
    {"--index-strategy", "WHICH", "first-index (default), unsafe-first-match or unsafe-best-match",
     [](Request& request, Value value) {
       request.packages.index_strategy = static_cast<index::IndexStrategy>(choice_value(
           "--index-strategy", value, "first-index unsafe-first-match unsafe-best-match"));
     }},
    {"-f, --find-links", "PLACE", "use a directory, or a page with links to files",
     add_value<&PackageRequest::find_links>},
    {"--no-index", "", "use no index, only `--find-links`", set_flag<&PackageRequest::no_index>},
    {"--offline", "", "open no connection; use only the cache and local files",
     set_flag<&PackageRequest::offline>},
});

constexpr auto kNetworkOptions = std::to_array<OptionInfo>({
    {"--cache-dir", "DIR", "the cache directory", set_value<&PackageRequest::cache_dir>},
    {"--days", "COUNT", "what `cache prune` removes was not used for so many days (default 30)",
     [](Request& request, Value value) {
       request.packages.unused_days = count_value("--days", value);
     }},
    {"--no-cache", "", "neither read nor write a cache", set_flag<&PackageRequest::no_cache>},
    {"--link-mode", "MODE", "how to take files from the cache: clone, hardlink, copy or symlink",
     [](Request& request, Value value) {
       (void)choice_value("--link-mode", value, "clone hardlink copy symlink");
       request.packages.link_mode = wheel::try_parse_link_mode(value);
     }},
    {"--timeout", "SECONDS", "give up on a server that sends nothing for so long (default 15)",
     [](Request& request, Value value) {
       request.packages.timeout = seconds_value("--timeout", value, 1);
     }},
    {"--retries", "COUNT", "how often to repeat a failed request (default 5)",
     [](Request& request, Value value) {
       request.packages.retries = count_value("--retries", value);
     }},
    {"--proxy", "URL", "use this proxy for all requests", set_value<&PackageRequest::proxy>},
    {"--cert", "FILE", "trust these certificates in addition to the system's",
     set_value<&PackageRequest::certificates>},
    {"--client-cert", "FILE", "the client certificate and its key, in one PEM file",
     set_value<&PackageRequest::client_certificate>},
    {"--trusted-host", "HOST", "do not check the certificate of this host",
     add_value<&PackageRequest::trusted_hosts>},
    {"--keyring-provider", "WHICH", "whether to ask the command keyring: auto (default), disabled",
     [](Request& request, Value value) {
       request.packages.uses_keyring =
           choice_value("--keyring-provider", value, "auto subprocess import disabled") != 3;
     }},
    {"-j, --jobs", "COUNT", "the number of simultaneous connections (default 16)",
     [](Request& request, Value value) {
       request.packages.jobs = count_value("--jobs", value, 1);
     }},
});

constexpr auto kGeneralOptions = std::to_array<OptionInfo>({
    {"--lock-timeout", "SECONDS",
     "how long to wait for a process that holds the target (default 60)",
     [](Request& request, Value value) {
       request.lock_timeout = seconds_value("--lock-timeout", value);
     }},
    {"-q, --quiet", "", "print only errors", set_flag<&Request::quiet>},
    {"-v, --verbose", "", "print every step", set_flag<&Request::verbose>},
    {"--json", "", "print the result, or the error, as one JSON object", set_flag<&Request::json>},
    {"--color", "WHEN", "colour messages: auto, always or never",
     [](Request& request, Value value) {
       request.color = static_cast<Color>(choice_value("--color", value, "auto always never"));
     }},
    {"--no-progress", "", "draw no progress bars", set_flag<&Request::progress, false>},
    {"--trace", "FILE", "write to FILE how long each step takes, as Chrome trace events",
     set_value<&Request::trace>},
    {"--version", "", "print the version, the bundled wheels and whose bytecode is bundled",
     [](Request& request, Value) { request.command = Command::kVersion; }},
    {"-h, --help", "", "print this help",
     [](Request& request, Value) { request.command = Command::kHelp; }},
});

constexpr auto kCommands = std::to_array<CommandInfo>({
    {"", "--venv ENV [--venv ENV2 ...] [OPTION ...] [REQUIREMENT ...]",
     "create or change virtual environments, with a working pip and with packages",
     Command::kInstall},
    {"",
     "(--python SPEC | --user | --root DIR | --prefix DIR | --target DIR) [OPTION ...] "
     "[REQUIREMENT ...]",
     "install pip into an interpreter, as ensurepip does, and packages", Command::kInstall},
    {"list", "list (--venv ENV | --python SPEC | --target DIR | ...) [OPTION ...]",
     "list the packages of a target", Command::kList},
    {"python list", "python list [OPTION ...]", "list the Pythons of this machine",
     Command::kPythonList},
    {"python find", "python find SPEC [OPTION ...]", "print the path of the Python that SPEC names",
     Command::kPythonFind},
    {"cache dir", "cache dir [OPTION ...]", "print the path of the cache directory",
     Command::kCacheDir},
    {"cache size", "cache size [OPTION ...]", "print the size of the cache", Command::kCacheSize},
    {"cache prune", "cache prune [OPTION ...]",
     "remove cache entries that were not used for 30 days (`--days`)", Command::kCachePrune},
    {"cache clean", "cache clean [OPTION ...]", "empty the cache", Command::kCacheClean},
});

using base::ExitCode;

constexpr auto kExitCodes = std::to_array<ExitCodeInfo>({
    {ExitCode::kSuccess, "the target is as requested"},
    {ExitCode::kFailure, "anything not listed below"},
    {ExitCode::kUsage, "usage: no target, a bad option or value, an unreadable requirement"},
    {ExitCode::kInterpreter, "no usable interpreter"},
    {ExitCode::kNoSolution, "no solution; the request would break an installed package"},
    {ExitCode::kNetwork, "network: no connection, a timeout, or a server error after all retries"},
    {ExitCode::kRefused, "refused: 401 or 403"},
    {ExitCode::kVerification, "verification failed: digest, RECORD, malformed or hostile archive"},
    {ExitCode::kFileSystem,
     "file system: permission, no space, read-only, a target that `ensure` must not change"},
    {ExitCode::kLocked, "another process holds the target (after `--lock-timeout`)"},
    {ExitCode::kWouldChange, "the target would change (`--dry-run --exit-code`)"},
    {ExitCode::kInterrupted, "interrupted"},
    {ExitCode::kTerminated, "terminated"},
});

using Group = std::pair<std::string_view, std::span<const OptionInfo>>;

/// All options in the order of `--help`.
std::vector<OptionInfo> whole_table() {
  std::vector<OptionInfo> table;
  for (const auto& [group, options] :
       {Group{"Target", kTargetOptions}, Group{"Environment", kEnvironmentOptions},
        Group{"Into an interpreter", kInterpreterOptions}, Group{"Packages", kPackageOptions},
        Group{"Where packages come from", kIndexOptions},
        Group{"Network and cache", kNetworkOptions}, Group{"General", kGeneralOptions}}) {
    for (OptionInfo option : options) {
      option.group = group;
      table.push_back(option);
    }
  }
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

const OptionInfo* find_option(std::string_view name) {
  for (const OptionInfo& option : option_table()) {
    const std::vector<std::string_view> names = base::split(option.names, ',');
    const auto is_name = [name](std::string_view own) { return base::trim(own) == name; };
    if (std::ranges::any_of(names, is_name)) return &option;
  }
  return nullptr;
}

std::span<const CommandInfo> command_table() { return kCommands; }

std::span<const ExitCodeInfo> exit_code_table() { return kExitCodes; }

std::chrono::milliseconds seconds_value(std::string_view option, const std::string& value,
                                        std::int64_t minimum) {
  double seconds = 0;
  const char* end = value.data() + value.size();
  const auto [stop, failure] = std::from_chars(value.data(), end, seconds);
  const bool sensible = seconds >= 0 && seconds < 1e9;  // false for NaN as well
  if (failure != std::errc() || stop != end || !sensible) {
    throw bad_value(option, value, "a number of seconds, such as `10` or `0.5`");
  }
  const auto milliseconds = static_cast<std::int64_t>(seconds * 1000);
  if (milliseconds < minimum) throw bad_value(option, value, "more than no time, such as `15`");
  return std::chrono::milliseconds(milliseconds);
}

bool flag_value(std::string_view option, const std::string& value) {
  constexpr std::array<std::string_view, 6> kTrue = {"1", "true", "yes", "on", "y", "t"};
  constexpr std::array<std::string_view, 6> kFalse = {"0", "false", "no", "off", "n", "f"};
  const std::string lower = base::to_lower(base::trim(value));
  if (std::ranges::find(kTrue, lower) != kTrue.end()) return true;
  if (std::ranges::find(kFalse, lower) != kFalse.end()) return false;
  throw bad_value(option, value, "`yes` or `no`");
}

std::size_t count_value(std::string_view option, const std::string& value, std::size_t minimum) {
  std::size_t count = 0;
  const char* end = value.data() + value.size();
  const auto [stop, failure] = std::from_chars(value.data(), end, count);
  if (failure != std::errc() || stop != end || count > 1000 || count < minimum) {
    throw bad_value(option, value, "a number from " + std::to_string(minimum) + " to 1000");
  }
  return count;
}

std::int64_t time_value(std::string_view option, const std::string& value) {
  using std::chrono::microseconds;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto time = parse_cutoff(value, std::chrono::duration_cast<microseconds>(now).count());
  if (!time) {
    throw bad_value(option, value,
                    "a date such as `2026-11-25`, a time such as `2026-11-25T12:00:00Z`, or how "
                    "long ago, such as `3 days`");
  }
  return *time;
}

std::size_t choice_value(std::string_view option, const std::string& value,
                         std::string_view choices) {
  const std::vector<std::string_view> names = base::split(choices, ' ');
  std::string all;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == value) return i;
    all += i == 0 ? "`" : i + 1 == names.size() ? " or `" : ", `";
    all += std::string(names[i]) + "`";
  }
  throw bad_value(option, value, all);
}

}  // namespace ensure::bootstrap
