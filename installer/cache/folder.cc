#include "installer/cache/folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>

#include "installer/base/error.h"
#include "installer/base/files.h"

namespace ensure::cache {

namespace {

constexpr std::array<std::string_view, 7> kBuckets = {"pages-v3",    "metadata-v2", "wheels-v2",
                                                      "unpacked-v1", "sources-v1",  "built-v1",
                                                      "temporary-v1"};

/// Backup programs leave out folders that hold this (bford.info/cachedir).
constexpr std::string_view kTag =
    "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# This folder is a cache of `ensure`. Everything in it can be removed at any time.\n";

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

bool Folder::judge() const {
  if (path_.empty()) return false;
  try {
    const std::optional<base::FileStatus> status = base::file_status(path_);
    if (!status) return true;
    if (status->owner == 0 || status->owner == geteuid()) return true;
    problem_->note(base::Error(base::ExitCode::kFileSystem,
                               "`" + path_.native() + "` belongs to another user"));
  } catch (const base::Error& error) {
    problem_->note(error);
  }
  return false;
}

bool Folder::is_usable() const {
  std::call_once(judged_, [this] { usable_ = judge(); });
  return usable_;
}

std::optional<fs::path> Folder::find(Bucket bucket, std::string_view name) const {
  if (!is_usable()) return std::nullopt;
  return path_ / name_of(bucket) / name;
}

fs::path Folder::temporary_path() const {
  const auto now = std::chrono::system_clock::now().time_since_epoch().count();
  return path_ / name_of(Bucket::kTemporary) /
         (std::to_string(getpid()) + "-" + std::to_string(now) + "-" + std::to_string(count_++));
}

void Folder::make_folders() const {
  try {
    (void)base::make_directories(path_);
    for (const std::string_view bucket : kBuckets) (void)base::make_directories(path_ / bucket);
    if (base::link_status(path_ / kTagName)) return;
    PendingFile tag(temporary_path(), path_ / kTagName, problem_);
    tag.write_at(0, kTag);
    tag.keep();
  } catch (const base::Error& error) {
    problem_->note(error);
  }
}

std::optional<Folder::Pending> Folder::prepare(Bucket bucket, std::string_view name) const {
  if (!is_usable() || problem_->exists()) return std::nullopt;
  std::call_once(made_, [this] { make_folders(); });
  if (problem_->exists()) return std::nullopt;
  return Pending{temporary_path(), path_ / name_of(bucket) / name};
}

std::optional<fs::path> Folder::prepare_temporary(std::string_view prefix) const {
  const std::optional<Pending> pending = prepare(Bucket::kTemporary, "");
  if (!pending) return std::nullopt;
  const fs::path& path = pending->temporary;
  return path.parent_path() / (std::string(prefix) + path.filename().native());
}

void Folder::write(Bucket bucket, std::string_view name, std::string_view bytes) const {
  std::optional<Pending> pending = prepare(bucket, name);
  if (!pending) return;
  PendingFile file(std::move(pending->temporary), std::move(pending->destination), problem_);
  file.write_at(0, bytes);
  file.keep();
}

void Folder::touch(const fs::path& entry) {
  constexpr std::chrono::hours kDay(24);
  std::error_code failure;
  const fs::file_time_type now = fs::file_time_type::clock::now();
  const fs::file_time_type before = fs::last_write_time(entry, failure);
  if (!failure && before + kDay < now) fs::last_write_time(entry, now, failure);
}

void Folder::drop(Bucket bucket, std::string_view name) const {
  const std::optional<fs::path> path = find(bucket, name);
  if (!path) return;
  try {
    base::remove_tree(*path);
  } catch (const base::Error& error) {
    problem_->note(error);
  }
}

}  // namespace ensure::cache
