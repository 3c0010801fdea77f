#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/sdist/archive_reader.h"
#include "installer/wheel/zip/archive_errors.h"

/// Archives of source code, which are checked completely before anything is unpacked.
namespace ensure::sdist {

/// Whether a file of this name is read here: `.tar.gz`, `.tgz`, `.tar.bz2`, `.tbz`, `.tar.xz`,
/// `.txz`, `.tar.zst`, `.tar`, `.zip`.
[[nodiscard]] bool is_source_archive_name(std::string_view filename);

/// The error (`kUsage`) for a file of any other name.
[[nodiscard]] base::Error unsupported_archive(std::string_view filename);

/// Sorts the entries of an archive by path, removes duplicates, and checks them together: no path
/// leaves the archive or is below a file or a link, no two different entries have the same path,
/// and a link leads to a file or directory of the archive without passing through another link (PEP
/// 721). Whoever then unpacks directories first and links last writes nothing elsewhere. Throws
/// `base::Error` (`kVerification`).
void check_source_entries(std::vector<SourceEntry>& entries, const wheel::ArchiveErrors& errors);

/// An archive with the files of a project: a source distribution (PEP 625, PEP 721) or a snapshot
/// of a repository.
class SourceArchive {
 public:
  /// The suffix of `filename` selects the format. `bytes` have to outlive the object. Checks the
  /// whole archive. Throws `base::Error`: `kVerification` if the archive is damaged or hostile,
  /// `kUsage` if its name has an unsupported suffix.
  static SourceArchive open(std::string_view filename, std::string_view bytes);

  /// The top directory, if it contains everything, as in a source distribution; else empty.
  [[nodiscard]] const std::string& root() const { return root_; }

  /// The content of a file of the project, such as "PKG-INFO"; nullopt if there is no such file.
  [[nodiscard]] std::optional<std::string> file(std::string_view name) const;

  /// Writes everything into an empty directory; the project is in its subdirectory `root()` then.
  /// All files get the latest modification time of the archive, so that a build never takes a
  /// generated file for outdated.
  void unpack(const base::Directory& directory) const;

 private:
  SourceArchive() = default;

  SourceContent content_;
  std::string root_;
};

}  // namespace ensure::sdist
