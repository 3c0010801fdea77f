#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "installer/base/directory.h"
#include "installer/base/file.h"
#include "installer/base/path.h"
#include "installer/cache/cache_directory.h"

namespace ensure::cache {

/// How long a page can be used without asking the server again (RFC 9111).
struct Freshness {
  std::chrono::sys_seconds fetched_at;  ///< or found to be unchanged
  std::chrono::seconds max_age{0};      ///< 0: ask the server every time

  bool operator==(const Freshness&) const = default;
};

/// A fetched page of an index.
struct StoredPage {
  std::string content;        ///< in the form that the caller chooses
  std::string etag;           ///< as the server sent it; may be empty
  std::string last_modified;  ///< likewise
  Freshness freshness;

  bool operator==(const StoredPage&) const = default;
};

/// A page in a file of the cache that is mapped into memory.
struct FoundPage {
  std::string_view content;
  std::shared_ptr<const void> keeper;  ///< keeps `content` valid
  std::string etag;
  std::string last_modified;
  Freshness freshness;
};

/// A file of the cache, mapped into memory. It stays readable if it is removed meanwhile.
struct CachedFile {
  std::string_view bytes;
  std::shared_ptr<const void> keeper;  ///< keeps `bytes` valid
  std::function<base::File()> reopen;  ///< opens it again; no file once it is removed
};

/// The cache of a user: pages of indexes, metadata, wheels and source distributions.
///
/// A directory with a bucket for each kind of content and version of its format ("pages-v3"), so
/// that two versions of this program never misread each other. Every entry is written to a
/// temporary file and renamed: a killed process leaves at most a temporary file, and processes do
/// not wait for each other. Entries that another user could have written count as missing
/// (`CacheDirectory`). The others have a checksum against damage, or the reader verifies them.
/// No function throws: a failure to write (full disk, read-only cache, a directory of another user)
/// or to read is noted in `failure`. Thread-safe.
class Cache {
 public:
  /// A cache in the directory at `path`, which the first write creates.
  explicit Cache(base::Path path);

  /// A cache that keeps nothing (`--no-cache`).
  static Cache disabled();

  /// The directory; empty if the cache is disabled.
  [[nodiscard]] const base::Path& path() const { return directory_->path(); }

  /// Why the cache was not used, for a warning; nullopt as long as it works.
  [[nodiscard]] std::optional<std::string> failure() const { return directory_->failure(); }

  /// The key of a page that a server gives only for `credentials`: the URL and a keyed digest of
  /// them. Only this cache has the key of the digest, so it gives away nothing about the
  /// credentials. Nullopt if the cache cannot keep that key.
  [[nodiscard]] std::optional<std::string> page_key(std::string_view url,
                                                    std::string_view credentials) const;

  /// A page of an index, by its URL or by `page_key`. Ignores credentials in the URL.
  [[nodiscard]] std::optional<StoredPage> find_page(std::string_view url) const;
  /// Like `find_page` without a copy, for large pages.
  [[nodiscard]] std::optional<FoundPage> view_page(std::string_view url) const;
  void store_page(std::string_view url, const StoredPage& page) const;
  /// Updates only the freshness, after "304 Not Modified".
  void renew_page(std::string_view url, const Freshness& freshness) const;

  /// The METADATA of a wheel, or a form of it. `filename` is the wheel's; `identity` is its URL
  /// with the digests that the index publishes.
  [[nodiscard]] std::optional<std::string> find_metadata(std::string_view filename,
                                                         std::string_view identity) const;
  void store_metadata(std::string_view filename, std::string_view identity,
                      std::string_view content) const;

  /// The cached form (`wheel::CachedWheelLayout`) of the wheel whose published file has the SHA-256
  /// `sha256`, in hexadecimal.
  [[nodiscard]] std::optional<CachedFile> find_wheel(std::string_view sha256) const;
  /// A file for the caller to fill and keep; null if the cache cannot be written.
  [[nodiscard]] std::unique_ptr<PendingFile> new_wheel(std::string_view sha256) const;
  /// Removes a wheel that turned out to be damaged.
  void drop_wheel(std::string_view sha256) const;

  /// The directory with the unpacked files of that wheel, for links.
  [[nodiscard]] std::optional<base::Directory> find_unpacked(std::string_view sha256) const;
  /// A directory for the caller to fill and keep; null if the cache cannot be written.
  [[nodiscard]] std::unique_ptr<PendingDirectory> new_unpacked(std::string_view sha256) const;

  /// The source distribution with this SHA-256, which the reader must check.
  [[nodiscard]] std::optional<CachedFile> find_source(std::string_view sha256) const;
  void store_source(std::string_view sha256, std::string_view bytes) const;

  /// A wheel that was built on this machine. `key` identifies the source, the Python and the
  /// build settings.
  struct BuiltWheel {
    std::string filename;
    std::string bytes;
  };
  [[nodiscard]] std::optional<BuiltWheel> find_built(std::string_view key) const;
  void store_built(std::string_view key, const BuiltWheel& wheel) const;
  [[nodiscard]] bool has_built(std::string_view key) const;

  /// See `CacheDirectory::has_lasting_paths`: if false, no link should lead into the cache.
  [[nodiscard]] bool has_lasting_paths() const { return directory_->has_lasting_paths(); }

  /// See `CacheDirectory::prepare_temporary`.
  [[nodiscard]] std::optional<base::Path> temporary_directory(std::string_view prefix) const {
    return directory_->prepare_temporary(prefix);
  }

 private:
  std::unique_ptr<CacheDirectory> directory_;
};

}  // namespace ensure::cache
