#include "installer/wheel/wheel_archive.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

#include "installer/base/files.h"
#include "installer/specs/metadata/core_metadata.h"
#include "installer/wheel/dist_info.h"
#include "installer/wheel/zip/entry_reader.h"

namespace ensure::wheel {
namespace {

/// What `parse` makes of a text; where the text is wrong, so is the wheel.
template <typename Parse>
auto parse_or_refuse(const Refusal& refusal, std::string_view path, const Parse& parse) {
  try {
    return parse();
  } catch (const base::ParseError& error) {
    throw refusal.error(path, "cannot be understood: " + error.message());
  }
}

/// On a command line a bad name is a mistake of the user; here it is one of who made the file.
specs::WheelFilename parse_filename(std::string_view filename) {
  try {
    return specs::WheelFilename::parse(filename);
  } catch (const base::ParseError& error) {
    throw base::Error(base::ExitCode::kVerification, error.message())
        .with_hint("wheels are named like `name-1.0-py3-none-any.whl`; give the file its own name");
  }
}

std::string_view folder_of(std::string_view path) {
  const std::size_t end = path.rfind('/');
  return end == std::string_view::npos ? std::string_view() : path.substr(0, end);
}

/// Gives memory back that a file can fill again: what lies close together at once.
class Releaser {
 public:
  ~Releaser() { release(); }
  Releaser() = default;
  Releaser(const Releaser&) = delete;
  Releaser& operator=(const Releaser&) = delete;

  void add(std::string_view bytes) {
    constexpr std::ptrdiff_t kClose = 4096;
    constexpr std::ptrdiff_t kMuch = std::ptrdiff_t{1} << 20U;
    const bool is_next = end_ != nullptr && bytes.data() >= end_ && bytes.data() - end_ <= kClose;
    if (!is_next) {
      release();
      begin_ = bytes.data();
    }
    end_ = bytes.data() + bytes.size();
    if (end_ - begin_ < kMuch) return;
    release();
    begin_ = end_;
  }

 private:
  /// Whole pages only: what surrounds them may be needed still.
  void release() const {
    constexpr std::uintptr_t kPage = 4096;
    const std::uintptr_t lead = (kPage - reinterpret_cast<std::uintptr_t>(begin_) % kPage) % kPage;
    const std::uintptr_t trail = reinterpret_cast<std::uintptr_t>(end_) % kPage;
    const auto size = static_cast<std::uintptr_t>(end_ - begin_);
    if (size <= lead + trail) return;
    (void)madvise(const_cast<char*>(begin_ + lead), size - lead - trail, MADV_DONTNEED);
  }

