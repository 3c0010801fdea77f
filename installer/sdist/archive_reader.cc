#include "installer/sdist/archive_reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <new>
#include <unordered_map>
#include <utility>

namespace ensure::sdist {
namespace {

struct Format {
  std::string_view suffix;
  int filter;
  int (*enable_filter)(archive*);
};

/// The suffix selects one filter. Naming the functions one by one makes the linker drop all other
/// filters of libarchive.
constexpr std::array kFormats = {
    Format{".tar", ARCHIVE_FILTER_NONE, nullptr},
    Format{".tar.gz", ARCHIVE_FILTER_GZIP, archive_read_support_filter_gzip},
    Format{".tgz", ARCHIVE_FILTER_GZIP, archive_read_support_filter_gzip},
    Format{".tar.bz2", ARCHIVE_FILTER_BZIP2, archive_read_support_filter_bzip2},
    Format{".tbz", ARCHIVE_FILTER_BZIP2, archive_read_support_filter_bzip2},
    Format{".tar.xz", ARCHIVE_FILTER_XZ, archive_read_support_filter_xz},
    Format{".txz", ARCHIVE_FILTER_XZ, archive_read_support_filter_xz},
    Format{".tar.zst", ARCHIVE_FILTER_ZSTD, archive_read_support_filter_zstd},
};

const Format* format_of(std::string_view filename) {
  const auto* const found = std::ranges::find_if(
      kFormats, [filename](const Format& format) { return filename.ends_with(format.suffix); });
  return found == kFormats.end() ? nullptr : found;
}

std::string_view text_of(const char* text) { return text == nullptr ? "" : text; }

/// Owns a libarchive reader of bytes in memory, and turns its complaints into refusals.
class Reader {
 public:
  Reader(std::string_view bytes, const wheel::ArchiveErrors& errors)
      : bytes_(bytes), errors_(errors), archive_(archive_read_new(), archive_read_free) {
    if (!archive_) throw std::bad_alloc();
  }

  [[nodiscard]] archive* get() const { return archive_.get(); }

  void open() const { check(archive_read_open_memory(get(), bytes_.data(), bytes_.size())); }

  /// Reads the next header; nullptr at the end of the archive.
  [[nodiscard]] archive_entry* next() const {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(get(), &entry);
    if (status == ARCHIVE_EOF) return nullptr;
    check(status);
    return entry;
  }

  /// The next piece of an entry's content; empty at its end.
  [[nodiscard]] std::string_view next_block() const {
    const void* block = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    const int status = archive_read_data_block(get(), &block, &size, &offset);
    if (status == ARCHIVE_EOF) return {};
    check(status);
    return {static_cast<const char*>(block), size};
  }

  /// The bytes that have been read. Requires that only zeros follow them.
  [[nodiscard]] std::string_view whole() const {
    const auto size = static_cast<std::size_t>(archive_filter_bytes(get(), -1));
    errors_.require(bytes_.find_first_not_of('\0', size) == std::string_view::npos,
                    "it has trailing data");
    return bytes_.substr(0, size);
  }

  /// A warning is a refusal, too. The exception: without a locale, libarchive complains about every
  /// name that is not ASCII, and returns it as it is.
  void check(int status) const {
    if (status == ARCHIVE_OK) return;
    const std::string_view reason = text_of(archive_error_string(get()));
    if (status == ARCHIVE_WARN && reason.ends_with("to current locale.")) return;
    throw errors_.error("it is damaged (" + std::string(reason) + ")");
  }

 private:
  std::string_view bytes_;
  const wheel::ArchiveErrors& errors_;
  std::unique_ptr<archive, int (*)(archive*)> archive_;
};

/// libarchive ignores the checksum at the end of a gzip file. Checking it here means that a file of
/// several gzip members is refused; no tool writes source distributions like that.
bool has_gzip_checksum(std::string_view bytes, std::string_view text) {
  const std::uint32_t crc = libdeflate_crc32(0, text.data(), text.size());
  const std::string_view trailer = bytes.substr(bytes.size() - 8);
  for (unsigned i = 0; i < 4; ++i) {
    if (static_cast<std::uint8_t>(trailer[i]) != (crc >> (8 * i) & 0xFFU)) return false;
  }
  return true;
}

/// `path` without a leading "./" and a final "/".
std::string plain_path(std::string_view path) {
  while (path.starts_with("./")) {
    path.remove_prefix(2);
    path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
  }
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return std::string(path);
}

constexpr std::size_t kBlock = 512;
constexpr std::size_t kSizeOffset = 124;
constexpr std::size_t kSizeLength = 12;
constexpr std::size_t kTypeOffset = 156;
/// Headers with names and attributes of the entry behind them: pax and GNU.
constexpr std::string_view kExtensionTypes = "xgLK";
constexpr std::string_view kMalformed = "an extended header of it is malformed";
constexpr std::string_view kFileTypes("0\0007", 3);
constexpr char kFile = '0';
constexpr char kHardLink = '1';
constexpr char kSymbolicLink = '2';
constexpr char kDirectory = '5';

class TarReader {
 public:
  TarReader(std::string_view bytes, const wheel::ArchiveErrors& errors)
      : bytes_(bytes), errors_(errors), reader_(bytes, errors) {
    reader_.check(archive_read_support_format_tar(reader_.get()));
    reader_.open();
  }

