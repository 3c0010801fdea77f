#include "installer/install/installed/distribution.h"

#include <optional>
#include <string_view>
#include <utility>

#include "installer/base/digest.h"
#include "installer/base/error.h"
#include "installer/base/files.h"
#include "installer/base/text.h"
#include "installer/specs/metadata/record.h"

namespace ensure::install {

namespace {

namespace fs = std::filesystem;

std::optional<Distribution> try_read(const fs::path& directory, std::string_view entry) {
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

bool has_digest(const fs::path& path, const specs::RecordEntry& row) {
  const std::optional<base::DigestAlgorithm> algorithm =
      base::record_digest_algorithm(row.algorithm);
  if (!algorithm) return false;
  const base::MappedFile file(path);
  base::Hasher hasher(*algorithm);
  hasher.update(file.bytes());
  return base::to_base64url(hasher.finish()) == row.digest;
}

/// virtualenv lists the directories of bytecode, too, which are not there before it is written.
bool is_bytecode(std::string_view path) {
  return path.ends_with(".pyc") || path.ends_with("/__pycache__") || path == "__pycache__";
}

/// What is wrong with a file; none where nothing is.
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

}  // namespace

std::vector<Distribution> find_distributions(const fs::path& directory) {
  std::vector<Distribution> distributions;
  if (!base::file_status(directory)) return distributions;
  for (const std::string& entry : base::list_directory(directory)) {
    if (std::optional<Distribution> distribution = try_read(directory, entry)) {
      distributions.push_back(*std::move(distribution));
    }
  }
  return distributions;
}

std::vector<Distribution> find_distributions(const fs::path& directory,
                                             const specs::PackageName& name) {
  std::vector<Distribution> distributions = find_distributions(directory);
  std::erase_if(distributions, [&](const Distribution& distribution) {
    return distribution.name.normalized() != name.normalized();
  });
  return distributions;
}

std::string installer_of(const Distribution& distribution) {
  const std::string text =
      base::read_file_if_exists(distribution.dist_info / "INSTALLER", base::kSmallText)
          .value_or("");
  return std::string(base::trim(text));
}

specs::Headers metadata_headers(const Distribution& distribution) {
  const fs::path path = distribution.dist_info / "METADATA";
  std::string text = base::read_file_if_exists(path).value_or("");
  const std::size_t end = text.find("\n\n");
  if (end != std::string::npos) text.resize(end);  // the description may be long
  try {
    return specs::Headers::parse(text);
  } catch (base::Error& error) {
    error.add_context("in `" + path.native() + "`");
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

std::vector<Damage> find_damage(const Distribution& distribution, Thoroughness thoroughness) {
  const fs::path record = distribution.dist_info / "RECORD";
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

}  // namespace ensure::install
