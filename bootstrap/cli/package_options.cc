#include <array>

#include "bootstrap/cli/option_table.h"
#include "bootstrap/cli/option_values.h"

namespace ensure::bootstrap {

namespace {

constexpr std::string_view kPackages = "Packages";
constexpr std::string_view kIndex = "Where packages come from";
constexpr std::string_view kNetwork = "Network and cache";

using Value = const std::string&;

constexpr std::array kOptions{
    OptionInfo{kPackages, "-r, --requirement", "FILE",
               "install from requirements.txt, pyproject.toml, pylock.toml, script, -",
               add_value<&PackageRequest::files>},
    OptionInfo{kPackages, "-c, --constraint", "FILE",
               "restrict versions by the requirements in FILE",
               add_value<&PackageRequest::constraint_files>},
    OptionInfo{kPackages, "--group", "[FILE:]NAME",
               "install a dependency group of pyproject.toml (PEP 735)",
               add_value<&PackageRequest::groups>},
    OptionInfo{kPackages, "-e, --editable", "PATH",
               "refused: the message has the pip command that does it",
               add_value<&PackageRequest::editables>},
    OptionInfo{kPackages, "--pre", "", "choose pre-releases like any other version",
               set_flag<&PackageRequest::pre>},
    OptionInfo{kPackages, "--no-deps", "", "install no dependencies",
               set_flag<&PackageRequest::no_deps>},
    OptionInfo{kPackages, "--require-hashes", "",
               "refuse every package without a digest in the requirements",
               set_flag<&PackageRequest::require_hashes>},
    OptionInfo{
        kPackages, "--only-binary", "NAMES",
        "use no source distributions of these projects; `:all:` for all",
        [](Request& request, Value value) { request.packages.formats.add_only_binary(value); }},
    OptionInfo{
        kPackages, "--no-binary", "NAMES",
        "build these projects instead of using wheels; `:all:` for all",
        [](Request& request, Value value) { request.packages.formats.add_no_binary(value); }},
    OptionInfo{kPackages, "--build-sdists", "",
               "build sdists if no wheel fits, and projects named by path or URL",
               set_flag<&PackageRequest::build_sdists>},
    OptionInfo{kPackages, "--exclude-newer", "DATE",
               "ignore files uploaded after DATE (inclusive) or after a timestamp",
               [](Request& request, Value value) {
                 request.packages.exclude_newer = time_value("--exclude-newer", value);
               }},
    OptionInfo{kPackages, "--resolution", "WHICH",
               "the versions to choose: highest (default), lowest or lowest-direct",
               [](Request& request, Value value) {
                 request.packages.resolution = static_cast<resolve::ResolutionStrategy>(
                     choice_value("--resolution", value, "highest lowest lowest-direct"));
               }},
    OptionInfo{kPackages, "--sync", "", "remove packages that the request does not need",
               set_flag<&PackageRequest::sync>},
    OptionInfo{kPackages, "--allow-conflicts", "",
               "break requirements of installed packages, with a warning",
               set_flag<&PackageRequest::allow_conflicts>},
    OptionInfo{kPackages, "--dry-run", "", "print what would change, and change nothing",
               set_flag<&PackageRequest::dry_run>},
    OptionInfo{kPackages, "--report", "FILE",
               "write pip's installation report to FILE; - prints it",
               set_value<&PackageRequest::report>},
    OptionInfo{kPackages, "--compile-bytecode", "", "compile the installed packages to bytecode",
               set_flag<&PackageRequest::compile_bytecode>},

    OptionInfo{kIndex, "-i, --index-url", "URL", "use this package index instead of pip's default",
               set_value<&PackageRequest::index_url>},
    OptionInfo{kIndex, "--extra-index-url", "URL",
               "use this further index, after those named before it",
               add_value<&PackageRequest::extra_index_urls>},
    OptionInfo{kIndex, "--index-strategy", "WHICH",
               "first-index (default: the first that has a name) or unsafe-best-match",
               [](Request& request, Value value) {
                 request.packages.index_strategy = static_cast<index::IndexStrategy>(
                     choice_value("--index-strategy", value, "first-index unsafe-best-match"));
               }},
    OptionInfo{kIndex, "-f, --find-links", "PLACE",
               "use a directory, or a page with links to files",
               add_value<&PackageRequest::find_links>},
    OptionInfo{kIndex, "--no-index", "", "use no index, only `--find-links`",
               set_flag<&PackageRequest::no_index>},
    OptionInfo{kIndex, "--offline", "", "open no connection; use only the cache and local files",
               set_flag<&PackageRequest::offline>},

    OptionInfo{kNetwork, "--cache-dir", "DIR", "the cache directory",
               set_value<&PackageRequest::cache_dir>},
    OptionInfo{kNetwork, "--no-cache", "", "neither read nor write a cache",
               set_flag<&PackageRequest::no_cache>},
    OptionInfo{kNetwork, "--link-mode", "MODE",
               "how to take files from the cache: clone, hardlink, copy or symlink",
               [](Request& request, Value value) {
                 (void)choice_value("--link-mode", value, "clone hardlink copy symlink");
                 request.packages.link_mode = wheel::try_parse_link_mode(value);
               }},
    OptionInfo{kNetwork, "--timeout", "SECONDS",
               "give up on a server that sends nothing for so long (default 15)",
               [](Request& request, Value value) {
                 request.packages.timeout = seconds_value("--timeout", value, 1);
               }},
    OptionInfo{kNetwork, "--retries", "COUNT", "how often to repeat a failed request (default 5)",
               [](Request& request, Value value) {
                 request.packages.retries = count_value("--retries", value);
               }},
    OptionInfo{kNetwork, "--proxy", "URL", "use this proxy for all requests",
               set_value<&PackageRequest::proxy>},
    OptionInfo{kNetwork, "--cert", "FILE", "trust these certificates in addition to the system's",
               set_value<&PackageRequest::certificates>},
    OptionInfo{kNetwork, "--client-cert", "FILE",
               "the client certificate and its key, in one PEM file",
               set_value<&PackageRequest::client_certificate>},
    OptionInfo{kNetwork, "--trusted-host", "HOST", "do not check the certificate of this host",
               add_value<&PackageRequest::trusted_hosts>},
    OptionInfo{kNetwork, "-j, --jobs", "COUNT",
               "the number of simultaneous connections (default 16)",
               [](Request& request, Value value) {
                 request.packages.jobs = count_value("--jobs", value, 1);
               }},
};

}  // namespace

std::span<const OptionInfo> package_options() { return kOptions; }

}  // namespace ensure::bootstrap
