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
#include "installer/install/wheel/scripts.h"
#include "installer/specs/metadata/layout.h"
#include "installer/specs/metadata/record.h"
#include "installer/wheel/wheel_source.h"

namespace ensure::install {

class FileSharing;

struct InstallOptions {
  bool requested = false;                     ///< by name, not as a dependency (REQUESTED, PEP 376)
  std::optional<std::string> direct_url;      ///< the content of direct_url.json (PEP 610)
  std::optional<std::string> provenance_url;  ///< of provenance_url.json (PEP 710)
  PipCommands pip_commands = PipCommands::kAll;
  Launchers launchers;
  bool refuse_startup_hooks = false;  ///< see `StartupHooks`; modules may still be shadowed
  std::size_t threads = 2;            ///< the most that write at the same time
  /// How files of the cache are shared; null: they are copied. Must outlive the work.
  FileSharing* sharing = nullptr;
};

/// A directory of an install scheme that a wheel can put files into.
enum class SchemeKey : std::size_t { kPurelib, kPlatlib, kScripts, kData, kHeaders };
inline constexpr std::size_t kSchemeKeys = 5;

/// A path below one of the directories of the scheme.
struct InstalledPath {
  SchemeKey key;
  std::string relative;
};

/// The destination of each file of a wheel, known from its metadata before anything is written.
class WheelPlan {
 public:
  /// A file that RECORD lists.
  struct File {
    InstalledPath installed;
    specs::RecordEntry recorded;  ///< its row in the wheel's own RECORD
    bool left_out;                ///< not installed, see `is_left_out`
  };

  /// Throws `Error` (`kVerification`) if two files have one destination, an entry point is invalid,
  /// or a file would replace the interpreter, its configuration, or a file that the installer
  /// itself writes. RECORD has been audited with the wheel (`WheelSource`).
  WheelPlan(const wheel::WheelSource& source, const specs::Layout& layout,
            const InstallOptions& options);
  WheelPlan(const WheelPlan&) = delete;
  WheelPlan& operator=(const WheelPlan&) = delete;

  /// A file of the wheel; null if RECORD does not list it.
  [[nodiscard]] const File* find(std::string_view wheel_path) const;

  [[nodiscard]] const std::vector<File>& files() const { return files_; }

  /// The destination of a path of the wheel.
  [[nodiscard]] InstalledPath installed_path(std::string_view wheel_path) const;

  /// The wrappers of the entry points, which go into the directory of the scripts.
  [[nodiscard]] const std::vector<Script>& scripts() const { return scripts_; }

  /// A directory of the scheme, as the target's Python sees it.
  [[nodiscard]] const base::TargetPath& directory(SchemeKey key) const;

  /// A path as RECORD of the target lists it: relative to the directory of the wheel's own files.
  [[nodiscard]] std::string record_path(const InstalledPath& path) const;

  /// A file in the `.dist-info` directory.
  [[nodiscard]] InstalledPath metadata_path(std::string_view name) const;

 private:
  void read_record(const wheel::WheelSource& source);
  [[nodiscard]] bool is_left_out(std::string_view wheel_path) const;
  void refuse_shared_paths() const;
  void refuse_reserved_paths(const specs::Layout& layout) const;
  /// Refuses paths that Windows does not keep as they are.
  void refuse_windows_names() const;

  std::string dist_info_;    ///< "pip-26.3.dist-info"
  std::string data_prefix_;  ///< "pip-26.3.data/"
  SchemeKey library_;
  std::array<base::TargetPath, kSchemeKeys> directories_;
  std::array<std::string, kSchemeKeys> record_prefixes_;
  std::vector<Script> scripts_;
  std::unordered_set<std::string> entry_point_names_;
  std::vector<File> files_;
  /// Indexes of `files_`, whose rows own the paths.
  std::unordered_map<std::string_view, std::size_t> by_wheel_path_;
};

/// The files of a wheel that take effect in every start of Python, whether they are imported or
/// not.
struct StartupHooks {
  /// `.pth` files, which can run code (module `site`), and `.start` files (PEP 829).
  std::vector<std::string> pth_files;
  std::vector<std::string> startup_modules;   ///< `sitecustomize`, `usercustomize`
  std::vector<std::string> shadowed_modules;  ///< names of the standard library

  [[nodiscard]] bool empty() const {
    return pth_files.empty() && startup_modules.empty() && shadowed_modules.empty();
  }

  bool operator==(const StartupHooks&) const = default;
};

/// Judges by where the files land, whichever directory of the scheme the wheel has them for.
[[nodiscard]] StartupHooks find_startup_hooks(const WheelPlan& plan);

}  // namespace ensure::install
