#include "installer/base/secrets.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

#include "installer/base/text.h"
#include "installer/base/url.h"

namespace ensure::base {

namespace {

constexpr std::size_t kNone = std::string_view::npos;
constexpr std::string_view kSchemeEnd = "://";

constexpr std::string_view kHidden = "****";

/// A part of a text, from `begin` to before `end`, and what is shown in its place.
struct Span {
  std::size_t begin;
  std::size_t end;
  std::string shown = std::string(kHidden);
};

/// A value that was given, in one of the forms that it can have in a URL.
struct Value {
  std::string text;
  std::string shown;
};

/// All of them, longest first.
struct Kept {
  std::mutex mutex;
  std::vector<Value> values;
};

Kept& kept() {
  static Kept instance;
  return instance;
}

std::vector<Value> kept_values() {
  const std::scoped_lock lock(kept().mutex);
  return kept().values;
}

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// Searches for one text from positions that only move forward. All searches together read the text
/// once.
class ForwardSearch {
 public:
  ForwardSearch(std::string_view text, std::string_view wanted)
      : text_(text), wanted_(wanted), found_(text.find(wanted)) {}

  /// The first place at `from` or behind it.
  std::size_t find(std::size_t from) {
    if (found_ != kNone && found_ < from) found_ = text_.find(wanted_, from);
    return found_;
  }

 private:
  std::string_view text_;
  std::string_view wanted_;
  std::size_t found_;
};

/// Checks the places of a short value, from first to last. A short value is a secret only in a URL,
/// and only between other characters than letters and digits: otherwise it may be a part of a name,
/// or the number of a version.
class ShortValuePlaces {
 public:
  explicit ShortValuePlaces(std::string_view text) : text_(text), scheme_ends_(text, kSchemeEnd) {}

  bool is_secret(const Span& place) {
    const std::size_t word = word_before(place.begin);
    const bool begins = place.begin == 0 || !is_word_character(text_[place.begin - 1]);
    const bool ends = place.end == text_.size() || !is_word_character(text_[place.end]);
    if (!begins || !ends) return false;
    const std::size_t scheme_end = scheme_ends_.find(word);
    return scheme_end != kNone && scheme_end + kSchemeEnd.size() <= place.begin;
  }

 private:
  /// Where the word begins that `position` is in.
  std::size_t word_before(std::size_t position) {
    const std::string_view unread = text_.substr(read_, position - read_);
    const std::size_t blank = unread.find_last_of(" \t\r\n`");
    if (blank != kNone) word_ = read_ + blank + 1;
    read_ = position;
    return word_;
  }

  std::string_view text_;
  ForwardSearch scheme_ends_;
  std::size_t read_ = 0;
  std::size_t word_ = 0;
};

/// The places of the values that `keep_secret` was given.
std::vector<Span> kept_spans(std::string_view text) {
  constexpr std::size_t kShort = 8;
  std::vector<Span> spans;
  for (const auto& [value, shown] : kept_values()) {
    ShortValuePlaces places(text);
    for (std::size_t at = text.find(value); at != kNone; at = text.find(value, at + value.size())) {
      const Span span{at, at + value.size(), shown};
      if (value.size() >= kShort || places.is_secret(span)) spans.push_back(span);
    }
  }
  return spans;
}

/// Whether a value of a query with this name is likely to be a secret, as in signed links.
bool is_secret_name(std::string_view name) {
  constexpr std::array kMarks{"token", "sig", "secret", "password", "key", "credential", "auth"};
  const std::string lower = to_lower(name);
  return std::ranges::any_of(
      kMarks, [&lower](const char* mark) { return lower.find(mark) != std::string::npos; });
}

/// Whether the "@" at `last` may end a user and a password, though it is behind the host of what
/// follows the "://": a host without a dot, or with a port, may be a user, or a part of a password.
bool may_end_userinfo(std::string_view rest, std::size_t authority_end, std::size_t last) {
  const std::string_view authority = rest.substr(0, authority_end);
  const std::string_view before = rest.substr(0, last);
  if (authority.empty()) return before.find(':') != kNone;  // file:///directory/user:password@host
  const std::size_t at = authority.rfind('@');
  const std::string_view host = at == kNone ? authority : authority.substr(at + 1);
  const bool has_password = at != kNone && authority.substr(0, at).find(':') != kNone;
  return has_password || host.find(':') != kNone || host.find('.') == kNone;
}

/// A "port" that is no number may be a password whose rest was cut off: "https://user:pass".
void add_false_port(std::vector<Span>& spans, std::string_view authority, std::size_t begin) {
  const std::size_t colon = authority.find(':');
  if (colon == kNone || authority.starts_with('[')) return;
  const std::string_view port = authority.substr(colon + 1);
  const bool is_number = port.substr(0, port.find_first_not_of("0123456789")).size() == port.size();
  if (!is_number) spans.push_back({begin + colon + 1, begin + authority.size()});
}

/// Whether the last "@" of a URL ends a user and a password that contain a "/", "?" or "#". `rest`
/// is the URL behind its "://".
bool has_stray_userinfo(std::string_view rest, std::size_t authority_end, std::size_t last) {
  return last != kNone && last > authority_end && may_end_userinfo(rest, authority_end, last);
}

std::size_t end_of_authority(std::string_view rest) {
  return std::min(rest.find_first_of("/?#"), rest.size());
}

/// Finds the secrets of the URLs in a text, which may be one word or a whole input.
///
/// A hostile text may consist of thousands of URLs, each inside the one before. So all of them
/// share one search for the last "@" and one pass over their queries.
class UrlSecrets {
 public:
  /// `offset` is where `text` begins in the text that the spans are for.
  UrlSecrets(std::vector<Span>& spans, std::string_view text, std::size_t offset)
      : spans_(spans), text_(text), offset_(offset), last_at_(text.rfind('@')) {}

