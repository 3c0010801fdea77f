#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/base/file.h"
#include "installer/base/path.h"
#include "installer/specs/metadata/distribution_filename.h"
#include "installer/wheel/dist_info.h"
#include "installer/wheel/wheel_source.h"
#include "installer/wheel/zip/zip_directory.h"

namespace ensure::wheel {

/// Opens a file for reading; returns no file if it no longer exists.
using FileOpener = std::function<base::File()>;

/// A published wheel: an archive in a file or in memory.
///
/// Opening it audits the archive, and whether its parts belong to one project and version: file
/// name, .dist-info directory, METADATA, WHEEL and RECORD. The content of a file is checked against
/// RECORD when it is unpacked, before it is visited. Every failed check throws `Error`
/// (`kVerification`).
class WheelArchive final : public WheelSource {
 public:
  /// Opens the wheel at `path`. Its file name must be that of a wheel.
  static WheelArchive open(const base::Path& path);

  /// Opens bytes in memory, which stay valid while `keeper` lives. Without a keeper, they must
  /// outlive the object.
  static WheelArchive view(std::string_view filename, std::string_view bytes,
                           std::shared_ptr<const void> keeper = nullptr);

  /// Opens the form in which a cache keeps wheels, see `open_cached_wheel`.
  static WheelArchive view_cached(std::string_view filename, std::string_view bytes,
                                  std::shared_ptr<const void> keeper, FileOpener open_file);

  /// Opens bytes that the object keeps.
  static WheelArchive own(std::string_view filename, std::string bytes);

  WheelArchive(WheelArchive&&) noexcept = default;
  WheelArchive& operator=(WheelArchive&&) noexcept = default;

  /// The bytes map a file: from now on, gives back the memory of large entries once they are
  /// unpacked.
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

  /// Like `read_part`, for an archive that is read from a file. If `is_elsewhere`, which sees a
  /// file without content, returns true, its content is read only if the visitor asks for it
  /// (`WheelFile::cached`).
  using Predicate = std::function<bool(const WheelFile&)>;
  void read_part(std::size_t part, const Visitor& visit, const Predicate& is_elsewhere) const;

 private:
  enum class Form : bool { kPublished, kCached };
  using Part = std::vector<const RecordedFile*>;

  WheelArchive(Form form, std::string_view filename, std::string_view bytes,
               std::shared_ptr<const void> keeper);

  void match_files();
  void check_project() const;
  void divide();

  Form form_;
  std::shared_ptr<const void> keeper_;
  std::string_view bytes_;
  specs::WheelFilename filename_;
  ZipDirectory directory_;
  std::string dist_info_;
  std::vector<RecordedFile> files_;
  std::vector<Part> parts_;
  bool releases_ = false;
  FileOpener open_file_;  ///< empty if content is read from memory
};

}  // namespace ensure::wheel
