#include "venv/interpreter/python_name.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <nlohmann/json.hpp>

namespace ensure::venv {

namespace {

constexpr std::array<std::string_view, 4> kImplementations{"python", "cpython", "pypy", "graalpy"};

/// Takes a number from the front of `text`.
std::optional<std::uint32_t> take_number(std::string_view& text) {
  std::uint32_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

/// Takes "." and a number from the front of `text`, or nothing if it does not begin so.
std::optional<std::uint32_t> take_dotted_number(std::string_view& text) {
  if (!text.starts_with('.')) return std::nullopt;
  std::string_view rest = text.substr(1);
  const std::optional<std::uint32_t> value = take_number(rest);
  if (value) text = rest;
  return value;
}

std::optional<ReleaseVersion> parse_version(std::string_view text, std::uint32_t minor) {
  std::optional<ReleaseVersion> version = ReleaseVersion::try_parse(text);
  if (version && (version->major != 3 || version->minor != minor)) version.reset();
  return version;
}

/// The text from `start` to the next `end`.
std::string_view between(std::string_view text, std::string_view start, char end) {
  const std::size_t begin = text.find(start);
  if (begin == std::string_view::npos) return {};
  const std::string_view rest = text.substr(begin + start.size());
  return rest.substr(0, rest.find(end));
}

}  // namespace

ReleaseVersion ReleaseVersion::final_release(std::uint32_t minor, std::uint32_t micro) {
  ReleaseVersion version{.major = 3, .minor = minor, .micro = micro, .text = ""};
  version.text = version.numbers();
  return version;
}

std::string ReleaseVersion::numbers() const {
  return std::to_string(major) + '.' + std::to_string(minor) + '.' + std::to_string(micro);
}

std::optional<ReleaseVersion> ReleaseVersion::try_parse(std::string_view text) {
  text = text.substr(0, text.find('+'));
  std::string_view rest = text;
  const std::optional<std::uint32_t> major = take_number(rest);
  const std::optional<std::uint32_t> minor = take_dotted_number(rest);
  const std::optional<std::uint32_t> micro = take_dotted_number(rest);
  if (!major || !minor || !micro) return std::nullopt;
  for (const std::string_view mark : {"a", "b", "rc"}) {
    if (!rest.starts_with(mark)) continue;
    rest.remove_prefix(mark.size());
    if (!take_number(rest)) return std::nullopt;
    break;
  }
  if (!rest.empty()) return std::nullopt;
  return ReleaseVersion{
      .major = *major, .minor = *minor, .micro = *micro, .text = std::string(text)};
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

std::optional<ReleaseVersion> version_in_build_details(std::string_view record,
                                                       std::uint32_t minor) {
  const nlohmann::json details = nlohmann::json::parse(record, nullptr, false);
  const nlohmann::json::json_pointer place("/language/version_info");
  if (details.is_discarded() || !details.contains(place)) return std::nullopt;
  const nlohmann::json& info = details.at(place);
  std::string text;
  for (const char* key : {"major", "minor", "micro", "serial"}) {
    if (!info.contains(key) || !info.at(key).is_number_unsigned()) return std::nullopt;
    if (key == std::string_view("serial")) break;
    text += (text.empty() ? "" : ".") + std::to_string(info.at(key).get<std::uint64_t>());
  }
  const nlohmann::json level = info.value("releaselevel", nlohmann::json("final"));
  const char* const mark = level == "alpha"       ? "a"
                           : level == "beta"      ? "b"
                           : level == "candidate" ? "rc"
                                                  : nullptr;
  if (mark != nullptr) text += mark + std::to_string(info.at("serial").get<std::uint64_t>());
  return parse_version(text, minor);
}

std::optional<ReleaseVersion> version_in_binary(std::string_view bytes, std::uint32_t minor) {
  constexpr std::size_t kLongestVersion = 16;
  const std::string start = std::string(1, '\0') + "3." + std::to_string(minor) + '.';
  // memmem(3) takes 0.4 ms for a Python, and std::string_view::find 2 ms.
  while (const void* found = ::memmem(bytes.data(), bytes.size(), start.data(), start.size())) {
    bytes.remove_prefix(static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data()) +
                        1);
    const std::string_view text = bytes.substr(0, kLongestVersion);
    const std::size_t end = text.find('\0');
    if (end == std::string_view::npos) continue;
    const std::optional<ReleaseVersion> version = parse_version(text.substr(0, end), minor);
    if (version) return version;
  }
  return std::nullopt;
}

std::optional<ReleaseVersion> version_in_header(std::string_view text, std::uint32_t minor) {
  return parse_version(between(between(text, "PY_VERSION ", '\n'), "\"", '"'), minor);
}

}  // namespace ensure::venv