  /// Adds the secrets in front of the path of the URL whose "://" ends at `begin`.
  void add_authority(std::size_t begin) {
    const std::string_view rest = text_.substr(begin);
    const std::size_t authority_end = end_of_authority(rest);
    const std::size_t last = last_at_ == kNone || last_at_ < begin ? kNone : last_at_ - begin;
    if (has_stray_userinfo(rest, authority_end, last)) {
      hide(begin, last_at_);
      query_begins_.push_back(last_at_);
      return;
    }
    query_begins_.push_back(begin);
    const std::size_t at = rest.substr(0, authority_end).rfind('@');
    if (at == kNone) {
      return add_false_port(spans_, rest.substr(0, authority_end), offset_ + begin);
    }
    const std::size_t colon = rest.substr(0, at).find(':');
    if (colon != kNone) {
      hide(begin + colon + 1, begin + at);
    } else if (rest.substr(0, at) != "git") {
      // A user without a password may be a token. "git" is the one well-known name.
      hide(begin, begin + at);
    }
  }

  /// Adds the secrets in the queries of the URLs that were given to `add_authority`.
  void add_queries() {
    std::ranges::sort(query_begins_);
    auto next = query_begins_.begin();
    for (std::size_t at = next == query_begins_.end() ? text_.size() : *next; at < text_.size();
         ++at) {
      for (; next != query_begins_.end() && *next <= at; ++next) expects_query_ = true;
      read_query(at);
    }
    end_parameter(text_.size());
  }

 private:
  void hide(std::size_t begin, std::size_t end) {
    spans_.push_back({offset_ + begin, offset_ + end});
  }

  /// Where a query holds another URL with a query, both have the rest of the parameters in common.
  void read_query(std::size_t at) {
    const char character = text_[at];
    if (character == '#') {
      end_parameter(at);
      expects_query_ = false;
      in_query_ = false;
    } else if (character == '&' && in_query_) {
      end_parameter(at);
      name_ = at + 1;
    } else if (character == '?' && std::exchange(expects_query_, false)) {
      in_query_ = true;
      // A name that is open already ends with the new one, and a secret name may have any
      // beginning.
      if (name_ == kNone) name_ = at + 1;
    } else if (character == '=' && name_ != kNone) {
      const std::string_view name = text_.substr(name_, at - name_);
      if (value_ == kNone && is_secret_name(name)) value_ = at + 1;
      name_ = kNone;
    }
  }

  void end_parameter(std::size_t end) {
    if (value_ != kNone) hide(value_, end);
    value_ = kNone;
    name_ = kNone;
  }

