#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "installer/specs/tags/tags.h"

namespace ensure::specs {

/// The ABIs of a CPython by `sys.abiflags`: {"cp313t"}; a debug build also loads modules of release
/// builds.
[[nodiscard]] std::vector<std::string> cpython_abis(std::uint32_t major, std::uint32_t minor,
                                                    std::string_view abiflags);

/// The tags that an installation supports, most specific first (PEP 425; in the order of the
/// reference implementation). The thousands of tags are not stored, only their ranks are computed.
class TagSet {
 public:
  /// `implementation` is the short name of PEP 425 ("cp", "pp"); a minor version above 999 is taken
  /// for 999. ABIs ({"cp313t"}, {"pypy310_pp73"}) and platforms (tags.h) are given with the most
  /// specific ones first.
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

}  // namespace ensure::specs
