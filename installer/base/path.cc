#include "installer/base/path.h"

#include <algorithm>
#include <ostream>
#include <vector>

namespace ensure::base {

namespace {

/// Where the file name of `text` begins.
std::size_t filename_begin(std::string_view text) { return text.rfind('/') + 1; }

/// Where the extension of a file name begins, or its size.
std::size_t extension_begin(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot == 0 || dot == std::string_view::npos || name == ".." ? name.size() : dot;
}

}  // namespace

Path Path::filename() const { return text_.substr(filename_begin(text_)); }

Path Path::stem() const {
  const std::string_view name = std::string_view(text_).substr(filename_begin(text_));
  return name.substr(0, extension_begin(name));
}

Path Path::extension() const {
  const std::string_view name = std::string_view(text_).substr(filename_begin(text_));
  return name.substr(extension_begin(name));
}

Path Path::parent_path() const {
  const std::string_view text = text_;
  const std::size_t last = text.find_last_not_of('/', filename_begin(text) - 1);
  const bool has_parent = text.find('/') != std::string_view::npos;
  if (!has_parent) return {};
  return last == std::string_view::npos ? Path("/") : Path(text.substr(0, last + 1));
}

Path Path::relative_path() const {
  return text_.substr(std::min(text_.find_first_not_of('/'), text_.size()));
}

Path Path::lexically_normal() const {
  std::vector<Path> kept;
  bool ends_with_separator = false;
  for (const Path& component : *this) {
    const bool is_name = !component.empty() && component != "." && component != "..";
    ends_with_separator = !is_name;
    if (component == "..") {
      if (kept.empty() || kept.back() == "..") {
        kept.push_back(component);
      } else if (kept.back() != "/") {
        kept.pop_back();
      }
    } else if (is_name) {
      kept.push_back(component);
    }
  }
  Path normal;
  for (const Path& component : kept) normal /= component;
  const bool is_directory = ends_with_separator && !kept.empty() && kept.back() != "..";
  if (is_directory && kept.back() != "/") normal.text_ += '/';
  return normal.empty() && !empty() ? Path(".") : normal;
}

Path Path::lexically_relative(const Path& base) const {
  if (is_absolute() != base.is_absolute()) return {};
  const auto [mine, others] = std::mismatch(begin(), end(), base.begin(), base.end());
  if (mine == end() && others == base.end()) return ".";
  std::ptrdiff_t up = 0;
  for (auto it = others; it != base.end(); ++it) {
    if (*it == "..") --up;
    if (!it->empty() && *it != "." && *it != "..") ++up;
  }
  if (up < 0) return {};
  if (up == 0 && (mine == end() || mine->empty())) return ".";
  Path relative;
  for (; up > 0; --up) relative /= "..";
  for (auto it = mine; it != end(); ++it) relative /= *it;
  return relative;
}

Path& Path::operator/=(const Path& other) {
  if (other.is_absolute()) {
    text_ = other.text_;
    return *this;
  }
  if (!text_.empty() && !text_.ends_with('/')) text_ += '/';
  text_ += other.text_;
  return *this;
}

Path& Path::operator+=(std::string_view text) {
  text_ += text;
  return *this;
}

std::ostream& operator<<(std::ostream& stream, const Path& path) { return stream << path.text_; }

Path::Iterator Path::begin() const { return {text_, empty() ? 1 : std::size_t{0}}; }
Path::Iterator Path::end() const { return {text_, text_.size() + 1}; }

Path::Iterator::Iterator(std::string_view text, std::size_t begin) : text_(text), begin_(begin) {
  read();
}

void Path::Iterator::read() {
  if (begin_ > text_.size()) return;
  const std::size_t end = std::min(text_.find('/', begin_), text_.size());
  component_.text_ = begin_ == 0 && end == 0 ? "/" : text_.substr(begin_, end - begin_);
}

Path::Iterator& Path::Iterator::operator++() {
  const bool is_root = begin_ == 0 && text_.starts_with('/');
  const std::size_t end = is_root ? 0 : std::min(text_.find('/', begin_), text_.size());
  const std::size_t next = std::min(text_.find_first_not_of('/', end), text_.size());
  // A separator at the end is followed by an empty name, unless it is the root alone.
  const bool is_last = end == text_.size() || (is_root && next == text_.size());
  begin_ = is_last ? text_.size() + 1 : next;
  read();
  return *this;
}

Path::Iterator Path::Iterator::operator++(int) {
  Iterator before = *this;
  ++*this;
  return before;
}

bool is_at_or_below(const Path& path, const Path& directory) {
  return std::mismatch(directory.begin(), directory.end(), path.begin(), path.end()).first ==
         directory.end();
}

}  // namespace ensure::base
