#include "venv/interpreter/python_name.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace ensure::venv {

namespace {

constexpr std::array<std::string_view, 4> kImplementations{"python", "cpython", "pypy", "graalpy"};

/// Takes a number off the front of `text`.
std::optional<std::uint32_t> take_number(std::string_view& text) {
  std::uint32_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

/// Takes "." and a number off the front of `text`; nothing is taken where it does not begin so.
std::optional<std::uint32_t> take_dotted_number(std::string_view& text) {
  if (!text.starts_with('.')) return std::nullopt;
  std::string_view rest = text.substr(1);
  const std::optional<std::uint32_t> value = take_number(rest);
  if (value) text = rest;
  return value;
}

}  // namespace

std::optional<ReleaseNumber> ReleaseNumber::try_parse(std::string_view text) {
  const std::optional<std::uint32_t> major = take_number(text);
  const std::optional<std::uint32_t> minor = take_dotted_number(text);
  const std::optional<std::uint32_t> micro = take_dotted_number(text);
  if (!major || !minor || !micro || !text.empty()) return std::nullopt;
  return ReleaseNumber{.major = *major, .minor = *minor, .micro = *micro};
}

std::optional<PythonName> PythonName::try_parse(std::string_view name) {
  if (name.ends_with(".exe")) name.remove_suffix(4);
  const std::size_t letters =
      std::min(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz"), name.size());
  PythonName result;
  result.implementation = name.substr(0, letters);
  if (std::ranges::find(kImplementations, result.implementation) == kImplementations.end()) {
    return std::nullopt;
  }
  name.remove_prefix(letters);
  result.major = take_number(name);
  if (result.major) result.minor = take_dotted_number(name);
  if (result.minor) result.micro = take_dotted_number(name);
  for (; result.minor && !name.empty(); name.remove_prefix(1)) {
    if (name.front() == 't' && !result.free_threaded) {
      result.free_threaded = true;
    } else if (name.front() == 'd' && !result.debug) {
      result.debug = true;
    } else {
      return std::nullopt;
    }
  }
  return name.empty() ? std::optional(result) : std::nullopt;
}

}  // namespace ensure::venv
