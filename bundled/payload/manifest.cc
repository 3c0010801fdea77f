#include "bundled/payload/manifest.h"

#include <algorithm>

#include "bundled/payload/bytes.h"

namespace ensure::bundled {

namespace {

/// The last letter is the version of the format; nothing else tells formats apart.
constexpr std::string_view kMagic = "ensure-bundle-4\n";
constexpr std::size_t kDigestSize = 32;
constexpr std::uint32_t kNoBase = 0xFFFFFFFF;

void write_frames(ByteWriter& out, const std::vector<Frame>& frames) {
  for (const Frame& frame : frames) {
    out.number(frame.size);
    out.number(frame.unpacked_size);
    out.raw({frame.sum.data(), frame.sum.size()});
  }
}

void write_size(ByteWriter& out, std::uint64_t size) {
  out.number(static_cast<std::uint32_t>(size));
  out.number(static_cast<std::uint32_t>(size >> 32U));
}

void write_wheel(ByteWriter& out, const BundledWheel& wheel) {
  out.text(wheel.filename);
  out.text(wheel.name.as_written());
  out.text(wheel.version.to_string());
  out.text(wheel.requires_python.to_string());
  out.text(wheel.sha256);
  out.text(wheel.dist_info);
  write_size(out, wheel.unpacked_size);
  out.number(wheel.base ? static_cast<std::uint32_t>(*wheel.base) : kNoBase);
  out.number(static_cast<std::uint32_t>(wheel.frames.size()));
  out.number(static_cast<std::uint32_t>(wheel.bytecode.size()));
  write_frames(out, wheel.frames);
  for (const BundledBytecode& bytecode : wheel.bytecode) {
    out.text(bytecode.cache_tag);
    out.text(bytecode.compiled_with);
    write_size(out, bytecode.unpacked_size);
    write_frames(out, bytecode.frames);
  }
}

/// Reads a manifest whose digest has been checked. Still refuses inconsistent values, so that no
/// frame reaches beyond the payload.
class ManifestReader {
 public:
  ManifestReader(std::string_view manifest, std::size_t first_frame, std::size_t payload_size)
      : in_(manifest), offset_(first_frame), payload_size_(payload_size) {}

  std::vector<BundledWheel> read() {
    std::vector<BundledWheel> wheels;
    const std::uint32_t count = in_.number();
    // NOLINTNEXTLINE(performance-inefficient-vector-operation): the count may be wrong
    for (std::uint32_t i = 0; i < count; ++i) wheels.push_back(read_wheel(wheels));
    if (!in_.rest().empty()) throw damaged_bundle("its manifest is too long");
    if (offset_ != payload_size_) throw damaged_bundle("it is longer than its manifest says");
    return wheels;
  }

 private:
  BundledWheel read_wheel(const std::vector<BundledWheel>& earlier) {
    std::string filename{in_.text()};
    specs::PackageName name = specs::PackageName::parse(in_.text());
    specs::Version version = specs::Version::parse(in_.text());
    specs::SpecifierSet requires_python = specs::SpecifierSet::parse(in_.text());
    BundledWheel wheel{.filename = std::move(filename),
                       .name = std::move(name),
                       .version = std::move(version),
                       .requires_python = std::move(requires_python),
                       .sha256 = std::string(in_.text()),
                       .dist_info = std::string(in_.text()),
                       .unpacked_size = read_size(),
                       .base = read_base(earlier),
                       .frames = {},
                       .bytecode = {}};
    const std::uint32_t parts = in_.number();
    const std::uint32_t tags = in_.number();
    wheel.frames = read_frames(parts);
    for (std::uint32_t i = 0; i < tags; ++i) {
      wheel.bytecode.push_back({.cache_tag = std::string(in_.text()),
                                .compiled_with = std::string(in_.text()),
                                .unpacked_size = read_size(),
                                .frames = read_frames(parts)});
    }
    const bool base_fits = !wheel.base || earlier[*wheel.base].part_count() == parts;
    if (parts == 0 || !base_fits) throw damaged_bundle("its parts do not fit together");
    return wheel;
  }

