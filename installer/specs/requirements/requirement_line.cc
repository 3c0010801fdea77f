#include "installer/specs/requirements/requirement_line.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/specs/pages/link_page.h"
#include "installer/text/characters.h"

namespace ensure::specs {
namespace {

std::string_view without_comment(std::string_view line) {
  for (std::size_t place = line.find('#'); place != std::string_view::npos;
       place = line.find('#', place + 1)) {
    const std::string_view before = line.substr(0, place);
    if (before.empty() || text::strip_trailing_whitespace(before).size() < before.size())
      return before;
  }
  return line;
}

std::string_view without_backslashes(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of('\\'), line.size()));
  return line.substr(0, line.find_last_not_of('\\') + 1);
}

/// Replaces each `${NAME}` in `text` by its value, and adds each name to `names`. Values are not
/// searched for further names.
std::string with_variables(std::string_view text, const VariableLookup& variables,
                           std::vector<std::string>& names) {
  const auto is_part = [](char letter) {
    return (text::is_letter(letter) && letter < 'a') || text::is_digit(letter) || letter == '_';
  };
  std::string replaced;
  std::map<std::string, std::optional<std::string>, std::less<>> known;
  for (std::size_t place = text.find("${"); place != std::string_view::npos;
       place = text.find("${")) {
    const std::string_view rest = text.substr(place + 2);
    const auto* const end = std::find_if_not(rest.begin(), rest.end(), is_part);
    const std::string_view name(rest.begin(), end);
    replaced += text.substr(0, place);
    text.remove_prefix(place + 2 + name.size());
    const bool is_reference = !name.empty() && text.starts_with('}');
    if (is_reference && !known.contains(name)) {
      names.emplace_back(name);
      known.emplace(name, variables(names.back()));
    }
    if (is_reference) text.remove_prefix(1);
    if (is_reference && !known.find(name)->second.value_or("").empty()) {
      replaced += *known.find(name)->second;
    } else {
      replaced.append("${").append(name).append(is_reference ? "}" : "");
    }
  }
  return replaced += text;
}

/// Cuts `text` into words as a POSIX shell does without expanding anything (`shlex.split`). Returns
/// nullopt if a quote or a backslash is left open.
std::optional<std::vector<std::string>> shell_words(std::string_view text) {
  std::vector<std::string> words;
  std::optional<std::string> word;
  char quote = '\0';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char letter = text[i];
    const bool is_blank = std::string_view(" \t\r\n").find(letter) != std::string_view::npos;
    if (quote == '\0' && is_blank) {
      if (word) words.push_back(*std::exchange(word, std::nullopt));
      continue;
    }
    if (!word) word.emplace();
    if (letter == '\\' && quote != '\'') {
      if (++i == text.size()) return std::nullopt;
      // Between double quotes a backslash protects only quotes and backslashes.
      if (quote == '"' && text[i] != '"' && text[i] != '\\') *word += '\\';
      *word += text[i];
    } else if (quote == '\0' && (letter == '"' || letter == '\'')) {
      quote = letter;
    } else if (quote != '\0' && letter == quote) {
      quote = '\0';
    } else {
      *word += letter;
    }
  }
  if (quote != '\0') return std::nullopt;
  if (word) words.push_back(*std::move(word));
  return words;
}

enum class Takes : std::uint8_t { kNothing, kValue, kNames };

struct OptionForm {
  std::string_view spelling;  ///< a long one, without dashes
  std::string_view name;      ///< the one that counts
  char letter;                ///< of the short spelling; 0 for none
  Takes takes;
};

/// The options that pip, or an older version of it, accepts in requirements files.
constexpr std::array<OptionForm, 22> kForms = {{
    {"index-url", "index-url", 'i', Takes::kValue},
    {"pypi-url", "index-url", '\0', Takes::kValue},
    {"extra-index-url", "extra-index-url", '\0', Takes::kValue},
    {"no-index", "no-index", '\0', Takes::kNothing},
    {"constraint", "constraint", 'c', Takes::kValue},
    {"requirement", "requirement", 'r', Takes::kValue},
    {"editable", "editable", 'e', Takes::kValue},
    {"find-links", "find-links", 'f', Takes::kValue},
    {"no-binary", "no-binary", '\0', Takes::kNames},
    {"only-binary", "only-binary", '\0', Takes::kNames},
    {"prefer-binary", "prefer-binary", '\0', Takes::kNothing},
    {"require-hashes", "require-hashes", '\0', Takes::kNothing},
    {"no-require-hashes", "no-require-hashes", '\0', Takes::kNothing},
    {"pre", "pre", '\0', Takes::kNothing},
    {"all-releases", "all-releases", '\0', Takes::kNames},
    {"only-final", "only-final", '\0', Takes::kNames},
    {"trusted-host", "trusted-host", '\0', Takes::kValue},
    {"use-feature", "use-feature", '\0', Takes::kValue},
    {"hash", "hash", '\0', Takes::kValue},
    {"config-settings", "config-settings", 'C', Takes::kValue},
    {"config-setting", "config-settings", '\0', Takes::kValue},
    {"global-option", "global-option", '\0', Takes::kValue},
}};

[[noreturn]] void fail(std::string message, std::string hint) {
  throw base::Error(base::ExitCode::kUsage, std::move(message)).with_hint(std::move(hint));
}

