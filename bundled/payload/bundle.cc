#include "bundled/payload/bundle.h"

#include <algorithm>

#include "bundled/payload/unpacker.h"

namespace ensure::bundled {

namespace {

/// The part that holds the .dist-info directory, and nothing else.
constexpr std::size_t kDistInfoPart = 0;

}  // namespace

Bundle::Bundle(std::string_view payload)
    : payload_(payload),
      wheels_(decode_manifest(payload)),
      unpackers_(std::make_unique<UnpackerPool>()) {}

Bundle::~Bundle() = default;
Bundle::Bundle(Bundle&&) noexcept = default;
Bundle& Bundle::operator=(Bundle&&) noexcept = default;

const BundledWheel* Bundle::newest_for(const specs::Version& python) const {
  const auto found = std::ranges::find_if(
      wheels_, [&](const BundledWheel& wheel) { return wheel.requires_python.contains(python); });
  return found == wheels_.end() ? nullptr : &*found;
}

DistInfoFiles Bundle::dist_info_files(const BundledWheel& wheel) const {
  DistInfoFiles files;
  read_part(wheel, kDistInfoPart, {}, [&](const BundledFile& file) {
    files.emplace(file.path.substr(wheel.dist_info.size() + 1), file.content);
  });
  return files;
}

void Bundle::read_part(const BundledWheel& wheel, std::size_t part, std::string_view cache_tag,
                       const FileVisitor& visit) const {
  const UnpackerPool::Loan loan(*unpackers_);
  Unpacker& unpacker = *loan;
  const Frame* const base = wheel.base ? &wheels_.at(*wheel.base).frames.at(part) : nullptr;
  const Frame& source = wheel.frames.at(part);
  const BundledBytecode* const bytecode = wheel.bytecode_for(cache_tag);
  const Frame* const compiled = bytecode == nullptr ? nullptr : &bytecode->frames.at(part);
  std::size_t size = source.unpacked_size;
  if (base != nullptr) size += base->unpacked_size;
  if (compiled != nullptr) size += compiled->unpacked_size;
  unpacker.start(size);

  const std::string_view files =
      base == nullptr
          ? unpacker.unpack(payload_, source)
          : unpacker.unpack_difference(payload_, source, unpacker.unpack(payload_, *base));
  visit_files(files, false, visit);
  if (compiled == nullptr) return;
  // Modules and their bytecode share names and documentation: bytecode is stored as the difference.
  visit_files(unpacker.unpack_difference(payload_, *compiled, files), true, visit);
}

}  // namespace ensure::bundled
