#include "venv/interpreter/pyvenv_cfg.h"

#include <algorithm>
#include <utility>

#include "installer/base/text.h"
#include "venv/interpreter/python_literal.h"

namespace ensure::venv {

PyvenvCfg PyvenvCfg::parse(std::string_view text) {
  PyvenvCfg result;
  for (const std::string_view line : base::split_lines(text)) {
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    result.append(base::to_lower(base::trim(line.substr(0, equals))),
                  std::string(base::trim(line.substr(equals + 1))));
  }
  return result;
}

std::optional<std::string> PyvenvCfg::value(std::string_view key) const {
  std::optional<std::string> result;
  for (const auto& [name, text] : lines_) {
    if (name != key) continue;
    result = text;
    if (key == "home") break;
  }
  return result;
}

void PyvenvCfg::append(std::string key, std::string value) {
  lines_.emplace_back(std::move(key), std::move(value));
}

bool PyvenvCfg::system_site_packages() const {
  return base::to_lower(value("include-system-site-packages").value_or("true")) == "true";
}

std::optional<std::string> PyvenvCfg::version() const {
  std::optional<std::string> text = value("version");
  if (!text) text = value("version_info");
  if (!text) return std::nullopt;
  std::size_t dots = 0;
  const auto end = std::find_if(text->begin(), text->end(), [&](char letter) {
    if (letter == '.') return ++dots == 3;
    return letter < '0' || letter > '9';
  });
  text->erase(end, text->end());
  if (text->empty()) return std::nullopt;
  return text;
}

std::optional<std::string> PyvenvCfg::prompt() const {
  const std::optional<std::string> text = value("prompt");
  if (!text) return std::nullopt;
  const std::optional<std::string> parsed = parse_python_string(*text);
  return parsed ? parsed : text;
}

std::string PyvenvCfg::to_string() const {
  std::string result;
  for (const auto& [key, value] : lines_) result.append(key).append(" = ").append(value) += '\n';
  return result;
}

}  // namespace ensure::venv
