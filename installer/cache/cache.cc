#include "installer/cache/cache.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <utility>
#include <vector>

#include "installer/base/digest.h"
#include "installer/base/error.h"
#include "installer/base/secrets.h"
#include "installer/cache/cache_secret.h"
#include "installer/cache/entry.h"
#include "installer/cache/upkeep.h"

namespace ensure::cache {

namespace {

std::string without_credentials(std::string_view url);

/// The key of an entry, which the cache stores: the URL without credentials, or a digest of that if
/// it contains a secret.
std::string key_of(std::string_view url) {
  const std::string key = without_credentials(url);
  return base::holds_secret(key) ? "sha256:" + base::to_hex(base::sha256(key)) : key;
}

std::string without_credentials(std::string_view url) {
  const std::size_t start = url.find("://");
  if (start == std::string_view::npos) return std::string(url);
  const std::size_t host = start + 3;
  const std::size_t end = url.find_first_of("/?#", host);
  const std::size_t at = url.substr(0, end).rfind('@');
  if (at == std::string_view::npos || at < host) return std::string(url);
  return std::string(url.substr(0, host)) + std::string(url.substr(at + 1));
}

/// The name of the file for something that has no name of its own.
std::string name_for(std::string_view key) { return base::to_hex(base::sha256(key)); }

/// How fresh a page is stands before it, in a place of its own, as it changes more often than the
/// page: two numbers, and a checksum that binds them to the page.
constexpr std::size_t kFreshnessSize = 24;

std::string format_freshness(const Freshness& freshness, std::string_view page_digest) {
  const std::string bytes =
      format_number(static_cast<std::uint64_t>(freshness.fetched_at.time_since_epoch().count())) +
      format_number(static_cast<std::uint64_t>(freshness.max_age.count()));
  return bytes + base::sha256(bytes + std::string(page_digest)).substr(0, 8);
}

/// That of a page whose times cannot be read has passed.
Freshness parse_freshness(std::string_view bytes, std::string_view page_digest) {
  const Freshness freshness{
      .fetched_at = std::chrono::sys_seconds(
          std::chrono::seconds(static_cast<std::int64_t>(parse_number(bytes)))),
      .max_age = std::chrono::seconds(static_cast<std::int64_t>(parse_number(bytes.substr(8))))};
  return format_freshness(freshness, page_digest) == bytes ? freshness : Freshness{};
}

/// The file mapped into memory; nullopt if it does not exist or cannot be read.
std::optional<StoredFile> map(const Folder& folder, Bucket bucket, std::string_view name) {
  std::optional<Folder::Entry> entry = folder.open_file(bucket, name);
  if (!entry) return std::nullopt;
  const base::Path path = entry->bucket->path() / name;
  try {
    const auto file = std::make_shared<const base::MappedFile>(entry->file, path);
    const auto reopen = [bucket = std::move(entry->bucket), name = std::string(name)] {
      return base::Descriptor(openat(bucket->descriptor(), name.c_str(),
                                     O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    };
    return StoredFile{.bytes = file->bytes(), .keeper = file, .path = path, .reopen = reopen};
  } catch (const base::Error&) {
    return std::nullopt;
  }
}

/// Whether it can be the name of an entry: what callers give is checked, as it becomes a path.
bool is_sha256(std::string_view text) {
  constexpr std::size_t kDigits = 64;
  return text.size() == kDigits &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

Cache::Cache(base::Path path) : folder_(std::make_unique<Folder>(std::move(path))) {}

Cache Cache::disabled() { return Cache(base::Path()); }

std::optional<std::string> Cache::page_key(std::string_view url,
                                           std::string_view credentials) const {
  const std::optional<std::string> secret = cache_secret(*folder_);
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
  const std::optional<StoredFile> file = map(*folder_, Bucket::kPages, name_for(key));
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
  folder_->write(Bucket::kPages, name_for(key),
                 format_freshness(page.freshness, entry.substr(0, kEntryDigestSize)) + entry);
}

void Cache::renew_page(std::string_view url, const Freshness& freshness) const {
  const std::optional<Folder::Entry> entry =
      folder_->open_file(Bucket::kPages, name_for(key_of(url)), Folder::Access::kChange);
  if (!entry) return;
  // Written in place: a reader that sees half of it asks the server once more.
  const int file = entry->file.get();
  std::array<char, kEntryDigestSize> digest{};
  if (::pread(file, digest.data(), digest.size(), kFreshnessSize) !=
      static_cast<ssize_t>(digest.size())) {
    return;
  }
  const std::string bytes = format_freshness(freshness, {digest.data(), digest.size()});
  if (::pwrite(file, bytes.data(), bytes.size(), 0) < 0) return;
}

std::optional<std::string> Cache::find_metadata(std::string_view filename,
                                                std::string_view identity) const {
  const std::string key = key_of(identity);
  const std::optional<StoredFile> file =
      map(*folder_, Bucket::kMetadata, name_for(std::string(filename) + '\n' + key));
  if (!file) return std::nullopt;
  std::optional<Entry> entry = try_parse_entry(file->bytes, 2);
  if (!entry || entry->fields[0] != filename || entry->fields[1] != key) return std::nullopt;
  return std::move(entry->content);
}

void Cache::store_metadata(std::string_view filename, std::string_view identity,
                           std::string_view content) const {
  const std::string key = key_of(identity);
  folder_->write(Bucket::kMetadata, name_for(std::string(filename) + '\n' + key),
                 format_entry({filename, key}, content));
}

std::optional<StoredFile> Cache::find_wheel(std::string_view sha256) const {
  return is_sha256(sha256) ? map(*folder_, Bucket::kWheels, sha256) : std::nullopt;
}

std::unique_ptr<PendingFile> Cache::new_wheel(std::string_view sha256) const {
  if (!is_sha256(sha256)) return nullptr;
  std::optional<Slot> slot = folder_->prepare(Bucket::kWheels, sha256);
  if (!slot) return nullptr;
  auto file = std::make_unique<PendingFile>(*std::move(slot), folder_->problem());
  return file->is_good() ? std::move(file) : nullptr;
}

void Cache::drop_wheel(std::string_view sha256) const {
  if (is_sha256(sha256)) folder_->drop(Bucket::kWheels, sha256);
}

std::optional<StoredFile> Cache::find_source(std::string_view sha256) const {
  return is_sha256(sha256) ? map(*folder_, Bucket::kSources, sha256) : std::nullopt;
}

void Cache::store_source(std::string_view sha256, std::string_view bytes) const {
  if (is_sha256(sha256)) folder_->write(Bucket::kSources, sha256, bytes);
}

std::optional<Cache::BuiltWheel> Cache::find_built(std::string_view key) const {
  const std::optional<StoredFile> file = map(*folder_, Bucket::kBuilt, name_for(key));
  if (!file) return std::nullopt;
  std::optional<Entry> entry = try_parse_entry(file->bytes, 2);
  if (!entry || entry->fields[0] != key) return std::nullopt;
  return BuiltWheel{std::move(entry->fields[1]), std::move(entry->content)};
}

void Cache::store_built(std::string_view key, const BuiltWheel& wheel) const {
  folder_->write(Bucket::kBuilt, name_for(key), format_entry({key, wheel.filename}, wheel.bytes));
}

bool Cache::has_built(std::string_view key) const {
  return folder_->open_file(Bucket::kBuilt, name_for(key)).has_value();
}

std::optional<base::Directory> Cache::find_unpacked(std::string_view sha256) const {
  return is_sha256(sha256) ? folder_->open_folder(Bucket::kUnpacked, sha256) : std::nullopt;
}

std::unique_ptr<PendingFolder> Cache::new_unpacked(std::string_view sha256) const {
  std::optional<Slot> slot =
      is_sha256(sha256) ? folder_->prepare(Bucket::kUnpacked, sha256) : std::nullopt;
  if (!slot) return nullptr;
  try {
    return std::make_unique<PendingFolder>(*std::move(slot), folder_->problem());
  } catch (const base::FileError& error) {
    folder_->problem()->note(error);
    return nullptr;
  }
}

void Cache::drop_unpacked(std::string_view sha256) const {
  if (is_sha256(sha256)) folder_->drop(Bucket::kUnpacked, sha256);
}

Amount Cache::amount() const { return path().empty() ? Amount{} : amount_in(path()); }

Amount Cache::prune(std::chrono::hours unused) const {
  return path().empty() ? Amount{} : cache::prune(path(), unused);
}

Amount Cache::clean() const { return path().empty() ? Amount{} : cache::clean(path()); }

}  // namespace ensure::cache
