#include "installer/specs/metadata/wheel_filename.h"

#include <algorithm>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/text/ascii.h"

namespace ensure::specs {
namespace {

constexpr std::string_view kSuffix = ".whl";
constexpr std::size_t kLongestName = 255;  // of a file, on every file system that is in use

bool is_allowed(char letter) {
  return text::is_letter_or_digit(letter) ||
         std::string_view("-_.+!").find(letter) != std::string_view::npos;
}

std::optional<BuildTag> try_parse_build(std::string_view text) {
  if (text.empty() || !text::is_digit(text.front())) return std::nullopt;
  const std::size_t digits = static_cast<std::size_t>(
      std::find_if_not(text.begin(), text.end(), text::is_digit) - text.begin());
  return BuildTag{VersionNumber::of(text.substr(0, digits)), std::string(text.substr(digits))};
}

}  // namespace

std::optional<WheelFilename> WheelFilename::read(std::string_view filename, std::string& reason) {
  const auto refuse = [&reason](const char* why) {
    reason = why;
    return std::nullopt;
  };
  if (filename.size() > kLongestName) return refuse("is longer than 255 bytes");
  if (!std::all_of(filename.begin(), filename.end(), is_allowed)) {
    return refuse("holds a character that no part of it may have");
  }
  if (!filename.ends_with(kSuffix)) return refuse("does not end with `.whl`");
  const std::string_view stem = filename.substr(0, filename.size() - kSuffix.size());
  const std::vector<std::string_view> parts = base::split(stem, '-');
  if (parts.size() != 5 && parts.size() != 6) return refuse("has not 5 or 6 parts between dashes");

  std::optional<PackageName> name = PackageName::try_parse(parts[0]);
  if (!name || parts[0].find("__") != std::string_view::npos) return refuse("begins with no name");
  std::optional<Version> version = Version::try_parse(parts[1]);
  if (!version) return refuse("has no version after the name");
  std::optional<std::vector<Tag>> tags = try_parse_tags(
      stem.substr(static_cast<std::size_t>(parts[parts.size() - 3].data() - stem.data())));
  if (!tags) return refuse("does not end with tags");

  WheelFilename result(*std::move(name), *std::move(version));
  if (parts.size() == 6) {
    result.build_ = try_parse_build(parts[2]);
    if (!result.build_) return refuse("has a build number that begins with no digit");
  }
  result.text_ = filename;
  result.tags_ = *std::move(tags);
  return result;
}

std::optional<WheelFilename> WheelFilename::try_parse(std::string_view filename) {
  std::string reason;
  return read(filename, reason);
}

WheelFilename WheelFilename::parse(std::string_view filename) {
  std::string reason;
  if (std::optional<WheelFilename> result = read(filename, reason)) return *std::move(result);
  base::ParseError error("`" + std::string(filename) + "` is not the name of a wheel: it " + reason,
                         std::string(filename), 0, filename.size());
  error.add_hint("wheels are named like `name-1.0-py3-none-any.whl`");
  throw error;
}

}  // namespace ensure::specs
