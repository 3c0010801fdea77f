#include "installer/wheel/wheel_archive.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

#include "installer/specs/metadata/core_metadata.h"
#include "installer/wheel/zip/entry_reader.h"
#include "installer/wheel/zip/zip_writer.h"

namespace ensure::wheel {
namespace {

/// Calls `parse`. A text that cannot be parsed makes the wheel invalid.
template <typename Parse>
auto parse_or_refuse(const ArchiveErrors& errors, std::string_view path, const Parse& parse) {
  try {
    return parse();
  } catch (const base::ParseError& error) {
    throw errors.error(path, "cannot be understood: " + error.message());
  }
}

/// The content of a file in the `.dist-info` directory.
template <typename Content>
Content parse_file(const WheelArchive& wheel, std::string_view name) {
  const std::string path = wheel.dist_info() + "/" + std::string(name);
  const std::optional<std::string> text = wheel.dist_info_file(name);
  wheel.directory().errors().require(text.has_value(), path, "is missing");
  return parse_or_refuse(wheel.directory().errors(), path, [&] { return Content::parse(*text); });
}

/// A bad name on a command line is a mistake of the user; here it is one of the publisher.
specs::WheelFilename parse_filename(std::string_view filename) {
  try {
    return specs::WheelFilename::parse(filename);
  } catch (const base::ParseError& error) {
    throw base::Error(base::ExitCode::kVerification, error.message())
        .with_hint("wheels are named like `name-1.0-py3-none-any.whl`; give the file its own name");
  }
}

std::string_view parent_of(std::string_view path) {
  const std::size_t end = path.rfind('/');
  return end == std::string_view::npos ? std::string_view() : path.substr(0, end);
}

/// The files of one directory.
struct Group {
  std::vector<const RecordedFile*> files;
  std::uint64_t cost = 0;  ///< in bytes to unpack, or what takes as long
};

std::map<std::string_view, Group> group_by_directory(const std::vector<RecordedFile>& files) {
  constexpr std::uint64_t kCostOfFile = 8192;
  std::map<std::string_view, Group> groups;
  for (const RecordedFile& file : files) {
    Group& group = groups[parent_of(file.entry->path)];
    group.files.push_back(&file);
    group.cost += kCostOfFile + file.entry->size;
  }
  return groups;
}

}  // namespace

WheelArchive WheelArchive::open(const base::Path& path) {
  const auto file = std::make_shared<const base::MappedFile>(path);
  return view(path.filename().text(), file->bytes(), file);
}

WheelArchive WheelArchive::view(std::string_view filename, std::string_view bytes,
                                std::shared_ptr<const void> keeper) {
  return {Form::kPublished, filename, bytes, std::move(keeper)};
}

WheelArchive WheelArchive::view_cached(std::string_view filename, std::string_view bytes,
                                       std::shared_ptr<const void> keeper, FileOpener open_file) {
  WheelArchive wheel(Form::kCached, filename, bytes, std::move(keeper));
  wheel.open_file_ = std::move(open_file);
  return wheel;
}

WheelArchive WheelArchive::own(std::string_view filename, std::string bytes) {
  const auto owned = std::make_shared<const std::string>(std::move(bytes));
  return view(filename, *owned, owned);
}

WheelArchive::WheelArchive(Form form, std::string_view filename, std::string_view bytes,
                           std::shared_ptr<const void> keeper)
    : form_(form),
      keeper_(std::move(keeper)),
      bytes_(bytes),
      filename_(parse_filename(filename)),
      directory_(form == Form::kCached ? ZipDirectory::parse_cached(bytes, filename)
                                       : ZipDirectory::parse(bytes, filename)),
      dist_info_(find_dist_info(directory_)) {
  match_files();
  check_project();
  divide();
}

/// Reads RECORD. All other files are read by their rows in it.
void WheelArchive::match_files() {
  const std::string path = dist_info_ + "/RECORD";
  const ZipEntry* const entry = directory_.find(path);
  const ArchiveErrors& errors = directory_.errors();
  if (entry == nullptr || entry->is_directory) throw errors.error(path, "is missing");
  const std::string record = read_entry(*entry, errors);
  files_ =
      parse_or_refuse(errors, path, [&] { return match_record(directory_, dist_info_, record); });
}

/// Checks that file name, directory and METADATA state the same project and version, and that WHEEL
/// states a known version of the format (binary distribution format, "Installing a wheel").
void WheelArchive::check_project() const {
  const ArchiveErrors& errors = directory_.errors();
  errors.require(dist_info_is_of(dist_info_, name(), version()), dist_info_,
                 "is of another project or version than the file name says");

  const auto metadata = parse_file<specs::CoreMetadata>(*this, "METADATA");
  errors.require(metadata.name == name() && metadata.version == version(), dist_info_ + "/METADATA",
                 "is of another project or version than the file name says");
  (void)parse_file<specs::WheelMetadata>(*this, "WHEEL");
}

/// Divides whole directories into parts of about equal cost: the most expensive directory first,
/// each into the part that has least. A part costs a reader, so small wheels have few.
void WheelArchive::divide() {
  constexpr std::uint64_t kSmallestPart = std::uint64_t{512} << 10U;
  constexpr std::uint64_t kMostParts = 8;
  const std::map<std::string_view, Group> groups = group_by_directory(files_);
  std::vector<const Group*> by_cost;
  std::uint64_t cost = 0;
  for (const auto& [path, group] : groups) {
    by_cost.push_back(&group);
    cost += group.cost;
  }
  std::ranges::stable_sort(by_cost, std::ranges::greater{}, &Group::cost);

  parts_.resize(std::clamp(cost / kSmallestPart, std::uint64_t{1}, kMostParts));
  std::vector<std::uint64_t> loads(parts_.size());
  for (const Group* group : by_cost) {
    const auto least = std::ranges::min_element(loads);
    Part& part = parts_[static_cast<std::size_t>(least - loads.begin())];
    part.insert(part.end(), group->files.begin(), group->files.end());
    *least += group->cost;
  }
}

std::optional<std::string> WheelArchive::dist_info_file(std::string_view name) const {
  const std::string path = dist_info_ + "/" + std::string(name);
  const auto found = std::ranges::find_if(
      files_, [&path](const RecordedFile& file) { return file.entry->path == path; });
  if (found == files_.end()) return std::nullopt;
  std::string content = read_entry(*found->entry, directory_.errors());
  found->check(content, directory_.errors());
  return content;
}

void WheelArchive::read_part(std::size_t part, const Visitor& visit) const {
  read_part(part, visit, [](const WheelFile& /*file*/) { return false; });
}

void WheelArchive::read_part(std::size_t part, const Visitor& visit,
                             const Predicate& is_elsewhere) const {
  const ArchiveErrors& errors = directory_.errors();
  std::vector<const ZipEntry*> entries;
  entries.reserve(parts_[part].size());
  for (const RecordedFile* file : parts_[part]) entries.push_back(file->entry);
  EntryReader reader(std::move(entries), errors);
  if (open_file_) reader.read_from(open_file_(), bytes_);
  for (const RecordedFile* file : parts_[part]) {
    WheelFile found{.path = file->entry->path,
                    .content = file->entry->packed,
                    .executable = file->entry->executable,
                    .bytecode = false,
                    .crc32 = file->entry->crc32};
    const std::optional<CachedContent> cached = reader.next_cached(is_elsewhere(found));
    if (cached) {
      found.cached = &*cached;
    } else {
      found.content = reader.next();
      if (form_ == Form::kPublished) file->check(found.content, errors);
    }
    visit(found);
    if (releases_ && file->entry->packed.size() >= kLargeEntry) {
      base::MappedFile::release(file->entry->packed);
    }
  }
}

}  // namespace ensure::wheel
