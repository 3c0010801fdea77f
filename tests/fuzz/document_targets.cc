// TOML documents, and the pages of indexes.

#include <array>
#include <string>

#include "installer/specs/locks/lock_file.h"
#include "installer/specs/metadata/pyproject.h"
#include "installer/specs/pages/link_page.h"
#include "installer/specs/pages/project_page.h"
#include "installer/text/timestamp.h"
#include "installer/text/toml.h"
#include "tests/fuzz/fuzz_target.h"

namespace ensure::fuzz {

namespace {

using specs::PackageName;
using specs::ProjectPage;

constexpr std::string_view kUrl = "https://index.example/simple/demo/";

void toml(std::string_view bytes) { static_cast<void>(text::TomlValue::parse(bytes)); }

void lock(std::string_view bytes) { static_cast<void>(specs::LockFile::parse(bytes)); }

void pyproject(std::string_view bytes) {
  const specs::Pyproject project = specs::Pyproject::parse(bytes);
  static_cast<void>(project.requirements({"x"}));
}

void build_system(std::string_view bytes) { static_cast<void>(specs::BuildSystem::parse(bytes)); }

void script_metadata(std::string_view bytes) {
  static_cast<void>(specs::ScriptMetadata::try_parse(bytes));
}

/// Reads everything that a page holds, and checks that its stored form holds the same.
void check_page(const ProjectPage& page) {
  std::size_t files = 0;
  for (std::size_t i = 0; i < page.release_count(); ++i) {
    static_cast<void>(page.release(i).version());
    files += page.release(i).file_count;
  }
  require(files == page.file_count(), "every file belongs to one release");
  for (std::size_t i = 0; i < page.file_count(); ++i) {
    static_cast<void>(page.file(i).digests());
    static_cast<void>(page.file(i).metadata_digests());
  }
  const auto again = ProjectPage::try_from_bytes(page.bytes(), nullptr, PackageName::parse("demo"));
  require(again && again->file_count() == page.file_count(), "a stored page can be read again");
}

void project_page_json(std::string_view bytes) {
  check_page(ProjectPage::parse(bytes, "application/vnd.pypi.simple.v1+json",
                                PackageName::parse("demo"), kUrl));
}

void project_page_html(std::string_view bytes) {
  check_page(ProjectPage::parse(bytes, "text/html", PackageName::parse("demo"), kUrl));
}

void stored_page(std::string_view bytes) {
  const auto page = ProjectPage::try_from_bytes(bytes, nullptr, PackageName::parse("demo"));
  if (!page) return;
  for (std::size_t i = 0; i < page->file_count(); ++i) static_cast<void>(page->file(i).digests());
  for (std::size_t i = 0; i < page->release_count(); ++i) static_cast<void>(page->release(i));
}

void link_page(std::string_view bytes) {
  const specs::LinkPage page = specs::LinkPage::parse(std::string(bytes), kUrl);
  static_cast<void>(page.files.size());
}

void timestamp(std::string_view bytes) { static_cast<void>(text::parse_timestamp(bytes)); }

constexpr std::array kTargets{
    FuzzTarget{"toml", toml},
    FuzzTarget{"lock", lock},
    FuzzTarget{"pyproject", pyproject},
    FuzzTarget{"build_system", build_system},
    FuzzTarget{"script_metadata", script_metadata},
    FuzzTarget{"project_page_json", project_page_json},
    FuzzTarget{"project_page_html", project_page_html},
    FuzzTarget{"stored_page", stored_page},
    FuzzTarget{"link_page", link_page},
    FuzzTarget{"timestamp", timestamp},
};

}  // namespace

std::span<const FuzzTarget> document_targets() { return kTargets; }

}  // namespace ensure::fuzz