  std::vector<Span>& spans_;
  std::string_view text_;
  std::size_t offset_;
  std::size_t last_at_;
  std::vector<std::size_t> query_begins_;  ///< where the query of each URL is looked for
  bool expects_query_ = false;             ///< a URL has begun, and its query has not
  bool in_query_ = false;
  std::size_t name_ = kNone;   ///< where the name of a parameter begins, until its "="
  std::size_t value_ = kNone;  ///< where a secret value begins, until the parameter ends
};

/// Hides "user:password@host" without a scheme, together with a directory in front of it.
void add_without_scheme(std::vector<Span>& spans, std::string_view text, std::size_t offset) {
  const std::size_t last = text.rfind('@');
  if (last == kNone || last == 0) return;
  if (text.substr(0, last).find(':') != kNone) spans.push_back({offset, offset + last});
}

/// Adds the secrets of a word, which begins at `offset` of the text.
void add_word(std::vector<Span>& spans, std::string_view word, std::size_t offset) {
  std::size_t scheme_end = word.find(kSchemeEnd);
  add_without_scheme(spans, word.substr(0, scheme_end), offset);
  if (scheme_end == kNone) return;
  UrlSecrets urls(spans, word, offset);
  while (scheme_end != kNone) {
    const std::size_t begin = scheme_end + kSchemeEnd.size();
    urls.add_authority(begin);
    scheme_end = word.find(kSchemeEnd, begin);
  }
  urls.add_queries();
}

/// The backtick that ends what the one at `open` begins. One in the midst of a word is a part of
/// it.
std::size_t closing_backtick(std::string_view text, std::size_t open) {
  std::size_t close = text.find('`', open + 1);
  while (close != kNone && close + 1 < text.size() && is_word_character(text[close + 1])) {
    close = text.find('`', close + 1);
  }
  return std::min(close, text.size());
}

/// The secrets of a message. Text in backticks may contain blanks; other words end at them.
std::vector<Span> spans_of(std::string_view text) {
  std::vector<Span> spans = kept_spans(text);
  for (std::size_t at = 0; at < text.size();) {
    const bool is_quoted = text[at] == '`';
    const std::size_t begin = is_quoted ? at + 1 : at;
    const std::size_t end = is_quoted ? closing_backtick(text, at)
                                      : std::min(text.find_first_of(" \t\r\n`", at), text.size());
    add_word(spans, text.substr(begin, end - begin), begin);
    at = is_quoted || (end < text.size() && text[end] != '`') ? end + 1 : end;
  }
  return spans;
}

/// Sorts the spans by their position, and merges those that overlap.
std::vector<Span> merged(std::vector<Span> spans) {
  std::ranges::stable_sort(spans, {}, &Span::begin);
  std::vector<Span> result;
  for (Span& span : spans) {
    if (span.begin == span.end) continue;
    if (result.empty() || span.begin >= result.back().end) {
      result.push_back(std::move(span));
    } else if (span.begin != result.back().begin || span.end != result.back().end) {
      result.back().end = std::max(result.back().end, span.end);
      result.back().shown = kHidden;
    }
  }
  return result;
}

std::string starred(std::string_view text, const std::vector<Span>& spans) {
  std::string shown(text);
  for (const Span& span : spans) {
    std::fill(shown.begin() + static_cast<std::ptrdiff_t>(span.begin),
              shown.begin() + static_cast<std::ptrdiff_t>(span.end), '*');
  }
  return shown;
}

}  // namespace

void keep_secret(std::string_view value, std::string_view shown) {
  std::vector<std::string> forms{std::string(value), percent_decode(value)};
  for (const UrlPart part : {UrlPart::kUserinfo, UrlPart::kPath, UrlPart::kQuery}) {
    forms.push_back(percent_encode(value, part));
    append_url_part(forms.emplace_back(), value, part);
  }
  const std::scoped_lock lock(kept().mutex);
  std::vector<Value>& values = kept().values;
  for (std::string& form : forms) {
    const bool is_known = std::ranges::find(values, form, &Value::text) != values.end();
    if (!form.empty() && !is_known) values.push_back({std::move(form), std::string(shown)});
  }
  std::ranges::stable_sort(values, [](const Value& left, const Value& right) {
    return left.text.size() > right.text.size();
  });
}

bool holds_secret(std::string_view text) { return !kept_spans(text).empty(); }

bool has_stray_userinfo(std::string_view url) {
  const std::size_t scheme_end = url.find(kSchemeEnd);
  if (scheme_end == kNone) return false;
  const std::string_view rest = url.substr(scheme_end + kSchemeEnd.size());
  return has_stray_userinfo(rest, end_of_authority(rest), rest.rfind('@'));
}

namespace {

std::string replaced(std::string_view text, const std::vector<Span>& spans) {
  std::string shown;
  std::size_t kept_from = 0;
  for (const Span& span : spans) {
    shown.append(text.substr(kept_from, span.begin - kept_from)).append(span.shown);
    kept_from = span.end;
  }
  return shown.append(text.substr(kept_from));
}

std::vector<Span> spans_of_input(std::string_view text) {
  std::vector<Span> spans = spans_of(text);
  const std::size_t scheme_end = text.find(kSchemeEnd);
  if (scheme_end == kNone) {
    add_word(spans, text, 0);
  } else {
    UrlSecrets urls(spans, text, 0);
    urls.add_authority(scheme_end + kSchemeEnd.size());
    urls.add_queries();
  }
  return merged(std::move(spans));
}

}  // namespace

std::string without_secrets(std::string_view text) {
  return replaced(text, merged(spans_of(text)));
}

std::string input_without_secrets(std::string_view text) {
  return replaced(text, spans_of_input(text));
}

std::string input_with_secrets_starred(std::string_view text) {
  return starred(text, spans_of_input(text));
}

}  // namespace ensure::base
