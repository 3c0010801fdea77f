#include "bootstrap/cli/package_options.h"

#include <array>

#include "bootstrap/cli/option_values.h"

namespace ensure::bootstrap {

namespace {

constexpr std::string_view kPackages = "Packages";
constexpr std::string_view kIndex = "Where packages come from";
constexpr std::string_view kNetwork = "Network and cache";

using Request = ensure::bootstrap::Request;
using Value = const std::string&;

constexpr std::array kOptions{
    OptionInfo{kPackages, "-r, --requirement", "FILE",
               "install from requirements.txt, pyproject.toml, pylock.toml, script, -",
               [](Request& request, Value value) { request.packages.files.push_back(value); }},
    OptionInfo{
        kPackages, "-c, --constraint", "FILE", "restrict versions by the requirements in FILE",
        [](Request& request, Value value) { request.packages.constraint_files.push_back(value); }},
    OptionInfo{kPackages, "--group", "[FILE:]NAME",
               "install a dependency group of pyproject.toml (PEP 735)",
               [](Request& request, Value value) { request.packages.groups.push_back(value); }},
    OptionInfo{kPackages, "-e, --editable", "PATH",
               "refused: the message has the pip command that does it",
               [](Request& request, Value value) { request.packages.editables.push_back(value); }},
    OptionInfo{kPackages, "--pre", "", "choose pre-releases like any other version",
               [](Request& request, Value) { request.packages.pre = true; }},
    OptionInfo{kPackages, "--no-deps", "", "install no dependencies",
               [](Request& request, Value) { request.packages.no_deps = true; }},
    OptionInfo{kPackages, "--require-hashes", "",
               "refuse every package without a digest in the requirements",
               [](Request& request, Value) { request.packages.require_hashes = true; }},
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
               [](Request& request, Value) { request.packages.build_sdists = true; }},
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
               [](Request& request, Value) { request.packages.sync = true; }},
    OptionInfo{kPackages, "--allow-conflicts", "",
               "break requirements of installed packages, with a warning",
               [](Request& request, Value) { request.packages.allow_conflicts = true; }},
    OptionInfo{kPackages, "--dry-run", "", "print what would change, and change nothing",
               [](Request& request, Value) { request.packages.dry_run = true; }},
    OptionInfo{kPackages, "--report", "FILE",
               "write pip's installation report to FILE; - prints it",
               [](Request& request, Value value) {
                 request.packages.report = path_value("--report", value).text();
               }},
    OptionInfo{kPackages, "--compile-bytecode", "", "compile the installed packages to bytecode",
               [](Request& request, Value) { request.packages.compile_bytecode = true; }},

    OptionInfo{kIndex, "-i, --index-url", "URL", "use this package index instead of pip's default",
               [](Request& request, Value value) {
                 request.packages.index_url = address_value("--index-url", value);
               }},
    OptionInfo{
        kIndex, "--extra-index-url", "URL", "use this further index, after those named before it",
        [](Request& request, Value value) {
          request.packages.extra_index_urls.push_back(address_value("--extra-index-url", value));
        }},
    OptionInfo{kIndex, "--index-strategy", "WHICH",
               "first-index (default: the first that has a name) or unsafe-best-match",
               [](Request& request, Value value) {
                 request.packages.index_strategy = static_cast<index::IndexStrategy>(
                     choice_value("--index-strategy", value, "first-index unsafe-best-match"));
               }},
    OptionInfo{kIndex, "-f, --find-links", "PLACE",
               "use a directory, or a page with links to files",
               [](Request& request, Value value) {
                 request.packages.find_links.push_back(address_value("--find-links", value));
               }},
    OptionInfo{kIndex, "--no-index", "", "use no index, only `--find-links`",
               [](Request& request, Value) { request.packages.no_index = true; }},
    OptionInfo{kIndex, "--offline", "", "open no connection; use only the cache and local files",
               [](Request& request, Value) { request.packages.offline = true; }},

    OptionInfo{kNetwork, "--cache-dir", "DIR", "the cache directory",
               [](Request& request, Value value) {
                 request.packages.cache_dir = path_value("--cache-dir", value);
               }},
    OptionInfo{kNetwork, "--no-cache", "", "neither read nor write a cache",
               [](Request& request, Value) { request.packages.no_cache = true; }},
    OptionInfo{kNetwork, "--link-mode", "MODE",
               "how to take files from the cache: clone, hardlink, copy or symlink",
               [](Request& request, Value value) {
                 (void)choice_value("--link-mode", value, "clone hardlink copy symlink");
                 request.packages.link_mode = wheel::try_parse_link_mode(value);
               }},
    OptionInfo{kNetwork, "--timeout", "SECONDS",
               "give up on a server that sends nothing for so long (default 15)",
               [](Request& request, Value value) {
                 request.packages.timeout = time_limit_value("--timeout", value);
               }},
    OptionInfo{kNetwork, "--retries", "COUNT", "how often to repeat a failed request (default 5)",
               [](Request& request, Value value) {
                 request.packages.retries = count_value("--retries", value);
               }},
    OptionInfo{kNetwork, "--proxy", "URL", "use this proxy for all requests",
               [](Request& request, Value value) { request.packages.proxy = value; }},
    OptionInfo{kNetwork, "--cert", "FILE", "trust these certificates in addition to the system's",
               [](Request& request, Value value) {
                 request.packages.certificates = path_value("--cert", value);
               }},
    OptionInfo{kNetwork, "--client-cert", "FILE",
               "the client certificate and its key, in one PEM file",
               [](Request& request, Value value) {
                 request.packages.client_certificate = path_value("--client-cert", value);
               }},
    OptionInfo{
        kNetwork, "--trusted-host", "HOST", "do not check the certificate of this host",
        [](Request& request, Value value) { request.packages.trusted_hosts.push_back(value); }},
    OptionInfo{kNetwork, "-j, --jobs", "COUNT",
               "the number of simultaneous connections (default 16)",
               [](Request& request, Value value) {
                 request.packages.jobs = positive_count_value("--jobs", value);
               }},
};

}  // namespace

std::span<const OptionInfo> package_options() { return kOptions; }

}  // namespace ensure::bootstrap
