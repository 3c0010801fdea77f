#pragma once

#include <compare>
#include <cstddef>
#include <iosfwd>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

namespace ensure::base {

/// The path of a file on this machine, as text: UTF-8 on Windows, any bytes elsewhere.
///
/// The operations are those of `std::filesystem::path` with the same results for POSIX paths. That
/// class is not used because on Windows it converts text through a code page, loses
/// `\\server\share`, and throws on unpaired surrogates. Two paths are equal if their texts are.
class Path {
 public:
  class Iterator;

  Path() = default;
  // NOLINTBEGIN(misc-explicit-constructor): a path is a text, as for the standard library
  Path(std::string text) : text_(std::move(text)) {}
  Path(std::string_view text) : text_(text) {}
  Path(const char* text) : text_(text) {}
  operator const std::string&() const { return text_; }
  // NOLINTEND(misc-explicit-constructor)

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const char* c_str() const { return text_.c_str(); }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  [[nodiscard]] bool is_absolute() const { return text_.starts_with('/'); }
  /// Whether it is more than a root.
  [[nodiscard]] bool has_relative_path() const {
    return text_.find_first_not_of('/') != std::string::npos;
  }
  /// False for a path that ends with a separator.
  [[nodiscard]] bool has_filename() const { return !empty() && !text_.ends_with('/'); }

  /// The part after the last separator: "" for "a/", and for "/".
  [[nodiscard]] Path filename() const;
  /// The file name up to its last dot; a dot at its start does not count.
  [[nodiscard]] Path stem() const;
  /// The file name from its last dot on; "" if it has none but at its start.
  [[nodiscard]] Path extension() const;
  /// Everything before the file name and its separators: "" for "a", "/" for "/a" and for "/".
  [[nodiscard]] Path parent_path() const;
  /// The path without the separators it begins with.
  [[nodiscard]] Path relative_path() const;

  /// Removes ".", doubled separators, and ".." together with the name before it. The file system is
  /// not asked, so links are not considered.
  [[nodiscard]] Path lexically_normal() const;
  /// The path that leads from `base` to this one by text; "" if no text can.
  [[nodiscard]] Path lexically_relative(const Path& base) const;

  /// Appends a name or a relative path; an absolute path replaces this one.
  Path& operator/=(const Path& other);
  friend Path operator/(Path path, const Path& other) { return std::move(path /= other); }
  /// Appends to the text, without a separator.
  Path& operator+=(std::string_view text);

  friend bool operator==(const Path& one, const Path& other) = default;
  friend std::strong_ordering operator<=>(const Path& one, const Path& other) = default;
  friend std::ostream& operator<<(std::ostream& stream, const Path& path);

  /// The components: "/" for the root, then the names; "" at last for a path that ends with a
  /// separator.
  [[nodiscard]] Iterator begin() const;
  [[nodiscard]] Iterator end() const;

 private:
  std::string text_;
};

/// Walks over the components of a path, which must outlive it.
class Path::Iterator {
 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = Path;
  using difference_type = std::ptrdiff_t;
  using pointer = const Path*;
  using reference = const Path&;

  Iterator() = default;
  [[nodiscard]] const Path& operator*() const { return component_; }
  [[nodiscard]] const Path* operator->() const { return &component_; }
  Iterator& operator++();
  Iterator operator++(int);
  friend bool operator==(const Iterator& one, const Iterator& other) {
    return one.begin_ == other.begin_;
  }

 private:
  friend class Path;
  Iterator(std::string_view text, std::size_t begin);
  void read();

  std::string_view text_;
  std::size_t begin_ = 0;  ///< of the component; one more than the size of the text at the end
  Path component_;
};

/// Whether `path` is `directory` or lies below it, by the components of both texts alone.
[[nodiscard]] bool is_at_or_below(const Path& path, const Path& directory);

/// A path as the target's own Python sees it. With `--root` the file has another path on this
/// machine, so none of the two types converts to the other on its own.
class TargetPath {
 public:
  TargetPath() = default;
  // NOLINTBEGIN(misc-explicit-constructor): as for `Path`
  TargetPath(std::string text) : path_(std::move(text)) {}
  TargetPath(const char* text) : path_(text) {}
  // NOLINTEND(misc-explicit-constructor)
  explicit TargetPath(Path path) : path_(std::move(path)) {}

  [[nodiscard]] const std::string& text() const { return path_.text(); }
  [[nodiscard]] bool empty() const { return path_.empty(); }
  [[nodiscard]] bool is_absolute() const { return path_.is_absolute(); }
  [[nodiscard]] Path filename() const { return path_.filename(); }
  [[nodiscard]] TargetPath parent_path() const { return TargetPath(path_.parent_path()); }
  [[nodiscard]] TargetPath lexically_normal() const { return TargetPath(path_.lexically_normal()); }
  /// The way from `base` to this path, as `Path::lexically_relative`.
  [[nodiscard]] Path relative_to(const TargetPath& base) const {
    return path_.lexically_relative(base.path_);
  }
  [[nodiscard]] bool is_at_or_below(const TargetPath& directory) const {
    return base::is_at_or_below(path_, directory.path_);
  }
  /// The path on this machine of a target that is not below a `--root`.
  [[nodiscard]] const Path& without_root() const { return path_; }

  friend TargetPath operator/(TargetPath directory, const Path& relative) {
    directory.path_ /= relative;
    return directory;
  }
  friend bool operator==(const TargetPath& one, const TargetPath& other) = default;
  friend std::strong_ordering operator<=>(const TargetPath& one, const TargetPath& other) = default;

 private:
  Path path_;
};

}  // namespace ensure::base

template <>
struct std::hash<ensure::base::Path> {
  std::size_t operator()(const ensure::base::Path& path) const noexcept {
    return std::hash<std::string>()(path.text());
  }
};
