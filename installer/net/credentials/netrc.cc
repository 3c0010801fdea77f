#include "installer/net/credentials/netrc.h"

#include <algorithm>

#include "installer/base/text.h"

namespace ensure::net {

namespace {

/// Reads the words of a netrc file.
class Words {
 public:
  explicit Words(std::string_view text) : text_(text) {}

  /// Returns nullopt at the end, and if a quote is not closed.
  std::optional<std::string> next_keyword() {
    skip_blanks();
    while (text_.starts_with('#')) {
      text_.remove_prefix(std::min(text_.find('\n'), text_.size()));
      skip_blanks();
    }
    return next_value();
  }

  /// A value may begin with "#"; a comment begins only in the place of a keyword.
  std::optional<std::string> next_value() {
    skip_blanks();
    if (text_.empty()) return std::nullopt;
    if (text_.front() == '"') return quoted();
    const std::size_t end = std::min(text_.find_first_of(" \t\r\n"), text_.size());
    std::string word(text_.substr(0, end));
    text_.remove_prefix(end);
    return word;
  }

  /// A macro ends at an empty line.
  void skip_macro() {
    const std::size_t unix_end = text_.find("\n\n");
    const std::size_t windows_end = text_.find("\n\r\n");
    text_.remove_prefix(std::min({unix_end, windows_end, text_.size()}));
  }

 private:
  void skip_blanks() {
    text_.remove_prefix(std::min(text_.find_first_not_of(" \t\r\n"), text_.size()));
  }

  std::optional<std::string> quoted() {
    std::string word;
    for (std::size_t i = 1; i < text_.size(); ++i) {
      if (text_[i] == '"') {
        text_.remove_prefix(i + 1);
        return word;
      }
      if (text_[i] == '\\' && i + 1 < text_.size()) ++i;
      word += text_[i];
    }
    text_ = {};
    return std::nullopt;
  }

  std::string_view text_;
};

}  // namespace

Netrc Netrc::parse(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  Netrc netrc;
  Words words(text);
  bool known = true;
  while (known) {
    const auto keyword = words.next_keyword();
    if (!keyword) break;
    if (*keyword == "default") {
      netrc.entries_.emplace_back();
    } else if (*keyword == "macdef") {
      words.skip_macro();
    } else if (const auto value = words.next_value(); !value) {
      break;
    } else if (*keyword == "machine") {
      netrc.entries_.push_back({.host = base::to_lower(*value), .login = {}, .password = {}});
    } else if (netrc.entries_.empty()) {
      known = false;
    } else if (*keyword == "login" || *keyword == "user") {
      netrc.entries_.back().login = *value;
    } else if (*keyword == "password") {
      netrc.entries_.back().password = *value;
    } else {
      known = *keyword == "account";
    }
  }
  return netrc;
}

std::optional<Credentials> Netrc::find(std::string_view host,
                                       const std::optional<std::string>& user,
                                       Default default_entry) const {
  const std::string wanted = base::to_lower(host);
  for (const bool is_default : {false, true}) {
    for (const Entry& entry : entries_) {
      const bool fits =
          is_default ? !entry.host && default_entry == Default::kCounts : entry.host == wanted;
      if (!fits || !entry.password) continue;
      if (user && !entry.login.empty() && entry.login != *user) continue;
      return Credentials{.user = entry.login.empty() ? user.value_or("") : entry.login,
                         .password = *entry.password};
    }
  }
  return std::nullopt;
}

}  // namespace ensure::net
