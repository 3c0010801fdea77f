#include "installer/specs/pages/project_page.h"

#include <cstring>
#include <utility>

#include "installer/base/digest.h"

namespace ensure::specs {
namespace {

template <class Record>
Record record_at(std::string_view bytes, std::size_t place) {
  Record record;
  std::memcpy(&record, bytes.data() + place, sizeof record);
  return record;
}

std::size_t file_place(std::size_t index) { return sizeof(PageHeader) + index * sizeof(PageFile); }

template <class Value>
std::optional<Value> unless(Value value, Value none) {
  if (value == none) return std::nullopt;
  return value;
}

constexpr auto kStatuses = static_cast<std::uint32_t>(ProjectStatus::kDeprecated) + 1;

}  // namespace

ProjectPage::ProjectPage(std::string_view bytes, std::shared_ptr<const void> keeper)
    : keeper_(std::move(keeper)), bytes_(bytes) {}

std::optional<ProjectPage> ProjectPage::try_from_bytes(std::string_view bytes,
                                                       std::shared_ptr<const void> keeper,
                                                       const PackageName& name) {
  if (bytes.size() < sizeof(PageHeader)) return std::nullopt;
  ProjectPage page(bytes, std::move(keeper));
  const std::string_view summed = bytes.substr(PageHeader::kSummedFrom);
  if (page.header().checksum != base::checksum(summed)) return std::nullopt;
  if (!page.read_tables() || page.name() != name.normalized()) return std::nullopt;
  return page;
}

bool ProjectPage::read_tables() {
  const PageHeader head = header();
  if (head.magic != PageHeader::kMagic || head.status >= kStatuses) return false;

  // None of these numbers has more than 32 bits: the sums cannot overflow.
  file_count_ = head.file_count;
  release_count_ = head.release_count;
  releases_at_ = file_place(file_count_);
  std::size_t place = releases_at_ + release_count_ * sizeof(PageRelease);
  std::size_t end = place;
  for (const std::uint32_t count : head.table_sizes) end += count * sizeof(PageText);
  if (end > bytes_.size()) return false;
  texts_ = bytes_.substr(end);

  for (std::size_t i = 0; i < tables_.size(); ++i) {
    for (std::uint32_t left = head.table_sizes.at(i); left > 0; --left) {
      tables_.at(i).push_back(text(record_at<PageText>(bytes_, place)));
      place += sizeof(PageText);
    }
  }
  return are_files_sound() && are_releases_sound();
}

bool ProjectPage::are_files_sound() const {
  const auto is_in = [](std::uint32_t index, std::size_t size) {
    return index < size || index == PageFile::kNoIndex;
  };
  for (std::size_t i = 0; i < file_count_; ++i) {
    const auto file = record_at<PageFile>(bytes_, file_place(i));
    if (file.release >= release_count_ || !is_in(file.tags, tag_sets().size()) ||
        !is_in(file.requires_python, requires_pythons().size())) {
      return false;
    }
  }
  return true;
}

bool ProjectPage::are_releases_sound() const {
  std::size_t first = 0;
  std::string_view last_key;
  for (std::size_t i = 0; i < release_count_; ++i) {
    const PageRelease release = release_record(i);
    if (release.first_file != first || text(release.version_key) <= last_key) return false;
    first += release.file_count;
    last_key = text(release.version_key);
  }
  return first == file_count_;
}

std::string_view ProjectPage::text(const PageText& place) const {
  return place.offset <= texts_.size() ? texts_.substr(place.offset, place.size)
                                       : std::string_view();
}

PageHeader ProjectPage::header() const { return record_at<PageHeader>(bytes_, 0); }

PageRelease ProjectPage::release_record(std::size_t index) const {
  return record_at<PageRelease>(bytes_, releases_at_ + index * sizeof(PageRelease));
}

ProjectStatus ProjectPage::status() const { return static_cast<ProjectStatus>(header().status); }

ProjectFile ProjectPage::file(std::size_t index) const {
  const auto record = record_at<PageFile>(bytes_, file_place(index));
  ProjectFile file;
  file.filename = text(record.filename);
  file.url = text(record.url);
  file.is_wheel = record.tags != PageFile::kNoIndex;
  file.tags = file.is_wheel ? record.tags : 0;
  file.build = text(record.build);
  file.release = record.release;
  file.requires_python = unless(record.requires_python, PageFile::kNoIndex);
  if (record.yanked.offset != PageText::kNone) file.yanked = text(record.yanked);
  file.size = unless(record.size, PageFile::kNoSize);
  file.has_bad_upload_time = record.upload_time == PageFile::kBadTime;
  if (!file.has_bad_upload_time) file.upload_time = unless(record.upload_time, PageFile::kNoTime);
  file.digest_bytes = text(record.digests);
  file.has_metadata = record.metadata_digests.offset != PageText::kNone;
  file.metadata_digest_bytes = text(record.metadata_digests);
  file.provenance = text(record.provenance);
  return file;
}

ProjectRelease ProjectPage::release(std::size_t index) const {
  const PageRelease record = release_record(index);
  return {text(record.version_key), text(record.version_text), record.first_file,
          record.file_count};
}

}  // namespace ensure::specs