  std::optional<std::size_t> read_base(const std::vector<BundledWheel>& earlier) {
    const std::uint32_t base = in_.number();
    if (base == kNoBase) return std::nullopt;
    if (base >= earlier.size() || earlier[base].base) {
      throw damaged_bundle("a wheel is the difference to one that is not there");
    }
    return base;
  }

  std::vector<Frame> read_frames(std::size_t count) {
    std::vector<Frame> frames;
    for (std::size_t i = 0; i < count; ++i) {
      const Frame frame{.offset = offset_,
                        .size = in_.number(),
                        .unpacked_size = in_.number(),
                        .sum = read_checksum()};
      if (frame.size > payload_size_ - offset_) throw damaged_bundle("its end is missing");
      offset_ += frame.size;
      frames.push_back(frame);
    }
    return frames;
  }

  base::LongChecksum read_checksum() {
    base::LongChecksum sum{};
    const std::string_view bytes = in_.raw(sum.size());
    std::ranges::copy(bytes, sum.begin());
    return sum;
  }

  std::uint64_t read_size() {
    const std::uint64_t low = in_.number();
    return low | (static_cast<std::uint64_t>(in_.number()) << 32U);
  }

  ByteReader in_;
  std::size_t offset_;
  std::size_t payload_size_;
};

}  // namespace

const BundledBytecode* BundledWheel::bytecode_for(std::string_view cache_tag) const {
  const auto found = std::ranges::find(bytecode, cache_tag, &BundledBytecode::cache_tag);
  return found == bytecode.end() ? nullptr : &*found;
}

std::vector<std::string> BundledWheel::bytecode_tags() const {
  std::vector<std::string> tags;
  tags.reserve(bytecode.size());
  for (const BundledBytecode& made : bytecode) tags.push_back(made.cache_tag);
  return tags;
}

std::string encode_manifest(const std::vector<BundledWheel>& wheels) {
  ByteWriter manifest;
  manifest.number(static_cast<std::uint32_t>(wheels.size()));
  for (const BundledWheel& wheel : wheels) write_wheel(manifest, wheel);
  ByteWriter out;
  out.raw(kMagic);
  out.raw(base::sha256(manifest.bytes()));
  out.text(manifest.bytes());
  return out.bytes();
}

std::vector<BundledWheel> decode_manifest(std::string_view payload) {
  ByteReader in(payload);
  if (in.raw(kMagic.size()) != kMagic) throw damaged_bundle("it does not begin as it should");
  const std::string_view digest = in.raw(kDigestSize);
  const std::string_view manifest = in.text();
  if (base::sha256(manifest) != digest) {
    throw damaged_bundle("its manifest does not have the SHA-256 that it should have");
  }
  return ManifestReader(manifest, payload.size() - in.rest().size(), payload.size()).read();
}

std::string encode_files(const std::vector<BundledFile>& files) {
  ByteWriter table;
  table.number(static_cast<std::uint32_t>(files.size()));
  std::string contents;
  for (const BundledFile& file : files) {
    table.number(static_cast<std::uint32_t>(file.content.size()));
    table.byte(file.executable ? 1 : 0);
    table.text(file.path);
    contents += file.content;
  }
  ByteWriter frame;
  frame.text(table.bytes());
  frame.raw(contents);
  return frame.bytes();
}

void visit_files(std::string_view unpacked, bool bytecode, const FileVisitor& visit) {
  // A part without bytecode has an empty frame of it.
  if (unpacked.empty()) return;
  ByteReader contents(unpacked);
  ByteReader table(contents.text());
  const std::uint32_t count = table.number();
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t size = table.number();
    const bool executable = table.byte() != 0;
    const std::string_view path = table.text();
    visit({.path = path,
           .content = contents.raw(size),
           .executable = executable,
           .bytecode = bytecode});
  }
  if (!table.rest().empty() || !contents.rest().empty()) {
    throw damaged_bundle("a frame holds more than its files");
  }
}

}  // namespace ensure::bundled
