#include "installer/wheel/zip/archive_errors.h"

#include <cstddef>
#include <cstdint>
#include <utility>

#include "installer/base/text.h"

namespace ensure::wheel {
namespace {

/// `path` in backticks, as a terminal can show it: what a hostile archive calls an entry must
/// neither move the cursor nor fill the screen.
std::string quoted(std::string_view path) {
  constexpr std::size_t kLongest = 200;
  constexpr std::string_view kDigits = "0123456789abcdef";
  const bool utf8 = base::is_utf8(path);
  std::string text = "`";
  for (const char letter : path.substr(0, kLongest)) {
    const auto byte = static_cast<std::uint8_t>(letter);
    if (byte >= 0x20 && byte != 0x7F && (byte < 0x80 || utf8)) {
      text += letter;
    } else {
      text += "\\x";
      text += kDigits[byte >> 4U];
      text += kDigits[byte & 15U];
    }
  }
  text += path.size() > kLongest ? "...`" : "`";
  return text;
}

}  // namespace

base::Error ArchiveErrors::error(std::string_view reason) const {
  std::string message = quoted(archive_);
  message += " is refused: ";
  message += reason;
  return base::Error(base::ExitCode::kVerification, std::move(message))
      .with_hint(
          "fetch it again from where it came from; if that does not help, only its publisher can "
          "repair it");
}

base::Error ArchiveErrors::error(std::string_view path, std::string_view reason) const {
  std::string sentence = quoted(path);
  sentence += ' ';
  sentence += reason;
  return error(sentence);
}

}  // namespace ensure::wheel
