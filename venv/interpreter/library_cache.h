#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ensure::venv {

/// Where a library is, as the loader's cache says.
struct CachedLibrary {
  std::string_view path;
  /// False where there are variants for certain processors or kernels: which one the loader
  /// takes is not known here.
  bool is_the_only_variant = true;
};

/// `/etc/ld.so.cache`, which ldconfig(8) writes, in the format of glibc 2.2 and newer
/// ("glibc-ld.so.cache1.1", by itself or behind one in the older format).
class LibraryCache {
 public:
  /// `bytes` must outlive the result. None where it is of another format, or damaged.
  [[nodiscard]] static std::optional<LibraryCache> try_parse(std::string_view bytes);

  /// The library `name` for programs of this program's own kind; none where it is not listed.
  [[nodiscard]] std::optional<CachedLibrary> find(std::string_view name) const;

 private:
  LibraryCache(std::string_view bytes, std::uint32_t count) : bytes_(bytes), count_(count) {}

  [[nodiscard]] std::string_view name_of(std::uint32_t index) const;

  std::string_view bytes_;
  std::uint32_t count_;
};

}  // namespace ensure::venv
