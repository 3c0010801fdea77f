#include "installer/wheel/entry_reader.h"

#include <libdeflate.h>

#include <cstddef>
#include <optional>
#include <utility>

namespace ensure::wheel {
namespace {

struct DecompressorCloser {
  void operator()(libdeflate_decompressor* decompressor) const {
    libdeflate_free_decompressor(decompressor);
  }
};

}  // namespace

struct EntryReader::State {
  State(std::vector<const ZipEntry*> entries, const Refusal& words)
      : files(std::move(entries)), refusal(words) {}

  std::vector<const ZipEntry*> files;
  const Refusal& refusal;
  std::unique_ptr<libdeflate_decompressor, DecompressorCloser> decompressor;
  std::size_t current = 0;  ///< the file that `next` returns next
  std::string buffer;       ///< as large as the largest file so far

  /// Nothing where the data are not one deflated stream of that size, from its first to its last
  /// byte.
  std::optional<std::string_view> inflate(const ZipEntry& file) {
    if (!decompressor) decompressor.reset(libdeflate_alloc_decompressor());
    if (!decompressor) {
      throw base::Error(base::ExitCode::kFailure, "there is no memory to unpack with")
          .with_hint("close other programs");
    }
    if (buffer.size() < file.size) buffer.resize(file.size);
    std::size_t used = 0;
    const libdeflate_result result =
        libdeflate_deflate_decompress_ex(decompressor.get(), file.packed.data(), file.packed.size(),
                                         buffer.data(), file.size, &used, nullptr);
    if (result != LIBDEFLATE_SUCCESS || used != file.packed.size()) return std::nullopt;
    return std::string_view(buffer).substr(0, file.size);
  }
};

EntryReader::EntryReader(std::vector<const ZipEntry*> files, const Refusal& refusal)
    : state_(std::make_unique<State>(std::move(files), refusal)) {}

EntryReader::~EntryReader() = default;
EntryReader::EntryReader(EntryReader&&) noexcept = default;
EntryReader& EntryReader::operator=(EntryReader&&) noexcept = default;

std::string_view EntryReader::next() {
  const ZipEntry& file = *state_->files[state_->current++];
  const std::optional<std::string_view> content =
      file.deflated ? state_->inflate(file) : file.packed;
  if (!content || content->size() != file.size ||
      libdeflate_crc32(0, content->data(), content->size()) != file.crc32) {
    throw state_->refusal.error(file.path, "has content that is damaged");
  }
  return *content;
}

std::string read_entry(const ZipEntry& file, const Refusal& refusal) {
  return std::string(EntryReader({&file}, refusal).next());
}

}  // namespace ensure::wheel
