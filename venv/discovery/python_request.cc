#include "venv/discovery/python_request.h"

#include <algorithm>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/specs/versions/version.h"

namespace ensure::venv {

namespace {

constexpr std::string_view kRangeStart = "<>=!~";

base::Error bad_request(std::string_view text, std::string_view reason) {
  return base::Error(base::ExitCode::kUsage,
                     "`--python " + std::string(text) + "` " + std::string(reason))
      .with_hint(
          "write a version (`3.12`), a name (`pypy3.9`), a range (`>=3.10,<3.13`) or a path");
}

bool is_path(std::string_view text) {
  return text.find('/') != std::string_view::npos || text == "." || text == ".." || text == "~";
}

/// "3.12", "pypy@3.9" and "cpython-3.12" as the name of an executable.
std::string as_name(std::string_view text) {
  std::string name(text);
  if (!name.empty() && name.front() >= '0' && name.front() <= '9') return "python" + name;
  const std::size_t separator = name.find_first_of("@-");
  const bool before_number = separator != std::string::npos && separator + 1 < name.size() &&
                             name[separator + 1] >= '0' && name[separator + 1] <= '9';
  if (before_number) name.erase(separator, 1);
  return name;
}

/// Whether some release of Python 3.`minor` is in `range`.
bool may_contain(const specs::SpecifierSet& range, std::uint32_t minor) {
  constexpr std::uint32_t kMostReleases = 40;  // no minor version has had as many
  const std::string series = "3." + std::to_string(minor) + '.';
  for (std::uint32_t micro = 0; micro < kMostReleases; ++micro) {
    if (range.contains(specs::Version::parse(series + std::to_string(micro)))) return true;
  }
  return false;
}

/// "python3.12" may be CPython or PyPy; "cpython3.12" may not.
std::optional<std::string> implementation_of(const PythonName& name) {
  if (name.implementation == "python") return std::nullopt;
  return name.implementation;
}

}  // namespace

PythonRequest PythonRequest::parse(std::string_view text) {
  const std::string_view trimmed = base::trim(text);
  if (trimmed.empty()) throw bad_request(text, "names no interpreter");
  if (trimmed.find('\0') != std::string_view::npos) throw bad_request("", "contains a NUL");

  PythonRequest request;
  request.text = trimmed;
  const std::size_t range_start = trimmed.find_first_of(kRangeStart);
  if (is_path(trimmed)) {
    request.path = base::Path(trimmed);
    return request;
  }
  const std::string_view front = base::trim(trimmed.substr(0, range_start));
  const std::optional<PythonName> name =
      PythonName::try_parse(front.empty() ? "python" : as_name(front));
  if (range_start != std::string_view::npos && name && !name->major) {
    request.implementation = implementation_of(*name);
    try {
      request.range = specs::SpecifierSet::parse(trimmed.substr(range_start));
    } catch (const base::Error& error) {
      throw bad_request(trimmed, "is not a range of versions: " + error.message());
    }
    return request;
  }
  if (!name) {
    request.program = trimmed;
    return request;
  }
  request.implementation = implementation_of(*name);
  request.major = name->major;
  request.minor = name->minor;
  request.micro = name->micro;
  if (name->minor) request.free_threaded = name->free_threaded;
  return request;
}

bool PythonRequest::may_accept(const PythonName& name) const {
  const bool pypy = name.implementation == "pypy";
  // "python" says nothing: PyPy installs itself under that name too.
  if (implementation && name.implementation != "python" && (*implementation == "pypy") != pypy) {
    return false;
  }
  if (major && name.major && *major != *name.major) return false;
  if (minor && name.minor && *minor != *name.minor) return false;
  if (free_threaded && name.minor && !pypy && name.free_threaded && !*free_threaded) return false;
  if (name.minor && (name.major != 3U || *name.minor < kOldestMinor)) return false;
  return !range || !name.minor || may_contain(*range, *name.minor);
}

bool PythonRequest::accepts(const Interpreter& interpreter) const {
  if (implementation && *implementation != interpreter.implementation) return false;
  if (major && *major != interpreter.major) return false;
  if (minor && *minor != interpreter.minor) return false;
  if (micro && *micro != interpreter.micro) return false;
  if (free_threaded && *free_threaded != interpreter.free_threaded) return false;
  return !range || range->contains(specs::Version::parse(interpreter.version));
}

std::string PythonRequest::description() const {
  return text.empty() ? "a supported Python" : "`" + text + "`";
}

}  // namespace ensure::venv
