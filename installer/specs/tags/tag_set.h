#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "installer/specs/requirements/marker.h"
#include "installer/specs/versions/version.h"

namespace ensure::specs {

/// A compatibility tag (PEP 425) such as `cp312-abi3-manylinux_2_17_x86_64`, in lower case.
struct Tag {
  std::string python;
  std::string abi;
  std::string platform;

  [[nodiscard]] std::string to_string() const;

  friend bool operator==(const Tag&, const Tag&) = default;
  friend auto operator<=>(const Tag&, const Tag&) = default;
};

/// The tags that a compressed tag set such as `py2.py3-none-any` stands for (PEP 425), each once
/// and sorted. Returns nullopt for any other text, and for a set of more than 4096 tags.
[[nodiscard]] std::optional<std::vector<Tag>> try_parse_tags(std::string_view text);

// The platform tags that a system supports, most specific first.

/// For a Linux with glibc 2.`minor` (PEP 600, with the older names of PEP 513, 571 and 599).
/// `architecture` is that of the interpreter: "x86_64", "i686", "aarch64", "armv7l" and so on.
[[nodiscard]] std::vector<std::string> manylinux_platforms(std::uint32_t glibc_minor,
                                                           std::string_view architecture);

/// For a Linux with musl (PEP 656).
[[nodiscard]] std::vector<std::string> musllinux_platforms(std::uint32_t major, std::uint32_t minor,
                                                           std::string_view architecture);

/// For a macOS on "x86_64" or "arm64".
[[nodiscard]] std::vector<std::string> macos_platforms(std::uint32_t major, std::uint32_t minor,
                                                       std::string_view architecture);

/// For any other system, by its `sysconfig.get_platform()`: "win-amd64".
[[nodiscard]] std::vector<std::string> other_platforms(std::string_view platform);

/// The ABIs of a CPython by `sys.abiflags`: {"cp313t"}; a debug build also loads modules of release
/// builds.
[[nodiscard]] std::vector<std::string> cpython_abis(std::uint32_t major, std::uint32_t minor,
                                                    std::string_view abiflags);

/// The tags that an installation supports, most specific first (PEP 425; in the order of the
/// reference implementation). The thousands of tags are not stored, only their ranks are computed.
class TagSet {
 public:
  /// `implementation` is the short name of PEP 425 ("cp", "pp"); a minor version above 999 is taken
  /// for 999. ABIs ({"cp313t"}, {"pypy310_pp73"}) and platforms are given most specific first.
  TagSet(const std::string& implementation, std::uint32_t major, std::uint32_t minor,
         const std::vector<std::string>& abis, const std::vector<std::string>& platforms);

  /// The rank of a tag, 0 for the best; nullopt if the tag is not supported.
  [[nodiscard]] std::optional<std::size_t> rank(const Tag& tag) const;
  /// The best rank of several tags, such as those of a wheel.
  [[nodiscard]] std::optional<std::size_t> rank(const std::vector<Tag>& tags) const;

  /// The tag with rank 0.
  [[nodiscard]] const Tag& best() const { return best_; }
  /// The number of tags.
  [[nodiscard]] std::size_t size() const { return size_; }

  struct Nearest {
    Tag tag;
    bool fits_platform = false;  ///< whether only the Python differs
  };
  /// The tag of the set that differs least from one of `offered`, of which the set contains none. A
  /// tag for the same platform is nearer than one for the same Python.
  [[nodiscard]] Nearest nearest(const std::vector<Tag>& offered) const;

 private:
  void add_cpython(std::uint32_t minor, const std::vector<std::string>& abis);
  /// Adds a Python and an ABI, either with every platform or with "any".
  void add(const std::string& python, const std::string& abi, bool any_platform);

  std::uint32_t major_ = 3;
  Tag best_;
  std::unordered_map<std::string, std::size_t> ranks_;  ///< by "python-abi" and "python-abi-any"
  std::unordered_map<std::string, std::size_t> platform_ranks_;
  std::size_t size_ = 0;
};

/// The Python that packages are chosen for.
struct TargetPython {
  /// Throws `ParseError` if the full version of `environment` is not a version.
  TargetPython(MarkerEnvironment markers, TagSet usable_tags)
      : environment(std::move(markers)),
        tags(std::move(usable_tags)),
        version(Version::parse(environment.full_version())) {}

  MarkerEnvironment environment;
  TagSet tags;
  Version version;  ///< the full one, such as 3.12.1
};

}  // namespace ensure::specs
