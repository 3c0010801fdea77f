#include "installer/wheel/zip/entry_reader.h"

#include <libdeflate.h>

#include <algorithm>
#include <utility>

#include "installer/base/error.h"
#include "installer/wheel/zip/zip_writer.h"

namespace ensure::wheel {

void CachedContent::read(const std::function<void(std::string_view piece)>& take) const {
  constexpr std::uint64_t kPiece = std::uint64_t{256} << 10U;
  std::string piece(std::min(size(), kPiece), '\0');
  std::uint32_t crc32 = 0;
  for (std::uint64_t done = 0; done < size();) {
    const std::size_t count = std::min<std::uint64_t>(size() - done, piece.size());
    file_->read_at(offset_ + done, piece.data(), count);
    crc32 = libdeflate_crc32(crc32, piece.data(), count);
    take(std::string_view(piece).substr(0, count));
    done += count;
  }
  errors_->require(crc32 == entry_->crc32, entry_->path, "has content that is damaged");
}

void CachedContent::check() const {
  read([](std::string_view /*piece*/) {});
}

void EntryReader::FreeDecompressor::operator()(libdeflate_decompressor* decompressor) const {
  libdeflate_free_decompressor(decompressor);
}

void EntryReader::read_from(base::File file, std::string_view bytes) {
  file_ = std::move(file);
  archive_ = bytes;
}

std::optional<CachedContent> EntryReader::next_cached(bool any) {
  const ZipEntry& entry = *files_[current_];
  if (!file_ || entry.deflated || (!any && entry.size < kLargeEntry)) return std::nullopt;
  ++current_;
  return CachedContent(file_, offset_of(entry), entry, errors_);
}

std::string_view EntryReader::next() {
  const ZipEntry& file = *files_[current_++];
  std::optional<std::string_view> content = file.packed;
  if (file.deflated) {
    content = inflate(file);
  } else if (file_) {
    content = read_uncompressed(file);
  }
  if (!content || content->size() != file.size ||
      libdeflate_crc32(0, content->data(), content->size()) != file.crc32) {
    throw errors_.error(file.path, "has content that is damaged");
  }
  return *content;
}

void EntryReader::make_room(std::size_t size) {
  if (buffer_size_ >= size) return;
  buffer_.reset();  // before the larger one is allocated
  buffer_ = std::make_unique_for_overwrite<char[]>(size);
  buffer_size_ = size;
}

std::uint64_t EntryReader::offset_of(const ZipEntry& entry) const {
  return static_cast<std::uint64_t>(entry.packed.data() - archive_.data());
}

/// Reads content from the file. Small files that lie near each other are read at once.
std::string_view EntryReader::read_uncompressed(const ZipEntry& entry) {
  const std::uint64_t offset = offset_of(entry);
  if (offset < begin_ || offset + entry.size > end_) fill(offset, entry.size);
  return {buffer_.get() + (offset - begin_), entry.size};
}

void EntryReader::fill(std::uint64_t offset, std::uint64_t size) {
  constexpr std::uint64_t kMost = std::uint64_t{256} << 10U;
  constexpr std::uint64_t kLargestGap = std::uint64_t{8} << 10U;
  begin_ = offset;
  end_ = offset + size;
  for (std::size_t i = current_; i < files_.size(); ++i) {
    const ZipEntry& next = *files_[i];
    const std::uint64_t start = offset_of(next);
    if (start < end_ || start > end_ + kLargestGap || next.size >= kLargeEntry) break;
    if (start + next.size - begin_ > kMost) break;
    end_ = start + next.size;
  }
  make_room(end_ - begin_);
  file_.read_at(begin_, buffer_.get(), end_ - begin_);
}

/// Returns nullopt if the data are not one deflated stream of that size, from the first to the last
/// byte.
std::optional<std::string_view> EntryReader::inflate(const ZipEntry& file) {
  if (!decompressor_) decompressor_.reset(libdeflate_alloc_decompressor());
  if (!decompressor_) {
    throw base::Error(base::ExitCode::kFailure, "out of memory while unpacking")
        .with_hint("close other programs");
  }
  make_room(file.size);
  std::size_t used = 0;
  const libdeflate_result result =
      libdeflate_deflate_decompress_ex(decompressor_.get(), file.packed.data(), file.packed.size(),
                                       buffer_.get(), file.size, &used, nullptr);
  if (result != LIBDEFLATE_SUCCESS || used != file.packed.size()) return std::nullopt;
  return std::string_view(buffer_.get(), file.size);
}

std::string read_entry(const ZipEntry& file, const ArchiveErrors& errors) {
  return std::string(EntryReader({&file}, errors).next());
}

}  // namespace ensure::wheel
