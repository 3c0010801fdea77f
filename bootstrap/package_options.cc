#include "bootstrap/package_options.h"

#include <array>

#include "bootstrap/option_values.h"

namespace ensure::bootstrap {

namespace {

constexpr std::string_view kPackages = "Packages";
constexpr std::string_view kIndex = "Where packages come from";
constexpr std::string_view kNetwork = "Network and cache";

using Request = ensure::bootstrap::Request;
using Value = const std::string&;

constexpr std::array kOptions{
    OptionInfo{
        kPackages, "-r, --requirement", "FILE",
        "install what FILE names: requirements.txt, pyproject.toml, pylock.toml, a script, -",
        [](Request& request, Value value) { request.packages.files.push_back(value); }},
    OptionInfo{
        kPackages, "-c, --constraint", "FILE", "bound versions by the requirements in FILE",
        [](Request& request, Value value) { request.packages.constraint_files.push_back(value); }},
    OptionInfo{kPackages, "--group", "[FILE:]NAME",
               "install a dependency group of pyproject.toml (PEP 735)",
               [](Request& request, Value value) { request.packages.groups.push_back(value); }},
    OptionInfo{kPackages, "-e, --editable", "PATH",
               "refused: a link to a project is left to pip, by the command that the message names",
               [](Request& request, Value value) { request.packages.editables.push_back(value); }},
    OptionInfo{kPackages, "--pre", "", "take pre-releases like any other version",
               [](Request& request, Value) { request.packages.pre = true; }},
    OptionInfo{kPackages, "--no-deps", "", "install no dependencies",
               [](Request& request, Value) { request.packages.no_deps = true; }},
    OptionInfo{kPackages, "--require-hashes", "", "refuse every package without a given digest",
               [](Request& request, Value) { request.packages.require_hashes = true; }},
    OptionInfo{
        kPackages, "--only-binary", "NAMES",
        "no source distributions of these projects; `:all:` for all",
        [](Request& request, Value value) { request.packages.formats.add_only_binary(value); }},
    OptionInfo{
        kPackages, "--no-binary", "NAMES",
        "no wheels of these projects, but build them; `:all:` for all",
        [](Request& request, Value value) { request.packages.formats.add_no_binary(value); }},
    OptionInfo{kPackages, "--build-sdists", "",
               "build source distributions where no wheel fits, and projects named by path or URL",
               [](Request& request, Value) { request.packages.build_sdists = true; }},
    OptionInfo{kPackages, "--exclude-newer", "DATE",
               "leave out what was uploaded after DATE, whose end is meant, or after a time",
               [](Request& request, Value value) {
                 request.packages.exclude_newer = time_value("--exclude-newer", value);
               }},
    OptionInfo{kPackages, "--resolution", "WHICH",
               "the versions to choose: highest (the default), lowest or lowest-direct",
               [](Request& request, Value value) {
                 request.packages.resolution = static_cast<ResolutionStrategy>(
                     choice_value("--resolution", value, "highest lowest lowest-direct"));
               }},
    OptionInfo{kPackages, "--sync", "", "remove what is not asked for",
               [](Request& request, Value) { request.packages.sync = true; }},
    OptionInfo{kPackages, "--allow-conflicts", "",
               "go ahead, with a warning, where installed packages lose what they require",
               [](Request& request, Value) { request.packages.allow_conflicts = true; }},
    OptionInfo{kPackages, "--dry-run", "", "tell what would change, and change nothing",
               [](Request& request, Value) { request.packages.dry_run = true; }},
    OptionInfo{kPackages, "--report", "FILE",
               "write pip's installation report to FILE; - prints it",
               [](Request& request, Value value) {
                 request.packages.report = path_value("--report", value).native();
               }},
    OptionInfo{kPackages, "--compile-bytecode", "", "compile the packages that are installed",
               [](Request& request, Value) { request.packages.compile_bytecode = true; }},

    OptionInfo{kIndex, "-i, --index-url", "URL", "the package index, instead of pip's default",
               [](Request& request, Value value) {
                 request.packages.index_url = address_value("--index-url", value);
               }},
    OptionInfo{kIndex, "--extra-index-url", "URL", "a further index, asked after those before it",
               [](Request& request, Value value) {
                 request.packages.extra_index_urls.push_back(
                     address_value("--extra-index-url", value));
               }},
    OptionInfo{kIndex, "--index-strategy", "WHICH",
               "first-index (the first that has a name wins, the default) or unsafe-best-match",
               [](Request& request, Value value) {
                 request.packages.index_strategy = static_cast<IndexStrategy>(
                     choice_value("--index-strategy", value, "first-index unsafe-best-match"));
               }},
    OptionInfo{kIndex, "-f, --find-links", "PLACE", "a folder or a page with links to files",
               [](Request& request, Value value) {
                 request.packages.find_links.push_back(address_value("--find-links", value));
               }},
    OptionInfo{kIndex, "--no-index", "", "ask no index, only `--find-links`",
               [](Request& request, Value) { request.packages.no_index = true; }},
    OptionInfo{kIndex, "--offline", "", "open no connection: the cache and local files only",
               [](Request& request, Value) { request.packages.offline = true; }},

    OptionInfo{kNetwork, "--cache-dir", "DIR", "the folder of the cache",
               [](Request& request, Value value) {
                 request.packages.cache_dir = path_value("--cache-dir", value);
               }},
    OptionInfo{kNetwork, "--no-cache", "", "neither read nor write a cache",
               [](Request& request, Value) { request.packages.no_cache = true; }},
    OptionInfo{kNetwork, "--link-mode", "MODE",
               "how files come out of the cache: clone, hardlink, copy or symlink",
               [](Request& request, Value value) {
                 (void)choice_value("--link-mode", value, "clone hardlink copy symlink");
                 request.packages.link_mode = install::try_parse_link_mode(value);
               }},
    OptionInfo{kNetwork, "--timeout", "SECONDS",
               "how long a server may be silent (default 15); it may drip four times as long",
               [](Request& request, Value value) {
                 request.packages.timeout = time_limit_value("--timeout", value);
               }},
    OptionInfo{kNetwork, "--retries", "COUNT", "how often a request is repeated (default 5)",
               [](Request& request, Value value) {
                 request.packages.retries = count_value("--retries", value);
               }},
    OptionInfo{kNetwork, "--proxy", "URL", "the proxy for all requests",
               [](Request& request, Value value) { request.packages.proxy = value; }},
    OptionInfo{kNetwork, "--cert", "FILE", "certificates to trust besides those of the system",
               [](Request& request, Value value) {
                 request.packages.certificates = path_value("--cert", value);
               }},
    OptionInfo{kNetwork, "--client-cert", "FILE", "our certificate and its key, in one PEM file",
               [](Request& request, Value value) {
                 request.packages.client_certificate = path_value("--client-cert", value);
               }},
    OptionInfo{
        kNetwork, "--trusted-host", "HOST", "a host whose certificate is not checked",
        [](Request& request, Value value) { request.packages.trusted_hosts.push_back(value); }},
    OptionInfo{kNetwork, "-j, --jobs", "COUNT", "connections at a time (default 16)",
               [](Request& request, Value value) {
                 request.packages.jobs = positive_count_value("--jobs", value);
               }},
};

}  // namespace

std::span<const OptionInfo> package_options() { return kOptions; }

}  // namespace ensure::bootstrap
