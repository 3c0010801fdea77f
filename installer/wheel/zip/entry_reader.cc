#include "installer/wheel/zip/entry_reader.h"

#include <libdeflate.h>

#include <cerrno>
#include <cstddef>
#include <optional>
#include <utility>

#include "installer/base/error.h"
#include "installer/wheel/zip/zip_writer.h"

namespace ensure::wheel {
namespace {

struct DecompressorCloser {
  void operator()(libdeflate_decompressor* decompressor) const {
    libdeflate_free_decompressor(decompressor);
  }
};

}  // namespace

struct EntryReader::State {
  State(std::vector<const ZipEntry*> entries, const ArchiveErrors& words)
      : files(std::move(entries)), errors(words) {}

  std::vector<const ZipEntry*> files;
  const ArchiveErrors& errors;
  std::unique_ptr<libdeflate_decompressor, DecompressorCloser> decompressor;
  std::size_t current = 0;         ///< the file that `next` returns next
  std::unique_ptr<char[]> buffer;  ///< as large as the largest file so far, and not cleared
  std::size_t buffer_size = 0;

  void make_room(std::size_t size) {
    if (buffer_size >= size) return;
    buffer.reset();  // before the larger one is there
    buffer = std::make_unique_for_overwrite<char[]>(size);
    buffer_size = size;
  }

  // Where content is read from a file: what `buffer` holds of it.
  base::Descriptor descriptor;
  std::string_view archive;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  [[nodiscard]] std::uint64_t offset_of(const ZipEntry& entry) const {
    return static_cast<std::uint64_t>(entry.packed.data() - archive.data());
  }

  /// The content of the next file from the descriptor. Small files that lie near each other are
  /// read at once.
  std::string_view read_stored(const ZipEntry& entry) {
    const std::uint64_t offset = offset_of(entry);
    if (offset < begin || offset + entry.size > end) fill(offset, entry.size);
    return {buffer.get() + (offset - begin), entry.size};
  }

  void fill(std::uint64_t offset, std::uint64_t size) {
    constexpr std::uint64_t kMost = std::uint64_t{256} << 10U;
    constexpr std::uint64_t kLargestGap = std::uint64_t{8} << 10U;
    begin = offset;
    end = offset + size;
    for (std::size_t i = current; i < files.size(); ++i) {
      const ZipEntry& next = *files[i];
      const std::uint64_t start = offset_of(next);
      if (start < end || start > end + kLargestGap || next.size >= kStoredLarge) break;
      if (start + next.size - begin > kMost) break;
      end = start + next.size;
    }
    make_room(end - begin);
    read_at(descriptor.get(), begin, buffer.get(), end - begin);
  }

  /// Nothing where the data are not one deflated stream of that size, from its first to its last
  /// byte.
  std::optional<std::string_view> inflate(const ZipEntry& file) {
    if (!decompressor) decompressor.reset(libdeflate_alloc_decompressor());
    if (!decompressor) {
      throw base::Error(base::ExitCode::kFailure, "there is no memory to unpack with")
          .with_hint("close other programs");
    }
    make_room(file.size);
    std::size_t used = 0;
    const libdeflate_result result =
        libdeflate_deflate_decompress_ex(decompressor.get(), file.packed.data(), file.packed.size(),
                                         buffer.get(), file.size, &used, nullptr);
    if (result != LIBDEFLATE_SUCCESS || used != file.packed.size()) return std::nullopt;
    return std::string_view(buffer.get(), file.size);
  }
};

EntryReader::EntryReader(std::vector<const ZipEntry*> files, const ArchiveErrors& errors)
    : state_(std::make_unique<State>(std::move(files), errors)) {}

EntryReader::~EntryReader() = default;
EntryReader::EntryReader(EntryReader&&) noexcept = default;
EntryReader& EntryReader::operator=(EntryReader&&) noexcept = default;

void EntryReader::read_from(base::Descriptor file, std::string_view bytes) {
  state_->descriptor = std::move(file);
  state_->archive = bytes;
}

std::optional<CachedContent> EntryReader::next_cached(bool any) {
  const ZipEntry& entry = *state_->files[state_->current];
  if (!state_->descriptor || entry.deflated || (!any && entry.size < kStoredLarge))
    return std::nullopt;
  ++state_->current;
  return CachedContent(state_->descriptor.get(), state_->offset_of(entry), entry, state_->errors);
}

std::string_view EntryReader::next() {
  const ZipEntry& file = *state_->files[state_->current++];
  const std::optional<std::string_view> content = file.deflated ? state_->inflate(file)
                                                  : !state_->descriptor
                                                      ? file.packed
                                                      : std::optional(state_->read_stored(file));
  if (!content || content->size() != file.size ||
      libdeflate_crc32(0, content->data(), content->size()) != file.crc32) {
    throw state_->errors.error(file.path, "has content that is damaged");
  }
  return *content;
}

std::string read_entry(const ZipEntry& file, const ArchiveErrors& errors) {
  return std::string(EntryReader({&file}, errors).next());
}

}  // namespace ensure::wheel
