#include "installer/wheel/cached_wheel.h"

#include <utility>

#include "installer/base/digest.h"
#include "installer/wheel/zip/zip_writer.h"

namespace ensure::wheel {
namespace {

/// Binds a cached wheel to the published one. A change of the form changes the first words.
std::string comment_for(std::string_view published_sha256, std::string_view record) {
  std::string comment = "ensure stored wheel 2, published sha256=";
  comment += published_sha256;
  comment += ", RECORD sha256=";
  comment += base::to_hex(base::sha256(record));
  return comment;
}

std::string record_of(const WheelArchive& wheel) {
  return wheel.dist_info_file("RECORD").value_or("");
}

}  // namespace

CachedWheelLayout::CachedWheelLayout(const WheelArchive& wheel, std::string_view published_sha256)
    : comment_(comment_for(published_sha256, record_of(wheel))) {
  const std::vector<ZipEntry>& entries = wheel.directory().entries();
  entries_.reserve(entries.size());
  by_path_.reserve(entries.size());
  std::uint64_t directory_size = 0;
  for (const ZipEntry& entry : entries) {
    if (!entry.is_directory) by_path_.emplace(entry.path, entries_.size());
    entries_.push_back({.entry = &entry, .offset = directory_offset_});
    directory_offset_ += stored_local_size(entry, directory_offset_) + entry.size;
    directory_size += stored_central_size(entry);
  }
  size_ = directory_offset_ + directory_size +
          stored_end(entries_.size(), directory_offset_, directory_size, comment_).size();
}

void CachedWheelLayout::write_file(const WheelFile& file, const Write& write) const {
  const auto found = by_path_.find(file.path);
  if (found == by_path_.end()) return;
  const auto& [entry, offset] = entries_[found->second];
  constexpr std::size_t kSmall = 16384;
  std::string header = stored_local_header(*entry, offset);
  if (file.content.size() > kSmall) {
    write(offset + header.size(), file.content);
  } else {
    header += file.content;
  }
  write(offset, header);
}

void CachedWheelLayout::write_rest(const Write& write) const {
  std::string rest;
  for (const auto& [entry, offset] : entries_) {
    if (entry->is_directory) write(offset, stored_local_header(*entry, offset));
    rest += stored_central_header(*entry, offset);
  }
  rest += stored_end(entries_.size(), directory_offset_, rest.size(), comment_);
  write(directory_offset_, rest);
}

std::optional<WheelArchive> open_cached_wheel(std::string_view filename,
                                              std::string_view published_sha256,
                                              std::string_view bytes,
                                              std::shared_ptr<const void> keeper,
                                              FileOpener open_file) {
  const std::size_t comment_size = comment_for(published_sha256, "").size();
  if (bytes.size() < comment_size) return std::nullopt;
  const std::string_view comment = bytes.substr(bytes.size() - comment_size);
  try {
    WheelArchive wheel =
        WheelArchive::view_cached(filename, bytes, std::move(keeper), std::move(open_file));
    if (comment != comment_for(published_sha256, record_of(wheel))) return std::nullopt;
    return wheel;
  } catch (const base::Error&) {
    return std::nullopt;
  }
}

ArchivingWheel::ArchivingWheel(std::shared_ptr<const WheelArchive> wheel,
                               std::string_view published_sha256, CachedWheelLayout::Write write,
                               std::function<void()> on_written)
    : ForwardingSource(std::move(wheel)),
      layout_(this->wheel(), published_sha256),
      write_(std::move(write)),
      on_written_(std::move(on_written)) {}

void ArchivingWheel::read_part(std::size_t part, const Visitor& visit) const {
  wheel().read_part(part, [&](const WheelFile& file) {
    layout_.write_file(file, write_);
    visit(file);
  });
  if (!finish_part()) return;
  layout_.write_rest(write_);
  on_written_();
}

}  // namespace ensure::wheel
