#include "installer/install/transaction/space.h"

#include <optional>
#include <string>
#include <vector>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/specs/metadata/record.h"

namespace ensure::install {

namespace {

/// A smaller file may be kept in its inode and take no block (ext4 with `inline_data`).
constexpr std::uint64_t kSmallFile = 1024;

/// For people: "12.3 MB".
std::string readable(std::uint64_t bytes) {
  constexpr std::uint64_t kTenthOfMegabyte = 100'000;
  const std::uint64_t tenths = bytes / kTenthOfMegabyte + (bytes % kTenthOfMegabyte != 0 ? 1 : 0);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " MB";
}

void require(const base::Path& path, std::uint64_t needed, std::uint64_t available,
             std::string (*describe)(std::uint64_t)) {
  if (available >= needed) return;
  throw base::Error(base::ExitCode::kFileSystem, "not enough space for `" + path.text() +
                                                     "`: it needs " + describe(needed) +
                                                     ", the disk has " + describe(available))
      .with_hint("free space on that file system, or choose another directory");
}

/// The unused rest of the last block of a file.
std::uint64_t padding(std::uint64_t size, std::uint64_t block_size) {
  return size < kSmallFile ? 0 : (block_size - size % block_size) % block_size;
}

/// The nearest existing directory at or above `path`.
base::Path nearest_existing(const base::Path& path) {
  base::Path existing = base::absolute_path(path);
  while (!base::file_status(existing)) existing = existing.parent_path();
  return existing;
}

}  // namespace

void require_space(const base::Path& path, const std::vector<const wheel::WheelSource*>& sources) {
  constexpr std::uint64_t kManyFiles = 100'000;
  const base::Path existing = nearest_existing(path);
  const base::AvailableSpace available = base::available_space(existing);
  std::uint64_t bytes = 0;
  for (const wheel::WheelSource* source : sources) bytes += source->unpacked_size();
  // The single files matter only if the disk is nearly full.
  if (available.bytes / 4 >= bytes && available.files >= kManyFiles) return;

  std::uint64_t files = 0;
  for (const wheel::WheelSource* source : sources) {
    const std::optional<std::string> record = source->dist_info_file("RECORD");
    for (const specs::RecordEntry& entry : specs::parse_record(record.value_or(""))) {
      if (!entry.size) continue;
      bytes += padding(*entry.size, available.block_size);
      ++files;
    }
  }
  require(path, bytes, available.bytes, readable);
  require(path, files, available.files,
          [](std::uint64_t count) { return std::to_string(count) + " files"; });
}

void NeededSpace::add(const base::Path& path, const wheel::WheelSource& source) {
  const std::optional<base::FileStatus> status = base::file_status(nearest_existing(path));
  const std::uint64_t device = status ? status->device : 0;
  const auto share = shares_.try_emplace(device, Share{path, {}}).first;
  share->second.sources.push_back(&source);
}

void NeededSpace::require() const {
  for (const auto& [unused, share] : shares_) require_space(share.path, share.sources);
}

}  // namespace ensure::install
