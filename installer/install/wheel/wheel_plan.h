#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "installer/base/path.h"
#include "installer/install/wheel/install_wheel.h"
#include "installer/install/wheel/scripts.h"
#include "installer/specs/metadata/layout.h"
#include "installer/specs/metadata/record.h"
#include "installer/wheel/wheel_source.h"

namespace ensure::install {

/// A folder of an install scheme that a wheel can put files into.
enum class SchemeKey : std::size_t { kPurelib, kPlatlib, kScripts, kData, kHeaders };
inline constexpr std::size_t kSchemeKeys = 5;

/// A path below one of the folders of the scheme.
struct InstalledPath {
  SchemeKey key;
  std::string relative;
};

/// Where each file of a wheel goes, known from its metadata before anything is written.
class WheelPlan {
 public:
  /// A file that RECORD lists.
  struct File {
    InstalledPath installed;
    specs::RecordEntry expected;  ///< its row in the wheel's own RECORD
    bool left_out;                ///< not installed, see `is_left_out`
  };

  /// Throws `Error` (`kVerification`) where RECORD is missing or lists names that leave the target,
  /// a file without a digest, or two files on one path; where an entry point is bad; or where a
  /// file would replace the interpreter, its configuration, or what the installer itself writes.
  WheelPlan(const wheel::WheelSource& source, const specs::Layout& layout,
            const InstallOptions& options);
  WheelPlan(const WheelPlan&) = delete;
  WheelPlan& operator=(const WheelPlan&) = delete;

  /// A file of the wheel; null where RECORD does not list it.
  [[nodiscard]] const File* find(std::string_view wheel_path) const;

  [[nodiscard]] const std::vector<File>& files() const { return files_; }

  /// Where a path of the wheel goes.
  [[nodiscard]] InstalledPath installed_path(std::string_view wheel_path) const;

  /// Whether a file of the wheel is not installed: the installer writes its own, or an entry point
  /// makes it.
  [[nodiscard]] bool is_left_out(std::string_view wheel_path) const;

  /// The wrappers of the entry points; they go into the folder of the scripts.
  [[nodiscard]] const std::vector<Script>& scripts() const { return scripts_; }

  /// A folder of the scheme, as the target's Python sees it.
  [[nodiscard]] const base::Path& folder(SchemeKey key) const;

  /// How RECORD of the target names a path: relative to the folder of the wheel's own files.
  [[nodiscard]] std::string record_path(const InstalledPath& path) const;

  /// A file in the `.dist-info` folder.
  [[nodiscard]] InstalledPath metadata_path(std::string_view name) const;

 private:
  void read_record(const wheel::WheelSource& source);
  void add_file(specs::RecordEntry row);
  void refuse_shared_paths() const;
  void refuse_reserved_paths(const specs::Layout& layout) const;
  /// Refuses paths that Windows does not keep as they are.
  void refuse_windows_names() const;

  std::string dist_info_;    ///< "pip-26.3.dist-info"
  std::string data_prefix_;  ///< "pip-26.3.data/"
  SchemeKey library_;
  std::array<base::Path, kSchemeKeys> folders_;
  std::array<std::string, kSchemeKeys> record_prefixes_;
  std::vector<Script> scripts_;
  std::unordered_set<std::string> entry_point_names_;
  std::vector<File> files_;
  /// Positions in `files_`, whose rows hold the names.
  std::unordered_map<std::string_view, std::size_t> by_wheel_path_;
};

}  // namespace ensure::install
