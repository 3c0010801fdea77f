#pragma once

#include <stdlib.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

#include <stdexcept>
#include <string>

#include "tests/support/file_system.h"

namespace ensure::tests {

/// Where temporary directories are made: in memory where that is possible, because waiting for a
/// disk makes tests slow. Containers often allow no programs and hardly any room there.
inline fs::path temporary_parent() {
  constexpr const char* kMemory = "/dev/shm";
  constexpr unsigned long kTmpfs = 0x01021994;  // TMPFS_MAGIC of linux/magic.h
  constexpr unsigned long kEnough = 1UL << 29U;
  struct statfs kind{};
  struct statvfs room{};
  const bool usable = statfs(kMemory, &kind) == 0 &&
                      static_cast<unsigned long>(kind.f_type) == kTmpfs &&
                      statvfs(kMemory, &room) == 0 && (room.f_flag & ST_NOEXEC) == 0 &&
                      room.f_bavail * room.f_frsize >= kEnough;
  return usable ? kMemory : fs::temp_directory_path();
}

/// A fresh directory that is removed with all that is in it.
class TempDir {
 public:
  TempDir() : TempDir(temporary_parent()) {}
  ~TempDir() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  [[nodiscard]] const fs::path& path() const { return path_; }
  [[nodiscard]] fs::path operator/(const fs::path& name) const { return path_ / name; }

 private:
  explicit TempDir(const fs::path& parent) {
    std::string name = (parent / "ensure-test-XXXXXX").text();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
    path_ = fs::canonical(name);
  }

  fs::path path_;
};

}  // namespace ensure::tests
