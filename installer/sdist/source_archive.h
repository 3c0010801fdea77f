#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/base/files.h"
#include "installer/sdist/source_entry.h"
#include "installer/wheel/zip/archive_errors.h"

/// Archives of source code: what is in them, read strictly before anything is unpacked.
namespace ensure::sdist {

/// Whether it is the name of an archive of a kind that is read here: `.tar.gz`, `.tgz`, `.tar`,
/// `.zip`.
[[nodiscard]] bool is_source_archive_name(std::string_view filename);

/// An archive with the files of a project: a source distribution (PEP 625, PEP 721) or a snapshot
/// of a repository. Opening it audits all of it.
class SourceArchive {
 public:
  /// `bytes` have to outlive the object. Throws `base::Error`: `kVerification` where the archive is
  /// damaged or hostile, `kUsage` where it is of another kind.
  static SourceArchive open(std::string_view filename, std::string_view bytes);

  /// The folder that all is in, as a source distribution has one; empty where there are several.
  [[nodiscard]] const std::string& root() const { return root_; }

  /// The content of a file of the project, such as "PKG-INFO"; none where it has no such file.
  [[nodiscard]] std::optional<std::string> file(std::string_view name) const;

  /// Writes everything into an empty folder, with one time of change for all, the latest that the
  /// archive tells: so nothing looks older than what it was made from. The project is in the folder
  /// `root` then.
  void unpack(const base::Directory& folder) const;

 private:
  explicit SourceArchive(std::string_view filename) : refusal_(filename) {}

  void read_zip(std::string_view bytes);
  void find_root();

  wheel::ArchiveErrors refusal_;
  std::shared_ptr<const void> keeper_;  ///< of what the entries' content lies in
  std::vector<SourceEntry> entries_;
  std::int64_t newest_ = 0;
  std::string root_;
};

}  // namespace ensure::sdist
