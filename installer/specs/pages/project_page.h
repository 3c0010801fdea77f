#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/specs/pages/link_page.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/versions/version.h"

namespace ensure::specs {

/// The status of a project in an index (PEP 792).
enum class ProjectStatus : std::uint8_t { kActive, kArchived, kQuarantined, kDeprecated };

/// One file of a project. All views are into its page.
///
/// Values that many files share are given as an index into a table of the page, so that each is
/// parsed and compared with the target once.
struct ProjectFile {
  std::string_view filename;
  std::string_view url;       ///< as written, relative to `ProjectPage::base_url()`; no fragment
  bool is_wheel = false;      ///< or a source distribution
  std::uint32_t tags = 0;     ///< of a wheel: index into `ProjectPage::tag_sets()`
  std::string_view build;     ///< of a wheel: the build tag; usually empty
  std::uint32_t release = 0;  ///< index of its release
  std::optional<std::uint32_t> requires_python;  ///< index into `requires_pythons()`
  std::optional<std::string_view> yanked;        ///< the reason, which may be empty (PEP 592)
  std::optional<std::uint64_t> size;             ///< in bytes (PEP 700)
  std::optional<std::int64_t> upload_time;       ///< microseconds since 1970 in UTC (PEP 700)
  bool has_bad_upload_time = false;              ///< the page has one that cannot be read
  std::string_view digest_bytes;                 ///< see `digests`
  bool has_metadata = false;  ///< METADATA is at the URL with ".metadata" (PEP 658/714)
  std::string_view metadata_digest_bytes;  ///< see `metadata_digests`
  std::string_view provenance;             ///< URL of attestations, empty for none (PEP 740)

  /// The published digests of known algorithms.
  [[nodiscard]] std::vector<AnnouncedDigest> digests() const {
    return unpack_digests(digest_bytes);
  }
  [[nodiscard]] std::vector<AnnouncedDigest> metadata_digests() const {
    return unpack_digests(metadata_digest_bytes);
  }
};

/// The files of one version.
struct ProjectRelease {
  std::string_view version_key;   ///< `Version::key()`: compares as the version does
  std::string_view version_text;  ///< as the first of its files writes it
  std::uint32_t first_file = 0;   ///< its files follow each other, in the order of the page
  std::uint32_t file_count = 0;

  /// Throws `base::ParseError` for a release of a page from damaged bytes.
  [[nodiscard]] Version version() const { return Version::parse(version_text); }
};

// The bytes of a `ProjectPage`: a header, the records of files, of releases and of the two tables
// of texts, then the texts themselves, one after another. Numbers have the byte order of the
// machine; the magic number differs for another byte order.
//
// Files are sorted by version, those of one version in the order of the page; releases are sorted
// by the keys of their versions, and their files follow each other without a gap.

/// The position of a text after the records.
struct PageText {
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  std::uint32_t offset = kNone;  ///< `kNone` for no text, as opposed to an empty one
  std::uint32_t size = 0;
};

/// The numbers of files that were on the page and are not in `ProjectPage`.
struct SkippedFiles {
  std::uint32_t of_other_projects = 0;
  std::uint32_t unsupported = 0;  ///< eggs, installers, signatures and the like
  std::uint32_t malformed = 0;    ///< invalid names or digests
};

struct PageHeader {
  /// Increased with every change of the format.
  static constexpr std::uint64_t kMagic = 0x3430'6567'6150'6e65;  // "enPage04"

  /// The checksum covers the bytes from here on.
  static constexpr std::size_t kSummedFrom = 2 * sizeof(std::uint64_t);

  std::uint64_t magic = kMagic;
  std::uint64_t checksum = 0;
  std::uint32_t file_count = 0;
  std::uint32_t release_count = 0;
  std::array<std::uint32_t, 2> table_sizes{};  ///< tag sets, Requires-Pythons
  PageText name;
  PageText url;
  PageText base_url;
  PageText status_reason;
  SkippedFiles skipped;
  std::uint32_t status = 0;
};

struct PageFile {
  static constexpr std::uint32_t kNoIndex = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::uint64_t kNoSize = std::numeric_limits<std::uint64_t>::max();
  static constexpr std::int64_t kNoTime = std::numeric_limits<std::int64_t>::min();
  static constexpr std::int64_t kBadTime = kNoTime + 1;

