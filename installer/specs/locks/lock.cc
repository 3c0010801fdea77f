#include "installer/specs/locks/lock.h"

#include <algorithm>

#include "installer/base/error.h"
#include "installer/base/url.h"
#include "installer/specs/metadata/distribution_filename.h"
#include "installer/text/toml.h"

namespace ensure::specs {
namespace {

/// A member in the form of a value of ours; nothing where there is none.
template <class Value>
std::optional<Value> parsed(const text::TomlReader& table, std::string_view key,
                            const char* problem) {
  if (!table.has(key)) return std::nullopt;
  const text::TomlReader member = table.member(key, text::TomlKind::kString);
  std::optional<Value> value = Value::try_parse(member.value().text);
  if (!value) member.fail(problem);
  return value;
}

PackageName normalized_name(const text::TomlReader& text) {
  std::optional<PackageName> name = PackageName::try_parse(text.value().text);
  if (!name || name->normalized() != name->as_written()) text.fail("is not a normalized name");
  return *std::move(name);
}

std::string last_part(std::string_view path) {
  const std::size_t slash =
      path.find('/') != std::string_view::npos ? path.rfind('/') : path.rfind('\\');
  return std::string(path.substr(slash == std::string_view::npos ? 0 : slash + 1));
}

/// By its name, else by its path, else by its URL.
std::string filename_of(const text::TomlReader& table, const LockedFile& file) {
  std::string name = table.optional_string("name");
  if (name.empty()) name = last_part(file.path);
  if (!name.empty()) return name;
  const std::optional<base::Url> url = base::Url::try_parse(file.url);
  return url ? url->filename() : std::string();
}

void expect_source(const text::TomlReader& table, const std::string& url, const std::string& path) {
  if (url.empty() && path.empty()) table.fail("has neither `url` nor `path`");
}

LockedFile read_file(const text::TomlReader& table) {
  LockedFile file;
  file.url = table.optional_string("url");
  file.path = table.optional_string("path");
  expect_source(table, file.url, file.path);
  file.filename = filename_of(table, file);
  if (table.has("size")) {
    const text::TomlReader size = table.member("size", text::TomlKind::kInteger);
    if (size.value().number < 0) size.fail("is below 0");
    file.size = static_cast<std::uint64_t>(size.value().number);
  }
  if (table.has("upload-time")) {
    file.upload_time = table.member("upload-time", text::TomlKind::kTime).value().number;
  }
  const text::TomlReader hashes = table.member("hashes", text::TomlKind::kTable);
  for (const auto& [algorithm, digest] : hashes.value().members) {
    file.hashes.emplace_back(algorithm, hashes.string(algorithm));
  }
  if (file.hashes.empty()) hashes.fail("is empty");
  file.subdirectory = table.optional_string("subdirectory");
  return file;
}

LockedDirectory read_directory(const text::TomlReader& table) {
  const bool is_editable = table.has("editable") &&
                           table.member("editable", text::TomlKind::kBoolean).value().number != 0;
  return {table.string("path"), is_editable, table.optional_string("subdirectory")};
}

LockedCheckout read_checkout(const text::TomlReader& table) {
  LockedCheckout checkout{
      table.string("type"),          table.optional_string("url"),
      table.optional_string("path"), table.optional_string("requested-revision"),
      table.string("commit-id"),     table.optional_string("subdirectory")};
  expect_source(table, checkout.url, checkout.path);
  return checkout;
}

/// The name of a file tells the project and version that its entry tells.
template <class Filename>
void expect_same(const text::TomlReader& table, const LockedPackage& package,
                 const std::optional<Filename>& filename, const PackageName* name,
                 const Version* version) {
  if (!filename) table.fail("has no file name of its kind");
  if (*name != package.name) table.fail("is a file of another project");
  if (package.version && *version != *package.version) table.fail("is a file of another version");
}

void read_wheels(const text::TomlReader& table, LockedPackage& package) {
  for (const text::TomlReader& entry : table.elements("wheels", text::TomlKind::kTable)) {
    LockedFile file = read_file(entry);
    const std::optional<WheelFilename> wheel = WheelFilename::try_parse(file.filename);
    expect_same(entry, package, wheel, wheel ? &wheel->name() : nullptr,
                wheel ? &wheel->version() : nullptr);
    package.wheels.push_back(std::move(file));
  }
}

void read_sdist(const text::TomlReader& table, LockedPackage& package) {
  if (!table.has("sdist")) return;
  const text::TomlReader entry = table.member("sdist", text::TomlKind::kTable);
  package.sdist = read_file(entry);
  const std::optional<SdistFilename> sdist = SdistFilename::try_parse(package.sdist->filename);
  expect_same(entry, package, sdist, sdist ? &sdist->name : nullptr,
              sdist ? &sdist->version : nullptr);
}

void read_direct_source(const text::TomlReader& table, LockedPackage& package) {
  if (table.has("archive"))
    package.archive = read_file(table.member("archive", text::TomlKind::kTable));
  if (table.has("directory")) {
    package.directory = read_directory(table.member("directory", text::TomlKind::kTable));
  }
  if (table.has("vcs"))
    package.checkout = read_checkout(table.member("vcs", text::TomlKind::kTable));
  const int direct =
      (package.archive ? 1 : 0) + (package.directory ? 1 : 0) + (package.checkout ? 1 : 0);
  const bool has_files = package.sdist || !package.wheels.empty();
  if (has_files && direct != 0) {
    table.fail("has `vcs`, `directory` or `archive` beside `sdist` or `wheels`");
  }
  if (!has_files && direct != 1) {
    table.fail("has to have one of `wheels`, `sdist`, `vcs`, `directory` and `archive`");
  }
}

/// What tools keep there is theirs, but it has to be a table.
void check_tool(const text::TomlReader& table) {
  if (table.has("tool")) (void)table.member("tool", text::TomlKind::kTable);
}

LockedPackage read_package(const text::TomlReader& table) {
  LockedPackage package{normalized_name(table.member("name", text::TomlKind::kString)),
                        {},
                        {},
                        {},
                        {},
                        {},
                        {},
                        {},
                        {},
                        {},
                        {}};
  package.version = parsed<Version>(table, "version", "is not a version");
  package.marker = parsed<Marker>(table, "marker", "is not a marker");
  package.requires_python =
      parsed<SpecifierSet>(table, "requires-python", "is not a version specifier");
  package.index = table.optional_string("index");
  for (const text::TomlReader& entry : table.elements("dependencies", text::TomlKind::kTable)) {
    package.dependencies.push_back(entry.optional_string("name"));
  }
  for (const text::TomlReader& entry :
       table.elements("attestation-identities", text::TomlKind::kTable)) {
    (void)entry.string("kind");
  }
  read_wheels(table, package);
  read_sdist(table, package);
  read_direct_source(table, package);
  check_tool(table);
  return package;
}

void check_version(const text::TomlReader& document) {
  const text::TomlReader member = document.member("lock-version", text::TomlKind::kString);
  const std::optional<Version> version = Version::try_parse(member.value().text);
  if (!version) member.fail("is not a version");
  if (*version < Version::parse("1") || *version >= Version::parse("2")) {
    member.fail("is `" + member.value().text + "`, not 1.0");
  }
}

}  // namespace

Lock Lock::parse(std::string_view text) {
  const text::TomlValue value = text::TomlValue::parse(text);
  const text::TomlReader document(value, "lock file");
  check_version(document);
  Lock lock;
  lock.lock_version = document.string("lock-version");
  lock.created_by = document.string("created-by");
  lock.requires_python =
      parsed<SpecifierSet>(document, "requires-python", "is not a version specifier");
  if (document.has("environments")) lock.environments.emplace();
  for (const text::TomlReader& entry : document.elements("environments", text::TomlKind::kString)) {
    std::optional<Marker> marker = Marker::try_parse(entry.value().text);
    if (!marker) entry.fail("is not a marker");
    lock.environments->push_back(*std::move(marker));
  }
  for (const text::TomlReader& entry : document.elements("extras", text::TomlKind::kString)) {
    lock.extras.push_back(normalized_name(entry));
  }
  lock.dependency_groups = document.strings("dependency-groups");
  lock.default_groups = document.strings("default-groups");
  check_tool(document);
  (void)document.member("packages", text::TomlKind::kArray);
  for (const text::TomlReader& entry : document.elements("packages", text::TomlKind::kTable)) {
    lock.packages.push_back(read_package(entry));
  }
  return lock;
}

bool is_lock_filename(std::string_view filename) {
  constexpr std::string_view kStart = "pylock.";
  constexpr std::string_view kEnd = ".toml";
  if (filename == "pylock.toml") return true;
  if (!filename.starts_with(kStart) || !filename.ends_with(kEnd)) return false;
  if (filename.size() <= kStart.size() + kEnd.size()) return false;
  filename = filename.substr(kStart.size(), filename.size() - kStart.size() - kEnd.size());
  return filename.find('.') == std::string_view::npos;
}

}  // namespace ensure::specs
