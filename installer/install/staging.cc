#include "installer/install/staging.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "installer/base/digest.h"
#include "installer/base/error.h"
#include "installer/base/interrupt.h"
#include "installer/base/placement.h"

namespace ensure::install {

namespace {

using base::Error;
using base::ExitCode;
using Clock = std::chrono::steady_clock;

constexpr const char* kJournal = "journal";
constexpr const char* kUnfinishedJournal = "journal.part";
constexpr const char* kRetiredJournal = "journal.retired";
constexpr const char* kParents = "parents";

/// What is cleared, in the order in which it is removed.
constexpr std::array kContent = {Staging::kNew, Staging::kOld, kUnfinishedJournal, kJournal,
                                 kRetiredJournal};

/// What is there as long as the folder is.
constexpr std::array kCompanions = {kParents, FolderLock::kFile};

constexpr std::size_t kLongestName = 255;

std::string short_digest(const fs::path& path) {
  return base::to_hex(base::sha256(path.native())).substr(0, 16);
}

bool is_at_or_above(const fs::path& folder, const fs::path& path) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first ==
         folder.end();
}

bool holds_current_folder(const fs::path& target) {
  std::error_code failure;
  const fs::path current = fs::current_path(failure);
  return !failure && is_at_or_above(target, current);
}

Error foreign_folder(const fs::path& path, const std::string& reason) {
  return Error(ExitCode::kFileSystem,
               "`" + path.native() + "` is needed for staging, but " + reason)
      .with_hint("look at what is there, and move it away or remove it");
}

fs::path sibling_of(const fs::path& target) {
  const std::string name = "." + target.filename().native() + ".ensure";
  return target.parent_path() /
         (name.size() <= kLongestName ? name : ".ensure-" + short_digest(target));
}

/// Opens the folder that exists at `path`; none where it has vanished
/// meanwhile.
std::optional<base::Directory> open_existing(const fs::path& path) {
  const std::optional<base::FileStatus> status = base::link_status(path);
  if (!status) return std::nullopt;
  if (status->type != base::FileType::kDirectory) throw foreign_folder(path, "it is no folder");
  if (status->owner != geteuid()) throw foreign_folder(path, "it belongs to another user");
  try {
    base::Directory folder = base::Directory::open(path);
    if (!folder.status().same_file(*status)) return std::nullopt;
    return folder;
  } catch (const base::FileError& error) {
    if (error.error_number() == ENOENT) return std::nullopt;
    throw;
  }
}

/// Creates the folder at `path`, or opens the one that is there.
base::Directory make_or_open(const fs::path& path) {
  while (true) {
    if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
      const int error_number = errno;
      // A process that had created the folder above may have failed and removed it.
      if (error_number == ENOENT && base::make_directories(path.parent_path())) continue;
      throw base::FileError("create the folder", path.native(), error_number);
    }
    if (std::optional<base::Directory> folder = open_existing(path)) return std::move(*folder);
    base::check_interrupt();
  }
}

/// Makes the pauses of a process that waits for a lock: they grow, so that a short wait ends soon.
class Waiting {
 public:
  explicit Waiting(std::chrono::milliseconds timeout) : deadline_(Clock::now() + timeout) {}

  /// Throws where the next pause would end too late.
  void pause(const fs::path& path) {
    base::check_interrupt();
    if (Clock::now() + pause_ > deadline_) {
      throw Error(ExitCode::kLocked, "another process holds the lock `" + path.native() + "`")
          .with_hint("wait until it has ended, or give it more time with `--lock-timeout`");
    }
    std::this_thread::sleep_for(pause_);
    pause_ = std::min(pause_ * 2, kLongestPause);
  }

 private:
  static constexpr std::chrono::milliseconds kLongestPause{50};

  Clock::time_point deadline_;
  std::chrono::milliseconds pause_{1};
};

/// Names that a folder on NFS has for removed files that are still open somewhere.
bool is_removed_on_nfs(std::string_view name) { return name.starts_with(".nfs"); }

}  // namespace

fs::path resolved_target(const fs::path& target) {
  const fs::path absolute = base::absolute_path(target);
  if (std::optional<fs::path> real = base::real_path(absolute)) return *std::move(real);
  const fs::path parent = absolute.parent_path();
  return parent == absolute ? absolute : resolved_target(parent) / absolute.filename();
}

