#include "bundled/payload/frame_files.h"

#include <cstdint>

#include "bundled/payload/bytes.h"

namespace ensure::bundled {

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
