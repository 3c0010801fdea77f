#include "installer/install/installed/distribution.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "installer/base/digest.h"
#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/specs/metadata/record.h"

namespace ensure::install {

namespace {

std::optional<Distribution> try_read(const base::Path& directory, std::string_view entry) {
  constexpr std::string_view kSuffix = ".dist-info";
  if (!entry.ends_with(kSuffix)) return std::nullopt;
  const std::string_view stem = entry.substr(0, entry.size() - kSuffix.size());
  const std::size_t dash = stem.rfind('-');
  if (dash == std::string_view::npos) return std::nullopt;
  std::optional<specs::PackageName> name = specs::PackageName::try_parse(stem.substr(0, dash));
  std::optional<specs::Version> version = specs::Version::try_parse(stem.substr(dash + 1));
  if (!name || !version) return std::nullopt;
  return Distribution{*std::move(name), *std::move(version), directory, directory / entry};
}

bool has_digest(const base::Path& path, const specs::RecordEntry& row) {
  const std::optional<base::DigestAlgorithm> algorithm =
      base::record_digest_algorithm(row.algorithm);
  if (!algorithm) return false;
  const base::MappedFile file(path);
  base::Hasher hasher(*algorithm);
  hasher.update(file.bytes());
  return base::to_base64url(hasher.finish()) == row.digest;
}

/// virtualenv also lists the directories of bytecode, which do not exist before it is written.
bool is_bytecode(std::string_view path) {
  return path.ends_with(".pyc") || path.ends_with("/__pycache__") || path == "__pycache__";
}

std::optional<Damage::Kind> damage_of(const base::Directory& directory,
                                      const specs::RecordEntry& row, Thoroughness thoroughness) {
  const std::optional<base::FileStatus> status = directory.link_status(row.path);
  if (!status) return Damage::Kind::kMissing;
  const bool same_size =
      status->type == base::FileType::kRegular && (!row.size || *row.size == status->size);
  const bool same = same_size && (thoroughness == Thoroughness::kSize || row.digest.empty() ||
                                  has_digest(directory.path() / row.path, row));
  return same ? std::nullopt : std::optional(Damage::Kind::kChanged);
}

/// `path` with the links in its parent directories resolved; nullopt if it does not exist. The
/// entry itself may be a link.
std::optional<base::Path> resolved_entry(const base::Path& path) {
  const std::optional<base::Path> parent = base::real_path(path.parent_path());
  if (!parent || !base::link_status(path)) return std::nullopt;
  return *parent / path.filename();
}

/// Whether `has_content_of` compares the file: not those that the installer itself writes.
bool is_compared(const specs::RecordEntry& row) {
  constexpr std::array<std::string_view, 4> kInstallerFiles = {"/INSTALLER", "/REQUESTED",
                                                               "/RECORD", "/direct_url.json"};
  const std::string_view path = row.path;
  if (row.digest.empty() || path.starts_with("../") || path.starts_with('/')) return false;
  const std::string_view top = path.substr(0, path.find('/'));
  if (top.ends_with(".data")) return false;
  return !top.ends_with(".dist-info") ||
         std::ranges::none_of(kInstallerFiles,
                              [path](std::string_view name) { return path.ends_with(name); });
}

std::map<std::string, std::string> digests_of(const std::vector<specs::RecordEntry>& rows) {
  std::map<std::string, std::string> digests;
  for (const specs::RecordEntry& row : rows) {
    if (is_compared(row)) digests.emplace(row.path, row.algorithm + '=' + row.digest);
  }
  return digests;
}

}  // namespace

std::vector<Distribution> find_distributions(const base::Path& site_packages) {
  std::vector<Distribution> distributions;
  if (!base::file_status(site_packages)) return distributions;
  for (const std::string& entry : base::list_directory(site_packages)) {
    if (std::optional<Distribution> distribution = try_read(site_packages, entry)) {
      distributions.push_back(*std::move(distribution));
    }
  }
  return distributions;
}

std::vector<Distribution> find_distributions(const base::Path& site_packages,
                                             const specs::PackageName& name) {
  std::vector<Distribution> distributions = find_distributions(site_packages);
  std::erase_if(distributions, [&](const Distribution& distribution) {
    return distribution.name.normalized() != name.normalized();
  });
  return distributions;
}

specs::Headers metadata_headers(const Distribution& distribution) {
  const base::Path path = distribution.dist_info / "METADATA";
  std::string text = base::read_file_if_exists(path).value_or("");
  const std::size_t end = text.find("\n\n");
  if (end != std::string::npos) text.resize(end);  // the description may be long
  try {
    return specs::Headers::parse(text);
  } catch (base::Error& error) {
    error.add_context("in `" + path.text() + "`");
    throw;
  }
}

std::vector<specs::RecordEntry> recorded_rows(const Distribution& distribution) {
  const std::optional<std::string> text =
      base::read_file_if_exists(distribution.dist_info / "RECORD");
  try {
    return specs::parse_record(text.value_or(""));
  } catch (const base::ParseError&) {
    return {};
  }
}

std::vector<base::Path> recorded_paths(const Distribution& distribution, const base::Path& target,
                                       const std::vector<base::Path>& excluded) {
  std::vector<base::Path> paths;
  const std::optional<base::Path> top = base::real_path(target);
  if (!top) return paths;
  std::vector<base::Path> outside;
  for (const base::Path& path : excluded) {
    if (std::optional<base::Path> entry = resolved_entry(path))
      outside.push_back(*std::move(entry));
  }
  for (const specs::RecordEntry& row : recorded_rows(distribution)) {
    if (row.path.ends_with('/')) continue;
    const std::optional<base::Path> path =
        resolved_entry((distribution.site_packages / row.path).lexically_normal());
    if (!path || !base::is_at_or_below(*path, *top)) continue;
    const auto contains_path = [&path](const base::Path& directory) {
      return base::is_at_or_below(*path, directory);
    };
    if (std::ranges::none_of(outside, contains_path)) paths.push_back(*path);
  }
  return paths;
}

std::string module_of_bytecode(std::string_view path) {
  constexpr std::string_view kCache = "__pycache__/";
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos || !path.ends_with(".pyc")) return {};
  const std::string_view directory = path.substr(0, slash + 1);
  const std::string_view above =
      directory.substr(0, directory.size() - std::min(directory.size(), kCache.size()));
  if (!directory.ends_with(kCache) || (!above.empty() && !above.ends_with('/'))) return {};
  const std::string_view name = path.substr(slash + 1);
  return std::string(above).append(name.substr(0, name.find('.'))).append(".py");
}

std::vector<Damage> find_damage(const Distribution& distribution, Thoroughness thoroughness) {
  const base::Path record = distribution.dist_info / "RECORD";
  const std::optional<std::string> text = base::read_file_if_exists(record);
  if (!text) return {{record, Damage::Kind::kMissing}};
  const base::Directory directory = base::Directory::open(
      base::real_path(distribution.site_packages).value_or(distribution.site_packages));
  std::vector<Damage> damages;
  specs::each_record_row(*text, [&](const specs::RecordEntry& row) {
    const std::string_view path = row.path;
    if (path.starts_with('/') || path.ends_with('/') || is_bytecode(path)) return;
    if (const std::optional<Damage::Kind> kind = damage_of(directory, row, thoroughness)) {
      damages.push_back({distribution.site_packages / row.path, *kind});
    }
  });
  return damages;
}

bool has_content_of(const Distribution& installed, const wheel::WheelSource& wheel) {
  const std::string record = wheel.dist_info_file("RECORD").value_or("");
  return digests_of(recorded_rows(installed)) == digests_of(specs::parse_record(record));
}

}  // namespace ensure::install
