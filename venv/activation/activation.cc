#include "venv/activation/activation.h"

#include <algorithm>
#include <array>
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
#include "venv/interpreter/pyvenv_cfg.h"

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

/// The script of one kind of shell, and the syntax in it.
struct Dialect {
  const char* name;
  std::string_view script;
  std::string (*quote)(std::string_view);
  // Expressions for a relocatable environment:
  std::string_view environment;     ///< its path
  std::string_view directory_name;  ///< the last component of its path
  /// The statement that takes the path of an environment that is not relocatable.
  std::string_view assignment = {};  // NOLINT(readability-redundant-member-init): may be left out
};

std::string quote_for_python(std::string_view text) {
  return "os.fsdecode(" + python_bytes_literal(text) + ")";
}

constexpr std::string_view without_line_end(std::string_view snippet) {
  return snippet.substr(0, snippet.find_last_not_of('\n') + 1);
}

constexpr std::array<Dialect, 6> kDialects{{
    {.name = "activate",
     .script = kActivate,
     .quote = quote_for_posix,
     .environment = without_line_end(kLocateForPosix),
     .directory_name = R"("${VIRTUAL_ENV##*/}")",
     .assignment = "VIRTUAL_ENV="},
    {.name = "activate.csh",
     .script = kActivateCsh,
     .quote = quote_for_csh,
     .environment = without_line_end(kLocateForCsh),
     .directory_name = "$VIRTUAL_ENV:t:q",
     .assignment = "setenv VIRTUAL_ENV "},
    {.name = "activate.fish",
     .script = kActivateFish,
     .quote = quote_for_fish,
     .environment =
         "(string replace --regex '/[^/]*/[^/]*$' '' -- (builtin realpath -- (status filename)))",
     .directory_name = "(string replace --regex '.*/' '' -- $VIRTUAL_ENV)"},
    {.name = "Activate.ps1",
     .script = kActivatePowershell,
     .quote = quote_for_powershell,
     .environment = "(Split-Path -Parent $PSScriptRoot)",
     .directory_name = "(Split-Path -Leaf $VenvDir)"},
    {.name = "activate.nu",
     .script = kActivateNushell,
     .quote = quote_for_nushell,
     .environment = "path self ..",
     .directory_name = "$environment | path basename"},
    {.name = "activate_this.py",
     .script = kActivateThis,
     .quote = quote_for_python,
     .environment = "os.path.dirname(os.path.dirname(os.path.abspath(__file__)))",
     .directory_name = "os.path.basename(environment)"},
}};

/// A word of a POSIX shell without its quotes; nullopt if the shell would replace something in it.
std::optional<std::string> literal_word(std::string_view text) {
  std::string word;
  char quote = '\0';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char letter = text[i];
    const bool is_expanded = quote != '\'';
    if (letter == quote) {
      quote = '\0';
    } else if (is_expanded && (letter == '$' || letter == '`')) {
      return std::nullopt;
    } else if (is_expanded && letter == '\\' && i + 1 < text.size()) {
      word += text[++i];
    } else if (quote == '\0' && (letter == '\'' || letter == '"')) {
      quote = letter;
    } else if (quote == '\0' && (letter == ' ' || letter == ';')) {
      break;
    } else {
      word += letter;
    }
  }
  return word;
}

std::string fill_in(const Dialect& dialect, const Activation& activation) {
  std::string environment(dialect.environment);
  std::string prompt(dialect.directory_name);
  if (!activation.relocatable) {
    environment = dialect.assignment;
    environment += dialect.quote(activation.environment.text());
    prompt = dialect.quote(activation.environment.filename().text());
  }
  if (activation.prompt) prompt = dialect.quote(*activation.prompt);
  return fill_in(dialect.script, {{"__ENVIRONMENT__", environment},
                                  {"__PROMPT__", prompt},
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

std::optional<base::Path> activated_path(std::string_view content) {
  constexpr std::string_view kAssignment = "VIRTUAL_ENV=";
  for (std::string_view line : base::split_lines(content)) {
    line = base::trim(line);
    if (line.starts_with("export ")) line.remove_prefix(7);
    if (!line.starts_with(kAssignment)) continue;
    const std::optional<std::string> path = literal_word(line.substr(kAssignment.size()));
    if (path && path->starts_with('/')) return base::Path(*path);
  }
  return std::nullopt;
}

std::vector<ActivationScript> activation_scripts(const Activation& activation) {
  std::vector<ActivationScript> result;
  result.reserve(kDialects.size());
  for (const Dialect& dialect : kDialects) {
    result.push_back({.name = dialect.name, .content = fill_in(dialect, activation)});
  }
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