  const char* begin_ = nullptr;
  const char* end_ = nullptr;
};

struct Folder {
  std::vector<const RecordedFile*> files;
  std::uint64_t cost = 0;  ///< in bytes to unpack, or what takes as long
};

std::map<std::string_view, Folder> group_by_folder(const std::vector<RecordedFile>& files) {
  constexpr std::uint64_t kCostOfFile = 8192;
  std::map<std::string_view, Folder> folders;
  for (const RecordedFile& file : files) {
    Folder& folder = folders[folder_of(file.entry->path)];
    folder.files.push_back(&file);
    folder.cost += kCostOfFile + file.entry->size;
  }
  return folders;
}

}  // namespace

WheelArchive WheelArchive::open(const base::Path& path) {
  const auto file = std::make_shared<const base::MappedFile>(path);
  return view(path.filename().text(), file->bytes(), file);
}

WheelArchive WheelArchive::view(std::string_view filename, std::string_view bytes,
                                std::shared_ptr<const void> keeper) {
  return {filename, bytes, std::move(keeper), false};
}

WheelArchive WheelArchive::view_stored(std::string_view filename, std::string_view bytes,
                                       std::shared_ptr<const void> keeper) {
  return {filename, bytes, std::move(keeper), true};
}

WheelArchive WheelArchive::own(std::string_view filename, std::string bytes) {
  const auto owned = std::make_shared<const std::string>(std::move(bytes));
  return view(filename, *owned, owned);
}

WheelArchive::WheelArchive(std::string_view filename, std::string_view bytes,
                           std::shared_ptr<const void> keeper, bool is_stored)
    : keeper_(std::move(keeper)),
      bytes_(bytes),
      filename_(parse_filename(filename)),
      directory_(is_stored ? ZipDirectory::parse_stored(bytes, filename)
                           : ZipDirectory::parse(bytes, filename)),
      dist_info_(find_dist_info(directory_)) {
  match_files();
  check_project();
  divide();
}

/// Everything else is read through the files that RECORD lists.
void WheelArchive::match_files() {
  const std::string path = dist_info_ + "/RECORD";
  const ZipEntry* const entry = directory_.find(path);
  const Refusal& refusal = directory_.refusal();
  if (entry == nullptr || entry->folder) throw refusal.error(path, "is missing");
  const std::string record = read_entry(*entry, refusal);
  files_ =
      parse_or_refuse(refusal, path, [&] { return match_record(directory_, dist_info_, record); });
}

/// The file name, the folder and METADATA say the same project and version, and WHEEL says a
/// format that is known (binary distribution format, "Installing a wheel").
void WheelArchive::check_project() const {
  const Refusal& refusal = directory_.refusal();
  refusal.require(dist_info_is_of(dist_info_, name(), version()), dist_info_,
                  "is of another project or version than the file name says");

  const std::string metadata_path = dist_info_ + "/METADATA";
  const std::optional<std::string> metadata_text = dist_info_file("METADATA");
  refusal.require(metadata_text.has_value(), metadata_path, "is missing");
  const specs::CoreMetadata metadata = parse_or_refuse(
      refusal, metadata_path, [&] { return specs::CoreMetadata::parse(*metadata_text); });
  refusal.require(metadata.name == name() && metadata.version == version(), metadata_path,
                  "is of another project or version than the file name says");

  const std::string wheel_path = dist_info_ + "/WHEEL";
  const std::optional<std::string> wheel_text = dist_info_file("WHEEL");
  refusal.require(wheel_text.has_value(), wheel_path, "is missing");
  parse_or_refuse(refusal, wheel_path, [&] { return specs::WheelMetadata::parse(*wheel_text); });
}

/// Deals whole folders out to parts that take about as long as each other: the most expensive
/// folder first, each to the part that has least. A part costs a reader, so small wheels have few.
void WheelArchive::divide() {
  constexpr std::uint64_t kSmallestPart = std::uint64_t{512} << 10U;
  constexpr std::uint64_t kMostParts = 8;
  const std::map<std::string_view, Folder> folders = group_by_folder(files_);
  std::vector<const Folder*> by_cost;
  std::uint64_t cost = 0;
  for (const auto& [path, folder] : folders) {
    by_cost.push_back(&folder);
    cost += folder.cost;
  }
  std::ranges::stable_sort(by_cost, std::ranges::greater{}, &Folder::cost);

  parts_.resize(std::clamp(cost / kSmallestPart, std::uint64_t{1}, kMostParts));
  std::vector<std::uint64_t> loads(parts_.size());
  for (const Folder* folder : by_cost) {
    const auto least = std::ranges::min_element(loads);
    Part& part = parts_[static_cast<std::size_t>(least - loads.begin())];
    part.insert(part.end(), folder->files.begin(), folder->files.end());
    *least += folder->cost;
  }
}

std::optional<std::string> WheelArchive::dist_info_file(std::string_view name) const {
  std::string path = dist_info_;
  path += '/';
  path += name;
  const auto found = std::ranges::find_if(
      files_, [&path](const RecordedFile& file) { return file.entry->path == path; });
  if (found == files_.end()) return std::nullopt;
  std::string content = read_entry(*found->entry, directory_.refusal());
  found->check(content, directory_.refusal());
  return content;
}

void WheelArchive::read_part(std::size_t part, const Visitor& visit) const {
  read_part(part, visit, [](const WheelFile& /*file*/) { return false; });
}

void WheelArchive::read_part(std::size_t part, const Visitor& visit,
                             const Predicate& is_elsewhere) const {
  const Refusal& refusal = directory_.refusal();
  std::vector<const ZipEntry*> entries;
  entries.reserve(parts_[part].size());
  for (const RecordedFile* file : parts_[part]) entries.push_back(file->entry);
  EntryReader reader(std::move(entries), refusal);
  if (open_file_) reader.read_from(open_file_(), bytes_);
  Releaser releaser;
  for (const RecordedFile* file : parts_[part]) {
    WheelFile found{.path = file->entry->path,
                    .content = file->entry->packed,
                    .executable = file->entry->executable,
                    .bytecode = false,
                    .crc32 = file->entry->crc32};
    const std::optional<StoredContent> stored = reader.next_stored(is_elsewhere(found));
    if (stored) {
      found.stored = &*stored;
    } else {
      found.content = reader.next();
      if (checks_digests_) file->check(found.content, refusal);
    }
    visit(found);
    if (releases_) releaser.add(file->entry->packed);
  }
}

}  // namespace ensure::wheel