  std::uint64_t size = kNoSize;
  std::int64_t upload_time = kNoTime;
  PageText filename;
  PageText url;
  PageText build;
  PageText yanked;
  PageText digests;
  PageText metadata_digests;  ///< no text if there is no metadata file
  PageText provenance;
  std::uint32_t release = 0;
  std::uint32_t tags = kNoIndex;  ///< of a wheel
  std::uint32_t requires_python = kNoIndex;
  std::uint32_t unused = 0;
};

struct PageRelease {
  PageText version_key;
  PageText version_text;
  std::uint32_t first_file = 0;
  std::uint32_t file_count = 0;
};

/// The page of one project in a package index, sorted by version: from HTML (PEP 503) or JSON (PEP
/// 691), with PEP 592, 658, 700, 714, 740 and 792.
///
/// It consists of the bytes that the cache stores, so that writing and reading it back costs a
/// copy. A file or release is decoded on access.
class ProjectPage {
 public:
  /// Reads the answer of an index. `content_type` is the value of the header; if it is empty, the
  /// text decides. `url` is the URL of the answer after redirections; credentials in it are
  /// dropped. Malformed entries and files of other projects are skipped and counted. Throws
  /// `base::Error` (exit code 5) if the text is not an index page, or one of a version above 1.
  static ProjectPage parse(std::string_view body, std::string_view content_type,
                           const PackageName& name, std::string_view url);

  /// The page of project `name` from `files` of any projects, which lie in a directory or come from
  /// a `LinkPage`. `url` is the URL of the list, `base_url` the base of relative URLs in it.
  static ProjectPage of_files(const std::vector<ListedFile>& files, const PackageName& name,
                              std::string_view url, std::string_view base_url);

  /// Reads the result of `bytes()`, which stays unchanged as long as `keeper` lives. Returns
  /// nullopt for bytes of another version of the format, of another project, or with a wrong
  /// checksum (which is not a signature).
  static std::optional<ProjectPage> try_from_bytes(std::string_view bytes,
                                                   std::shared_ptr<const void> keeper,
                                                   const PackageName& name);
  [[nodiscard]] std::string_view bytes() const { return bytes_; }

  /// The normal form of the project's name.
  [[nodiscard]] std::string_view name() const { return text(header().name); }
  /// The URL of the page, after redirections. The content of the page cannot change it.
  [[nodiscard]] std::string_view url() const { return text(header().url); }
  /// The absolute base of the URLs of the files. The page chooses it by its `<base>`: it does not
  /// show where the page came from.
  [[nodiscard]] std::string_view base_url() const { return text(header().base_url); }

  [[nodiscard]] std::size_t file_count() const { return file_count_; }
  /// `index` is below `file_count()`.
  [[nodiscard]] ProjectFile file(std::size_t index) const;

  [[nodiscard]] std::size_t release_count() const { return release_count_; }
  /// In ascending order of versions; `index` is below `release_count()`.
  [[nodiscard]] ProjectRelease release(std::size_t index) const;

  /// The different tag parts of the names of wheels, such as "py2.py3-none-any". `try_parse_tags`
  /// accepts those that files refer to.
  [[nodiscard]] const std::vector<std::string_view>& tag_sets() const { return tables_[0]; }
  /// The different Requires-Python, as written. The reader should ignore malformed ones, as pip
  /// does.
  [[nodiscard]] const std::vector<std::string_view>& requires_pythons() const { return tables_[1]; }

  [[nodiscard]] SkippedFiles skipped() const { return header().skipped; }
  [[nodiscard]] ProjectStatus status() const;
  /// The reason of the status; may be empty.
  [[nodiscard]] std::string_view status_reason() const { return text(header().status_reason); }

 private:
  friend class ProjectPageWriter;
  ProjectPage(std::string_view bytes, std::shared_ptr<const void> keeper);
  /// Finds the parts. Returns false if a number is wrong.
  [[nodiscard]] bool read_tables();
  [[nodiscard]] bool are_files_sound() const;
  [[nodiscard]] bool are_releases_sound() const;
  [[nodiscard]] PageHeader header() const;
  [[nodiscard]] PageRelease release_record(std::size_t index) const;
  /// Empty for a text that is missing, or outside of the page because the bytes are damaged.
  [[nodiscard]] std::string_view text(const PageText& place) const;

  std::shared_ptr<const void> keeper_;  ///< shared, so that views outlive copies and moves
  std::string_view bytes_;
  std::size_t file_count_ = 0;
  std::size_t release_count_ = 0;
  std::size_t releases_at_ = 0;
  std::string_view texts_;
  std::array<std::vector<std::string_view>, 2> tables_;  ///< in the order of the header
};

}  // namespace ensure::specs
