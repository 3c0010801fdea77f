#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "installer/base/files.h"
#include "installer/base/path.h"
#include "installer/specs/metadata/distribution_filename.h"
#include "installer/wheel/recorded_files.h"
#include "installer/wheel/wheel_source.h"
#include "installer/wheel/zip/zip_directory.h"

namespace ensure::wheel {

/// Opens a file for reading; returns an empty descriptor if the file no longer exists.
using FileOpener = std::function<base::Descriptor()>;

/// A wheel as it was published: an archive in a file or in memory.
///
/// Opening it audits the archive and whether its parts are of one project and version: file name,
/// .dist-info folder, METADATA, WHEEL and RECORD. What RECORD says of the content is checked when
/// a file is read, in the one pass in which it is unpacked. So a file that has been visited is
/// what the publisher listed, and an archive that is damaged throws `Error` (`kVerification`)
/// before the file that is wrong has been visited.
class WheelArchive final : public WheelSource {
 public:
  /// Opens the wheel at `path`, whose file name has to be a wheel's.
  static WheelArchive open(const base::Path& path);

  /// The same for bytes in memory, which stay as they are while `keeper` lives; without a keeper
  /// the caller sees to it that they outlive the object.
  static WheelArchive view(std::string_view filename, std::string_view bytes,
                           std::shared_ptr<const void> keeper = nullptr);

  /// The same for the form in which a cache keeps wheels (`stored_wheel.h`).
  static WheelArchive view_stored(std::string_view filename, std::string_view bytes,
                                  std::shared_ptr<const void> keeper = nullptr);

  /// The same for bytes that the object keeps.
  static WheelArchive own(std::string_view filename, std::string bytes);

  WheelArchive(WheelArchive&&) noexcept = default;
  WheelArchive& operator=(WheelArchive&&) noexcept = default;

  /// From now on content is checked against the archive's checksums alone, not against RECORD: for
  /// an archive made from one that has been checked. If `open_file` is given, which opens a file
  /// with the bytes of the archive, content is read from there, and large files are visited as
  /// `StoredContent`.
  void trust_checksums(FileOpener open_file = {}) {
    checks_digests_ = false;
    open_file_ = std::move(open_file);
  }

  /// The bytes are a file in memory: what has been unpacked of large entries need not stay there.
  void release_what_is_read() { releases_ = true; }

  [[nodiscard]] const specs::WheelFilename& filename() const { return filename_; }
  /// The archive itself.
  [[nodiscard]] std::string_view bytes() const { return bytes_; }
  [[nodiscard]] const ZipDirectory& directory() const { return directory_; }

  [[nodiscard]] const specs::PackageName& name() const override { return filename_.name(); }
  [[nodiscard]] const specs::Version& version() const override { return filename_.version(); }
  [[nodiscard]] const std::string& dist_info() const override { return dist_info_; }
  [[nodiscard]] std::optional<std::string> dist_info_file(std::string_view name) const override;
  [[nodiscard]] std::uint64_t unpacked_size() const override { return directory_.unpacked_size(); }
  [[nodiscard]] std::size_t part_count() const override { return parts_.size(); }
  void read_part(std::size_t part, const Visitor& visit) const override;
  /// The same; of a file that `is_elsewhere`, which sees it without content, content is only read
  /// where the visitor asks for it (`WheelFile::stored`). For an archive that is read from a file.
  using Predicate = std::function<bool(const WheelFile&)>;
  void read_part(std::size_t part, const Visitor& visit, const Predicate& is_elsewhere) const;
  [[nodiscard]] bool verifies_content() const override { return true; }

 private:
  using Part = std::vector<const RecordedFile*>;

  WheelArchive(std::string_view filename, std::string_view bytes,
               std::shared_ptr<const void> keeper, bool is_stored);

  void match_files();
  void check_project() const;
  void divide();

  std::shared_ptr<const void> keeper_;
  std::string_view bytes_;
  specs::WheelFilename filename_;
  ZipDirectory directory_;
  std::string dist_info_;
  std::vector<RecordedFile> files_;
  std::vector<Part> parts_;
  bool checks_digests_ = true;
  bool releases_ = false;
  FileOpener open_file_;  ///< empty where content is read from memory
};

}  // namespace ensure::wheel
