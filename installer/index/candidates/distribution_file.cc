#include "installer/index/candidates/distribution_file.h"

#include <algorithm>
#include <array>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/text.h"

namespace ensure::index {
namespace {

int value_of(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  return -1;
}

}  // namespace

std::optional<std::string> digest_from_hexadecimal(base::DigestAlgorithm algorithm,
                                                   std::string_view text) {
  if (text.size() != 2 * base::digest_size(algorithm)) return std::nullopt;
  const std::string lower = base::to_lower(text);
  std::string bytes;
  for (std::size_t i = 0; i < lower.size(); i += 2) {
    const int high = value_of(lower[i]);
    const int low = value_of(lower[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

std::vector<KnownDigest> digests_of_fragment(const base::Url& url) {
  std::vector<KnownDigest> digests;
  const std::optional<std::string_view> fragment = url.fragment();
  if (!fragment) return digests;
  for (const std::string_view part : base::split(*fragment, '&')) {
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) continue;
    const auto algorithm = base::digest_algorithm(part.substr(0, equals));
    if (!algorithm) continue;
    std::optional<std::string> bytes = digest_from_hexadecimal(*algorithm, part.substr(equals + 1));
    if (!bytes) {
      throw base::Error(base::ExitCode::kUsage, "`" + url.redacted() +
                                                    "` ends in something that is no " +
                                                    std::string(name_of(*algorithm)))
          .with_hint("give the whole digest in hexadecimal, or leave it out");
    }
    digests.push_back({*algorithm, *std::move(bytes), DigestSource::kUrl});
  }
  return digests;
}

std::optional<std::string> FileRequest::sha256() const {
  const auto known =
      std::ranges::find(digests, base::DigestAlgorithm::kSha256, &KnownDigest::algorithm);
  if (known != digests.end()) return base::to_hex(known->bytes);
  if (accepted.size() == 1 && accepted.front().algorithm == "sha256") {
    return accepted.front().hexadecimal;
  }
  return std::nullopt;
}

bool has_strong_digest(const FileRequest& request) {
  const auto is_strong = [](const KnownDigest& known) { return base::is_strong(known.algorithm); };
  return !request.accepted.empty() || std::ranges::any_of(request.digests, is_strong);
}

std::string memory_key_of(const FileRequest& request) {
  std::string key = request.url.without_credentials().without_fragment().to_string();
  for (const KnownDigest& known : request.digests) {
    key += '#' + std::string(name_of(known.algorithm)) + '=' + base::to_hex(known.bytes);
  }
  return key;
}

DistributionFile given_file(specs::PackageName name, specs::Version version, FileRequest request,
                            bool is_wheel) {
  return {.name = std::move(name),
          .version = std::move(version),
          .is_wheel = is_wheel,
          .request = std::move(request),
          .upload_time = std::nullopt,
          .requires_python = std::nullopt,
          .yanked = std::nullopt,
          .provenance = {},
          .has_metadata = false,
          .metadata_digests = {},
          .origin = {}};
}

std::string identity_of(const DistributionFile& file) {
  std::string identity = file.request.url.without_fragment().without_credentials().to_string();
  for (const auto* digests : {&file.request.digests, &file.metadata_digests}) {
    if (digests->empty()) continue;
    const auto strong = std::ranges::find_if(
        *digests, [](const KnownDigest& known) { return base::is_strong(known.algorithm); });
    const KnownDigest& known = strong == digests->end() ? digests->front() : *strong;
    identity += ' ' + std::string(name_of(known.algorithm)) + '=' + base::to_hex(known.bytes);
  }
  return identity;
}

bool is_bound(const DistributionFile& file) {
  return !file.request.digests.empty() || (file.has_metadata && !file.metadata_digests.empty());
}

base::Url metadata_url(const base::Url& url) {
  std::string text = url.without_fragment().to_string();
  const std::size_t query = text.find('?');
  text.insert(query == std::string::npos ? text.size() : query, ".metadata");
  return base::Url::parse(text);
}

}  // namespace ensure::index
