#include "installer/index/downloads/wheel_cache.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "installer/base/error.h"
#include "installer/wheel/cached_wheel.h"
#include "installer/wheel/linkable_wheel.h"

namespace ensure::index {
namespace {

constexpr std::string_view kWheelOfUrl = "wheel sha256=";

/// Whether the cache can identify the file by its URL only.
bool goes_by_url(const FileRequest& request) {
  return !request.sha256() && request.accepted.empty();
}

std::string header_or_empty(const net::Response& response, std::string_view name) {
  return std::string(response.header(name).value_or(""));
}

/// A wheel from the cache. If it turns out to be damaged while it is read, it is removed from the
/// cache, so that the next run downloads it again.
class CachedSource final : public wheel::ForwardingSource<wheel::WheelSource> {
 public:
  CachedSource(std::shared_ptr<const wheel::WheelSource> wheel, const cache::Cache& cache,
               std::string sha256)
      : ForwardingSource(std::move(wheel)), cache_(cache), sha256_(std::move(sha256)) {}

  void read_part(std::size_t part, const Visitor& visit) const override try {
    wheel().read_part(part, visit);
  } catch (base::Error& error) {
    if (error.exit_code() != base::ExitCode::kVerification) throw;
    cache_.drop_wheel(sha256_);
    error.add_hint("the damaged copy was removed from the cache: run the command again");
    throw;
  }

 private:
  const cache::Cache& cache_;
  std::string sha256_;
};

}  // namespace

/// The SHA-256s that identify the file beyond doubt. Digests by other algorithms cannot be checked
/// on the cache's form of a wheel.
std::vector<std::string> WheelCache::keys_of(const FileRequest& request) const {
  const auto announced =
      std::ranges::find(request.digests, base::DigestAlgorithm::kSha256, &KnownDigest::algorithm);
  const std::optional<std::string> known = announced == request.digests.end()
                                               ? std::nullopt
                                               : std::optional(base::to_hex(announced->bytes));
  if (request.accepted.empty()) {
    return known ? std::vector<std::string>{*known} : std::vector<std::string>{};
  }
  if (!known && !request.digests.empty()) return {};
  std::vector<std::string> keys;
  for (const specs::HashOption& hash : request.accepted) {
    if (hash.algorithm != "sha256" || (known && *known != hash.hexadecimal)) continue;
    keys.push_back(hash.hexadecimal);
  }
  return keys;
}

std::optional<FetchedWheel> WheelCache::open(const FileRequest& request,
                                             const std::string& sha256) const {
  const std::optional<cache::CachedFile> file = cache_.find_wheel(sha256);
  if (!file) return std::nullopt;
  std::optional<wheel::WheelArchive> archive =
      wheel::open_cached_wheel(request.filename, sha256, file->bytes, file->keeper, file->reopen);
  if (!archive) {
    cache_.drop_wheel(sha256);
    return std::nullopt;
  }
  base::MappedFile::release(file->bytes);
  FetchedWheel wheel{.request = request,
                     .source = nullptr,
                     .archive = std::make_shared<const wheel::WheelArchive>(*std::move(archive)),
                     .sha256 = sha256,
                     .verification = {},
                     .from_cache = true};
  wheel.source = std::make_shared<const CachedSource>(wheel.archive, cache_, sha256);
  return wheel;
}

std::optional<FetchedWheel> WheelCache::find(const FileRequest& request) const {
  for (const std::string& key : keys_of(request)) {
    std::optional<FetchedWheel> wheel = open(request, key);
    if (!wheel) continue;
    wheel->verification = {
        request.accepted.empty() ? request.digests.front().source : DigestSource::kRequirement,
        base::DigestAlgorithm::kSha256};
    return wheel;
  }
  if (!offline_) return std::nullopt;
  const std::optional<cache::StoredPage> memory = recall(request);
  return memory ? find_remembered(request, memory->content) : std::nullopt;
}

bool WheelCache::may_have(const FileRequest& request) const {
  const std::vector<std::string> keys = keys_of(request);
  const bool has_one = std::ranges::any_of(
      keys, [this](const std::string& key) { return cache_.find_wheel(key).has_value(); });
  return has_one || (offline_ && recall(request));
}

std::optional<cache::StoredPage> WheelCache::recall(const FileRequest& request) const {
  if (!goes_by_url(request)) return std::nullopt;
  std::optional<cache::StoredPage> page = cache_.find_page(memory_key_of(request));
  if (!page || !page->content.starts_with(kWheelOfUrl)) return std::nullopt;
  page->content.erase(0, kWheelOfUrl.size());
  return cache_.find_wheel(page->content) ? page : std::nullopt;
}

void WheelCache::remember(const FileRequest& request, const std::string& sha256,
                          const net::Response& response) const {
  if (!goes_by_url(request)) return;
  cache_.store_page(memory_key_of(request),
                    {.content = std::string(kWheelOfUrl) + sha256,
                     .etag = header_or_empty(response, "ETag"),
                     .last_modified = header_or_empty(response, "Last-Modified"),
                     .freshness = {}});
}

std::optional<FetchedWheel> WheelCache::find_remembered(const FileRequest& request,
                                                        const std::string& sha256) const {
  std::optional<FetchedWheel> wheel = open(request, sha256);
  // Its digests were verified before it was stored, and are part of its key.
  if (wheel && !request.digests.empty()) {
    wheel->verification = {request.digests.front().source, request.digests.front().algorithm};
  }
  return wheel;
}

void WheelCache::store_while_read(FetchedWheel& wheel) const {
  if (wheel.from_cache) return;
  const std::shared_ptr<cache::PendingFile> file = cache_.new_wheel(wheel.sha256);
  if (!file) return;
  wheel.source = std::make_shared<const wheel::ArchivingWheel>(
      wheel.archive, wheel.sha256,
      [file](std::uint64_t offset, std::string_view bytes) { file->write_at(offset, bytes); },
      [file] { file->keep(); });
}

void WheelCache::unpack_while_read(FetchedWheel& wheel, wheel::LinkMode mode) const {
  const bool is_symbolic = mode == wheel::LinkMode::kSymlink;
  if (!is_symbolic && mode != wheel::LinkMode::kHardlink) return;
  if (is_symbolic && !cache_.has_lasting_paths()) return;
  if (std::optional<base::Directory> directory = cache_.find_unpacked(wheel.sha256)) {
    // A downloaded wheel has to be read anyway to write its form for the cache.
    if (!wheel.from_cache) return;
    auto linkable = std::make_shared<wheel::LinkableWheel>(wheel.archive, *std::move(directory));
    wheel.source = std::make_shared<const CachedSource>(std::move(linkable), cache_, wheel.sha256);
    return;
  }
  const std::shared_ptr<cache::PendingDirectory> pending = cache_.new_unpacked(wheel.sha256);
  if (!pending) return;
  const base::Path origin = is_symbolic ? pending->final_path() : pending->directory().path();
  wheel.source = std::make_shared<const wheel::CacheFillingWheel>(
      wheel.source,
      wheel::CacheFillingWheel::Target{
          .directory = &pending->directory(),
          .origin = origin.text(),
          .must_be_kept = is_symbolic,
          .give_up = [pending](const base::Error& error) { pending->note_failure(error); },
          .keep = [pending] { return pending->keep(); },
          .keeper = pending});
}

}  // namespace ensure::index