[[noreturn]] void fail_unknown(const std::string& option) {
  std::vector<std::string> spellings;
  spellings.reserve(kForms.size());
  for (const OptionForm& form : kForms) spellings.push_back("--" + std::string(form.spelling));
  const std::optional<std::string> near = base::nearest(option, spellings);
  fail("`" + option + "` is not an option of requirements files",
       near ? "did you mean `" + *near + "`?" : "give it on the command line");
}

const OptionForm& find_long(std::string_view name) {
  const OptionForm* found = nullptr;
  for (const OptionForm& form : kForms) {
    if (form.spelling == name) return form;
    if (!form.spelling.starts_with(name)) continue;
    if (found != nullptr && found->name != form.name) {
      fail("`--" + std::string(name) + "` may be `--" + std::string(found->spelling) + "` or `--" +
               std::string(form.spelling) + "`",
           "write the option in full");
    }
    found = &form;
  }
  if (found == nullptr) fail_unknown("--" + std::string(name));
  return *found;
}

const OptionForm& find_short(char letter) {
  const auto* const found = std::find_if(kForms.begin(), kForms.end(), [letter](const auto& form) {
    return form.letter == letter && letter != '\0';
  });
  if (found == kForms.end()) fail_unknown(std::string("-") + letter);
  return *found;
}

/// Reads the words of one line into options.
class OptionReader {
 public:
  explicit OptionReader(const std::vector<std::string>& words) : words_(words) {}

  RequirementOptions read() {
    while (place_ < words_.size()) {
      const std::string& word = words_[place_++];
      if (word == "--") {
        result_.has_stray_words |= place_ < words_.size();
        break;
      }
      if (word.starts_with("--")) {
        read_long(std::string_view(word).substr(2));
      } else if (word.starts_with('-') && word.size() > 1) {
        // All options with a short spelling take a value.
        const OptionForm& form = find_short(word[1]);
        result_.options.emplace_back(form.name, word.size() > 2 ? word.substr(2) : next_word());
      } else {
        result_.has_stray_words = true;
      }
    }
    return std::move(result_);
  }

 private:
  void read_long(std::string_view word) {
    const std::size_t sign = word.find('=');
    const OptionForm& form = find_long(word.substr(0, sign));
    const bool has_value = sign != std::string_view::npos;
    if (has_value && form.takes == Takes::kNothing) {
      fail("`--" + std::string(form.spelling) + "` takes no value", "remove the value");
    }
    std::string value;
    if (has_value) value = word.substr(sign + 1);
    if (!has_value && form.takes != Takes::kNothing) value = next_word();
    // The name of a project does not begin with a dash: such a word is the next option.
    if (form.takes == Takes::kNames && value.starts_with('-')) {
      fail("`--" + std::string(form.name) + "` lacks its value",
           "write names of projects behind it, `:all:` or `:none:`");
    }
    result_.options.emplace_back(form.name, std::move(value));
  }

  std::string next_word() {
    if (place_ < words_.size()) return words_[place_++];
    fail("`" + words_.back() + "` lacks its value", "write the value behind it, on the same line");
  }

  const std::vector<std::string>& words_;
  std::size_t place_ = 0;
  RequirementOptions result_;
};

}  // namespace

void each_requirement_line(std::string_view text, const VariableLookup& variables,
                           const std::function<void(const RequirementLine&)>& visit) {
  RequirementLine joined;
  std::size_t number = 0;  // of the physical line
  bool is_open = false;
  const auto finish = [&] {
    RequirementLine line = std::exchange(joined, {});
    line.as_written = text::strip_whitespace(without_comment(line.text));
    if (line.as_written.empty()) return;
    line.text = with_variables(line.as_written, variables, line.variables);
    visit(line);
  };
  text::each_python_line(text, [&](std::string_view line) {
    ++number;
    if (!is_open) {
      finish();
      joined.number = number;
    }
    const bool is_comment = text::strip_leading_whitespace(line).starts_with('#');
    is_open = line.ends_with('\\') && !is_comment;
    // A blank separates a comment from the line before it.
    if (is_comment) joined.text += ' ';
    joined.text += is_open ? without_backslashes(line) : line;
  });
  finish();
}

HashOption HashOption::parse(std::string_view text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  HashOption hash{std::string(text.substr(0, colon)),
                  base::to_lower(text.substr(std::min(colon + 1, text.size())))};
  std::string packed;
  // Like pip, this refuses algorithms that can be forged, and those that pip does not support.
  const bool is_allowed = base::record_digest_algorithm(hash.algorithm).has_value();
  const DigestOffer offer = is_allowed ? append_digest(packed, hash.algorithm, hash.hexadecimal)
                                       : DigestOffer::kUnknownAlgorithm;
  if (offer == DigestOffer::kTaken) return hash;
  fail("`" + std::string(text) + "` is not a digest",
       offer == DigestOffer::kMalformed
           ? "a sha256 has 64 hexadecimal digits, a sha384 96, a sha512 128"
           : "digests look like `--hash=sha256:0123...`; sha256, sha384 and sha512 are allowed");
}

RequirementOptions RequirementOptions::parse(std::string_view text) {
  const std::optional<std::vector<std::string>> words = shell_words(text);
  if (!words) fail("the options have a quote that is not closed", "close the quote");
  return OptionReader(*words).read();
}

const std::string* RequirementOptions::find(std::string_view name) const {
  for (const auto& [option, value] : options) {
    if (option == name) return &value;
  }
  return nullptr;
}

}  // namespace ensure::specs
