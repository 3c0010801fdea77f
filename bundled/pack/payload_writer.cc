#include "bundled/pack/payload_writer.h"

#include <lz4hc.h>
#include <zstd.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <tuple>
#include <utility>

#include "bundled/pack/partition.h"
#include "bundled/payload/bundle.h"
#include "bundled/payload/manifest.h"
#include "installer/base/digest.h"
#include "installer/base/error.h"
#include "installer/base/parallel.h"
#include "installer/base/text.h"

namespace ensure::bundled {

namespace {

/// The parts of a wheel, or of its bytecode, before and after they are compressed.
struct Parts {
  std::vector<std::string> contents;
  std::vector<std::string> packed;  ///< empty for a part without content
};

/// A wheel that is cut into parts.
struct PendingWheel {
  BundledWheel entry;  ///< in the manifest
  Parts modules;
  std::vector<Parts> bytecode;
};

base::Error cannot_be_compressed(const std::string& why) {
  return base::Error(base::ExitCode::kFailure, "a part of the bundle cannot be compressed: " + why)
      .with_hint("choose another level, or cut the wheels into more parts");
}

std::size_t require(std::size_t result) {
  if (ZSTD_isError(result) != 0U) throw cannot_be_compressed(ZSTD_getErrorName(result));
  return result;
}

/// The window that lets the whole content refer to the whole base.
int window_log(std::size_t size) {
  const ZSTD_bounds bounds = ZSTD_cParam_getBounds(ZSTD_c_windowLog);
  // Libraries differ on the type of `std::bit_width`, which this is.
  const int width = std::numeric_limits<std::size_t>::digits - std::countl_zero(size);
  return std::clamp(width, bounds.lowerBound, bounds.upperBound);
}

/// `content` as an LZ4 block, in the smallest form.
std::string compress(std::string_view content) {
  const int size = static_cast<int>(content.size());
  std::string packed(static_cast<std::size_t>(LZ4_compressBound(size)), '\0');
  // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage): the size is there, as LZ4 wants it
  const int packed_size = LZ4_compress_HC(content.data(), packed.data(), size,
                                          static_cast<int>(packed.size()), LZ4HC_CLEVEL_MAX);
  if (packed_size <= 0) throw cannot_be_compressed("LZ4 fails");
  packed.resize(static_cast<std::size_t>(packed_size));
  return packed;
}

/// One Zstandard frame of `content`, stored as the difference to `base`.
std::string compress_difference(std::string_view content, std::string_view base, int level) {
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(),
                                                                     &ZSTD_freeCCtx);
  const auto set = [&](ZSTD_cParameter parameter, int value) {
    require(ZSTD_CCtx_setParameter(context.get(), parameter, value));
  };
  set(ZSTD_c_compressionLevel, level);
  set(ZSTD_c_windowLog, window_log(content.size() + base.size()));
  // The manifest has a checksum already.
  set(ZSTD_c_checksumFlag, 0);
  require(ZSTD_CCtx_refPrefix(context.get(), base.data(), base.size()));
  std::string packed(ZSTD_compressBound(content.size()), '\0');
  packed.resize(require(
      ZSTD_compress2(context.get(), packed.data(), packed.size(), content.data(), content.size())));
  return packed;
}

/// A base comes before what is made from it: newer wheels first, and in each newer bytecode.
void put_in_order(std::vector<PackedWheel>& wheels) {
  std::ranges::sort(wheels, std::ranges::greater{}, [](const PackedWheel& wheel) {
    return std::tuple(wheel.version, std::string_view(wheel.filename));
  });
  for (PackedWheel& wheel : wheels) {
    std::ranges::sort(wheel.bytecode, std::ranges::greater{}, [](const PackedBytecode& bytecode) {
      return std::tuple(specs::Version::parse(bytecode.compiled_with),
                        std::string_view(bytecode.cache_tag));
    });
  }
}

std::uint64_t size_of(const std::vector<PackedFile>& files) {
  std::uint64_t size = 0;
  for (const PackedFile& file : files) size += file.content.size();
  return size;
}

std::vector<Frame> frames_of(const Parts& parts) {
  std::vector<Frame> frames(parts.packed.size());
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const std::string& packed = parts.packed[i];
    frames[i].size = static_cast<std::uint32_t>(packed.size());
    frames[i].unpacked_size = static_cast<std::uint32_t>(parts.contents[i].size());
    // The sum of a frame without bytes is not checked.
    if (!packed.empty()) frames[i].sum = base::long_checksum(packed);
  }
  return frames;
}

