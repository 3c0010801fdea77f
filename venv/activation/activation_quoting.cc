#include "venv/activation/activation_quoting.h"

#include <algorithm>

#include "installer/base/text.h"

namespace ensure::venv {

std::string quote_for_posix(std::string_view text) {
  return "'" + base::replace_all(std::string(text), "'", R"('\'')") + "'";
}

std::string quote_for_fish(std::string_view text) {
  const std::string escaped = base::replace_all(std::string(text), "\\", "\\\\");
  return "'" + base::replace_all(escaped, "'", "\\'") + "'";
}

std::string quote_for_csh(std::string_view text) {
  // Each of these stands outside of the quotes, for the sake of users with `backslash_quote` set.
  std::string result = "'";
  for (const char letter : text) {
    if (letter == '\'' || letter == '\\' || letter == '!') {
      result.append("'\\") += letter;
      result += '\'';
    } else {
      result += letter;
    }
  }
  return result + "'";
}

std::string quote_for_powershell(std::string_view text) {
  std::string result(text);
  for (const std::string_view quote : {"'", "\u2018", "\u2019", "\u201a", "\u201b"}) {
    result = base::replace_all(result, quote, std::string(quote) + std::string(quote));
  }
  return "'" + result + "'";
}

std::string quote_for_nushell(std::string_view text) {
  std::size_t longest = 0;
  std::size_t length = 0;
  for (const char letter : text) {
    length = letter == '#' ? length + 1 : 0;
    longest = std::max(longest, length);
  }
  const std::string marks(longest + 1, '#');
  return "r" + marks + "'" + std::string(text) + "'" + marks;
}

}  // namespace ensure::venv
