#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "installer/base/error.h"
#include "installer/install/wheel/destination.h"
#include "installer/install/wheel/install_wheel.h"
#include "installer/install/wheel/wheel_plan.h"
#include "installer/specs/metadata/layout.h"
#include "installer/specs/metadata/record.h"
#include "installer/wheel/wheel_source.h"

namespace ensure::install {

/// A file of a wheel that another project has with the same content.
struct SharedFile {
  std::string wheel_path;
  base::Error conflict;  ///< names both projects
};

/// Whether an `__init__.py` belongs to all projects that fill its package: with these lines of
/// `pkgutil` or `pkg_resources` each of them has to have an equal one (packaging.python.org,
/// "Packaging namespace packages").
[[nodiscard]] bool declares_namespace(std::string_view content);

/// The directories of an install scheme in a destination, each opened once, when it is first
/// needed. Any thread may ask.
class SchemeDirectories {
 public:
  explicit SchemeDirectories(const WheelDestination& destination) : destination_(destination) {}

  /// The directory that stands for `logical`, which is created where it is missing. The reference
  /// stays valid.
  [[nodiscard]] const base::Directory& at(const fs::path& logical);

  /// `logical`, or the path asked for earlier that is the same directory, as `lib64` often is
  /// `lib`.
  [[nodiscard]] fs::path same_directory(const fs::path& logical);

 private:
  const WheelDestination& destination_;
  std::mutex mutex_;
  std::map<fs::path, base::Directory> directories_;
};

/// The installation of one wheel, step by step: the parts in any order and by several threads,
/// then `finish`.
class Installation {
 public:
  /// Plans it; nothing is written. What is referred to must outlive this; throws as
  /// `install_wheel`.
  Installation(const wheel::WheelSource& source, const specs::Layout& layout,
               SchemeDirectories& directories, const InstallOptions& options);

  [[nodiscard]] const WheelPlan& plan() const { return plan_; }

  /// Call before the first part, for a file that another wheel writes with the same content. The
  /// installation lists it in RECORD and does not write it; it throws the conflict if the content
  /// declares no namespace package.
  void share(SharedFile file) {
    shared_.emplace(std::move(file.wheel_path), std::move(file.conflict));
  }

  /// Steps 1.c, 1.d, 2.b and 2.c of the specification: unpack the archive into purelib or platlib,
  /// spread the data directory, name the interpreter in scripts.
  void write_part(std::size_t part);

  /// After all parts: commands, metadata, and step 2.d, RECORD with the installed paths, sorted as
  /// pip sorts it. Throws `Error` (`kVerification`) where the wheel lacks files of its RECORD.
  void finish();

  /// After `finish`: the number of rows of RECORD, and the sizes that they tell together.
  [[nodiscard]] std::uint64_t file_count() const { return rows_.size(); }
  [[nodiscard]] std::uint64_t byte_count() const;

 private:
  using Writers = std::array<std::optional<FileWriter>, kSchemeKeys>;

  [[nodiscard]] bool is_shared(const wheel::WheelFile& file) const;
  [[nodiscard]] FileWriter& writer_for(Writers& writers, const InstalledPath& path);
  [[nodiscard]] specs::RecordEntry write_bytecode(const wheel::WheelFile& file, Writers& writers);
  [[nodiscard]] specs::RecordEntry write_listed(const wheel::WheelFile& file,
                                                const WheelPlan::File& planned, Writers& writers);
  void write_content(FileWriter& writer, std::string_view path, const wheel::WheelFile& file,
                     bool executable);
  /// Writes a file that the wheel does not hold.
  void write(const InstalledPath& path, std::string_view content, bool executable);
  void write_metadata();
  void write_record();
  void sort_rows();

  const wheel::WheelSource& source_;
  const specs::Layout& layout_;
  SchemeDirectories& directories_;
  const InstallOptions& options_;
  WheelPlan plan_;
  FileSharing copies_{wheel::LinkMode::kCopy};
  FileSharing& sharing_;
  std::unordered_map<std::string, base::Error> shared_;
  std::vector<std::vector<specs::RecordEntry>> rows_of_parts_;
  std::atomic<std::size_t> listed_ = 0;
  std::vector<specs::RecordEntry> rows_;
};

}  // namespace ensure::install