/// Packs wheels that are in order.
class PayloadWriter {
 public:
  PayloadWriter(std::vector<PackedWheel>& wheels, const PayloadSettings& settings)
      : wheels_(wheels), settings_(settings), partition_(wheels, settings.slice_size) {}

  std::string write() {
    for (const PackedWheel& wheel : wheels_) add(wheel);
    std::string payload = assemble();
    while (payload.size() > settings_.limit && leave_out_oldest_bytecode()) payload = assemble();
    return payload;
  }

 private:
  void add(const PackedWheel& wheel) {
    const auto newest = std::ranges::find(pending_, wheel.name,
                                          [](const PendingWheel& one) { return one.entry.name; });
    const bool is_older = newest != pending_.end();
    PendingWheel added{.entry = {.filename = wheel.filename,
                                 .name = wheel.name,
                                 .version = wheel.version,
                                 .requires_python = wheel.requires_python,
                                 .sha256 = wheel.sha256,
                                 .dist_info = wheel.dist_info,
                                 .unpacked_size = size_of(wheel.files),
                                 .base = std::nullopt,
                                 .frames = {},
                                 .bytecode = {}},
                       .modules = pack(wheel.files, is_older ? &newest->modules : nullptr),
                       .bytecode = {}};
    if (is_older) added.entry.base = static_cast<std::size_t>(newest - pending_.begin());
    added.entry.frames = frames_of(added.modules);
    for (const PackedBytecode& bytecode : wheel.bytecode) {
      added.bytecode.push_back(pack(bytecode.files, &added.modules));
      added.entry.bytecode.push_back({.cache_tag = bytecode.cache_tag,
                                      .compiled_with = bytecode.compiled_with,
                                      .unpacked_size = size_of(bytecode.files),
                                      .frames = frames_of(added.bytecode.back())});
    }
    pending_.push_back(std::move(added));
  }

  /// Cuts files into parts and compresses these, as differences to those of `base`.
  Parts pack(const std::vector<PackedFile>& files, const Parts* base) const {
    Parts parts{.contents = cut(files), .packed = {}};
    parts.packed.resize(parts.contents.size());
    base::run_parallel(parts.contents.size(), settings_.threads, [&](std::size_t i) {
      const std::string& content = parts.contents[i];
      if (content.empty()) return;
      if (content.size() > LZ4_MAX_INPUT_SIZE) throw cannot_be_compressed("it is too large");
      parts.packed[i] = base == nullptr
                            ? compress(content)
                            : compress_difference(content, base->contents[i], settings_.level);
    });
    return parts;
  }

  /// The unpacked form of each part, its files in the order of the tree.
  std::vector<std::string> cut(const std::vector<PackedFile>& files) const {
    std::vector<std::vector<BundledFile>> parts(partition_.part_count());
    for (const PackedFile& file : files) {
      parts[partition_.part_of(file.path)].push_back(
          {.path = file.path, .content = file.content, .executable = file.executable});
    }
    std::vector<std::string> contents(parts.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
      std::ranges::sort(parts[i], {}, [](const BundledFile& file) { return place_of(file.path); });
      if (!parts[i].empty()) contents[i] = encode_files(parts[i]);
    }
    return contents;
  }

  /// Returns false if there is no bytecode.
  bool leave_out_oldest_bytecode() {
    for (std::size_t i = pending_.size(); i-- > 0;) {
      if (pending_[i].bytecode.empty()) continue;
      pending_[i].bytecode.pop_back();
      pending_[i].entry.bytecode.pop_back();
      wheels_[i].bytecode.pop_back();
      return true;
    }
    return false;
  }

