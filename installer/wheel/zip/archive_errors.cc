#include "installer/wheel/zip/archive_errors.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "installer/base/printable.h"
#include "installer/base/text.h"

namespace ensure::wheel {
namespace {

bool is_control(char letter) {
  const auto byte = static_cast<std::uint8_t>(letter);
  return byte < 0x20 || byte == 0x7F;
}

bool is_ascii(char letter) { return static_cast<std::uint8_t>(letter) < 0x80; }

/// `path` in backticks, safe for a terminal: a hostile name of an entry must neither move the
/// cursor nor fill the screen.
std::string quoted(std::string_view path) {
  constexpr std::size_t kLongest = 200;
  return "`" + base::printable(base::shortened(path, kLongest)) + "`";
}

constexpr std::size_t kLongestPath = 2048;
constexpr std::size_t kLongestName = 255;  // of every common file system

/// Whether `path`, well-formed UTF-8, has a character that is invisible and changes how the text
/// around it is shown: C1 controls, line separators, changes of the writing direction.
bool has_invisible_control(std::string_view path) {
  const auto byte = [path](std::size_t i) { return static_cast<std::uint8_t>(path[i]); };
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (byte(i) == 0xC2 && byte(i + 1) < 0xA0) return true;  // U+0080 to U+009F
    if (byte(i) != 0xE2) continue;
    const unsigned rest = (static_cast<unsigned>(byte(i + 1)) << 8U) | byte(i + 2);
    if ((rest >= 0x808E && rest <= 0x808F) ||  // U+200E, U+200F
        (rest >= 0x80A8 && rest <= 0x80AE) ||  // U+2028 to U+202E
        (rest >= 0x81A6 && rest <= 0x81A9)) {  // U+2066 to U+2069
      return true;
    }
  }
  return false;
}

bool is_drive(std::string_view path) {
  if (path.size() < 2 || path[1] != ':') return false;
  const char letter = base::to_lower(path.substr(0, 1))[0];
  return letter >= 'a' && letter <= 'z';
}

std::string_view fault_of_component(std::string_view name) {
  if (name.empty()) return "has an empty part in its path";
  if (name == ".") return "has a `.` in its path";
  if (name == "..") return "leads out of the archive";
  if (name.size() > kLongestName) return "has a name longer than file systems allow";
  return {};
}

}  // namespace

base::Error ArchiveErrors::error(std::string_view reason) const {
  return base::Error(base::ExitCode::kVerification,
                     quoted(archive_) + " is refused: " + std::string(reason))
      .with_hint(
          "fetch it again from where it came from; if that does not help, only its publisher can "
          "repair it");
}

base::Error ArchiveErrors::error(std::string_view path, std::string_view reason) const {
  return error(quoted(path) + " " + std::string(reason));
}

std::string_view fault_of_path(std::string_view path, bool marked_utf8) {
  if (path.empty()) return "has no name";
  if (path.size() > kLongestPath) return "has a path that is too long";
  if (path.front() == '/') return "has an absolute path";
  if (is_drive(path)) return "names a drive";
  for (const char letter : path) {
    if (letter == '\\') return "has a backslash in its path";
    if (is_control(letter)) return "has a control character in its path";
  }
  if (!std::ranges::all_of(path, is_ascii)) {
    if (!marked_utf8) return "has a path that is not marked as UTF-8";
    if (!base::is_utf8(path)) return "has a path that is not UTF-8";
    if (has_invisible_control(path)) return "has an invisible control character in its path";
  }
  while (true) {
    const std::size_t end = path.find('/');
    const std::string_view fault = fault_of_component(path.substr(0, end));
    if (!fault.empty() || end == std::string_view::npos) return fault;
    path.remove_prefix(end + 1);
  }
}

std::string sort_key_of_path(std::string_view path) {
  std::string key = base::to_lower(path);
  std::ranges::replace(key, '/', '\1');
  return key;
}

}  // namespace ensure::wheel