  SourceContent read() {
    while (archive_entry* const entry = reader_.next()) add(entry);
    errors_.require(!headers().empty(), "it is cut off");
    (void)reader_.whole();
    return std::move(content_);
  }

 private:
  /// The headers of the current entry; behind the last entry the end marker.
  [[nodiscard]] std::string_view headers() const {
    const auto begin = static_cast<std::size_t>(archive_read_header_position(reader_.get()));
    const auto end = static_cast<std::size_t>(archive_filter_bytes(reader_.get(), 0));
    return bytes_.substr(begin, end - begin);
  }

  void add(archive_entry* tar) {
    const std::string_view header = headers().substr(headers().size() - kBlock);
    const std::string_view written = text_of(archive_entry_pathname(tar));
    SourceEntry entry{.path = plain_path(written)};
    const bool is_sparse = archive_entry_sparse_count(tar) > 0 ||
                           headers().find("GNU.sparse.") != std::string_view::npos;
    errors_.require(!is_sparse, entry.path, "is a sparse file");
    check_extensions(headers().substr(0, headers().size() - kBlock));
    entry.executable = (archive_entry_perm(tar) & 0100U) != 0;
    // libarchive takes an entry of an unknown type for a file, so look at the type itself.
    char type = header[kTypeOffset];
    // Before POSIX a directory was a file whose name ends in "/".
    if (kFileTypes.find(type) != std::string_view::npos)
      type = written.ends_with('/') ? kDirectory : kFile;
    read_entry(tar, type, entry);
    if (type != kFile) check_empty(tar, header, entry);
    content_.newest = std::max<std::int64_t>(content_.newest, archive_entry_mtime(tar));
    keep(std::move(entry));
  }

  /// Refuses headers in front of an entry that libarchive ignores and other readers obey, so that
  /// both read the same archive. `headers` has each header block with its data.
  void check_extensions(std::string_view headers) const {
    while (!headers.empty()) {
      const char type = headers[kTypeOffset];
      errors_.require(kExtensionTypes.find(type) != std::string_view::npos,
                      "it has an entry that is neither a file nor a directory nor a link");
      const std::size_t size = number_in(headers.substr(kSizeOffset, kSizeLength), 8);
      const std::size_t whole = kBlock + (size + kBlock - 1) / kBlock * kBlock;
      errors_.require(size < headers.size() && whole <= headers.size(), "it is cut off");
      if (type == 'x' || type == 'g') check_records(headers.substr(kBlock, size), type == 'g');
      headers.remove_prefix(whole);
    }
  }

  /// Checks the records "LENGTH KEY=VALUE\n" of a pax header. A comment may be for all entries; a
  /// name or a size may not.
  void check_records(std::string_view records, bool is_global) const {
    while (!records.empty()) {
      const std::size_t blank = std::min(records.find(' '), records.size());
      const std::size_t length = number_in(records.substr(0, blank), 10);
      errors_.require(length > blank + 1 && length <= records.size(), kMalformed);
      const std::string_view record = records.substr(blank + 1, length - blank - 1);
      const std::string_view key = record.substr(0, record.find('='));
      const bool is_name = key == "path" || key == "linkpath";
      errors_.require(!is_global || (!is_name && key != "size"),
                      "it has a header that gives all entries one name or size");
      if (key == "size") (void)number_in(record.substr(5, record.size() - 6), 10);
      records.remove_prefix(length);
    }
  }

