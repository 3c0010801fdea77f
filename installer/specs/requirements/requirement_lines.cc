#include "installer/specs/requirements/requirement_lines.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "installer/base/text.h"
#include "installer/text/ascii.h"
#include "installer/text/encoding.h"
#include "installer/text/whitespace.h"

namespace ensure::specs {
namespace {

bool is_comment(std::string_view line) {
  return text::strip_leading_whitespace(line).starts_with('#');
}

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

/// `text` with each `${NAME}` replaced by its value. Adds each name to `names`. Does not replace
/// anything within values.
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

/// Joins physical lines that are continued, and visits each joined line that says something.
class Joiner {
 public:
  Joiner(const VariableLookup& variables, const std::function<void(const RequirementLine&)>& visit)
      : variables_(variables), visit_(visit) {}

  void add(std::string_view line) {
    ++number_;
    if (!is_open_) {
      finish();
      joined_.number = number_;
    }
    is_open_ = line.ends_with('\\') && !is_comment(line);
    // A blank keeps a comment apart from what it is joined to.
    if (is_comment(line)) joined_.text += ' ';
    joined_.text += is_open_ ? without_backslashes(line) : line;
  }

  void finish() {
    RequirementLine line = std::exchange(joined_, {});
    line.as_written = text::strip_whitespace(without_comment(line.text));
    if (line.as_written.empty()) return;
    line.text = with_variables(line.as_written, variables_, line.variables);
    visit_(line);
  }

 private:
  const VariableLookup& variables_;
  const std::function<void(const RequirementLine&)>& visit_;
  RequirementLine joined_;
  std::size_t number_ = 0;  ///< of the last physical line
  bool is_open_ = false;
};

}  // namespace

void each_requirement_line(std::string_view text, const VariableLookup& variables,
                           const std::function<void(const RequirementLine&)>& visit) {
  Joiner joiner(variables, visit);
  text::each_python_line(text, [&joiner](std::string_view line) { joiner.add(line); });
  joiner.finish();
}

std::optional<std::vector<std::string>> shell_words(std::string_view text) {
  std::vector<std::string> words;
  std::optional<std::string> word;
  char quote = '\0';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char letter = text[i];
    const bool is_blank = letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n';
    if (quote == '\0' && is_blank) {
      if (word) words.push_back(*std::exchange(word, std::nullopt));
    } else if (letter == '\\' && quote != '\'') {
      if (++i == text.size()) return std::nullopt;
      // Between double quotes a backslash protects nothing but quotes and backslashes.
      const bool is_kept = quote == '"' && text[i] != '"' && text[i] != '\\';
      if (!word) word.emplace();
      if (is_kept) *word += '\\';
      *word += text[i];
    } else if (quote == '\0' && (letter == '"' || letter == '\'')) {
      quote = letter;
      if (!word) word.emplace();
    } else if (quote != '\0' && letter == quote) {
      quote = '\0';
    } else {
      if (!word) word.emplace();
      *word += letter;
    }
  }
  if (quote != '\0') return std::nullopt;
  if (word) words.push_back(*std::move(word));
  return words;
}

}  // namespace ensure::specs
