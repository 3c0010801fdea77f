#include "installer/index/metadata/metadata_form.h"

#include <unordered_set>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/specs/metadata/core_metadata.h"

namespace ensure::index {
namespace {

using resolve::Metadata;
using resolve::Unavailable;
using resolve::UnavailableReason;

/// A limit, because each different requirement takes some hundred bytes in the solver.
constexpr std::size_t kMostRequirements = 50'000;

MetadataResult refused(const std::string& why) {
  return {.answer = Unavailable{UnavailableReason::kMetadata,
                                "has metadata that cannot be used: " + why},
          .is_refused = true};
}

Metadata read(const specs::CoreMetadata& core) {
  Metadata metadata;
  metadata.requires_python = core.requires_python;
  std::unordered_set<std::string_view> known;
  for (const std::string& text : core.requires_dist) {
    if (!known.insert(text).second) continue;
    if (known.size() > kMostRequirements) {
      throw base::Error(
          base::ExitCode::kVerification,
          "there are more than " + std::to_string(kMostRequirements) + " requirements")
          .with_hint("require another version, or report it to the project");
    }
    metadata.requires_dist.push_back(specs::Requirement::parse(text));
  }
  for (const std::string& text : core.provides_extra) {
    // Nobody can require an extra with an invalid name.
    if (auto extra = specs::PackageName::try_parse(text)) {
      metadata.provides_extra.push_back(*std::move(extra));
    }
  }
  return metadata;
}

bool read_line(char kind, std::string_view text, Metadata& metadata) {
  if (kind == 'P') {
    metadata.requires_python = specs::SpecifierSet::try_parse(text);
    return metadata.requires_python.has_value();
  }
  if (kind == 'E') {
    auto extra = specs::PackageName::try_parse(text);
    if (extra) metadata.provides_extra.push_back(*std::move(extra));
    return !metadata.provides_extra.empty();
  }
  auto requirement = specs::Requirement::try_parse(text);
  if (kind != 'R' || !requirement) return false;
  metadata.requires_dist.push_back(*std::move(requirement));
  return true;
}

constexpr std::string_view kEnd = ".\n";

}  // namespace

MetadataResult read_metadata(std::string_view text, const specs::PackageName& name,
                             const specs::Version& version) {
  std::optional<specs::CoreMetadata> core;
  try {
    core = specs::CoreMetadata::parse(text);
  } catch (const base::Error& error) {
    return refused(error.message());
  }
  if (core->name != name || core->version != version) {
    return refused("it belongs to `" + core->name.as_written() + "` " + core->version.to_string());
  }
  try {
    return {.answer = read(*core)};
  } catch (const base::Error& error) {
    // Many old releases have such requirements.
    return {.answer = Unavailable{UnavailableReason::kMetadata,
                                  "has a requirement that cannot be read: " + error.message()}};
  }
}

std::string format_metadata(const Metadata& metadata) {
  std::string bytes;
  const auto add = [&bytes](char kind, const std::string& text) {
    bytes.append(1, kind).append(text).append(1, '\n');
  };
  if (metadata.requires_python) add('P', metadata.requires_python->to_string());
  for (const specs::PackageName& extra : metadata.provides_extra) add('E', extra.as_written());
  for (const specs::Requirement& requirement : metadata.requires_dist) {
    add('R', requirement.to_string());
  }
  return bytes.append(kEnd);
}

std::optional<Metadata> try_parse_metadata(std::string_view bytes) {
  if (!bytes.ends_with(kEnd)) return std::nullopt;
  bytes.remove_suffix(kEnd.size());
  Metadata metadata;
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    if (end == 0 || end == std::string_view::npos) return std::nullopt;
    if (!read_line(bytes.front(), bytes.substr(1, end - 1), metadata)) return std::nullopt;
    bytes.remove_prefix(end + 1);
  }
  return metadata;
}

}  // namespace ensure::index