  /// A number that fills a field up to blanks and zero bytes.
  [[nodiscard]] std::size_t number_in(std::string_view field, int base) const {
    field = field.substr(0, field.find_last_not_of(std::string_view(" \0", 2)) + 1);
    std::size_t number = 0;
    const auto [stop, failure] =
        std::from_chars(field.data(), field.data() + field.size(), number, base);
    errors_.require(failure == std::errc() && stop == field.data() + field.size(), kMalformed);
    return number;
  }

  void read_entry(archive_entry* tar, char type, SourceEntry& entry) {
    if (type == kFile) return read_content(tar, entry);
    if (type == kHardLink) return copy_linked(tar, entry);
    const bool is_link = type == kSymbolicLink;
    errors_.require(is_link || type == kDirectory, entry.path,
                    "is neither a file nor a directory nor a link");
    entry.kind = is_link ? SourceEntry::Kind::kLink : SourceEntry::Kind::kDirectory;
    if (is_link) entry.target = text_of(archive_entry_symlink(tar));
  }

  /// The whole archive is in memory, so the content of a file is one piece of it.
  void read_content(archive_entry* tar, SourceEntry& entry) {
    entry.content = reader_.next_block();
    const auto size = static_cast<std::uint64_t>(archive_entry_size(tar));
    errors_.require(entry.content.size() == size, entry.path, "is cut off");
  }

  /// A second name of a file that is earlier in the archive.
  void copy_linked(archive_entry* tar, SourceEntry& entry) {
    const auto found = files_.find(plain_path(text_of(archive_entry_hardlink(tar))));
    errors_.require(found != files_.end(), entry.path,
                    "is a link to a file that is not before it in the archive");
    entry.content = content_.entries[found->second].content;
    entry.executable = content_.entries[found->second].executable;
  }

  /// libarchive reads no content of links and directories; a program that does would read another
  /// archive. So their size has to be 0, in the header and in what libarchive made of it.
  void check_empty(archive_entry* tar, std::string_view header, const SourceEntry& entry) const {
    const std::string_view size = header.substr(kSizeOffset, kSizeLength);
    const bool is_empty = archive_entry_size(tar) == 0 && size.find_first_not_of(std::string_view(
                                                              "0 \0", 3)) == std::string_view::npos;
    errors_.require(is_empty, entry.path, "is a link or a directory with content");
  }

  void keep(SourceEntry entry) {
    const bool is_directory = entry.kind == SourceEntry::Kind::kDirectory;
    if (is_directory && (entry.path == "." || entry.path.empty())) return;  // the root itself
    if (entry.kind == SourceEntry::Kind::kFile) files_[entry.path] = content_.entries.size();
    content_.entries.push_back(std::move(entry));
  }

  std::string_view bytes_;
  const wheel::ArchiveErrors& errors_;
  Reader reader_;
  SourceContent content_;
  std::unordered_map<std::string, std::size_t> files_;  ///< path -> index in the entries
};

/// Throws if `bytes` are compressed by another filter, or twice.
std::string decompress(std::string_view bytes, const Format& format,
                       const wheel::ArchiveErrors& errors, std::uint64_t largest) {
  const Reader reader(bytes, errors);
  reader.check(format.enable_filter(reader.get()));
  reader.check(archive_read_support_format_raw(reader.get()));
  reader.open();
  (void)reader.next();
  // The second filter is the memory itself.
  errors.require(archive_filter_count(reader.get()) == 2 &&
                     archive_filter_code(reader.get(), 0) == format.filter,
                 "it is not compressed as its suffix says");
  std::string text;
  for (auto block = reader.next_block(); !block.empty(); block = reader.next_block()) {
    errors.require(block.size() <= largest - text.size(),
                   "it unpacks to more than any source distribution");
    text.append(block);
  }
  bytes = reader.whole();
  errors.require(format.filter != ARCHIVE_FILTER_GZIP || has_gzip_checksum(bytes, text),
                 "it is damaged (its gzip checksum is wrong)");
  return text;
}

}  // namespace

bool is_tar_name(std::string_view filename) { return format_of(filename) != nullptr; }

SourceContent read_tar(std::string_view filename, std::string_view bytes,
                       const wheel::ArchiveErrors& errors, std::uint64_t largest) {
  const Format& format = *format_of(filename);
  if (format.enable_filter == nullptr) return TarReader(bytes, errors).read();
  const auto text = std::make_shared<const std::string>(decompress(bytes, format, errors, largest));
  SourceContent content = TarReader(*text, errors).read();
  content.memory = text;
  return content;
}

}  // namespace ensure::sdist
