#include "venv/interpreter/release_version.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "installer/base/files.h"
#include "installer/base/text.h"
#include "venv/interpreter/python_name.h"

namespace ensure::venv {

namespace {

using nlohmann::json;

constexpr std::size_t kLongestVersion = 16;

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

/// "3.11.2", "3.14.0rc1" or "3.13.0a1+", whole; of `minor`.
std::optional<ReleaseVersion> parse_version(std::string_view text, std::uint32_t minor) {
  if (text.ends_with('+')) text.remove_suffix(1);
  const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::optional<ReleaseNumber> number = ReleaseNumber::try_parse(text.substr(0, digits));
  if (!number || number->major != 3 || number->minor != minor) return std::nullopt;
  std::string_view mark = text.substr(digits);
  if (!mark.empty()) {
    const std::size_t letters = mark.starts_with("rc") ? 2 : 1;
    if (letters == 1 && mark.front() != 'a' && mark.front() != 'b') return std::nullopt;
    mark.remove_prefix(letters);
    if (mark.empty() || !std::ranges::all_of(mark, is_digit)) return std::nullopt;
  }
  return ReleaseVersion{.micro = number->micro, .text = std::string(text)};
}

/// The text from `start` to the next `end`.
std::string_view between(std::string_view text, std::string_view start, char end) {
  const std::size_t begin = text.find(start);
  if (begin == std::string_view::npos) return {};
  const std::string_view rest = text.substr(begin + start.size());
  return rest.substr(0, rest.find(end));
}

/// Compiled code that may hold the version: the executable, and libpython beside the library.
std::vector<base::Path> binaries(const TargetRoot& root, const base::Path& executable,
                                 const base::Path& prefix, std::uint32_t minor) {
  std::vector<base::Path> result{executable};
  const std::string name = "libpython3." + std::to_string(minor);
  for (const char* library : {"lib", "lib64"}) {
    for (const std::string& entry : root.list(prefix / library)) {
      const base::Path path = prefix / library / entry;
      if (entry.starts_with(name) && entry.find(".so") != std::string::npos) result.push_back(path);
      // Debian keeps a folder for each architecture: lib/x86_64-linux-gnu.
      if (entry.find("-linux-") == std::string::npos) continue;
      for (const char* end : {".so.1.0", "t.so.1.0"}) result.push_back(path / (name + end));
    }
  }
  return result;
}

}  // namespace

std::optional<ReleaseVersion> version_in_build_details(std::string_view record,
                                                       std::uint32_t minor) {
  const json details = json::parse(record, nullptr, false);
  const json::json_pointer place("/language/version_info");
  if (details.is_discarded() || !details.contains(place)) return std::nullopt;
  const json& info = details.at(place);
  for (const char* key : {"major", "minor", "micro", "serial"}) {
    if (!info.contains(key) || !info.at(key).is_number_unsigned()) return std::nullopt;
  }
  if (info.at("major") != 3 || info.at("minor") != minor) return std::nullopt;
  const auto micro = info.at("micro").get<std::uint32_t>();
  std::string version = "3." + std::to_string(minor) + '.' + std::to_string(micro);
  const json level = info.value("releaselevel", json("final"));
  const char* mark = level == "alpha"       ? "a"
                     : level == "beta"      ? "b"
                     : level == "candidate" ? "rc"
                                            : nullptr;
  if (mark != nullptr) version += mark + std::to_string(info.at("serial").get<std::uint32_t>());
  return ReleaseVersion{.micro = micro, .text = version};
}

std::optional<ReleaseVersion> version_in_binary(std::string_view bytes, std::uint32_t minor) {
  const std::string start = std::string(1, '\0') + "3." + std::to_string(minor) + '.';
  for (std::size_t at = bytes.find(start); at != std::string_view::npos;
       at = bytes.find(start, at + 1)) {
    const std::string_view rest = bytes.substr(at + 1, kLongestVersion);
    const std::size_t end = rest.find('\0');
    if (end == std::string_view::npos) continue;
    const std::optional<ReleaseVersion> version = parse_version(rest.substr(0, end), minor);
    if (version) return version;
  }
  return std::nullopt;
}

std::optional<ReleaseVersion> version_in_header(std::string_view text, std::uint32_t minor) {
  const std::string_view rest = between(text, "PY_VERSION ", '\n');
  return parse_version(between(rest, "\"", '"'), minor);
}

std::optional<ReleaseVersion> version_in_dpkg_status(std::string_view status, std::uint32_t minor) {
  const std::string package = "python3." + std::to_string(minor) + "-minimal";
  bool in_package = false;
  for (const std::string_view line : base::split_lines(status)) {
    if (line.starts_with("Package: ")) in_package = base::trim(line.substr(9)) == package;
    if (!in_package || !line.starts_with("Version: ")) continue;
    const std::string_view version = base::trim(line.substr(9));
    const std::size_t end = version.find_first_of("-+~");
    return parse_version(version.substr(0, end), minor);
  }
  return std::nullopt;
}

std::optional<ReleaseVersion> find_version_in_root(const TargetRoot& root,
                                                   const base::Path& executable,
                                                   const base::Path& prefix,
                                                   const base::Path& standard_library,
                                                   std::uint32_t minor) {
  std::optional<ReleaseVersion> version;
  if (const auto json = root.read(standard_library / "build-details.json")) {
    version = version_in_build_details(*json, minor);
  }
  for (const base::Path& path : binaries(root, executable, prefix, minor)) {
    const std::optional<base::Path> file = version ? std::nullopt : root.find_file(path);
    if (file) version = version_in_binary(base::MappedFile(*file).bytes(), minor);
  }
  if (version) return version;
  const base::Path headers = prefix / "include" / standard_library.filename();
  if (const auto text = root.read(headers / "patchlevel.h")) {
    version = version_in_header(*text, minor);
  }
  if (version) return version;
  const auto status = root.read("/var/lib/dpkg/status");
  return status ? version_in_dpkg_status(*status, minor) : std::nullopt;
}

}  // namespace ensure::venv
