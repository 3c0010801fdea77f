#include "installer/index/metadata/sdist_source.h"

#include <memory>
#include <string_view>
#include <utility>

#include "installer/base/digest.h"
#include "installer/base/file.h"
#include "installer/index/candidates/distribution_file.h"

namespace ensure::index {
namespace {

constexpr std::string_view kSourceOfUrl = "source sha256=";

/// Checks bytes that are all here.
FetchedSdist check(const FileRequest& request, KeptBytes content) {
  check_size(request, content.bytes.size());
  CheckedDigests checked = check_bytes(request, content.bytes);
  return {.content = std::move(content),
          .sha256 = std::move(checked.sha256),
          .verification = checked.verification};
}

}  // namespace

std::optional<std::string> SdistSource::sha256_of(const FileRequest& request) const {
  if (auto known = request.sha256()) return known;
  if (!offline_ || !request.accepted.empty()) return std::nullopt;
  const std::optional<cache::StoredPage> page = cache_.find_page(memory_key_of(request));
  if (!page || !page->content.starts_with(kSourceOfUrl)) return std::nullopt;
  return page->content.substr(kSourceOfUrl.size());
}

bool SdistSource::has(const FileRequest& request) const {
  if (request.url.is_file()) return true;
  const std::optional<std::string> sha256 = sha256_of(request);
  return sha256 && cache_.find_source(*sha256);
}

FetchedSdist SdistSource::fetch(const FileRequest& request) const {
  check_announced(request);
  if (request.url.is_file()) {
    const auto file = std::make_shared<const base::MappedFile>(request.url.to_path());
    return check(request, {file->bytes(), file});
  }
  if (!request.url.is_http()) throw refused_scheme(request);
  if (std::optional<FetchedSdist> stored = find(request)) return *std::move(stored);
  if (offline_) throw not_offline(request);
  FetchedSdist sdist = download(request);
  remember(request, sdist);
  return sdist;
}

std::optional<FetchedSdist> SdistSource::find(const FileRequest& request) const {
  const std::optional<std::string> sha256 = sha256_of(request);
  if (!sha256) return std::nullopt;
  const std::optional<cache::CachedFile> file = cache_.find_source(*sha256);
  if (!file || base::to_hex(base::sha256(file->bytes)) != *sha256) return std::nullopt;
  return check(request, {file->bytes, file->keeper});
}

FetchedSdist SdistSource::download(const FileRequest& request) const {
  const auto body = std::make_shared<FileBody>(algorithms_for(request), cache_.path());
  const net::Response response = net::fetch(client_, http_request(request), body);
  if (!response.is_success()) {
    throw net::error_of(response).with_context("while fetching `" + request.filename + "`");
  }
  return check(request, body->take());
}

void SdistSource::remember(const FileRequest& request, const FetchedSdist& sdist) const {
  cache_.store_source(sdist.sha256, sdist.content.bytes);
  if (request.sha256()) return;
  cache_.store_page(memory_key_of(request), {.content = std::string(kSourceOfUrl) + sdist.sha256,
                                             .etag = {},
                                             .last_modified = {},
                                             .freshness = {}});
}

}  // namespace ensure::index
