#include "installer/cache/cache_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/files.h"
#include "installer/cache/ownership.h"
#include "installer/cache/pending_file.h"

namespace ensure::cache {

namespace {

constexpr std::array<std::string_view, kBucketCount> kBuckets = {
    "pages-v3",   "metadata-v2", "wheels-v2",   "unpacked-v1",
    "sources-v1", "built-v1",    "temporary-v1"};

/// Backup programs leave out folders that hold this (bford.info/cachedir).
constexpr std::string_view kTag =
    "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# This folder is a cache of `ensure`. Everything in it can be removed at any time.\n";

/// Follows no links, and does not wait for the writer of a pipe.
constexpr int kOpenEntry = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

bool is_private(const struct stat& raw) {
  base::FileStatus status{};
  status.mode = raw.st_mode & 07777U;
  status.owner = raw.st_uid;
  return cache::is_private(status);
}

/// Notes that an entry is in use, so that it is not pruned; once a day is enough.
void touch(int entry, const struct stat& raw) {
  constexpr std::time_t kDay = 86'400;
  if (raw.st_mtim.tv_sec + kDay < std::time(nullptr)) (void)futimens(entry, nullptr);
}

/// Creates a directory unless the name exists.
void make_folder(int parent, const fs::path& name, mode_t mode, const fs::path& shown) {
  if (mkdirat(parent, name.c_str(), mode) == 0 || errno == EEXIST) return;
  throw base::FileError("create the folder", shown.native(), errno);
}

std::string_view kind_of(std::string_view bucket) { return bucket.substr(0, bucket.find("-v")); }

}  // namespace

std::string_view name_of(Bucket bucket) { return kBuckets.at(static_cast<std::size_t>(bucket)); }

bool is_bucket_name(std::string_view name) {
  const std::string_view kind = kind_of(name);
  if (kind.size() + 2 >= name.size()) return false;
  const std::string_view version = name.substr(kind.size() + 2);
  return version.find_first_not_of("0123456789") == std::string_view::npos &&
         std::ranges::find(kBuckets, kind, kind_of) != kBuckets.end();
}

Folder::Shared Folder::root() const {
  const std::lock_guard lock(opening_);
  if (root_ || path_.empty()) return root_;
  try {
    if (std::optional<base::Directory> opened = open_root(path_)) {
      root_ = std::make_shared<const base::Directory>(*std::move(opened));
    }
  } catch (const base::Error& error) {
    problem_->note(error);
  }
  return root_;
}

Folder::Shared Folder::bucket(Bucket bucket) const {
  const Shared folder = root();
  const std::lock_guard lock(opening_);
  Shared& known = buckets_.at(static_cast<std::size_t>(bucket));
  if (known || !folder) return known;
  try {
    std::optional<base::Directory> opened = open_bucket(*folder, name_of(bucket));
    if (!opened) return nullptr;
    if (!is_private(opened->status())) {
      throw base::Error(base::ExitCode::kFileSystem,
                        "`" + opened->path().native() + "` can be written by other users")
          .with_hint("remove it; the next run creates it for you alone");
    }
    known = std::make_shared<const base::Directory>(*std::move(opened));
  } catch (const base::Error& error) {
    problem_->note(error);
  }
  return known;
}

std::optional<Folder::Entry> Folder::open_file(Bucket bucket, std::string_view name,
                                               Access access) const {
  Shared folder = this->bucket(bucket);
  if (!folder) return std::nullopt;
  const bool is_changed = access == Access::kChange;
  base::Descriptor file(openat(folder->descriptor(), std::string(name).c_str(),
                               (is_changed ? O_RDWR : O_RDONLY) | kOpenEntry));
  struct stat raw{};
  if (!file || fstat(file.get(), &raw) != 0 || !S_ISREG(raw.st_mode) || !is_private(raw)) {
    return std::nullopt;
  }
  // A file with a second name may be in use elsewhere, so it must not be changed.
  if (is_changed && raw.st_nlink != 1) return std::nullopt;
  if (!is_changed) touch(file.get(), raw);
  return Entry{.file = std::move(file), .bucket = std::move(folder)};
}

std::optional<base::Directory> Folder::open_folder(Bucket bucket, std::string_view name) const {
  const Shared folder = this->bucket(bucket);
  try {
    if (!folder || !folder->link_status(name)) return std::nullopt;
    base::Directory entry = folder->open_directory(name);
    struct stat raw{};
    if (fstat(entry.descriptor(), &raw) == 0 && is_private(raw)) {
      touch(entry.descriptor(), raw);
      return entry;
    }
  } catch (const base::Error&) {
    return std::nullopt;
  }
  drop(bucket, name);  // makes room for a new entry
  return std::nullopt;
}

bool Folder::has_lasting_paths() const {
  const Shared folder = root();
  return !folder || !is_replaceable(folder->status());
}

std::string Folder::temporary_name() const {
  const auto now = std::chrono::system_clock::now().time_since_epoch().count();
  return std::to_string(getpid()) + "-" + std::to_string(now) + "-" + std::to_string(count_++);
}

/// Creates the cache and its buckets so that only this user can write to them, whatever the umask
/// is.
void Folder::make_folders() const {
  constexpr mode_t kMode = 0755;
  try {
    (void)base::make_directories(path_.parent_path());
    make_folder(AT_FDCWD, path_, kMode, path_);
    const Shared folder = root();
    if (!folder && problem_->exists()) return;
    if (!folder) throw base::FileError("open the folder", path_.native(), ENOENT);
    for (const std::string_view name : kBuckets) {
      make_folder(folder->descriptor(), name, kMode, path_ / name);
    }
    const Shared temporary = bucket(Bucket::kTemporary);
    if (!temporary || folder->link_status(kTagName)) return;
    PendingFile tag({temporary, temporary_name(), folder, std::string(kTagName)}, problem_);
    tag.write_at(0, kTag);
    tag.keep();
  } catch (const base::Error& error) {
    problem_->note(error);
  }
}

std::optional<Slot> Folder::prepare(Bucket bucket, std::string_view name) const {
  if (path_.empty() || problem_->exists()) return std::nullopt;
  std::call_once(made_, [this] { make_folders(); });
  if (problem_->exists()) return std::nullopt;
  Slot slot{this->bucket(Bucket::kTemporary), temporary_name(), this->bucket(bucket),
            std::string(name)};
  return slot.temporary && slot.bucket ? std::optional(std::move(slot)) : std::nullopt;
}

std::optional<fs::path> Folder::prepare_temporary(std::string_view prefix) const {
  const std::optional<Slot> slot = prepare(Bucket::kTemporary, "");
  if (!slot || !has_lasting_paths()) return std::nullopt;
  return slot->temporary->path() / (std::string(prefix) + slot->temporary_name);
}

void Folder::write(Bucket bucket, std::string_view name, std::string_view bytes) const {
  std::optional<Slot> slot = prepare(bucket, name);
  if (!slot) return;
  PendingFile file(*std::move(slot), problem_);
  file.write_at(0, bytes);
  file.keep();
}

void Folder::drop(Bucket bucket, std::string_view name) const {
  const Shared folder = this->bucket(bucket);
  if (!folder) return;
  try {
    folder->remove_tree(name);
  } catch (const base::Error& error) {
    problem_->note(error);
  }
}

}  // namespace ensure::cache
