#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/specs/pages/listed_file.h"
#include "installer/specs/pages/project_page.h"
#include "installer/specs/pages/project_page_format.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/text/table.h"

namespace ensure::specs {

/// Makes a `ProjectPage` of the files that a page lists.
class ProjectPageWriter {
 public:
  /// `expected_size` is about how many bytes of texts there will be.
  explicit ProjectPageWriter(const PackageName& name, std::size_t expected_size);

  /// Takes a file, or skips and counts it. The views need not outlive the call.
  void add(const ListedFile& file);
  /// An entry that does not even list a file.
  void add_malformed() { ++header_.skipped_malformed; }

  /// Where the page came from, and what the URLs of its files are relative to.
  void set_urls(std::string_view page, std::string_view base);
  void set_status(ProjectStatus status, std::string_view reason);
  void add_tracks(std::string_view url) { tracks_.push_back(append(url)); }
  void add_alternate_location(std::string_view url) { alternates_.push_back(append(url)); }

  /// The page; the writer is spent afterwards. Throws `base::Error` (exit code 5) where the page is
  /// too large to be kept (4 GB).
  ProjectPage finish();

 private:
  PageText append(std::string_view text);
  PageText append_filename(const ListedFile& file, PageText url);
  /// The place among the versions, of a text that was seen before or that is a version.
  std::optional<std::uint32_t> version_of(std::string_view text);
  std::optional<std::uint32_t> tags_of(std::string_view text);
  /// Merges spellings of one version, sorts, and numbers the files accordingly.
  std::vector<PageRelease> sort_releases();
  std::vector<PageText> append_all(const text::Table& table);

  std::string project_;
  PageHeader header_;
  std::vector<PageFile> files_;
  text::Table versions_;
  std::vector<std::optional<Version>> parsed_versions_;  ///< by their place in `versions_`
  text::Table tags_;
  std::vector<bool> sound_tags_;  ///< by their place in `tags_`
  text::Table requires_pythons_;
  std::vector<PageText> tracks_;
  std::vector<PageText> alternates_;
  std::string texts_;
};

}  // namespace ensure::specs
