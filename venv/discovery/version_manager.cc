#include "venv/discovery/version_manager.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "installer/base/directory.h"
#include "installer/base/file.h"
#include "installer/base/text.h"
#include "venv/interpreter/file_queries.h"

namespace ensure::venv {

namespace {

constexpr std::array<const char*, 6> kVariables{"PYENV_ROOT",    "PYENV_VERSION",
                                                "ASDF_DATA_DIR", "ASDF_PYTHON_VERSION",
                                                "MISE_DATA_DIR", "MISE_PYTHON_VERSION"};

constexpr std::uint64_t kLargestShim = 8192;

/// The text of a script that is short enough to be a shim; else empty.
std::string short_script(const base::Path& path) {
  const std::optional<base::FileStatus> status = base::file_status(path);
  if (!status || status->type != base::FileType::kRegular || status->size > kLargestShim) return {};
  std::string text = read_if_readable(path).value_or("");
  if (!text.starts_with("#!")) text.clear();
  return text;
}

std::vector<std::string> words_of(std::string_view text, char separator) {
  std::vector<std::string> words;
  for (const std::string_view word : base::split(text, separator)) {
    if (!base::trim(word).empty()) words.emplace_back(base::trim(word));
  }
  return words;
}

/// The words of a file such as `.python-version`: the first of each line, without comments.
std::vector<std::string> first_words(std::string_view text) {
  std::vector<std::string> words;
  for (const std::string_view line : base::split_lines(text)) {
    const std::string_view trimmed = base::trim(line);
    if (trimmed.empty() || trimmed.front() == '#') continue;
    words.emplace_back(trimmed.substr(0, trimmed.find_first_of(" \t")));
  }
  return words;
}

/// The versions on the line of Python in a `.tool-versions` file.
std::vector<std::string> tool_versions(std::string_view text) {
  for (const std::string_view line : base::split_lines(text)) {
    std::vector<std::string> words = words_of(line.substr(0, line.find('#')), ' ');
    if (words.empty() || words.front() != "python") continue;
    words.erase(words.begin());
    return words;
  }
  return {};
}

using Reader = std::vector<std::string> (*)(std::string_view);

/// The versions in the nearest file `name`, from `directory` upwards.
std::vector<std::string> read_upwards(base::Path directory, const char* name, Reader reader) {
  while (!directory.empty()) {
    if (const std::optional<std::string> text = read_if_readable(directory / name)) {
      std::vector<std::string> words = reader(*text);
      if (!words.empty()) return words;
    }
    if (!directory.has_relative_path()) break;
    directory = directory.parent_path();
  }
  return {};
}

/// The names that one of the version managers uses.
struct Dialect {
  std::string_view name;
  const char* installations;  ///< below its root
  const char* root_variable;
  const char* version_variable;  ///< the selected versions
  char separator;                ///< between these
};

constexpr Dialect kPyenv{"pyenv", "versions", "PYENV_ROOT", "PYENV_VERSION", ':'};
constexpr Dialect kAsdf{"asdf", "installs/python", "ASDF_DATA_DIR", "ASDF_PYTHON_VERSION", ' '};
constexpr Dialect kMise{"mise", "installs/python", "MISE_DATA_DIR", "MISE_PYTHON_VERSION", ' '};

/// The manager at `root`, with the versions that its variable selects, or else the nearest file of
/// the directory, or else pyenv's global file. mise reads the files of the others.
VersionManager manager_at(const base::Path& root, const Dialect& dialect,
                          const Surroundings& surroundings) {
  const bool pyenv = dialect.name == kPyenv.name;
  const base::Path& directory = surroundings.current_directory;
  std::vector<std::string> selected =
      words_of(surroundings.variable(dialect.version_variable).value_or(""), dialect.separator);
  if (selected.empty() && !pyenv) {
    selected = read_upwards(directory, ".tool-versions", tool_versions);
  }
  if (selected.empty()) selected = read_upwards(directory, ".python-version", first_words);
  if (selected.empty() && pyenv) {
    selected = first_words(read_if_readable(root / "version").value_or(""));
  }
  return {.name = std::string(dialect.name),
          .installations = root / dialect.installations,
          .selected = std::move(selected)};
}

/// The value that a shim exports, as in `export PYENV_ROOT="/home/me/.pyenv"`.
std::optional<base::Path> exported_root(std::string_view script) {
  constexpr std::string_view kStart = "PYENV_ROOT=\"";
  const std::size_t start = script.find(kStart);
  if (start == std::string_view::npos) return std::nullopt;
  const std::string_view rest = script.substr(start + kStart.size());
  const base::Path root(rest.substr(0, rest.find('"')));
  return root.is_absolute() ? std::optional(root) : std::nullopt;
}

/// The numbers in a directory's name, so that 3.9 comes before 3.10.
std::vector<std::uint64_t> numbers_of(std::string_view name) {
  std::vector<std::uint64_t> numbers;
  bool in_number = false;
  for (const char letter : name) {
    const bool digit = letter >= '0' && letter <= '9';
    if (digit && !in_number) numbers.push_back(0);
    if (digit) numbers.back() = numbers.back() * 10 + static_cast<std::uint64_t>(letter - '0');
    in_number = digit;
  }
  return numbers;
}

/// CPython's versions are bare numbers and come before "pypy3.9-7.3.11" and named environments.
std::pair<bool, std::vector<std::uint64_t>> order_of(const std::string& name) {
  return {!name.empty() && name.front() >= '0' && name.front() <= '9', numbers_of(name)};
}

/// Whether the name is one directory below `installations`, not a way out of it.
bool is_plain_name(std::string_view name) {
  return !name.empty() && name.find('/') == std::string_view::npos && name != "." && name != "..";
}

}  // namespace

std::optional<std::string> Surroundings::variable(std::string_view name) const {
  const auto found = variables.find(name);
  if (found == variables.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

Surroundings Surroundings::of_this_process() {
  Surroundings result;
  const char* path = std::getenv("PATH");
  for (const std::string_view directory : base::split(path == nullptr ? "" : path, ':')) {
    // An empty or relative entry would let the current directory decide which program runs.
    if (directory.starts_with('/')) result.search_path.emplace_back(directory);
  }
  result.usual_directories = {"/usr/local/bin", "/usr/bin"};
  result.current_directory = base::current_directory().value_or(base::Path());
  for (const char* name : kVariables) {
    const char* value = std::getenv(name);
    if (value != nullptr) result.variables.emplace(name, value);
  }
  return result;
}

std::optional<VersionManager> VersionManager::of_shim(const base::Path& path,
                                                      const Surroundings& surroundings) {
  const base::Path directory = path.parent_path();
  const base::Path root = directory.parent_path();
  const bool in_shims = directory.filename() == "shims";
  if (in_shims && base::real_path(path).value_or(path).filename() == "mise") {
    return manager_at(root, kMise, surroundings);
  }
  const std::string script = short_script(path);
  if (script.find("pyenv") != std::string::npos && script.find("exec") != std::string::npos &&
      (in_shims || exported_root(script))) {
    return manager_at(exported_root(script).value_or(root), kPyenv, surroundings);
  }
  if (in_shims && script.find("asdf") != std::string::npos) {
    return manager_at(root, kAsdf, surroundings);
  }
  return std::nullopt;
}

std::vector<VersionManager> VersionManager::announced(const Surroundings& surroundings) {
  std::vector<VersionManager> managers;
  for (const Dialect& dialect : {kPyenv, kAsdf, kMise}) {
    const std::optional<std::string> root = surroundings.variable(dialect.root_variable);
    if (root) managers.push_back(manager_at(*root, dialect, surroundings));
  }
  return managers;
}

std::vector<base::Path> VersionManager::selected_installations() const {
  std::vector<base::Path> result;
  for (const std::string& version : selected) {
    if (!is_plain_name(version) || version == "system") continue;
    if (directory_exists(installations / version)) {
      result.push_back(installations / version);
      continue;
    }
    const std::string series = version + ".";
    for (const base::Path& directory : all_installations()) {
      if (!directory.filename().text().starts_with(series)) continue;
      result.push_back(directory);
      break;
    }
  }
  return result;
}

std::vector<base::Path> VersionManager::all_installations() const {
  std::vector<std::string> names;
  if (directory_exists(installations)) names = base::list_directory(installations);
  std::ranges::stable_sort(names, [](const std::string& left, const std::string& right) {
    return order_of(left) > order_of(right);
  });
  std::vector<base::Path> result;
  result.reserve(names.size());
  for (const std::string& version : names) result.push_back(installations / version);
  return result;
}

}  // namespace ensure::venv
