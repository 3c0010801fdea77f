#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// Writes ZIP archives and wheels for tests: sound ones by default, and ones in which any field
/// lies. Nothing here is shared with the code that reads them.
namespace ensure::testing {

/// The fields of a local and of a central header, as they are about to be written.
struct ZipFields {
  std::uint16_t made_by = 3U << 8U | 20U;  ///< central only; 3 is Unix
  std::uint16_t needed = 20;
  std::uint16_t flags = 0;
  std::uint16_t method = 0;
  std::uint32_t time = 0x21 << 16U;
  std::uint32_t crc32 = 0;
  std::uint32_t packed_size = 0;
  std::uint32_t size = 0;
  std::string path;
  std::string extra;
  std::string comment;           ///< central only
  std::uint16_t volume = 0;      ///< central only
  std::uint32_t attributes = 0;  ///< central only
  std::uint32_t offset = 0;      ///< central only
};

// GCC warns of a member that a designated initializer leaves out unless it has one of its own.
// NOLINTBEGIN(readability-redundant-member-init)

/// One entry of an archive.
struct ZipMember {
  enum class Descriptor { kNone, kSigned, kBare, kSigned64, kBare64 };

  std::string path{};  ///< a directory's ends with "/"
  std::string content{};
  bool deflated = true;
  std::uint32_t mode = 0100644;
  Descriptor descriptor = Descriptor::kNone;
  std::optional<std::string> packed{};  ///< data to write instead of the content's
  std::string gap_before{};             ///< written before the local header
  std::string gap_after{};              ///< written after the data and the descriptor
  bool in_directory = true;             ///< or has a local header only
  /// Changes the headers at will before they are written.
  std::function<void(ZipFields& local, ZipFields& central)> lie{};
};

/// The fields of the end record.
struct ZipEndFields {
  std::uint16_t volume = 0;
  std::uint16_t directory_volume = 0;
  std::uint16_t entries_here = 0;
  std::uint16_t entries = 0;
  std::uint32_t directory_size = 0;
  std::uint32_t directory_offset = 0;
  std::string comment;
  std::optional<std::uint16_t> comment_size;  ///< or else that of `comment`
};

/// The fields of the 64-bit end record and of its locator.
struct Zip64EndFields {
  std::uint64_t record_size = 44;
  std::uint64_t entries_here = 0;
  std::uint64_t entries = 0;
  std::uint64_t directory_size = 0;
  std::uint64_t directory_offset = 0;
  std::string extensible;           ///< data at the end of the record
  std::uint64_t record_offset = 0;  ///< in the locator
  std::uint32_t volumes = 1;        ///< in the locator
};

struct ZipImage {
  std::vector<ZipMember> members{};
  std::string prefix{};  ///< before all, not counted in offsets unless `prefix_counted`
  bool prefix_counted = false;
  bool directory_reversed = false;
  std::string before_directory{};
  std::string after_directory{};
  std::string suffix{};
  bool zip64_end = false;
  std::function<void(ZipEndFields&)> lie{};
  std::function<void(Zip64EndFields&)> lie64{};

  [[nodiscard]] std::string write() const;
};

// NOLINTEND(readability-redundant-member-init)

/// The bytes of a little-endian number.
[[nodiscard]] std::string little_endian(std::uint64_t value, std::size_t size);

/// An extra field of a header.
[[nodiscard]] std::string extra_field(std::uint16_t id, std::string_view value);

[[nodiscard]] std::string deflate(std::string_view bytes);
[[nodiscard]] std::uint32_t crc32_of(std::string_view bytes);

/// A wheel: at first the sound `demo` 1.0 with a package of two files. Its RECORD is written when
/// it is built, for the content that the members then have.
class WheelBuilder {
 public:
  /// `name` and `version` as in the file name.
  explicit WheelBuilder(std::string_view name = "demo", std::string_view version = "1.0");

  std::string filename;
  std::string dist_info;  ///< the directory's name; changing it moves nothing
  ZipImage zip;
  std::set<std::string> unlisted;  ///< paths that RECORD leaves out
  /// Changes RECORD at will before it is written; with an empty text it is left out.
  std::function<void(std::string& record)> edit_record;

  /// Adds a file, or replaces it; the reference is valid until the next change.
  ZipMember& add(std::string path, std::string content = "");
  ZipMember& at(std::string_view path);
  ZipMember& metadata() { return at(dist_info + "/METADATA"); }
  ZipMember& wheel() { return at(dist_info + "/WHEEL"); }
  void remove(std::string_view path);
  /// Moves all of the .dist-info directory.
  void rename_dist_info(const std::string& directory);

  [[nodiscard]] std::string build() const;

  /// The row of RECORD for a file, ended by "\n".
  [[nodiscard]] static std::string record_row(const std::string& path, std::string_view content);

 private:
  [[nodiscard]] std::string record() const;
};

}  // namespace ensure::testing
