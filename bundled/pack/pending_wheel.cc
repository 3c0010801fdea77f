#include "bundled/pack/pending_wheel.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include "bundled/payload/frame_files.h"
#include "installer/base/digest.h"
#include "installer/base/error.h"
#include "installer/base/path.h"

namespace ensure::bundled {

namespace {

std::uint64_t size_of(const std::vector<PackedFile>& files) {
  std::uint64_t size = 0;
  for (const PackedFile& file : files) size += file.content.size();
  return size;
}

/// The unpacked form of each part, its files in the order of the tree.
PendingFrames cut(const std::vector<PackedFile>& files, const Partition& partition) {
  std::vector<const PackedFile*> sorted;
  sorted.reserve(files.size());
  for (const PackedFile& file : files) sorted.push_back(&file);
  std::ranges::sort(sorted, {}, [](const PackedFile* file) {
    const base::Path path = file->path;
    return std::pair(path.parent_path(), path.filename());
  });
  std::vector<std::vector<BundledFile>> parts(partition.part_count());
  for (const PackedFile* file : sorted) {
    parts[partition.part_of(file->path)].push_back(
        {.path = file->path, .content = file->content, .executable = file->executable});
  }
  PendingFrames frames(parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!parts[i].empty()) frames[i].content = encode_files(parts[i]);
  }
  return frames;
}

std::uint32_t frame_size(const std::string& bytes) {
  if (bytes.size() > std::numeric_limits<std::uint32_t>::max()) {
    throw base::Error(base::ExitCode::kFailure, "a part of a wheel is too large for the bundle")
        .with_hint("cut the wheels into smaller slices");
  }
  return static_cast<std::uint32_t>(bytes.size());
}

std::vector<Frame> describe(const PendingFrames& pending) {
  std::vector<Frame> frames;
  frames.reserve(pending.size());
  for (const PendingFrame& frame : pending) {
    Frame& described = frames.emplace_back();
    described.size = frame_size(frame.packed);
    described.unpacked_size = frame_size(frame.content);
    // The sum of a frame without bytes is not checked.
    if (!frame.packed.empty()) described.sum = base::long_checksum(frame.packed);
  }
  return frames;
}

std::size_t packed_size(const PendingFrames& frames) {
  std::size_t size = 0;
  for (const PendingFrame& frame : frames) size += frame.packed.size();
  return size;
}

}  // namespace

std::vector<PendingWheel> cut_wheels(const std::vector<PackedWheel>& wheels,
                                     const Partition& partition) {
  std::vector<PendingWheel> pending;
  pending.reserve(wheels.size());
  for (const PackedWheel& wheel : wheels) {
    const auto newest = std::ranges::find(
        pending, wheel.name, [](const PendingWheel& earlier) { return earlier.wheel->name; });
    const std::size_t place = static_cast<std::size_t>(newest - pending.begin());
    PendingWheel added{.wheel = &wheel,
                       .base = std::nullopt,
                       .frames = cut(wheel.files, partition),
                       .bytecode = {}};
    if (place < pending.size()) added.base = place;
    for (const PackedBytecode& bytecode : wheel.bytecode) {
      added.bytecode.push_back(cut(bytecode.files, partition));
    }
    pending.push_back(std::move(added));
  }
  return pending;
}

BundledWheel describe(const PendingWheel& pending) {
  const PackedWheel& wheel = *pending.wheel;
  BundledWheel described{.filename = wheel.filename,
                         .name = wheel.name,
                         .version = wheel.version,
                         .requires_python = wheel.requires_python,
                         .sha256 = wheel.sha256,
                         .dist_info = wheel.dist_info,
                         .unpacked_size = size_of(wheel.files),
                         .base = pending.base,
                         .frames = describe(pending.frames),
                         .bytecode = {}};
  for (std::size_t i = 0; i < pending.bytecode.size(); ++i) {
    const PackedBytecode& bytecode = wheel.bytecode[i];
    described.bytecode.push_back({.cache_tag = bytecode.cache_tag,
                                  .compiled_with = bytecode.compiled_with,
                                  .unpacked_size = size_of(bytecode.files),
                                  .frames = describe(pending.bytecode[i])});
  }
  return described;
}

std::size_t packed_size(const std::vector<PendingWheel>& wheels) {
  std::size_t size = 0;
  for (const PendingWheel& wheel : wheels) {
    size += packed_size(wheel.frames);
    for (const PendingFrames& bytecode : wheel.bytecode) size += packed_size(bytecode);
  }
  return size;
}

}  // namespace ensure::bundled
