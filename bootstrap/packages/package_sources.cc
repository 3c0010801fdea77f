#include "bootstrap/packages/package_sources.h"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/base/path.h"
#include "installer/base/secrets.h"
#include "installer/base/url.h"

namespace ensure::bootstrap {

namespace {

/// More than any list of requirements has, in bytes.
constexpr std::uint64_t kLargestText = 32ULL << 20U;

/// An address of an index or a link page; without a scheme it is a path.
base::Url address(const std::string& text) try {
  const bool has_scheme = text.find("://") != std::string::npos || text.starts_with("file:");
  if (has_scheme) return given_url(text);
  const std::size_t at = text.rfind('@');
  const bool has_password = at != std::string::npos && text.find(':') < at;
  if (!has_password || base::file_status(text)) {
    return base::Url::from_path(base::absolute_path(text));
  }
  throw base::Error(base::ExitCode::kUsage, "`" + text + "` has no scheme and is not there")
      .with_hint("write an address with its scheme: `https://` before the user");
} catch (base::ParseError& error) {
  error.add_context("while reading the address of an index or of links");
  error.add_hint("write it like `https://index.example.org/simple/`");
  throw;
}

/// A file of the newest bundled pip; empty if that pip does not have it.
std::string file_of_pip(const bundled::Bundle& bundle, std::string_view path) {
  std::string content;
  if (bundle.wheels().empty()) return content;
  const bundled::BundledWheel& wheel = bundle.wheels().front();
  for (std::size_t part = 0; part < wheel.part_count() && content.empty(); ++part) {
    bundle.read_part(wheel, part, {}, [&](const bundled::BundledFile& file) {
      if (file.path == path) content = file.content;
    });
  }
  return content;
}

/// The address of the index that the newest bundled pip uses by default.
std::string default_index(const bundled::Bundle& bundle) {
  // PyPI = PackageIndex("https://…", …), and its index is at "simple" below.
  const std::string text = file_of_pip(bundle, "pip/_internal/models/index.py");
  const std::size_t start = text.find("PackageIndex(", text.find("\nPyPI"));
  const std::size_t begin = start == std::string::npos ? start : text.find('"', start);
  const std::size_t end = begin == std::string::npos ? begin : text.find('"', begin + 1);
  if (end == std::string::npos) {
    throw base::Error(base::ExitCode::kUsage, "the bundled pip does not name a package index")
        .with_hint("name one with `--index-url`");
  }
  std::string address = text.substr(begin + 1, end - begin - 1);
  if (!address.ends_with('/')) address += '/';
  return address + "simple/";
}

}  // namespace

std::string certificates(const bundled::Bundle& bundle) {
  return file_of_pip(bundle, "pip/_vendor/certifi/cacert.pem");
}

base::Url given_url(const std::string& text) {
  base::Url url = base::Url::parse(text);
  if (url.is_http() && base::has_stray_userinfo(text)) {
    throw base::Error(base::ExitCode::kUsage,
                      "`" + base::without_secrets(text) + "` has an `@` behind its host")
        .with_hint(
            "write `/`, `?`, `#` and `@` in a password as `%2F`, `%3F`, `%23` and `%40`, and an "
            "`@` in a path as `%40`");
  }
  return url;
}

bool is_web_address(std::string_view location) {
  const std::optional<base::Url> url = base::Url::try_parse(location);
  return url && url->is_http();
}

std::string load_text(net::HttpClient& client, const std::string& location, NamedBy named_by) {
  if (location == "-") return base::read_standard_input(kLargestText);
  if (is_web_address(location)) {
    net::Request request{.url = given_url(location)};
    request.size_limit = kLargestText;
    // A file from the web may include only files of its own server.
    request.is_named_by_user = true;
    const net::Response response = net::fetch(client, std::move(request));
    if (!response.is_success()) throw net::error_of(response);
    return response.body;
  }
  const bool is_file_url = location.starts_with("file:");
  const base::Path path = is_file_url ? base::Url::parse(location).to_path() : base::Path(location);
  return named_by == NamedBy::kUser ? base::read_stream(path, kLargestText)
                                    : base::read_file(path, kLargestText);
}

index::IndexSettings index_settings(const PackageRequest& request, const RequestedPackages& wanted,
                                    const bundled::Bundle& bundle) {
  index::IndexSettings settings;
  settings.no_index = request.no_index;
  if (!request.no_index) {
    const auto& chosen = request.index_url ? request.index_url : request.configured_index_url;
    settings.indexes.push_back(chosen ? address(*chosen) : base::Url::parse(default_index(bundle)));
    for (const std::string& url : request.extra_index_urls) {
      settings.indexes.push_back(address(url));
    }
  }
  for (const std::string& place : request.find_links) settings.find_links.push_back(address(place));
  settings.strategy = request.index_strategy;
  settings.offline = request.offline;
  settings.formats = request.formats;
  settings.build_sdists = request.build_sdists;
  settings.exclude_newer = request.exclude_newer;
  settings.require_hashes = request.require_hashes;
  for (const RequestedHashes& wanted_hashes : wanted.hashes) {
    std::vector<specs::HashOption>& hashes =
        settings.required_hashes[wanted_hashes.name.normalized()];
    hashes.insert(hashes.end(), wanted_hashes.hashes.begin(), wanted_hashes.hashes.end());
  }
  settings.resolution = request.resolution;
  settings.no_deps = request.no_deps;
  settings.wheels_needed = !request.dry_run;
  return settings;
}

}  // namespace ensure::bootstrap
