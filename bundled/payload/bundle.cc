#include "bundled/payload/bundle.h"

#include <algorithm>
#include <optional>

#include "bundled/payload/unpacker.h"

namespace ensure::bundled {

namespace {

/// The part that holds the dist-info folder, and nothing else.
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
  const UnpackerPool::Loan unpacker(*unpackers_);
  const UnpackedPart unpacked = unpack(*unpacker, wheel, part, wheel.bytecode_for(cache_tag));
  visit_files(unpacked.files, false, visit);
  visit_files(unpacked.bytecode, true, visit);
}

Bundle::UnpackedPart Bundle::unpack(Unpacker& unpacker, const BundledWheel& wheel, std::size_t part,
                                    const BundledBytecode* bytecode) const {
  std::optional<UnpackerPool::Loan> other;
  std::string_view repeated;
  if (bytecode != nullptr && bytecode->base) {
    const BundledWheel& owner = wheels_.at(bytecode->base->wheel);
    const BundledBytecode& newer = owner.bytecode.at(bytecode->base->bytecode);
    repeated = unpack(*other.emplace(*unpackers_), owner, part, &newer).bytecode;
  }

  const Frame* const base = wheel.base ? &wheels_.at(*wheel.base).frames.at(part) : nullptr;
  const Frame& source = wheel.frames.at(part);
  const Frame* const made = bytecode == nullptr ? nullptr : &bytecode->frames.at(part);
  std::size_t size = source.unpacked_size + repeated.size();
  if (base != nullptr) size += base->unpacked_size;
  if (made != nullptr) size += made->unpacked_size;
  unpacker.start(size);

  const std::string_view files =
      base == nullptr
          ? unpacker.unpack(payload_, source)
          : unpacker.unpack_difference(payload_, source, unpacker.unpack(payload_, *base));
  if (made == nullptr) return {files, {}};
  // Modules and their bytecode share names and documentation: the one is a difference to the other.
  return {files, unpacker.unpack_difference(payload_, *made, unpacker.append(files, repeated))};
}

}  // namespace ensure::bundled
