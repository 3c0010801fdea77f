#include "installer/cache/cache.h"

#include <array>
#include <utility>
#include <vector>

#include "installer/base/digest.h"
#include "installer/base/error.h"
#include "installer/base/placement.h"
#include "installer/base/process.h"
#include "installer/base/secrets.h"
#include "installer/cache/entry.h"

namespace ensure::cache {

namespace {

std::string without_credentials(std::string_view url) {
  const std::size_t start = url.find("://");
  if (start == std::string_view::npos) return std::string(url);
  const std::size_t host = start + 3;
  const std::size_t end = url.find_first_of("/?#", host);
  const std::size_t at = url.substr(0, end).rfind('@');
  if (at == std::string_view::npos || at < host) return std::string(url);
  return std::string(url.substr(0, host)) + std::string(url.substr(at + 1));
}

/// The key of an entry, which the cache stores: the URL without credentials, or a digest of that if
/// it contains a secret.
std::string key_of(std::string_view url) {
  const std::string key = without_credentials(url);
  return base::holds_secret(key) ? "sha256:" + base::to_hex(base::sha256(key)) : key;
}

/// The file name of an entry with this key.
std::string name_for(std::string_view key) { return base::to_hex(base::sha256(key)); }

/// The freshness comes before the page, with a checksum of its own that binds it to the page,
/// because it changes more often: two numbers and the checksum.
constexpr std::size_t kFreshnessSize = 24;

std::string format_freshness(const Freshness& freshness, std::string_view page_digest) {
  const std::string bytes =
      format_number(static_cast<std::uint64_t>(freshness.fetched_at.time_since_epoch().count())) +
      format_number(static_cast<std::uint64_t>(freshness.max_age.count()));
  return bytes + base::sha256(bytes + std::string(page_digest)).substr(0, 8);
}

/// A page whose times cannot be read is stale.
Freshness parse_freshness(std::string_view bytes, std::string_view page_digest) {
  const Freshness freshness{
      .fetched_at = std::chrono::sys_seconds(
          std::chrono::seconds(static_cast<std::int64_t>(parse_number(bytes)))),
      .max_age = std::chrono::seconds(static_cast<std::int64_t>(parse_number(bytes.substr(8))))};
  return format_freshness(freshness, page_digest) == bytes ? freshness : Freshness{};
}

/// The file mapped into memory; nullopt if it does not exist or cannot be read.
std::optional<CachedFile> map(const CacheDirectory& cache, Bucket bucket, std::string_view name) {
  std::optional<CacheDirectory::OpenFile> entry = cache.open_file(bucket, name);
  if (!entry) return std::nullopt;
  try {
    const auto file = std::make_shared<const base::MappedFile>(entry->file);
    const auto reopen = [bucket = std::move(entry->bucket), name = std::string(name)] {
      try {
        return bucket->open_file(name).value_or(base::File());
      } catch (const base::FileError&) {
        return base::File();
      }
    };
    return CachedFile{.bytes = file->bytes(), .keeper = file, .reopen = reopen};
  } catch (const base::Error&) {
    return std::nullopt;
  }
}

/// Names of entries are checked, because they become paths.
bool is_sha256(std::string_view text) {
  constexpr std::size_t kDigits = 64;
  return text.size() == kDigits &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// A key of 32 random bytes that only the owner of this cache can read, in the bucket of pages.
constexpr std::string_view kSecretName = "secret";
constexpr std::size_t kSecretSize = 32;

/// The content of the secret file; nullopt unless only this user can read and write it.
std::optional<std::string> read_secret(const CacheDirectory& cache) {
  const std::optional<CacheDirectory::OpenFile> entry =
      cache.open_file(Bucket::kPages, kSecretName, CacheDirectory::Access::kReadAndWrite);
  if (!entry) return std::nullopt;
  constexpr std::uint32_t kOthers = 077;
  std::string bytes(kSecretSize, '\0');
  try {
    const base::FileStatus status = entry->file.status();
    if (!status.is_private() || (status.mode & kOthers) != 0) return std::nullopt;
    entry->file.read_at(0, bytes.data(), kSecretSize);
  } catch (const base::FileError&) {
    return std::nullopt;
  }
  // Keep it from being pruned as long as it is in use.
  entry->file.set_changed_now();
  return bytes;
}

/// Creates the secret under a temporary name and renames it, unless another process was faster.
void create_secret(const PendingNames& names) {
  const std::optional<std::string> bytes = base::random_bytes(kSecretSize);
  if (!bytes) return;
  try {
    names.temporary->write_file(names.temporary_name, *bytes, base::Permissions::kPrivate);
    base::rename_to_free_name({*names.temporary, names.temporary_name},
                              {*names.bucket, names.name});
  } catch (const base::FileError&) {
    names.temporary->remove_file(names.temporary_name);
  }
}

/// The secret, which the first call creates; nullopt if the cache cannot keep it.
std::optional<std::string> cache_secret(const CacheDirectory& cache) {
  if (auto known = read_secret(cache)) return known;
  if (const auto names = cache.prepare(Bucket::kPages, kSecretName)) create_secret(*names);
  return read_secret(cache);
}

}  // namespace

Cache::Cache(base::Path path) : directory_(std::make_unique<CacheDirectory>(std::move(path))) {}

Cache Cache::disabled() { return Cache(base::Path()); }

std::optional<std::string> Cache::page_key(std::string_view url,
                                           std::string_view credentials) const {
  const std::optional<std::string> secret = cache_secret(*directory_);
  if (!secret) return std::nullopt;
  return key_of(url) + " for " + base::to_hex(base::hmac_sha256(*secret, credentials));
}

std::optional<StoredPage> Cache::find_page(std::string_view url) const {
  std::optional<FoundPage> found = view_page(url);
  if (!found) return std::nullopt;
  return StoredPage{.content = std::string(found->content),
                    .etag = std::move(found->etag),
                    .last_modified = std::move(found->last_modified),
                    .freshness = found->freshness};
}

std::optional<FoundPage> Cache::view_page(std::string_view url) const {
  const std::string key = key_of(url);
  const std::optional<CachedFile> file = map(*directory_, Bucket::kPages, name_for(key));
  if (!file || file->bytes.size() < kFreshnessSize + kEntryDigestSize) return std::nullopt;
  const std::string_view all = file->bytes;
  const std::optional<EntryView> entry = try_view_entry(all.substr(kFreshnessSize), 3);
  if (!entry || entry->fields[0] != key) return std::nullopt;
  return FoundPage{.content = entry->content,
                   .keeper = file->keeper,
                   .etag = std::string(entry->fields[1]),
                   .last_modified = std::string(entry->fields[2]),
                   .freshness = parse_freshness(all.substr(0, kFreshnessSize),
                                                all.substr(kFreshnessSize, kEntryDigestSize))};
}

void Cache::store_page(std::string_view url, const StoredPage& page) const {
  const std::string key = key_of(url);
  const std::string entry = format_entry({key, page.etag, page.last_modified}, page.content);
  directory_->write(Bucket::kPages, name_for(key),
                    format_freshness(page.freshness, entry.substr(0, kEntryDigestSize)) + entry);
}

void Cache::renew_page(std::string_view url, const Freshness& freshness) const {
  const std::optional<CacheDirectory::OpenFile> entry = directory_->open_file(
      Bucket::kPages, name_for(key_of(url)), CacheDirectory::Access::kReadAndWrite);
  if (!entry) return;
  // Written in place: a reader that sees half of it asks the server once more.
  std::array<char, kEntryDigestSize> digest{};
  try {
    entry->file.read_at(kFreshnessSize, digest.data(), digest.size());
    entry->file.write_at(0, format_freshness(freshness, {digest.data(), digest.size()}));
  } catch (const base::FileError&) {
    return;  // the server is asked again
  }
}

std::optional<std::string> Cache::find_metadata(std::string_view filename,
                                                std::string_view identity) const {
  const std::string key = key_of(identity);
  const std::optional<CachedFile> file =
      map(*directory_, Bucket::kMetadata, name_for(std::string(filename) + '\n' + key));
  if (!file) return std::nullopt;
  const std::optional<EntryView> entry = try_view_entry(file->bytes, 2);
  if (!entry || entry->fields[0] != filename || entry->fields[1] != key) return std::nullopt;
  return std::string(entry->content);
}

void Cache::store_metadata(std::string_view filename, std::string_view identity,
                           std::string_view content) const {
  const std::string key = key_of(identity);
  directory_->write(Bucket::kMetadata, name_for(std::string(filename) + '\n' + key),
                    format_entry({filename, key}, content));
}

std::optional<CachedFile> Cache::find_wheel(std::string_view sha256) const {
  return is_sha256(sha256) ? map(*directory_, Bucket::kWheels, sha256) : std::nullopt;
}

std::unique_ptr<PendingFile> Cache::new_wheel(std::string_view sha256) const {
  return is_sha256(sha256) ? directory_->start<PendingFile>(Bucket::kWheels, sha256) : nullptr;
}

void Cache::drop_wheel(std::string_view sha256) const {
  if (is_sha256(sha256)) directory_->remove(Bucket::kWheels, sha256);
}

std::optional<CachedFile> Cache::find_source(std::string_view sha256) const {
  return is_sha256(sha256) ? map(*directory_, Bucket::kSources, sha256) : std::nullopt;
}

void Cache::store_source(std::string_view sha256, std::string_view bytes) const {
  if (is_sha256(sha256)) directory_->write(Bucket::kSources, sha256, bytes);
}

std::optional<Cache::BuiltWheel> Cache::find_built(std::string_view key) const {
  const std::optional<CachedFile> file = map(*directory_, Bucket::kBuilt, name_for(key));
  if (!file) return std::nullopt;
  const std::optional<EntryView> entry = try_view_entry(file->bytes, 2);
  if (!entry || entry->fields[0] != key) return std::nullopt;
  return BuiltWheel{std::string(entry->fields[1]), std::string(entry->content)};
}

void Cache::store_built(std::string_view key, const BuiltWheel& wheel) const {
  directory_->write(Bucket::kBuilt, name_for(key),
                    format_entry({key, wheel.filename}, wheel.bytes));
}

bool Cache::has_built(std::string_view key) const {
  return directory_->open_file(Bucket::kBuilt, name_for(key)).has_value();
}

std::optional<base::Directory> Cache::find_unpacked(std::string_view sha256) const {
  return is_sha256(sha256) ? directory_->open_directory(Bucket::kUnpacked, sha256) : std::nullopt;
}

std::unique_ptr<PendingDirectory> Cache::new_unpacked(std::string_view sha256) const {
  return is_sha256(sha256) ? directory_->start<PendingDirectory>(Bucket::kUnpacked, sha256)
                           : nullptr;
}

}  // namespace ensure::cache
