#include "installer/specs/requirements/requirement_options.h"

#include <algorithm>
#include <array>
#include <optional>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/specs/metadata/packed_digests.h"
#include "installer/specs/requirements/requirement_lines.h"

namespace ensure::specs {
namespace {

struct OptionForm {
  std::string_view spelling;  ///< a long one, without dashes
  std::string_view name;      ///< the one that counts
  char letter;                ///< of the short spelling; 0 for none
  bool takes_value;
};

/// What pip takes in requirements files, those of older versions among it.
constexpr std::array<OptionForm, 22> kForms = {{
    {"index-url", "index-url", 'i', true},
    {"pypi-url", "index-url", '\0', true},
    {"extra-index-url", "extra-index-url", '\0', true},
    {"no-index", "no-index", '\0', false},
    {"constraint", "constraint", 'c', true},
    {"requirement", "requirement", 'r', true},
    {"editable", "editable", 'e', true},
    {"find-links", "find-links", 'f', true},
    {"no-binary", "no-binary", '\0', true},
    {"only-binary", "only-binary", '\0', true},
    {"prefer-binary", "prefer-binary", '\0', false},
    {"require-hashes", "require-hashes", '\0', false},
    {"no-require-hashes", "no-require-hashes", '\0', false},
    {"pre", "pre", '\0', false},
    {"all-releases", "all-releases", '\0', true},
    {"only-final", "only-final", '\0', true},
    {"trusted-host", "trusted-host", '\0', true},
    {"use-feature", "use-feature", '\0', true},
    {"hash", "hash", '\0', true},
    {"config-settings", "config-settings", 'C', true},
    {"config-setting", "config-settings", '\0', true},
    {"global-option", "global-option", '\0', true},
}};

[[noreturn]] void fail(std::string message, std::string hint) {
  throw base::Error(base::ExitCode::kUsage, std::move(message)).with_hint(std::move(hint));
}

[[noreturn]] void fail_unknown(const std::string& option) {
  std::vector<std::string> spellings;
  spellings.reserve(kForms.size());
  for (const OptionForm& form : kForms) spellings.push_back("--" + std::string(form.spelling));
  const std::optional<std::string> near = base::nearest(option, spellings);
  fail("`" + option + "` is no option of a requirements file",
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

/// Names of projects begin with no dash: what does is the next option.
void check_names(const OptionForm& form, std::string_view value) {
  static constexpr std::array<std::string_view, 4> kTakeNames = {"no-binary", "only-binary",
                                                                 "all-releases", "only-final"};
  const bool takes_names =
      std::find(kTakeNames.begin(), kTakeNames.end(), form.name) != kTakeNames.end();
  if (!takes_names || !value.starts_with('-')) return;
  fail("`--" + std::string(form.name) + "` lacks its value",
       "write names of projects behind it, `:all:` or `:none:`");
}

/// The word after an option that needs one.
std::string next_word(const std::vector<std::string>& words, std::size_t& place) {
  if (place == words.size()) {
    fail("`" + words.back() + "` lacks its value", "write the value behind it, on the same line");
  }
  return words[place++];
}

}  // namespace

HashOption HashOption::parse(std::string_view text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  HashOption hash{std::string(text.substr(0, colon)),
                  base::to_lower(text.substr(std::min(colon + 1, text.size())))};
  std::string packed;
  // As with pip: algorithms that can be forged, or that pip does not know, are refused.
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
  if (!words) fail("the options have a quote without its end", "close the quote");
  RequirementOptions options;
  std::size_t place = 0;
  while (place < words->size()) {
    const std::string& word = (*words)[place];
    if (word == "--") {
      options.stray_words_.insert(options.stray_words_.end(),
                                  words->begin() + static_cast<std::ptrdiff_t>(place) + 1,
                                  words->end());
      break;
    }
    if (word.starts_with("--")) {
      options.read_long(*words, place);
    } else if (word.starts_with('-') && word.size() > 1) {
      options.read_short(*words, place);
    } else {
      options.stray_words_.push_back(word);
      ++place;
    }
  }
  return options;
}

void RequirementOptions::read_long(const std::vector<std::string>& words, std::size_t& place) {
  const std::string_view word = std::string_view(words[place++]).substr(2);
  const std::size_t sign = word.find('=');
  const OptionForm& form = find_long(word.substr(0, sign));
  std::string value;
  if (sign != std::string_view::npos) {
    if (!form.takes_value) {
      fail("`--" + std::string(form.spelling) + "` takes no value", "leave out the value");
    }
    value = word.substr(sign + 1);
  } else if (form.takes_value) {
    value = next_word(words, place);
  }
  check_names(form, value);
  options_.emplace_back(form.name, std::move(value));
}

void RequirementOptions::read_short(const std::vector<std::string>& words, std::size_t& place) {
  const std::string_view word = words[place++];
  // All that have a short spelling take a value.
  const OptionForm& form = find_short(word[1]);
  options_.emplace_back(form.name,
                        word.size() > 2 ? std::string(word.substr(2)) : next_word(words, place));
}

bool RequirementOptions::has(std::string_view name) const {
  return std::any_of(options_.begin(), options_.end(),
                     [name](const auto& option) { return option.first == name; });
}

std::vector<std::string> RequirementOptions::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [option, value] : options_) {
    if (option == name) values.push_back(value);
  }
  return values;
}

}  // namespace ensure::specs