fs::path staging_path_for(const fs::path& target) {
  const fs::path parent = target.parent_path();
  const bool stays = base::link_status(target) &&
                     (target == parent || base::is_mount_point(target) ||
                      holds_current_folder(target) || !base::is_writable_folder(parent));
  return stays ? staging_path_inside(target) : sibling_of(target);
}

std::array<fs::path, 2> staging_paths_of(const fs::path& target) {
  return {sibling_of(target), staging_path_inside(target)};
}

fs::path staging_path_inside(const fs::path& target) { return target / ".ensure"; }

fs::path staging_path_beside(const fs::path& directory, const fs::path& primary) {
  return directory / (".ensure-" + short_digest(primary));
}

Staging::Staging(base::Directory folder, FolderLock lock)
    : folder_(std::move(folder)), lock_(std::move(lock)) {}

Staging Staging::acquire(const fs::path& path, std::chrono::milliseconds timeout) {
  Waiting waiting(timeout);
  while (true) {
    base::Directory folder = make_or_open(path);
    std::optional<FolderLock> lock = FolderLock::try_take(folder);
    if (!lock) {
      waiting.pause(path);
      continue;
    }
    try {
      if (!lock->is_of_current(folder)) continue;
      Staging staging(std::move(folder), *std::move(lock));
      staging.check_content();
      return staging;
    } catch (const Error&) {
      (void)rmdir(path.c_str());  // an empty one was made for nothing
      throw;
    }
  }
}

Staging Staging::open_guarded(const fs::path& path) {
  Staging staging(make_or_open(path), FolderLock());
  staging.check_content();
  return staging;
}

void Staging::check_content() const {
  const auto is_one_of = [](const auto& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  for (const std::string& name : base::list_directory(path())) {
    if (is_one_of(kContent, name) || is_one_of(kCompanions, name)) continue;
    if (is_removed_on_nfs(name)) continue;
    throw foreign_folder(path(), "it holds the foreign file `" + name + "`");
  }
}

void Staging::make_folders() {
  staged_ = folder_.create_directory(kNew);
  (void)folder_.create_directory(kOld);
}

std::optional<StoredJournal> Staging::read_journal() const {
  for (const char* name : {kJournal, kRetiredJournal}) {
    const std::optional<std::string> bytes = base::read_file_if_exists(path() / name);
    if (!bytes) continue;
    std::optional<Journal> journal = Journal::try_parse(*bytes);
    if (journal && journal->is_of(path())) {
      return StoredJournal{*std::move(journal), name == kRetiredJournal};
    }
    throw Error(ExitCode::kFileSystem, "the journal in `" + path().native() + "` cannot be read")
        .with_hint("run the version of `ensure` that was interrupted there once more");
  }
  return std::nullopt;
}

void Staging::write_journal(const Journal& journal) const {
  folder_.remove_tree(kUnfinishedJournal);
  folder_.write_file(kUnfinishedJournal, journal.to_bytes(), 0600);
  base::write_through({folder_, kUnfinishedJournal});
  base::rename({folder_, kUnfinishedJournal}, {folder_, kJournal});
}

void Staging::retire_journal() const {
  if (!folder_.link_status(kJournal)) return;
  base::rename({folder_, kJournal}, {folder_, kRetiredJournal});
}

void Staging::write_created_parents(std::size_t count) const {
  if (count == 0 || folder_.link_status(kParents)) return;
  folder_.write_file(kParents, std::to_string(count), 0600);
}

std::size_t Staging::read_created_parents() const {
  const std::optional<std::string> text = base::read_file_if_exists(path() / kParents);
  std::size_t count = 0;
  if (text) (void)std::from_chars(text->data(), text->data() + text->size(), count);
  return count;
}

void Staging::clear() {
  staged_.reset();
  for (const char* name : kContent) folder_.remove_tree(name);
}

void Staging::remove_if_empty() const { (void)rmdir(path().c_str()); }

void Staging::remove() {
  (void)unlinkat(folder_.descriptor(), kParents, 0);
  lock_.remove_file(folder_);
  if (rmdir(path().c_str()) == 0 || errno == ENOENT) return;
  if (lock_.is_by_file() && errno == ENOTEMPTY) return;
  throw base::FileError("remove", path().native(), errno);
}

}  // namespace ensure::install
