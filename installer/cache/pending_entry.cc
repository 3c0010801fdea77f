#include "installer/cache/pending_entry.h"

#include <utility>

#include "installer/base/placement.h"

namespace ensure::cache {

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

void PendingNames::move_into_place() const {
  base::rename({*temporary, temporary_name}, {*bucket, name});
}

PendingFile::PendingFile(PendingNames names, std::shared_ptr<CacheFailure> failure)
    : names_(std::move(names)), failure_(std::move(failure)) {
  try {
    // An entry that others may write to would not be used.
    file_ = names_.temporary->create_file(names_.temporary_name, base::Permissions::kOwnerWrites);
  } catch (const base::FileError& error) {
    fail(error);
  }
}

PendingFile::~PendingFile() {
  if (file_ && !kept_) names_.temporary->remove_file(names_.temporary_name);
}

void PendingFile::write_at(std::uint64_t offset, std::string_view bytes) {
  try {
    if (good_) file_.write_at(offset, bytes);
  } catch (const base::FileError& error) {
    fail(error);
  }
}

bool PendingFile::keep() {
  if (!good_ || kept_) return kept_;
  try {
    names_.move_into_place();
    kept_ = true;
  } catch (const base::FileError& error) {
    fail(error);
  }
  return kept_;
}

void PendingFile::fail(const base::FileError& error) {
  good_ = false;
  failure_->note(error);
}

PendingDirectory::PendingDirectory(PendingNames names, std::shared_ptr<CacheFailure> failure)
    : names_(std::move(names)),
      directory_(names_.temporary->create_directory(names_.temporary_name,
                                                    base::Permissions::kOwnerWrites)),
      failure_(std::move(failure)) {}

PendingDirectory::~PendingDirectory() {
  if (kept_) return;
  try {
    names_.temporary->remove_tree(names_.temporary_name);
  } catch (const base::Error& error) {
    failure_->note(error);
  }
}

bool PendingDirectory::keep() {
  if (kept_) return true;
  try {
    names_.move_into_place();
    kept_ = true;
  } catch (const base::FileError& error) {
    using base::FileFailure;
    const FileFailure failure = error.failure();
    if (failure == FileFailure::kNotEmpty || failure == FileFailure::kExists) return true;
    failure_->note(error);
  }
  return kept_;
}

}  // namespace ensure::cache
