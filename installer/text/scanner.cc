#include "installer/text/scanner.h"

#include <algorithm>

#include "installer/base/error.h"
#include "installer/text/characters.h"

namespace ensure::text {

void Scanner::skip_blanks() {
  while (peek() == ' ' || peek() == '\t') ++position_;
}

bool Scanner::accept(std::string_view token) {
  if (!rest().starts_with(token)) return false;
  position_ += token.size();
  return true;
}

bool Scanner::accept_word(std::string_view word) {
  if (!rest().starts_with(word)) return false;
  const std::string_view after = rest().substr(word.size());
  const bool goes_on = !after.empty() && (is_letter_or_digit(after[0]) || after[0] == '_' ||
                                          static_cast<unsigned char>(after[0]) >= 0x80);
  if (goes_on) return false;
  position_ += word.size();
  return true;
}

std::string_view Scanner::take_until(std::string_view ends) {
  const std::size_t size = std::min(rest().find_first_of(ends), rest().size());
  const std::string_view taken = rest().substr(0, size);
  position_ += size;
  return taken;
}

void Scanner::fail(std::string_view expected, std::size_t start) const {
  std::string message = "`" + std::string(text_) + "` is not a " + std::string(what_) +
                        ": expected " + std::string(expected);
  base::ParseError error(std::move(message), std::string(text_), start,
                         std::max<std::size_t>(position_ - start, 1));
  error.add_hint(std::string(hint_));
  throw error;
}

}  // namespace ensure::text
