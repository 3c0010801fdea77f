#include "venv/activation/activation.h"

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
#include "venv/activation/activation_quoting.h"
#include "venv/interpreter/python_literal.h"

namespace ensure::venv {

namespace {

using Values = std::vector<std::pair<std::string_view, std::string>>;

/// The template with `__NAME__` replaced by the value of that name. What a value holds is not
/// looked at again.
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

/// What one kind of shell needs: how it quotes, and, for environments that can be moved, the
/// expressions for the environment's path and for the name of its folder.
struct Dialect {
  std::string (*quote)(std::string_view);
  std::string_view own_place;
  std::string_view folder_name;
};

std::string quote_for_python(std::string_view text) {
  return "os.fsdecode(" + python_bytes_literal(text) + ")";
}

std::string locate_itself(std::string_view snippet) {
  while (snippet.ends_with('\n')) snippet.remove_suffix(1);
  return std::string(snippet);
}

constexpr Dialect kPosix = {
    .quote = quote_for_posix, .own_place = "", .folder_name = R"("${VIRTUAL_ENV##*/}")"};
constexpr Dialect kCsh = {
    .quote = quote_for_csh, .own_place = "", .folder_name = "$VIRTUAL_ENV:t:q"};
constexpr Dialect kFish = {
    .quote = quote_for_fish,
    .own_place =
        "(string replace --regex '/[^/]*/[^/]*$' '' -- (builtin realpath -- (status filename)))",
    .folder_name = "(string replace --regex '.*/' '' -- $VIRTUAL_ENV)"};
constexpr Dialect kPowershell = {.quote = quote_for_powershell,
                                 .own_place = "(Split-Path -Parent $PSScriptRoot)",
                                 .folder_name = "(Split-Path -Leaf $VenvDir)"};
constexpr Dialect kNushell = {.quote = quote_for_nushell,
                              .own_place = "path self ..",
                              .folder_name = "$environment | path basename"};
constexpr Dialect kPython = {
    .quote = quote_for_python,
    .own_place = "os.path.dirname(os.path.dirname(os.path.abspath(__file__)))",
    .folder_name = "os.path.basename(environment)"};

std::string environment_in(const Dialect& dialect, const Activation& activation) {
  return activation.relocatable ? std::string(dialect.own_place)
                                : dialect.quote(activation.environment.text());
}

std::string prompt_in(const Dialect& dialect, const Activation& activation) {
  if (activation.prompt) return dialect.quote(*activation.prompt);
  if (activation.relocatable) return std::string(dialect.folder_name);
  return dialect.quote(activation.environment.filename().text());
}

/// POSIX shells and csh need several lines to find their own place, and so a template of their own.
std::string script_that_locates(std::string_view text, std::string_view snippet,
                                std::string_view assignment, const Dialect& dialect,
                                const Activation& activation) {
  const std::string locate =
      activation.relocatable
          ? locate_itself(snippet)
          : std::string(assignment) + dialect.quote(activation.environment.text());
  return fill_in(text, {{"__LOCATE__", locate}, {"__PROMPT__", prompt_in(dialect, activation)}});
}

std::string script(std::string_view text, const Dialect& dialect, const Activation& activation) {
  return fill_in(text, {{"__ENVIRONMENT__", environment_in(dialect, activation)},
                        {"__PROMPT__", prompt_in(dialect, activation)},
                        {"__SITE_PACKAGES__", dialect.quote(activation.site_packages)}});
}

}  // namespace

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
         content.find(locate_itself(kLocateForPosix)) != std::string_view::npos;
}

}  // namespace ensure::venv
