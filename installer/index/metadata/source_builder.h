#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "installer/base/error.h"
#include "installer/index/candidates/distribution_file.h"
#include "installer/index/downloads/fetched_wheel.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/versions/version.h"

namespace ensure::index {

/// Source code to make a wheel of: an archive, or a folder of this machine.
struct SourceFile {
  FileRequest request;  ///< of a folder its URL is a `file:` one
  bool is_folder = false;
  std::string subdirectory;  ///< where in it the project is; empty for its root
  // What the wheel has to be of, where that is known before:
  std::optional<specs::PackageName> name;
  std::optional<specs::Version> version;
};

[[nodiscard]] inline SourceFile source_of(const DistributionFile& file) {
  return {file.request, file.is_folder, file.subdirectory, file.name, file.version};
}

/// An archive is what was announced, but is damaged or hostile.
class RefusedSource : public base::Error {
 public:
  explicit RefusedSource(const base::Error& error) : base::Error(error) {}
};

/// What makes wheels of source code. The wheels that it gives say where the source came from: their
/// request, digest and verification are those of the source; the digest of a folder is empty.
class SourceBuilder {
 public:
  virtual ~SourceBuilder() = default;

  /// A wheel of it which was built before; none where there is none.
  [[nodiscard]] virtual std::optional<FetchedWheel> find_built(const SourceFile& source) = 0;

  /// Fetches the source and builds it, unless that was done before. Throws `base::Error`: of the
  /// network, `kVerification` for a damaged or hostile archive, `kFailure` where the build fails.
  [[nodiscard]] virtual FetchedWheel build(const SourceFile& source) = 0;

  /// The content of a file of the project, such as "PKG-INFO", in an archive, which is fetched for
  /// it where it is not here; none where it has no such file. Throws `RefusedSource`, and what
  /// `build` does.
  [[nodiscard]] virtual std::optional<std::string> read_file(const SourceFile& source,
                                                             std::string_view name) = 0;

  /// The SHA-256 of an archive in hexadecimal; it is fetched where it is not here.
  [[nodiscard]] virtual std::string digest_of(const SourceFile& source) = 0;

  /// Whether `build` can do without the network, as far as can be told at once.
  [[nodiscard]] virtual bool can_build_offline(const SourceFile& source) = 0;

  SourceBuilder() = default;
  SourceBuilder(const SourceBuilder&) = delete;
  SourceBuilder& operator=(const SourceBuilder&) = delete;
};

}  // namespace ensure::index
