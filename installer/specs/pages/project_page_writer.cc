#include "installer/specs/pages/project_page_writer.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

#include "installer/base/digest.h"
#include "installer/base/error.h"
#include "installer/specs/metadata/distribution_filename.h"
#include "installer/specs/tags/tag_set.h"

namespace ensure::specs {
namespace {

template <class Record>
void append_records(std::string& bytes, const std::vector<Record>& records) {
  static_assert(std::is_trivially_copyable_v<Record>);
  if (records.empty()) return;
  bytes.append(reinterpret_cast<const char*>(records.data()), records.size() * sizeof(Record));
}

std::uint32_t count_of(const std::vector<PageText>& texts) {
  return static_cast<std::uint32_t>(texts.size());
}

}  // namespace

ProjectPageWriter::ProjectPageWriter(const PackageName& name, std::size_t expected_size)
    : project_(name.normalized()) {
  texts_.reserve(expected_size);
  header_.name = append(project_);
}

void ProjectPageWriter::set_urls(std::string_view page, std::string_view base) {
  header_.url = append(page);
  header_.base_url = base == page ? header_.url : append(base);
}

void ProjectPageWriter::set_status(ProjectStatus status, std::string_view reason) {
  header_.status = static_cast<std::uint32_t>(status);
  header_.status_reason = append(reason);
}

PageText ProjectPageWriter::append(std::string_view text) {
  constexpr std::size_t kLargest = std::numeric_limits<std::uint32_t>::max() - 1;
  if (text.size() > kLargest - texts_.size()) {
    throw base::Error(base::ExitCode::kNetwork,
                      "the index page of `" + project_ + "` is larger than 4 GB")
        .with_hint("check the answer of the index for this project");
  }
  const PageText place{static_cast<std::uint32_t>(texts_.size()),
                       static_cast<std::uint32_t>(text.size())};
  texts_ += text;
  return place;
}

PageText ProjectPageWriter::append_filename(const ListedFile& file, PageText url) {
  if (!file.url.ends_with(file.filename)) return append(file.filename);
  const auto size = static_cast<std::uint32_t>(file.filename.size());
  return {url.offset + url.size - size, size};
}

std::optional<std::uint32_t> ProjectPageWriter::version_of(std::string_view text) {
  const auto [number, is_new] = versions_.number_of(text);
  if (is_new) parsed_versions_.push_back(Version::try_parse(text));
  return parsed_versions_[number] ? std::optional(number) : std::nullopt;
}

std::optional<std::uint32_t> ProjectPageWriter::tags_of(std::string_view text) {
  const auto [number, is_new] = tags_.number_of(text);
  if (is_new) sound_tags_.push_back(try_parse_tags(text).has_value());
  return sound_tags_[number] ? std::optional(number) : std::nullopt;
}

void ProjectPageWriter::add(const ListedFile& file) {
  if (file.filename.empty()) return add_malformed();
  const ProjectFilename name = ProjectFilename::read(file.filename, project_);
  if (name.kind == FilenameKind::kOtherProject) return void(++header_.skipped.of_other_projects);
  if (name.kind == FilenameKind::kUnsupported) return void(++header_.skipped.unsupported);
  if (name.kind == FilenameKind::kMalformed || file.is_malformed) return add_malformed();
  const bool is_wheel = name.kind == FilenameKind::kWheel;
  const std::optional<std::uint32_t> tags = is_wheel ? tags_of(name.tags) : PageFile::kNoIndex;
  const std::optional<std::uint32_t> version = tags ? version_of(name.version) : std::nullopt;
  if (!version) return add_malformed();

  PageFile record;
  record.tags = *tags;
  record.release = *version;
  record.size = file.size.value_or(PageFile::kNoSize);
  record.upload_time =
      file.upload_time.value_or(file.has_bad_upload_time ? PageFile::kBadTime : PageFile::kNoTime);
  record.url = append(file.url);
  record.filename = append_filename(file, record.url);
  record.build = append(name.build);
  if (file.yanked) record.yanked = append(*file.yanked);
  record.digests = append(file.digests);
  if (file.has_metadata) record.metadata_digests = append(file.metadata_digests);
  record.provenance = append(file.provenance);
  if (file.requires_python) {
    record.requires_python = requires_pythons_.number_of(*file.requires_python).first;
  }
  files_.push_back(record);
}

std::vector<PageRelease> ProjectPageWriter::sort_releases() {
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < parsed_versions_.size(); ++i) {
    if (parsed_versions_[i]) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [this](std::uint32_t left, std::uint32_t right) {
    return parsed_versions_[left] < parsed_versions_[right];
  });
  std::vector<PageRelease> releases;
  std::vector<std::uint32_t> release_of(parsed_versions_.size());
  const Version* last = nullptr;
  for (const std::uint32_t place : order) {
    const Version& version = *parsed_versions_[place];
    if (last == nullptr || *last != version) {
      releases.push_back({append(version.key()), append(versions_.texts()[place])});
    }
    release_of[place] = static_cast<std::uint32_t>(releases.size() - 1);
    last = &version;
  }
  for (PageFile& file : files_) file.release = release_of[file.release];
  return releases;
}

std::vector<PageText> ProjectPageWriter::append_all(const TextTable& table) {
  std::vector<PageText> places;
  for (const std::string& text : table.texts()) places.push_back(append(text));
  return places;
}

ProjectPage ProjectPageWriter::finish() {
  std::vector<PageRelease> releases = sort_releases();
  std::stable_sort(files_.begin(), files_.end(), [](const PageFile& left, const PageFile& right) {
    return left.release < right.release;
  });
  for (const PageFile& file : files_) ++releases[file.release].file_count;
  std::uint32_t first = 0;
  for (PageRelease& release : releases) {
    release.first_file = std::exchange(first, first + release.file_count);
  }

  const std::vector<PageText> tags = append_all(tags_);
  const std::vector<PageText> requires_pythons = append_all(requires_pythons_);
  header_.file_count = static_cast<std::uint32_t>(files_.size());
  header_.release_count = static_cast<std::uint32_t>(releases.size());
  header_.table_sizes = {count_of(tags), count_of(requires_pythons)};
  std::string bytes(sizeof(PageHeader), '\0');
  bytes.reserve(texts_.size() + files_.size() * sizeof(PageFile) +
                (releases.size() + tags.size() + 32) * sizeof(PageRelease));
  append_records(bytes, files_);
  append_records(bytes, releases);
  append_records(bytes, tags);
  append_records(bytes, requires_pythons);
  bytes += texts_;
  std::memcpy(bytes.data(), &header_, sizeof header_);
  header_.checksum = base::checksum(std::string_view(bytes).substr(PageHeader::kSummedFrom));
  std::memcpy(bytes.data(), &header_, sizeof header_);
  const auto owned = std::make_shared<const std::string>(std::move(bytes));
  ProjectPage page(*owned, owned);
  (void)page.read_tables();
  return page;
}

}  // namespace ensure::specs
