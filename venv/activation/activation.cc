#include "venv/activation/activation.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "activation/Activate.ps1.h"
#include "activation/activate.csh.h"
#include "activation/activate.fish.h"
#include "activation/activate.h"
#include "activation/activate.nu.h"
#include "activation/activate_this.py.h"
#include "activation/relocatable/locate.csh.h"
#include "activation/relocatable/locate.sh.h"
#include "installer/base/text.h"
#include "venv/interpreter/python_literal.h"

namespace ensure::venv {

namespace {

using Values = std::vector<std::pair<std::string_view, std::string>>;

/// Replaces each `__NAME__` in a template by the value of that name. Values are not searched for
/// names.
std::string fill_in(std::string_view text, const Values& values) {
  std::string result;
  while (!text.empty()) {
    std::size_t at = std::string_view::npos;
    const Values::value_type* nearest = nullptr;
    for (const Values::value_type& value : values) {
      const std::size_t found = text.find(value.first);
      if (found >= at) continue;
      at = found;
      nearest = &value;
    }
    result += text.substr(0, at);
    if (nearest == nullptr) break;
    result += nearest->second;
    text.remove_prefix(at + nearest->first.size());
  }
  return result;
}

/// The syntax of one kind of shell.
struct Dialect {
  std::string (*quote)(std::string_view);
  // Expressions for a relocatable environment:
  std::string_view environment;     ///< its path
  std::string_view directory_name;  ///< the last component of its path
};

std::string quote_for_python(std::string_view text) {
  return "os.fsdecode(" + python_bytes_literal(text) + ")";
}

std::string without_line_end(std::string_view snippet) {
  while (snippet.ends_with('\n')) snippet.remove_suffix(1);
  return std::string(snippet);
}

constexpr Dialect kPosix = {
    .quote = quote_for_posix, .environment = "", .directory_name = R"("${VIRTUAL_ENV##*/}")"};
constexpr Dialect kCsh = {
    .quote = quote_for_csh, .environment = "", .directory_name = "$VIRTUAL_ENV:t:q"};
constexpr Dialect kFish = {
    .quote = quote_for_fish,
    .environment =
        "(string replace --regex '/[^/]*/[^/]*$' '' -- (builtin realpath -- (status filename)))",
    .directory_name = "(string replace --regex '.*/' '' -- $VIRTUAL_ENV)"};
constexpr Dialect kPowershell = {.quote = quote_for_powershell,
                                 .environment = "(Split-Path -Parent $PSScriptRoot)",
                                 .directory_name = "(Split-Path -Leaf $VenvDir)"};
constexpr Dialect kNushell = {.quote = quote_for_nushell,
                              .environment = "path self ..",
                              .directory_name = "$environment | path basename"};
constexpr Dialect kPython = {
    .quote = quote_for_python,
    .environment = "os.path.dirname(os.path.dirname(os.path.abspath(__file__)))",
    .directory_name = "os.path.basename(environment)"};

std::string environment_in(const Dialect& dialect, const Activation& activation) {
  return activation.relocatable ? std::string(dialect.environment)
                                : dialect.quote(activation.environment.text());
}

std::string prompt_in(const Dialect& dialect, const Activation& activation) {
  if (activation.prompt) return dialect.quote(*activation.prompt);
  if (activation.relocatable) return std::string(dialect.directory_name);
  return dialect.quote(activation.environment.filename().text());
}

/// The script of a POSIX shell or csh, which need several lines to find their own path.
std::string script_that_locates(std::string_view text, std::string_view snippet,
                                std::string_view assignment, const Dialect& dialect,
                                const Activation& activation) {
  const std::string locate =
      activation.relocatable
          ? without_line_end(snippet)
          : std::string(assignment) + dialect.quote(activation.environment.text());
  return fill_in(text, {{"__LOCATE__", locate}, {"__PROMPT__", prompt_in(dialect, activation)}});
}

std::string script(std::string_view text, const Dialect& dialect, const Activation& activation) {
  return fill_in(text, {{"__ENVIRONMENT__", environment_in(dialect, activation)},
                        {"__PROMPT__", prompt_in(dialect, activation)},
                        {"__SITE_PACKAGES__", dialect.quote(activation.site_packages)}});
}

}  // namespace

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

std::vector<ActivationScript> activation_scripts(const Activation& activation) {
  std::vector<ActivationScript> result;
  const auto add = [&](std::string name, std::string content) {
    result.push_back({.name = std::move(name), .content = std::move(content)});
  };
  add("activate",
      script_that_locates(kActivate, kLocateForPosix, "VIRTUAL_ENV=", kPosix, activation));
  add("activate.csh",
      script_that_locates(kActivateCsh, kLocateForCsh, "setenv VIRTUAL_ENV ", kCsh, activation));
  add("activate.fish", script(kActivateFish, kFish, activation));
  add("Activate.ps1", script(kActivatePowershell, kPowershell, activation));
  add("activate.nu", script(kActivateNushell, kNushell, activation));
  add("activate_this.py", script(kActivateThis, kPython, activation));
  return result;
}

bool is_activation_script_of_ensure(std::string_view content) {
  return content.starts_with(kActivate.substr(0, kActivate.find(':')));
}

bool is_relocatable_activation_script(std::string_view content) {
  return is_activation_script_of_ensure(content) &&
         content.find(without_line_end(kLocateForPosix)) != std::string_view::npos;
}

}  // namespace ensure::venv
