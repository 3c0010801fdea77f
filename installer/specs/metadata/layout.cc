#include "installer/specs/metadata/layout.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <unordered_map>

#include "installer/base/text.h"
#include "installer/text/characters.h"

namespace ensure::specs {
namespace {

/// Whether a name denotes a device, with any suffix: `aux.py`, `com1.tar.gz`, `nul .txt`.
bool is_device(std::string_view name) {
  static constexpr std::array<std::string_view, 6> kDevices = {"con", "prn",    "aux",
                                                               "nul", "conin$", "conout$"};
  static constexpr std::array<std::string_view, 3> kSuperscripts = {"\xC2\xB9", "\xC2\xB2",
                                                                    "\xC2\xB3"};
  std::string stem = base::to_lower(name.substr(0, name.find('.')));
  stem.erase(stem.find_last_not_of(' ') + 1);
  if (std::find(kDevices.begin(), kDevices.end(), stem) != kDevices.end()) return true;
  if (!stem.starts_with("com") && !stem.starts_with("lpt")) return false;
  const std::string_view number = std::string_view(stem).substr(3);
  return (number.size() == 1 && text::is_digit(number.front())) ||
         std::find(kSuperscripts.begin(), kSuperscripts.end(), number) != kSuperscripts.end();
}

}  // namespace

bool is_interpreter_name(std::string_view name, bool windows) {
  if (name == "\U0001d70bthon") return true;  // a name that `venv` of Python 3.14 creates
  const std::string lowered = windows ? base::to_lower(name) : std::string(name);
  std::string_view rest = lowered;
  if (windows && rest.ends_with(".exe")) rest.remove_suffix(4);
  for (const std::string_view prefix : {"pythonw", "python", "pypy"}) {
    if (!rest.starts_with(prefix)) continue;
    rest.remove_prefix(prefix.size());
    if (rest.ends_with('t') || rest.ends_with('d')) rest.remove_suffix(1);
    return rest.find_first_not_of("0123456789.") == std::string_view::npos;
  }
  return false;
}

std::string_view windows_path_problem(std::string_view path) {
  const auto is_forbidden = [](char letter) {
    return static_cast<unsigned char>(letter) < 0x20 ||
           std::string_view("<>:\"\\|?*").find(letter) != std::string_view::npos;
  };
  if (std::any_of(path.begin(), path.end(), is_forbidden)) {
    return "contains a character that no file name may contain";
  }
  for (const std::string_view name : base::split(path, '/')) {
    if (name.ends_with('.') || name.ends_with(' ')) {
      return "ends a name with a dot or a blank, which would be dropped";
    }
    if (is_device(name)) return "contains the name of a device";
  }
  return {};
}

std::optional<std::pair<std::string, std::string>> windows_collision(
    const std::vector<std::string>& paths) {
  std::unordered_map<std::string, const std::string*> files;
  for (const std::string& path : paths) {
    const auto [place, is_new] = files.emplace(base::to_lower(path), &path);
    if (!is_new) return std::pair(*place->second, path);
  }
  for (const std::string& path : paths) {
    const std::string lowered = base::to_lower(path);
    for (std::size_t slash = lowered.find('/'); slash != std::string::npos;
         slash = lowered.find('/', slash + 1)) {
      const auto file = files.find(lowered.substr(0, slash));
      if (file != files.end()) return std::pair(*file->second, path);
    }
  }
  return std::nullopt;
}

}  // namespace ensure::specs
