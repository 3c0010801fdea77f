#include "installer/sdist/tar_reader.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "installer/sdist/tar_header.h"

namespace ensure::sdist {
namespace {

constexpr char kRegular = '0';
constexpr char kOldRegular = '\0';
constexpr char kHardLink = '1';
constexpr char kSymbolicLink = '2';
constexpr char kFolder = '5';
constexpr char kContiguous = '7';
constexpr char kPax = 'x';
constexpr char kGlobalPax = 'g';
constexpr char kGnuLongName = 'L';
constexpr char kGnuLongTarget = 'K';

constexpr std::uint64_t kExecutable = 0100;

/// What extension headers say of the entry behind them.
struct Overrides {
  std::optional<std::string> path;
  std::optional<std::string> target;
  std::optional<std::uint64_t> size;
};

/// `path` without what means nothing: "./" before it and "/" behind it.
std::string plain_path(std::string_view path) {
  while (path.starts_with("./")) {
    path.remove_prefix(2);
    path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
  }
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return std::string(path);
}

std::string until_zero(std::string_view text) {
  return std::string(text.substr(0, std::min(text.find('\0'), text.size())));
}

/// Goes through the blocks.
class TarReader {
 public:
  TarReader(std::string_view bytes, const wheel::ArchiveErrors& refusal)
      : bytes_(bytes), refusal_(refusal) {}

  TarContent read() {
    while (true) {
      const std::optional<TarHeader> header = parse_tar_header(take(kTarBlock), refusal_);
      if (!header) break;
      read_entry(*header);
    }
    refusal_.require(overrides_.path == std::nullopt && overrides_.size == std::nullopt,
                     "its last header belongs to nothing");
    const bool is_over = std::ranges::all_of(bytes_, [](char byte) { return byte == '\0'; });
    refusal_.require(is_over, "there is something behind its end");
    return std::move(content_);
  }

 private:
  std::string_view take(std::uint64_t size) {
    refusal_.require(size <= bytes_.size(), "it is cut off");
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }

  std::string_view take_data(std::uint64_t size) {
    const std::string_view data = take(size);
    const std::uint64_t rest = size % kTarBlock;
    if (rest != 0) (void)take(kTarBlock - rest);
    return data;
  }

  void read_entry(const TarHeader& header) {
    switch (header.type) {
      case kPax:
        return read_pax(take_data(header.size));
      case kGlobalPax:
        return read_global_pax(take_data(header.size));
      case kGnuLongName:
        overrides_.path = until_zero(take_data(header.size));
        return;
      case kGnuLongTarget:
        overrides_.target = until_zero(take_data(header.size));
        return;
      default:
        return add_entry(header, std::exchange(overrides_, {}));
    }
  }

  /// Records of the form "LENGTH KEY=VALUE\n".
  template <typename Use>
  void read_records(std::string_view data, const Use& use) {
    while (!data.empty()) {
      std::size_t length = 0;
      const auto [stop, failure] = std::from_chars(data.data(), data.data() + data.size(), length);
      const auto digits = static_cast<std::size_t>(stop - data.data());
      const bool is_sound = failure == std::errc() && length > digits + 1 &&
                            length <= data.size() && *stop == ' ' && data[length - 1] == '\n';
      refusal_.require(is_sound, "an extended header of it is malformed");
      const std::string_view record = data.substr(digits + 1, length - digits - 2);
      const std::size_t equals = record.find('=');
      refusal_.require(equals != std::string_view::npos, "an extended header of it is malformed");
      use(record.substr(0, equals), record.substr(equals + 1));
      data.remove_prefix(length);
    }
  }

  void read_pax(std::string_view data) {
    read_records(data, [this](std::string_view key, std::string_view value) {
      refusal_.require(!key.starts_with("GNU.sparse."), "it holds a sparse file");
      if (key == "path") overrides_.path = value;
      if (key == "linkpath") overrides_.target = value;
      if (key == "size") overrides_.size = number_of(value);
    });
  }

  /// It is for all entries to come: a comment may be, a name may not.
  void read_global_pax(std::string_view data) {
    read_records(data, [this](std::string_view key, std::string_view) {
      const bool counts =
          key == "path" || key == "linkpath" || key == "size" || key.starts_with("GNU.sparse.");
      refusal_.require(!counts, "a header of it gives all entries one name or size");
    });
  }

  std::uint64_t number_of(std::string_view text) const {
    std::uint64_t number = 0;
    const auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    refusal_.require(failure == std::errc() && stop == text.data() + text.size(),
                     "an extended header of it is malformed");
    return number;
  }

  void add_entry(const TarHeader& header, const Overrides& overrides) {
    const std::string written = overrides.path.value_or(header.path);
    const std::uint64_t size = overrides.size.value_or(header.size);
    SourceEntry entry{.path = plain_path(written)};
    entry.executable = (header.mode & kExecutable) != 0;
    content_.newest = std::max(content_.newest, header.modified);
    switch (header.type) {
      case kRegular:
      case kOldRegular:
      case kContiguous:
        entry.content = take_data(size);
        // Before POSIX a folder was a file whose name ends in "/".
        if (written.ends_with('/')) entry.kind = SourceEntry::Kind::kFolder;
        refusal_.require(entry.kind == SourceEntry::Kind::kFile || size == 0, entry.path,
                         "is a folder with content");
        break;
      case kFolder:
        entry.kind = SourceEntry::Kind::kFolder;
        refusal_.require(size == 0, entry.path, "is a folder with content");
        break;
      case kSymbolicLink:
        entry.kind = SourceEntry::Kind::kLink;
        entry.target = overrides.target.value_or(header.target);
        refusal_.require(size == 0, entry.path, "is a link with content");
        break;
      case kHardLink:
        copy_linked(entry, overrides.target.value_or(header.target), size);
        break;
      default:
        throw refusal_.error(entry.path, "is neither a file nor a folder nor a link");
    }
    add(std::move(entry));
  }

  /// A second name of a file before it.
  void copy_linked(SourceEntry& entry, const std::string& target, std::uint64_t size) {
    const auto found = files_.find(plain_path(target));
    refusal_.require(found != files_.end() && size == 0, entry.path,
                     "is a link to a file that is not before it in the archive");
    entry.content = content_.entries[found->second].content;
    entry.executable = content_.entries[found->second].executable;
  }

  void add(SourceEntry entry) {
    // The folder that all is in.
    if (entry.kind == SourceEntry::Kind::kFolder && (entry.path == "." || entry.path.empty()))
      return;
    if (entry.kind == SourceEntry::Kind::kFile) files_[entry.path] = content_.entries.size();
    content_.entries.push_back(std::move(entry));
  }

  std::string_view bytes_;  ///< what is left
  const wheel::ArchiveErrors& refusal_;
  Overrides overrides_;
  TarContent content_;
  std::unordered_map<std::string, std::size_t> files_;  ///< by path: the place among the entries
};

}  // namespace

TarContent read_tar(std::string_view bytes, const wheel::ArchiveErrors& refusal) {
  return TarReader(bytes, refusal).read();
}

}  // namespace ensure::sdist
