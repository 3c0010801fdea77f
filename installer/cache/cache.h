#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "installer/base/files.h"
#include "installer/cache/amount.h"
#include "installer/cache/cache_directory.h"
#include "installer/cache/pending_file.h"
#include "installer/cache/pending_directory.h"
#include "installer/cache/stored_page.h"

namespace ensure::cache {

namespace fs = std::filesystem;

/// A file of the cache, mapped into memory. Removing it meanwhile does no harm.
struct StoredFile {
  std::string_view bytes;
  std::shared_ptr<const void> keeper;  ///< `bytes` stay as they are while it lives
  fs::path path;
  std::function<base::Descriptor()> reopen;  ///< opens it again; empty result once it is removed
};

/// What has been got from indexes before, for all targets of a user.
///
/// A directory with a bucket for each kind of content and version of its format ("pages-v3"), so
/// that two versions of this program never misread each other. Every entry is written to a
/// temporary file and renamed: a killed process leaves at most a temporary file, and processes do
/// not wait for each other. Entries that another user could have written count as missing
/// (`ownership.h`). The others have a checksum against damage, or the reader verifies them.
/// Failures to write (full disk, read-only cache, a directory of another user) and to read are
/// noted in `problem` and otherwise ignored: only `amount`, `prune` and `clean` throw. Several
/// threads may call all functions.
class Cache {
 public:
  /// A cache in the folder at `path`, which is made when something is kept for the first time.
  explicit Cache(fs::path path);

  /// One that keeps nothing (`--no-cache`).
  static Cache disabled();

  /// The folder; empty where the cache is disabled.
  [[nodiscard]] const fs::path& path() const { return folder_->path(); }

  /// Why the cache was not used, for a warning; none as long as it works.
  [[nodiscard]] std::optional<std::string> problem() const { return folder_->problem()->text(); }

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
  /// After "304 Not Modified": the page is as good as one fetched now.
  void renew_page(std::string_view url, const Freshness& freshness) const;

  /// What is known of one wheel before it is there (its METADATA, or a form of it). `identity` is
  /// what binds it: its URL, and digests that the index tells; `filename` is the wheel's.
  [[nodiscard]] std::optional<std::string> find_metadata(std::string_view filename,
                                                         std::string_view identity) const;
  void store_metadata(std::string_view filename, std::string_view identity,
                      std::string_view content) const;

  /// The stored form (`wheel::StoredWheel`) of the wheel whose published file has the SHA-256
  /// `sha256`, in hexadecimal.
  [[nodiscard]] std::optional<StoredFile> find_wheel(std::string_view sha256) const;
  /// A file for it, to be filled and kept; null where nothing can be kept.
  [[nodiscard]] std::unique_ptr<PendingFile> new_wheel(std::string_view sha256) const;
  /// Forgets one that turned out to be damaged.
  void drop_wheel(std::string_view sha256) const;

  /// The folder with the files of that wheel, for links; none where it is not there.
  [[nodiscard]] std::optional<base::Directory> find_unpacked(std::string_view sha256) const;
  /// A folder for them, to be filled and kept; null where nothing can be kept.
  [[nodiscard]] std::unique_ptr<PendingFolder> new_unpacked(std::string_view sha256) const;
  void drop_unpacked(std::string_view sha256) const;

  /// The source distribution with this SHA-256. It is not checked here: whoever reads it does.
  [[nodiscard]] std::optional<StoredFile> find_source(std::string_view sha256) const;
  void store_source(std::string_view sha256, std::string_view bytes) const;

  /// A wheel that was built here. `key` says of what, for which Python and how.
  struct BuiltWheel {
    std::string filename;
    std::string bytes;
  };
  [[nodiscard]] std::optional<BuiltWheel> find_built(std::string_view key) const;
  void store_built(std::string_view key, const BuiltWheel& wheel) const;
  [[nodiscard]] bool has_built(std::string_view key) const;

  /// See `Folder::has_lasting_paths`: if false, no link should lead into the cache.
  [[nodiscard]] bool has_lasting_paths() const { return folder_->has_lasting_paths(); }

  /// See `Folder::prepare_temporary`.
  [[nodiscard]] std::optional<fs::path> temporary_folder(std::string_view prefix) const {
    return folder_->prepare_temporary(prefix);
  }

  /// What is kept. This and the next two throw `Error` (`kFileSystem`) where the folder cannot be
  /// read or changed.
  [[nodiscard]] Amount amount() const;

  /// Removes what was not used for `unused`, what other versions of this program have kept, and
  /// what killed processes have left. A running installation keeps what it has found.
  Amount prune(std::chrono::hours unused) const;

  /// Removes everything that this program has put there, and nothing else.
  Amount clean() const;

 private:
  std::unique_ptr<Folder> folder_;
};

}  // namespace ensure::cache
