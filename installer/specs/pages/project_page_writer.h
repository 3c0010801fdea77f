#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "installer/specs/pages/link_page.h"
#include "installer/specs/pages/project_page.h"
#include "installer/specs/requirements/package_name.h"

namespace ensure::specs {

/// Numbers different texts in the order in which they come.
class TextTable {
 public:
  /// The number of a text, and whether it is new.
  std::pair<std::uint32_t, bool> number_of(std::string_view text) {
    // Neighbours on a page have most in common.
    if (!texts_.empty() && texts_[last_] == text) return {last_, false};
    const auto found = numbers_.find(text);
    if (found != numbers_.end()) return {last_ = found->second, false};
    last_ = static_cast<std::uint32_t>(texts_.size());
    numbers_.emplace(texts_.emplace_back(text), last_);
    return {last_, true};
  }

  [[nodiscard]] const std::deque<std::string>& texts() const { return texts_; }

 private:
  std::deque<std::string> texts_;
  std::unordered_map<std::string_view, std::uint32_t> numbers_;
  std::uint32_t last_ = 0;
};

/// Builds a `ProjectPage` from the files that a page lists.
class ProjectPageWriter {
 public:
  /// `expected_size` is an estimate of the bytes of all texts.
  explicit ProjectPageWriter(const PackageName& name, std::size_t expected_size);

  /// Adds a file, or skips and counts it. The views need not outlive the call.
  void add(const ListedFile& file);
  /// Counts an entry that does not even list a file.
  void add_malformed() { ++header_.skipped.malformed; }

  /// The URL of the page, and the base of the URLs of its files.
  void set_urls(std::string_view page, std::string_view base);
  void set_status(ProjectStatus status, std::string_view reason);

  /// Returns the page; the writer cannot be used afterwards. Throws `base::Error` (exit code 5) if
  /// the page is larger than 4 GB.
  ProjectPage finish();

 private:
  PageText append(std::string_view text);
  PageText append_filename(const ListedFile& file, PageText url);
  /// The number of a version; nullopt if the text is not a version.
  std::optional<std::uint32_t> version_of(std::string_view text);
  std::optional<std::uint32_t> tags_of(std::string_view text);
  /// Merges spellings of one version, sorts, and numbers the files accordingly.
  std::vector<PageRelease> sort_releases();
  std::vector<PageText> append_all(const TextTable& table);

  std::string project_;
  PageHeader header_;
  std::vector<PageFile> files_;
  TextTable versions_;
  std::vector<std::optional<Version>> parsed_versions_;  ///< by their number in `versions_`
  TextTable tags_;
  std::vector<bool> sound_tags_;  ///< by their number in `tags_`
  TextTable requires_pythons_;
  std::string texts_;
};

}  // namespace ensure::specs
