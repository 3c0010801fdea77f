#include "bundled/pack/payload_writer.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

#include "bundled/frame_files.h"
#include "bundled/manifest.h"
#include "bundled/pack/compress.h"
#include "bundled/pack/partition.h"
#include "installer/base/digest.h"
#include "installer/base/error.h"
#include "installer/base/parallel.h"

namespace ensure::bundled {

namespace {

/// The digest of a frame that takes no bytes, and that nobody checks.
const std::string kNoDigest(32, '\0');

/// The content of a frame on its way into the payload.
struct PendingFrame {
  std::string content;
  const PendingFrame* base = nullptr;  ///< what it is stored as the difference to
  std::string packed;
};

struct PendingWheel {
  const PackedWheel* wheel = nullptr;
  const PendingWheel* base = nullptr;  ///< the newest release of the same project, if it is older
  std::vector<PendingFrame> frames;
  std::vector<std::vector<PendingFrame>> bytecode;
};

std::uint64_t size_of(const std::vector<PackedFile>& files) {
  std::uint64_t size = 0;
  for (const PackedFile& file : files) size += file.content.size();
  return size;
}

/// The unpacked form of each part, its files in the order of the tree.
std::vector<PendingFrame> cut(const std::vector<PackedFile>& files, const Partition& partition) {
  std::vector<const PackedFile*> sorted;
  sorted.reserve(files.size());
  for (const PackedFile& file : files) sorted.push_back(&file);
  std::ranges::sort(sorted, {}, [](const PackedFile* file) {
    return std::tuple(module_folder(file->path), std::string_view(file->path));
  });
  std::vector<std::vector<BundledFile>> parts(partition.part_count());
  for (const PackedFile* file : sorted) {
    parts[partition.part_of(file->path)].push_back(
        {.path = file->path, .content = file->content, .executable = file->executable});
  }
  std::vector<PendingFrame> frames(parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!parts[i].empty()) frames[i].content = encode_files(parts[i]);
  }
  return frames;
}

void set_bases(std::vector<PendingFrame>& frames, const std::vector<PendingFrame>& bases) {
  for (std::size_t i = 0; i < frames.size(); ++i) frames[i].base = &bases[i];
}

/// Cuts each wheel into frames. An older release of a project is stored as the difference to its
/// newest one, and bytecode as the difference to its modules.
std::vector<PendingWheel> cut_wheels(const std::vector<PackedWheel>& wheels,
                                     const Partition& partition) {
  std::vector<PendingWheel> pending;
  pending.reserve(wheels.size());  // the wheels and their frames point at each other
  for (const PackedWheel& wheel : wheels) {
    const auto newest = std::ranges::find(
        pending, wheel.name, [](const PendingWheel& earlier) { return earlier.wheel->name; });
    const PendingWheel* const base = newest == pending.end() ? nullptr : &*newest;
    PendingWheel& added = pending.emplace_back();
    added.wheel = &wheel;
    added.base = base;
    added.frames = cut(wheel.files, partition);
    if (base != nullptr) set_bases(added.frames, base->frames);
    for (const PackedBytecode& bytecode : wheel.bytecode) {
      set_bases(added.bytecode.emplace_back(cut(bytecode.files, partition)), added.frames);
    }
  }
  return pending;
}

void compress_all(std::vector<PendingWheel>& wheels, const PayloadSettings& settings) {
  std::vector<PendingFrame*> frames;
  for (PendingWheel& wheel : wheels) {
    for (PendingFrame& frame : wheel.frames) frames.push_back(&frame);
    for (std::vector<PendingFrame>& bytecode : wheel.bytecode) {
      for (PendingFrame& frame : bytecode) frames.push_back(&frame);
    }
  }
  base::run_parallel(frames.size(), settings.threads, [&](std::size_t i) {
    PendingFrame& frame = *frames[i];
    if (frame.content.empty()) return;
    frame.packed = frame.base == nullptr
                       ? compress(frame.content)
                       : compress_difference(frame.content, frame.base->content, settings.level);
  });
}

std::uint32_t frame_size(const std::string& bytes) {
  if (bytes.size() > std::numeric_limits<std::uint32_t>::max()) {
    throw base::Error(base::ExitCode::kFailure, "a part of a wheel is too large for the bundle")
        .with_hint("cut the wheels into more parts");
  }
  return static_cast<std::uint32_t>(bytes.size());
}

std::vector<Frame> describe(const std::vector<PendingFrame>& pending) {
  std::vector<Frame> frames;
  frames.reserve(pending.size());
  for (const PendingFrame& frame : pending) {
    frames.push_back({.size = frame_size(frame.packed),
                      .unpacked_size = frame_size(frame.content),
                      .digest = frame.packed.empty() ? kNoDigest : base::sha256(frame.packed)});
  }
  return frames;
}

BundledWheel describe(const PendingWheel& pending, const std::vector<PendingWheel>& all) {
  const PackedWheel& wheel = *pending.wheel;
  BundledWheel described{.filename = wheel.filename,
                         .name = wheel.name,
                         .version = wheel.version,
                         .requires_python = wheel.requires_python,
                         .sha256 = wheel.sha256,
                         .dist_info = wheel.dist_info,
                         .unpacked_size = size_of(wheel.files),
                         .base = std::nullopt,
                         .frames = describe(pending.frames),
                         .bytecode = {}};
  if (pending.base != nullptr) {
    described.base = static_cast<std::size_t>(pending.base - all.data());
  }
  for (std::size_t i = 0; i < wheel.bytecode.size(); ++i) {
    const PackedBytecode& bytecode = wheel.bytecode[i];
    described.bytecode.push_back({.cache_tag = bytecode.cache_tag,
                                  .compiled_with = bytecode.compiled_with,
                                  .unpacked_size = size_of(bytecode.files),
                                  .frames = describe(pending.bytecode[i])});
  }
  return described;
}

}  // namespace

std::string write_payload(std::vector<PackedWheel> wheels, const PayloadSettings& settings) {
  std::ranges::sort(wheels, std::ranges::greater{}, [](const PackedWheel& wheel) {
    return std::tuple(wheel.version, std::string_view(wheel.filename));
  });
  std::vector<PendingWheel> pending = cut_wheels(wheels, Partition(wheels, settings.parts));
  compress_all(pending, settings);

  std::vector<BundledWheel> described;
  described.reserve(pending.size());
  for (const PendingWheel& wheel : pending) described.push_back(describe(wheel, pending));
  std::string payload = encode_manifest(described);
  for (const PendingWheel& wheel : pending) {
    for (const PendingFrame& frame : wheel.frames) payload += frame.packed;
    for (const std::vector<PendingFrame>& bytecode : wheel.bytecode) {
      for (const PendingFrame& frame : bytecode) payload += frame.packed;
    }
  }
  return payload;
}

}  // namespace ensure::bundled
