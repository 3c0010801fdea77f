#include "installer/base/secrets.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

#include "installer/base/percent.h"
#include "installer/base/text.h"

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

/// Whether a short value stands in a URL, and by itself: a letter in the midst of a name, and the
/// number of a version, are no secrets.
bool is_part_of_url(std::string_view text, const Span& span) {
  constexpr std::string_view kBlanks = " \t\r\n`";
  const bool begins = span.begin == 0 || !is_word_character(text[span.begin - 1]);
  const bool ends = span.end == text.size() || !is_word_character(text[span.end]);
  const std::size_t blank = text.substr(0, span.begin).find_last_of(kBlanks);
  const std::size_t word = blank == kNone ? 0 : blank + 1;
  return begins && ends && text.substr(word, span.begin - word).find(kSchemeEnd) != kNone;
}

/// Where the values of `keep_secret` stand.
std::vector<Span> kept_spans(std::string_view text) {
  constexpr std::size_t kShort = 8;
  std::vector<Span> spans;
  for (const auto& [value, shown] : kept_values()) {
    for (std::size_t at = text.find(value); at != kNone; at = text.find(value, at + value.size())) {
      const Span span{at, at + value.size(), shown};
      if (value.size() >= kShort || is_part_of_url(text, span)) spans.push_back(span);
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

void add_query(std::vector<Span>& spans, std::string_view text, const Span& url) {
  const std::size_t hash = std::min(text.substr(0, url.end).find('#', url.begin), url.end);
  std::size_t at = text.substr(0, hash).find('?', url.begin);
  while (at < hash) {
    const std::size_t end = std::min(text.substr(0, hash).find('&', at + 1), hash);
    const std::size_t equals = text.substr(0, end).find('=', at + 1);
    if (equals != kNone && is_secret_name(text.substr(at + 1, equals - at - 1))) {
      spans.push_back({equals + 1, end});
    }
    at = end;
  }
}

/// Whether the "@" at `last` may end a user and a password, though it is behind the host of what
/// follows the "://": a host without a dot, or with a port, may be a user, or a part of a password.
bool may_end_userinfo(std::string_view rest, std::size_t authority_end, std::size_t last) {
  const std::string_view authority = rest.substr(0, authority_end);
  const std::string_view before = rest.substr(0, last);
  if (authority.empty()) return before.find(':') != kNone;  // file:///folder/user:password@host
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

/// What to hide in the URL whose "://" ends at `begin`, and which ends at `end` at the latest.
void add_url(std::vector<Span>& spans, std::string_view text, const Span& url) {
  const std::string_view rest = text.substr(url.begin, url.end - url.begin);
  const std::size_t authority_end = std::min(rest.find_first_of("/?#"), rest.size());
  const std::size_t last = rest.rfind('@');
  if (last != kNone && last > authority_end && may_end_userinfo(rest, authority_end, last)) {
    spans.push_back({url.begin, url.begin + last});
    return add_query(spans, text, {url.begin + last, url.end});
  }
  add_query(spans, text, url);
  const std::size_t at = rest.substr(0, authority_end).rfind('@');
  if (at == kNone) return add_false_port(spans, rest.substr(0, authority_end), url.begin);
  const std::size_t colon = rest.substr(0, at).find(':');
  if (colon != kNone) {
    spans.push_back({url.begin + colon + 1, url.begin + at});
  } else if (rest.substr(0, at) != "git") {
    // Who comes without a password may be a token; one name is known to be none.
    spans.push_back({url.begin, url.begin + at});
  }
}

/// "user:password@host" without a scheme, perhaps behind a folder that it was taken to be in.
void add_without_scheme(std::vector<Span>& spans, std::string_view text, const Span& word) {
  const std::string_view all = text.substr(0, word.end);
  const std::size_t last = all.rfind('@');
  if (last == kNone || last <= word.begin) return;
  if (all.substr(0, last).find(':', word.begin) != kNone) spans.push_back({word.begin, last});
}

void add_word(std::vector<Span>& spans, std::string_view text, const Span& word) {
  const std::string_view all = text.substr(0, word.end);
  std::size_t scheme_end = all.find(kSchemeEnd, word.begin);
  add_without_scheme(spans, text, {word.begin, std::min(scheme_end, word.end)});
  while (scheme_end != kNone) {
    const std::size_t begin = scheme_end + kSchemeEnd.size();
    add_url(spans, text, {begin, word.end});
    scheme_end = all.find(kSchemeEnd, begin);
  }
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

/// What a message has in backticks may hold blanks; words outside of them end there.
std::vector<Span> spans_of(std::string_view text) {
  std::vector<Span> spans = kept_spans(text);
  for (std::size_t at = 0; at < text.size();) {
    const bool is_quoted = text[at] == '`';
    const std::size_t begin = is_quoted ? at + 1 : at;
    const std::size_t end = is_quoted ? closing_backtick(text, at)
                                      : std::min(text.find_first_of(" \t\r\n`", at), text.size());
    add_word(spans, text, {begin, end});
    at = is_quoted || (end < text.size() && text[end] != '`') ? end + 1 : end;
  }
  return spans;
}

/// What is hidden twice is hidden once; in the order of the text.
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
  const std::size_t authority_end = std::min(rest.find_first_of("/?#"), rest.size());
  const std::size_t last = rest.rfind('@');
  return last != kNone && last > authority_end && may_end_userinfo(rest, authority_end, last);
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
    add_word(spans, text, {0, text.size()});
  } else {
    add_url(spans, text, {scheme_end + kSchemeEnd.size(), text.size()});
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
