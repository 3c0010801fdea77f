#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "installer/base/error.h"
#include "installer/base/path.h"
#include "installer/install/wheel/destination.h"
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

/// The directories of an install scheme in a destination. Each is opened once, when it is first
/// needed. Thread-safe.
class SchemeDirectories {
 public:
  explicit SchemeDirectories(const WheelDestination& destination) : destination_(destination) {}

  /// The directory that stands for `logical`, which is created if it is missing. The reference
  /// stays valid.
  [[nodiscard]] const base::Directory& at(const base::TargetPath& logical);

  /// `logical`, or an earlier path of the same directory, as `lib64` often is `lib`.
  [[nodiscard]] base::TargetPath same_directory(const base::TargetPath& logical);

 private:
  const WheelDestination& destination_;
  std::mutex mutex_;
  std::map<base::TargetPath, base::Directory> directories_;
};

/// The installation of one wheel: the parts in any order and by several threads, then `finish`.
class Installation {
 public:
  /// Plans it and writes nothing. All arguments must outlive this. Throws like `WheelPlan`.
  Installation(const wheel::WheelSource& source, const specs::Layout& layout,
               SchemeDirectories& directories, const InstallOptions& options);

  [[nodiscard]] const WheelPlan& plan() const { return plan_; }

  /// Call before the first part, for a file that another wheel writes with the same content. The
  /// installation lists it in RECORD and does not write it; it throws the conflict if the content
  /// declares no namespace package.
  void share(SharedFile file) {
    shared_.emplace(std::move(file.wheel_path), std::move(file.conflict));
  }

  /// Steps 1.c, 1.d, 2.b and 2.c of the specification: unpacks the archive into purelib or platlib,
  /// spreads the data directory, inserts the interpreter into scripts.
  void write_part(std::size_t part);

  /// After all parts: commands, metadata, and step 2.d, RECORD with the installed paths, sorted
  /// like pip's.
  void finish();

 private:
  using Writers = std::array<std::optional<FileWriter>, kSchemeKeys>;

  [[nodiscard]] bool is_shared(const wheel::WheelFile& file) const;
  [[nodiscard]] FileWriter& writer_for(Writers& writers, const InstalledPath& path);
  [[nodiscard]] specs::RecordEntry write_bytecode(const wheel::WheelFile& file, Writers& writers);
  [[nodiscard]] specs::RecordEntry write_recorded(const wheel::WheelFile& file,
                                                  const WheelPlan::File& planned, Writers& writers);
  /// Writes a file that the wheel does not hold.
  void write(const InstalledPath& path, std::string_view content, bool executable);

  const wheel::WheelSource& source_;
  const specs::Layout& layout_;
  SchemeDirectories& directories_;
  const InstallOptions& options_;
  WheelPlan plan_;
  FileSharing copies_{wheel::LinkMode::kCopy};
  FileSharing& sharing_;
  std::unordered_map<std::string, base::Error> shared_;
  std::vector<std::vector<specs::RecordEntry>> rows_of_parts_;
  std::vector<specs::RecordEntry> rows_;
};

/// Creates the files of a wheel in `destination` as the PyPA specification "Installing a wheel"
/// says, RECORD last. The same input always results in the same bytes.
///
/// Throws `Error` (`kVerification`) if the wheel is invalid, before the first write if its metadata
/// shows that: names that leave the target, two files with one path, an invalid entry point.
void install_wheel(const wheel::WheelSource& source, const specs::Layout& layout,
                   const WheelDestination& destination, const InstallOptions& options);

struct BytecodeRequest {
  std::vector<std::string> interpreter;  ///< the program and its first arguments
  std::vector<std::string> environment;  ///< "NAME=value"
  std::vector<base::Path> directories;   ///< staged, with the modules
  base::Path staged;                     ///< this prefix in the names of modules
  base::TargetPath final_path;           ///< is replaced by this one (`co_filename`)
};

/// Compiles all modules with one process, `compileall` of the target's interpreter. Skips modules
/// that cannot be compiled, because some wheels contain templates; returns false if there were any.
/// Throws `Error` (`kInterpreter`) if the interpreter fails.
bool compile_bytecode(const BytecodeRequest& request);

}  // namespace ensure::install
