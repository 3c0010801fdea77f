#include "installer/specs/locks/lock_file.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/base/url.h"
#include "installer/specs/metadata/distribution_filename.h"
#include "installer/text/toml.h"

namespace ensure::specs {
namespace {

using text::TomlKind;
using text::TomlReader;

/// The value of an optional member.
template <class Value>
std::optional<Value> parsed(const TomlReader& table, std::string_view key, const char* problem) {
  if (!table.has(key)) return std::nullopt;
  const TomlReader member = table.member(key, TomlKind::kString);
  std::optional<Value> value = Value::try_parse(member.value().text);
  if (!value) member.fail(problem);
  return value;
}

std::optional<SpecifierSet> requires_python_of(const TomlReader& table) {
  return parsed<SpecifierSet>(table, "requires-python", "is not a version specifier");
}

PackageName normalized_name(const TomlReader& text) {
  std::optional<PackageName> name = PackageName::try_parse(text.value().text);
  if (!name || name->normalized() != name->as_written()) text.fail("is not a normalized name");
  return *std::move(name);
}

/// The name of a file: its `name`, else the last part of its path, else that of its URL.
std::string filename_of(const TomlReader& table, const LockedFile& file) {
  std::string name = table.optional_string("name");
  if (name.empty()) {
    const char* const separator = file.path.find('/') != std::string::npos ? "/" : "\\";
    name = file.path.substr(file.path.rfind(separator) + 1);
  }
  if (!name.empty()) return name;
  const std::optional<base::Url> url = base::Url::try_parse(file.url);
  return url ? url->filename() : std::string();
}

void expect_location(const TomlReader& table) {
  if (table.optional_string("url").empty() && table.optional_string("path").empty()) {
    table.fail("has neither `url` nor `path`");
  }
}

LockedFile read_file(const TomlReader& table) {
  expect_location(table);
  LockedFile file;
  file.url = table.optional_string("url");
  file.path = table.optional_string("path");
  file.filename = filename_of(table, file);
  if (table.has("size")) {
    const TomlReader size = table.member("size", TomlKind::kInteger);
    if (size.value().number < 0) size.fail("is below 0");
    file.size = static_cast<std::uint64_t>(size.value().number);
  }
  if (table.has("upload-time")) {
    file.upload_time = table.member("upload-time", TomlKind::kTime).value().number;
  }
  const TomlReader hashes = table.member("hashes", TomlKind::kTable);
  for (const auto& [algorithm, digest] : hashes.value().members) {
    file.hashes.emplace_back(algorithm, hashes.string(algorithm));
  }
  if (file.hashes.empty()) hashes.fail("is empty");
  return file;
}

/// Reads a file whose name has to be that of its package.
LockedFile read_distribution(const TomlReader& table, const LockedPackage& package, bool is_wheel) {
  LockedFile file = read_file(table);
  const auto wheel = is_wheel ? WheelFilename::try_parse(file.filename) : std::nullopt;
  const auto sdist = is_wheel ? std::nullopt : SdistFilename::try_parse(file.filename);
  if (!wheel && !sdist) table.fail("has no file name of its kind");
  if ((wheel ? wheel->name() : sdist->name) != package.name) {
    table.fail("is a file of another project");
  }
  if (package.version && (wheel ? wheel->version() : sdist->version) != *package.version) {
    table.fail("is a file of another version");
  }
  return file;
}

/// Reads a source that is not a file of an index.
LockedDirect read_direct(const TomlReader& table, LockedSource source) {
  LockedDirect direct;
  direct.source = source;
  if (source == LockedSource::kArchive) direct.file = read_file(table);
  if (source == LockedSource::kDirectory) {
    direct.file.path = table.string("path");
    direct.editable =
        table.has("editable") && table.member("editable", TomlKind::kBoolean).value().number != 0;
  }
  if (source == LockedSource::kRepository) {
    expect_location(table);
    direct.file.url = table.optional_string("url");
    direct.file.path = table.optional_string("path");
    direct.type = table.string("type");
    direct.commit = table.string("commit-id");
    (void)table.optional_string("requested-revision");
  }
  direct.subdirectory = table.optional_string("subdirectory");
  return direct;
}

void read_sources(const TomlReader& table, LockedPackage& package) {
  using Direct = std::pair<const char*, LockedSource>;
  for (const TomlReader& entry : table.elements("wheels", TomlKind::kTable)) {
    package.wheels.push_back(read_distribution(entry, package, true));
  }
  if (table.has("sdist")) {
    package.sdist = read_distribution(table.member("sdist", TomlKind::kTable), package, false);
  }
  int direct = 0;
  for (const auto& [key, source] :
       {Direct{"archive", LockedSource::kArchive}, Direct{"directory", LockedSource::kDirectory},
        Direct{"vcs", LockedSource::kRepository}}) {
    if (!table.has(key)) continue;
    package.direct = read_direct(table.member(key, TomlKind::kTable), source);
    ++direct;
  }
  const bool has_files = package.sdist || !package.wheels.empty();
  if (has_files && direct != 0) {
    table.fail("has `vcs`, `directory` or `archive` beside `sdist` or `wheels`");
  }
  if (!has_files && direct != 1) {
    table.fail("has to have one of `wheels`, `sdist`, `vcs`, `directory` and `archive`");
  }
}

LockedPackage read_package(const TomlReader& table) {
  LockedPackage package{.name = normalized_name(table.member("name", TomlKind::kString)),
                        .version = parsed<Version>(table, "version", "is not a version"),
                        .marker = parsed<Marker>(table, "marker", "is not a marker"),
                        .requires_python = requires_python_of(table),
                        .index = table.optional_string("index"),
                        .wheels = {},
                        .sdist = std::nullopt,
                        .direct = std::nullopt};
  for (const TomlReader& entry : table.elements("dependencies", TomlKind::kTable)) {
    (void)entry.optional_string("name");
  }
  for (const TomlReader& entry : table.elements("attestation-identities", TomlKind::kTable)) {
    (void)entry.string("kind");
  }
  read_sources(table, package);
  if (table.has("tool")) (void)table.member("tool", TomlKind::kTable);
  return package;
}

void check_version(const TomlReader& document) {
  const TomlReader member = document.member("lock-version", TomlKind::kString);
  const std::optional<Version> version = Version::try_parse(member.value().text);
  if (!version) member.fail("is not a version");
  if (*version < Version::parse("1") || *version >= Version::parse("2")) {
    member.fail("is `" + member.value().text + "`, not 1.0");
  }
}

[[noreturn]] void refuse(std::string message) {
  throw base::Error(base::ExitCode::kNoSolution, std::move(message))
      .with_hint("create the lock file again for this Python and this platform");
}

void check_python(const std::optional<SpecifierSet>& requires_python, const TargetPython& target,
                  const std::string& who) {
  if (!requires_python || requires_python->contains(target.version)) return;
  refuse(who + " is for Python " + requires_python->to_string() + ", and this is Python " +
         target.environment.python_full_version);
}

void check_environments(const LockFile& lock, const MarkerEnvironment& environment) {
  if (!lock.environments) return;
  const bool fits =
      std::any_of(lock.environments->begin(), lock.environments->end(),
                  [&environment](const Marker& marker) { return marker.evaluate(environment); });
  if (!fits) refuse("the lock file is not for an environment like this one");
}

/// Requested names have to be among those of the lock file.
void check_names(const std::vector<std::string>& requested, const std::vector<std::string>& known,
                 const std::string& what) {
  std::vector<std::string> normalized;
  normalized.reserve(known.size());
  for (const std::string& name : known) normalized.push_back(normalize_name(name));
  const auto unknown = std::ranges::find_if(requested, [&normalized](const std::string& name) {
    return std::ranges::find(normalized, normalize_name(name)) == normalized.end();
  });
  if (unknown == requested.end()) return;
  const std::optional<std::string> near = base::nearest(normalize_name(*unknown), normalized);
  throw base::Error(base::ExitCode::kUsage, "the lock file has no " + what + " `" + *unknown + "`")
      .with_hint(near                 ? "did you mean `" + *near + "`?"
                 : normalized.empty() ? "it was made without any"
                                      : "it has " + base::join(normalized, ", "));
}

/// The wheel with the best tag, then with the highest build number; null if none fits.
const LockedFile* best_wheel(const LockedPackage& package, const TagSet& tags) {
  const LockedFile* best = nullptr;
  std::optional<std::size_t> best_rank;
  std::optional<BuildTag> best_build;
  for (const LockedFile& file : package.wheels) {
    const std::optional<WheelFilename> wheel = WheelFilename::try_parse(file.filename);
    const std::optional<std::size_t> rank = wheel ? tags.rank(wheel->tags()) : std::nullopt;
    if (!rank || (best != nullptr && *rank > *best_rank)) continue;
    if (rank == best_rank && !(best_build < wheel->build())) continue;
    best = &file;
    best_rank = rank;
    best_build = wheel->build();
  }
  return best;
}

SelectedPackage select_source(const LockedPackage& package, const TargetPython& target,
                              const FormatControl& formats) {
  if (package.direct) return {&package, package.direct->source, nullptr};
  const LockedFile* const wheel =
      formats.allows_wheel(package.name) ? best_wheel(package, target.tags) : nullptr;
  if (wheel != nullptr) return {&package, LockedSource::kWheel, wheel};
  if (package.sdist) return {&package, LockedSource::kSdist, &*package.sdist};
  refuse("no wheel of `" + package.name.normalized() + "` in the lock file fits this Python");
}

/// Whether a package is to be installed. The variable `extra` belongs to requirements and has no
/// value in a lock file, so a marker with it cannot be evaluated.
bool is_wanted(const LockedPackage& package, const MarkerEnvironment& environment,
               const MarkerSelection& selection) {
  if (!package.marker) return true;
  if (package.marker->has_variable("extra")) {
    refuse("the marker of `" + package.name.normalized() +
           "` in the lock file uses `extra` instead of `extras`");
  }
  return package.marker->evaluate(environment, selection);
}

}  // namespace

LockFile LockFile::parse(std::string_view text) {
  const text::TomlValue value = text::TomlValue::parse(text);
  const TomlReader document(value, "lock file");
  check_version(document);
  (void)document.string("created-by");
  LockFile lock;
  lock.requires_python = requires_python_of(document);
  if (document.has("environments")) lock.environments.emplace();
  for (const TomlReader& entry : document.elements("environments", TomlKind::kString)) {
    std::optional<Marker> marker = Marker::try_parse(entry.value().text);
    if (!marker) entry.fail("is not a marker");
    lock.environments->push_back(*std::move(marker));
  }
  for (const TomlReader& entry : document.elements("extras", TomlKind::kString)) {
    lock.extras.push_back(normalized_name(entry).normalized());
  }
  lock.dependency_groups = document.strings("dependency-groups");
  lock.default_groups = document.strings("default-groups");
  if (document.has("tool")) (void)document.member("tool", TomlKind::kTable);
  (void)document.member("packages", TomlKind::kArray);
  for (const TomlReader& entry : document.elements("packages", TomlKind::kTable)) {
    lock.packages.push_back(read_package(entry));
  }
  return lock;
}

bool is_lock_filename(std::string_view filename) {
  if (filename == "pylock.toml") return true;
  if (!filename.starts_with("pylock.") || !filename.ends_with(".toml")) return false;
  // Two dots with a name between them.
  return std::count(filename.begin(), filename.end(), '.') == 2 &&
         filename.size() > std::string_view("pylock..toml").size();
}

bool looks_like_lock(std::string_view text) {
  constexpr std::string_view kKey = "lock-version";
  return text.starts_with(kKey) || text.find("\n" + std::string(kKey)) != std::string_view::npos;
}

std::vector<SelectedPackage> select_packages(const LockFile& lock, const TargetPython& target,
                                             const LockRequest& request) {
  check_names(request.extras, lock.extras, "extra");
  std::vector<std::string> groups = lock.dependency_groups;
  groups.insert(groups.end(), lock.default_groups.begin(), lock.default_groups.end());
  check_names(request.groups.value_or(lock.default_groups), groups, "group");
  check_python(lock.requires_python, target, "the lock file");
  check_environments(lock, target.environment);

  const MarkerSelection selection{request.extras, request.groups.value_or(lock.default_groups),
                                  true};
  std::vector<const LockedPackage*> packages;
  std::set<std::string_view> names;
  for (const LockedPackage& package : lock.packages) {
    const std::string& name = package.name.normalized();
    if (!is_wanted(package, target.environment, selection)) continue;
    check_python(package.requires_python, target, '`' + name + '`');
    if (!names.insert(name).second) {
      refuse("the lock file has two entries of `" + name + "` for an environment like this one");
    }
    packages.push_back(&package);
  }
  std::vector<SelectedPackage> selected;
  selected.reserve(packages.size());
  for (const LockedPackage* package : packages) {
    selected.push_back(select_source(*package, target, request.formats));
  }
  return selected;
}

}  // namespace ensure::specs
