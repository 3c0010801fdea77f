#include "installer/index/candidates/distribution_file.h"

#include <algorithm>
#include <map>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/specs/pages/link_page.h"

namespace ensure::index {
namespace {

std::string described(base::DigestAlgorithm algorithm, std::string_view bytes) {
  return std::string(name_of(algorithm)) + ":" + base::to_hex(bytes);
}

std::string_view described(DigestSource source) {
  switch (source) {
    case DigestSource::kIndex:
      return "the index";
    case DigestSource::kRequirement:
      return "the requirements";
    case DigestSource::kLock:
      return "the lock file";
    case DigestSource::kUrl:
      return "its URL";
  }
  return {};
}

base::Error mismatch(const FileRequest& request, DigestSource source, const std::string& expected,
                     const std::string& got) {
  return base::Error(base::ExitCode::kVerification,
                     "`" + request.filename + "` is not the file that " +
                         std::string(described(source)) + " announced: expected `" + expected +
                         "`, got `" + got + "`")
      .with_context("while checking `" + request.url.redacted() + "`")
      .with_hint(
          "the file or the digest has been changed; find out by whom and why before you "
          "install it");
}

std::string described(const std::vector<specs::HashOption>& hashes) {
  std::string text;
  for (const specs::HashOption& hash : hashes) {
    text += (text.empty() ? "" : "`, `") + hash.algorithm + ':' + hash.hexadecimal;
  }
  return text;
}

bool is_accepted(const std::vector<specs::HashOption>& accepted, base::DigestAlgorithm algorithm,
                 const std::string& bytes) {
  return std::ranges::any_of(accepted, [&](const specs::HashOption& hash) {
    return hash.algorithm == name_of(algorithm) && hash.hexadecimal == base::to_hex(bytes);
  });
}

}  // namespace

std::optional<std::string> digest_from_hexadecimal(base::DigestAlgorithm algorithm,
                                                   std::string_view text) {
  std::string packed;
  const auto offer = specs::append_digest(packed, name_of(algorithm), text);
  if (offer != specs::DigestOffer::kTaken) return std::nullopt;
  return packed.substr(1);
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
      throw base::Error(base::ExitCode::kUsage, "`" + url.redacted() + "` ends in an invalid " +
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
          .request = std::move(request)};
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

std::set<base::DigestAlgorithm> algorithms_for(const FileRequest& request) {
  std::set<base::DigestAlgorithm> algorithms = {base::DigestAlgorithm::kSha256};
  for (const KnownDigest& known : request.digests) algorithms.insert(known.algorithm);
  for (const specs::HashOption& hash : request.accepted) {
    if (const auto algorithm = base::digest_algorithm(hash.algorithm))
      algorithms.insert(*algorithm);
  }
  return algorithms;
}

void check_announced(const FileRequest& request) {
  if (request.accepted.empty()) return;
  std::string contradiction;
  for (const specs::HashOption& hash : request.accepted) {
    const auto known = std::ranges::find_if(request.digests, [&hash](const KnownDigest& digest) {
      return name_of(digest.algorithm) == hash.algorithm;
    });
    // Only the file itself can show whether it matches.
    if (known == request.digests.end()) return;
    if (base::to_hex(known->bytes) == hash.hexadecimal) return;
    contradiction = described(known->algorithm, known->bytes);
  }
  throw mismatch(request, DigestSource::kRequirement, described(request.accepted), contradiction);
}

CheckedDigests check_digests(const FileRequest& request,
                             const std::function<std::string(base::DigestAlgorithm)>& digest) {
  std::map<base::DigestAlgorithm, std::string> real;
  for (const base::DigestAlgorithm algorithm : algorithms_for(request)) {
    real.emplace(algorithm, digest(algorithm));
  }
  CheckedDigests checked{.verification = {},
                         .sha256 = base::to_hex(real.at(base::DigestAlgorithm::kSha256))};
  Verification& verification = checked.verification;
  for (const KnownDigest& known : request.digests) {
    const std::string& got = real.at(known.algorithm);
    if (got != known.bytes) {
      throw mismatch(request, known.source, described(known.algorithm, known.bytes),
                     described(known.algorithm, got));
    }
    const bool is_better = !verification.source || base::is_strong(known.algorithm);
    if (is_better) verification = {known.source, known.algorithm};
  }
  if (request.accepted.empty()) return checked;
  for (const auto& [algorithm, bytes] : real) {
    if (!is_accepted(request.accepted, algorithm, bytes)) continue;
    verification = {DigestSource::kRequirement, algorithm};
    return checked;
  }
  const auto first = base::digest_algorithm(request.accepted.front().algorithm)
                         .value_or(base::DigestAlgorithm::kSha256);
  throw mismatch(request, DigestSource::kRequirement, described(request.accepted),
                 described(first, real.at(first)));
}

CheckedDigests check_bytes(const FileRequest& request, std::string_view bytes) {
  return check_digests(request, [bytes](base::DigestAlgorithm algorithm) {
    base::Hasher hasher(algorithm);
    hasher.update(bytes);
    return hasher.finish();
  });
}

void check_metadata(const DistributionFile& file, const base::Url& source, std::string_view bytes) {
  check_bytes({.filename = file.request.filename + ".metadata",
               .url = source,
               .size = std::nullopt,
               .digests = file.metadata_digests,
               .accepted = {}},
              bytes);
}

void check_size(const FileRequest& request, std::uint64_t size) {
  if (!request.size || *request.size == size) return;
  throw base::Error(base::ExitCode::kVerification,
                    "`" + request.filename + "` has " + std::to_string(size) +
                        " bytes instead of the " + std::to_string(*request.size) +
                        " that were announced")
      .with_context("while checking `" + request.url.redacted() + "`")
      .with_hint("run again; if that does not help, the index lists the file wrongly");
}

base::Error not_offline(const FileRequest& request) {
  return base::Error(base::ExitCode::kNetwork,
                     "`" + request.filename + "` is not in the cache, and the run is offline")
      .with_hint("run once without `--offline` to fill the cache");
}

base::Error refused_scheme(const FileRequest& request) {
  return base::Error(base::ExitCode::kUsage, "`" + request.url.redacted() +
                                                 "` cannot be fetched: it is neither on the web "
                                                 "nor a file")
      .with_hint("use a URL that begins with `https:`, `http:` or `file:`");
}

}  // namespace ensure::index
