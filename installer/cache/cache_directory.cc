#include "installer/cache/cache_directory.h"

#include <algorithm>
#include <chrono>

#include "installer/base/placement.h"
#include "installer/base/process.h"

namespace ensure::cache {

namespace {

constexpr std::uint32_t kWritableByOthers = 022;
constexpr std::uint32_t kSticky = 01000;

constexpr std::array<std::string_view, kBucketCount> kBuckets = {
    "pages-v3",   "metadata-v2", "wheels-v2",   "unpacked-v1",
    "sources-v1", "built-v1",    "temporary-v1"};

/// Backup programs skip directories that contain this (bford.info/cachedir).
constexpr std::string_view kTag =
    "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# This directory is a cache of `ensure`. Everything in it can be removed at any time.\n";

/// Whether only the caller or root can have written the entry.
bool is_trusted(const base::FileStatus& status) {
  return status.is_own() && (status.mode & kWritableByOthers) == 0;
}

base::Error unusable(const base::Path& path, const std::string& why) {
  return base::Error(base::ExitCode::kFileSystem, "`" + path.text() + "` " + why)
      .with_hint("name another directory with `--cache-dir`, or let its owner remove it");
}

/// Notes that an entry is in use, so that it is not pruned; once a day is enough.
template <typename Entry>
void touch(const Entry& entry, const base::FileStatus& status) {
  using std::chrono::system_clock;
  const auto now = std::chrono::nanoseconds(system_clock::now().time_since_epoch());
  if (std::chrono::nanoseconds(status.modified) + std::chrono::days(1) < now) {
    entry.set_changed_now();
  }
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

std::optional<base::Directory> open_root(const base::Path& path) {
  const std::optional<base::Path> real = base::real_path(path);
  if (!real) return std::nullopt;
  base::Directory root = base::Directory::open_resolved(*real);
  if (!root.status().is_own()) throw unusable(path, "belongs to another user");
  return root;
}

std::optional<base::Directory> open_bucket(const base::Directory& root, const base::Path& name) {
  const std::optional<base::FileStatus> status = root.link_status(name);
  if (!status) return std::nullopt;
  const base::Path path = root.path() / name;
  if (status->type == base::FileType::kLink) throw unusable(path, "is a link");
  if (status->type != base::FileType::kDirectory) throw unusable(path, "is not a directory");
  base::Directory bucket = root.open_directory(name);
  if (!bucket.status().is_own()) throw unusable(path, "belongs to another user");
  return bucket;
}

void CacheFailure::note(const base::Error& error) {
  const std::lock_guard lock(mutex_);
  if (exists_) return;
  message_ = error.message();
  exists_ = true;
}

std::optional<std::string> CacheFailure::message() const {
  const std::lock_guard lock(mutex_);
  return exists_ ? std::optional(message_) : std::nullopt;
}

PendingEntry::~PendingEntry() {
  if (!is_temporary_) return;
  try {
    names_.temporary->remove_tree(names_.temporary_name);
  } catch (const base::Error& error) {
    failure_->note(error);
  }
}

void PendingEntry::note_failure(const base::Error& error) {
  good_ = false;
  failure_->note(error);
}

bool PendingEntry::keep() {
  if (!good_ || !is_temporary_) return good_;
  try {
    base::rename({*names_.temporary, names_.temporary_name}, {*names_.bucket, names_.name});
    is_temporary_ = false;
  } catch (const base::FileError& error) {
    using base::FileFailure;
    const FileFailure failure = error.failure();
    if (failure == FileFailure::kNotEmpty || failure == FileFailure::kExists) return true;
    note_failure(error);
  }
  return good_;
}

PendingFile::PendingFile(PendingNames names, std::shared_ptr<CacheFailure> failure)
    : PendingEntry(std::move(names), std::move(failure)),
      // An entry that others may write to would not be used.
      file_(this->names().temporary->create_file(this->names().temporary_name,
                                                 base::Permissions::kOwnerWrites)) {
  note_created();
}

void PendingFile::write_at(std::uint64_t offset, std::string_view bytes) {
  try {
    if (is_good()) file_.write_at(offset, bytes);
  } catch (const base::FileError& error) {
    note_failure(error);
  }
}

PendingDirectory::PendingDirectory(PendingNames names, std::shared_ptr<CacheFailure> failure)
    : PendingEntry(std::move(names), std::move(failure)),
      directory_(this->names().temporary->create_directory(this->names().temporary_name,
                                                           base::Permissions::kOwnerWrites)) {
  note_created();
}

/// Opens a directory unless it is known. Returns null if it does not exist; notes a failure.
template <typename Open>
CacheDirectory::Shared CacheDirectory::remember(Shared& known, const Open& open) const {
  const std::lock_guard lock(opening_);
  if (known) return known;
  try {
    if (std::optional<base::Directory> opened = open()) {
      known = std::make_shared<const base::Directory>(*std::move(opened));
    }
  } catch (const base::Error& error) {
    failure_->note(error);
  }
  return known;
}

CacheDirectory::Shared CacheDirectory::root() const {
  return remember(root_, [this] { return path_.empty() ? std::nullopt : open_root(path_); });
}

CacheDirectory::Shared CacheDirectory::bucket(Bucket bucket) const {
  const Shared root = this->root();
  if (!root) return nullptr;
  return remember(buckets_.at(static_cast<std::size_t>(bucket)), [&] {
    std::optional<base::Directory> opened = open_bucket(*root, name_of(bucket));
    if (opened && (opened->status().mode & kWritableByOthers) != 0) {
      throw base::Error(base::ExitCode::kFileSystem,
                        "`" + opened->path().text() + "` can be written by other users")
          .with_hint("remove it; the next run creates it for you alone");
    }
    return opened;
  });
}

std::optional<CacheDirectory::OpenFile> CacheDirectory::open_file(Bucket bucket,
                                                                  std::string_view name,
                                                                  Access access) const {
  Shared directory = this->bucket(bucket);
  try {
    std::optional<base::File> file = directory ? directory->open_file(name, access) : std::nullopt;
    if (!file) return std::nullopt;
    const base::FileStatus status = file->status();
    // A file with a second name may be in use elsewhere, so it must not be changed.
    const bool is_changed = access == Access::kReadAndWrite;
    if (!is_trusted(status) || (is_changed && status.links != 1)) return std::nullopt;
    if (!is_changed) touch(*file, status);
    return OpenFile{.file = *std::move(file), .bucket = std::move(directory)};
  } catch (const base::FileError&) {
    return std::nullopt;
  }
}

std::optional<base::Directory> CacheDirectory::open_directory(Bucket bucket,
                                                              std::string_view name) const {
  const Shared directory = this->bucket(bucket);
  try {
    if (!directory || !directory->link_status(name)) return std::nullopt;
    base::Directory entry = directory->open_directory(name);
    if (const base::FileStatus status = entry.status(); is_trusted(status)) {
      touch(entry, status);
      return entry;
    }
  } catch (const base::Error&) {
    return std::nullopt;
  }
  remove(bucket, name);  // makes room for a new entry
  return std::nullopt;
}

bool CacheDirectory::has_lasting_paths() const {
  const Shared root = this->root();
  if (!root) return true;
  const std::uint32_t mode = root->status().mode;
  return (mode & kWritableByOthers) == 0 || (mode & kSticky) != 0;
}

std::string CacheDirectory::temporary_name() const {
  const auto now = std::chrono::system_clock::now().time_since_epoch().count();
  return std::to_string(base::process_id()) + "-" + std::to_string(now) + "-" +
         std::to_string(count_++);
}

/// Creates the cache and its buckets.
void CacheDirectory::create() const {
  try {
    (void)base::make_directories(path_.parent_path());
    (void)base::make_directories(path_, base::Permissions::kOwnerWrites);
    const Shared root = this->root();
    if (!root && failure_->exists()) return;
    if (!root) {
      throw base::FileError("open the directory", path_.text(), base::FileFailure::kMissing);
    }
    for (const std::string_view name : kBuckets) {
      root->make_directory(name, base::Permissions::kOwnerWrites);
    }
    const Shared temporary = bucket(Bucket::kTemporary);
    if (!temporary || root->link_status(kTagName)) return;
    PendingFile tag({temporary, temporary_name(), root, std::string(kTagName)}, failure_);
    tag.write_at(0, kTag);
    tag.keep();
  } catch (const base::Error& error) {
    failure_->note(error);
  }
}

std::optional<PendingNames> CacheDirectory::prepare(Bucket bucket, std::string_view name) const {
  if (path_.empty() || failure_->exists()) return std::nullopt;
  std::call_once(created_, [this] { create(); });
  if (failure_->exists()) return std::nullopt;
  PendingNames names{this->bucket(Bucket::kTemporary), temporary_name(), this->bucket(bucket),
                     std::string(name)};
  return names.temporary && names.bucket ? std::optional(std::move(names)) : std::nullopt;
}

std::optional<base::Path> CacheDirectory::prepare_temporary(std::string_view prefix) const {
  const std::optional<PendingNames> names = prepare(Bucket::kTemporary, "");
  if (!names || !has_lasting_paths()) return std::nullopt;
  return names->temporary->path() / (std::string(prefix) + names->temporary_name);
}

void CacheDirectory::write(Bucket bucket, std::string_view name, std::string_view bytes) const {
  const std::unique_ptr<PendingFile> file = start<PendingFile>(bucket, name);
  if (!file) return;
  file->write_at(0, bytes);
  file->keep();
}

void CacheDirectory::remove(Bucket bucket, std::string_view name) const {
  const Shared directory = this->bucket(bucket);
  if (!directory) return;
  try {
    directory->remove_tree(name);
  } catch (const base::Error& error) {
    failure_->note(error);
  }
}

}  // namespace ensure::cache