  [[nodiscard]] std::string assemble() const {
    std::vector<BundledWheel> entries;
    entries.reserve(pending_.size());
    for (const PendingWheel& wheel : pending_) entries.push_back(wheel.entry);
    std::string payload = encode_manifest(entries);
    for (const PendingWheel& wheel : pending_) {
      for (const std::string& frame : wheel.modules.packed) payload += frame;
      for (const Parts& bytecode : wheel.bytecode) {
        for (const std::string& frame : bytecode.packed) payload += frame;
      }
    }
    return payload;
  }

  std::vector<PackedWheel>& wheels_;
  const PayloadSettings& settings_;
  Partition partition_;
  std::vector<PendingWheel> pending_;
};

using FilesByPath = std::map<std::string_view, const PackedFile*>;

FilesByPath by_path(const std::vector<PackedFile>& files) {
  FilesByPath found;
  for (const PackedFile& file : files) found[file.path] = &file;
  return found;
}

void require_same(bool holds, std::string_view what) {
  if (holds) return;
  throw base::Error(base::ExitCode::kFailure,
                    "the payload does not give back `" + std::string(what) + "`")
      .with_hint("this is a fault of the pack program: report it with the wheels you bundle");
}

/// Reads a wheel with its bytecode for `cache_tag` and crosses off what comes.
void prove(const Bundle& bundle, const BundledWheel& wheel, std::string_view cache_tag,
           FilesByPath modules, FilesByPath bytecode) {
  for (std::size_t part = 0; part < wheel.part_count(); ++part) {
    bundle.read_part(wheel, part, cache_tag, [&](const BundledFile& file) {
      FilesByPath& expected = file.bytecode ? bytecode : modules;
      const auto found = expected.find(file.path);
      require_same(found != expected.end() && found->second->content == file.content &&
                       found->second->executable == file.executable,
                   file.path);
      expected.erase(found);
    });
  }
  for (const FilesByPath& missing : {modules, bytecode}) {
    require_same(missing.empty(), missing.empty() ? "" : missing.begin()->first);
  }
}

}  // namespace

PackedPayload write_payload(std::vector<PackedWheel> wheels, const PayloadSettings& settings) {
  put_in_order(wheels);
  std::string bytes = PayloadWriter(wheels, settings).write();
  return {.bytes = std::move(bytes), .wheels = std::move(wheels)};
}

void prove_payload(std::string_view payload, const std::vector<PackedWheel>& wheels) {
  const Bundle bundle(payload);
  for (const PackedWheel& packed : wheels) {
    const auto wheel = std::ranges::find(bundle.wheels(), packed.filename, &BundledWheel::filename);
    require_same(wheel != bundle.wheels().end(), packed.filename);
    prove(bundle, *wheel, {}, by_path(packed.files), {});
    for (const PackedBytecode& bytecode : packed.bytecode) {
      prove(bundle, *wheel, bytecode.cache_tag, by_path(packed.files), by_path(bytecode.files));
    }
  }
}

void require_bytecode(std::string_view payload, const std::vector<std::string>& versions) {
  const std::vector<BundledWheel> wheels = decode_manifest(payload);
  std::vector<std::string> missing;
  for (const std::string& version : versions) {
    const std::string tag = "cpython-" + base::replace_all(version, ".", "");
    const bool is_there = std::ranges::any_of(
        wheels, [&](const BundledWheel& wheel) { return wheel.bytecode_for(tag) != nullptr; });
    if (!is_there) missing.push_back(version);
  }
  if (missing.empty()) return;
  throw base::Error(base::ExitCode::kFailure,
                    "the payload has no bytecode for Python " + base::join(missing, ", "))
      .with_hint(
          "install these Pythons on the build machine, or name them in ENSURE_BYTECODE_PYTHONS; "
          "if they are there, raise ENSURE_PAYLOAD_LIMIT");
}

}  // namespace ensure::bundled
