#pragma once

#include <filesystem>
#include <fstream>
#include <type_traits>
#include <utility>

#include "installer/base/path.h"

/// `std::filesystem` for tests, with `base::Path` in the place of its own path.
namespace ensure::fs {

using namespace std::filesystem;
using path = base::Path;

/// A `std::filesystem::path` becomes a `base::Path`; other values stay.
template <class Value>
auto ours(Value value) {
  if constexpr (std::is_same_v<Value, std::filesystem::path>) {
    return base::Path(value.native());
  } else {
    return value;
  }
}

template <class Value>
decltype(auto) theirs(Value&& value) {
  if constexpr (std::is_convertible_v<Value, base::Path> &&
                !std::is_convertible_v<Value, std::filesystem::path>) {
    return std::filesystem::path(value.text());
  } else {
    return std::forward<Value>(value);
  }
}

// NOLINTBEGIN(cppcoreguidelines-macro-usage): a template cannot be told the name of a function
#define ENSURE_FORWARD(function)                                                             \
  template <class... Arguments>                                                              \
  auto function(Arguments&&... arguments) {                                                  \
    if constexpr (std::is_void_v<decltype(std::filesystem::function(                         \
                      theirs(std::forward<Arguments>(arguments))...))>) {                    \
      std::filesystem::function(theirs(std::forward<Arguments>(arguments))...);              \
    } else {                                                                                 \
      return ours(std::filesystem::function(theirs(std::forward<Arguments>(arguments))...)); \
    }                                                                                        \
  }
ENSURE_FORWARD(canonical)
ENSURE_FORWARD(copy)
ENSURE_FORWARD(copy_file)
ENSURE_FORWARD(create_directories)
ENSURE_FORWARD(create_directory)
ENSURE_FORWARD(create_directory_symlink)
ENSURE_FORWARD(create_hard_link)
ENSURE_FORWARD(create_symlink)
ENSURE_FORWARD(current_path)
ENSURE_FORWARD(directory_iterator)
ENSURE_FORWARD(exists)
ENSURE_FORWARD(hard_link_count)
ENSURE_FORWARD(is_directory)
ENSURE_FORWARD(is_empty)
ENSURE_FORWARD(is_fifo)
ENSURE_FORWARD(is_symlink)
ENSURE_FORWARD(last_write_time)
ENSURE_FORWARD(permissions)
ENSURE_FORWARD(read_symlink)
ENSURE_FORWARD(recursive_directory_iterator)
ENSURE_FORWARD(relative)
ENSURE_FORWARD(remove)
ENSURE_FORWARD(remove_all)
ENSURE_FORWARD(rename)
ENSURE_FORWARD(resize_file)
ENSURE_FORWARD(status)
ENSURE_FORWARD(symlink_status)
ENSURE_FORWARD(temp_directory_path)
#undef ENSURE_FORWARD
// NOLINTEND(cppcoreguidelines-macro-usage)

/// File streams of the standard library that take our paths.
// NOLINTBEGIN(readability-identifier-naming): named after those
struct ofstream : std::ofstream {
  explicit ofstream(const path& file, openmode mode = out) : std::ofstream(file.text(), mode) {}
};
struct ifstream : std::ifstream {
  explicit ifstream(const path& file, openmode mode = in) : std::ifstream(file.text(), mode) {}
};
// NOLINTEND(readability-identifier-naming)

}  // namespace ensure::fs

namespace fs = ensure::fs;
