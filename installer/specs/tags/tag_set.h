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

/// The ABIs of a CPython by `sys.abiflags`: {"cp313t"}; a debug build takes others' modules too.
[[nodiscard]] std::vector<std::string> cpython_abis(std::uint32_t major, std::uint32_t minor,
                                                    std::string_view abiflags);

/// The tags that an installation can use, most specific first (PEP 425; order as in the reference
/// implementation). Only the places of the tags are computed, not the thousands of tags.
class TagSet {
 public:
  /// `implementation` is the short name of PEP 425 ("cp", "pp"); a minor version above 999 is taken
  /// for 999. ABIs ({"cp313t"}, {"pypy310_pp73"}) and platforms (tags.h) are given with
  /// the most specific ones first.
  TagSet(const std::string& implementation, std::uint32_t major, std::uint32_t minor,
         const std::vector<std::string>& abis, std::vector<std::string> platforms);

  /// The place of a tag; the lowest is the best. Nothing where the tag cannot be used.
  [[nodiscard]] std::optional<std::size_t> rank(const Tag& tag) const;
  /// The best place of several tags, such as those of a wheel.
  [[nodiscard]] std::optional<std::size_t> rank(const std::vector<Tag>& tags) const;

  /// How many tags there are.
  /// The tag of the set that differs least from one of `offered`, none of which is in the set;
  /// one for the same platform is nearer than one for the same Python.
  struct Nearest {
    Tag tag;
    bool fits_platform = false;  ///< whether only the Python is another one
  };
  [[nodiscard]] Nearest nearest(const std::vector<Tag>& offered) const;

  [[nodiscard]] std::size_t size() const { return size_; }
  /// All tags in their order.
  [[nodiscard]] std::vector<Tag> tags() const;

 private:
  /// A Python and an ABI, with every platform or with "any" alone.
  struct Block {
    std::string python;
    std::string abi;
    bool any_platform;
  };

  void add_cpython_blocks(std::uint32_t minor, const std::vector<std::string>& abis);
  void add_block(std::string python, std::string abi, bool any_platform);

  std::uint32_t major_ = 3;
  std::vector<Block> blocks_;
  std::vector<std::string> platforms_;
  std::unordered_map<std::string, std::size_t> block_ranks_;  ///< by "python-abi", "python-abi-any"
  std::unordered_map<std::string, std::size_t> platform_ranks_;
  std::size_t size_ = 0;
};

}  // namespace ensure::specs
