// The files of a distribution's metadata, and requirements files.

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "installer/base/error.h"
#include "installer/specs/metadata/core_metadata.h"
#include "installer/specs/metadata/entry_points.h"
#include "installer/specs/metadata/record.h"
#include "installer/specs/requirements/requirements_file.h"
#include "installer/text/characters.h"
#include "tests/fuzz/fuzz_target.h"

namespace ensure::fuzz {

namespace {

void core_metadata(std::string_view bytes) {
  static_cast<void>(specs::CoreMetadata::parse(bytes).is_promise);
}

void wheel_metadata(std::string_view bytes) {
  static_cast<void>(specs::WheelMetadata::parse(bytes));
}

void record(std::string_view bytes) {
  const std::vector<specs::RecordEntry> entries = specs::parse_record(bytes);
  require(specs::parse_record(specs::format_record(entries)) == entries,
          "RECORD reads back what it writes");
}

void entry_points(std::string_view bytes) {
  const auto every_group = [](std::string_view) { return true; };
  specs::each_entry_point(bytes, every_group, [](const specs::EntryPoint& each) {
    require(each.name.find_first_of("=\r\n") == std::string::npos,
            "the name of an entry point ends at the first `=`");
  });
}

void requirements_file(std::string_view bytes) {
  const auto loader = [bytes](const std::string& file) -> std::string {
    if (file == "requirements.txt") return std::string(bytes);
    throw base::Error(base::ExitCode::kUsage, "there is no file `" + file + "`");
  };
  const auto no_variables = [](const std::string&) { return std::optional<std::string>("value"); };
  static_cast<void>(
      specs::RequirementsFiles::read({{"requirements.txt", false}}, loader, no_variables));
}

void text_file(std::string_view bytes) {
  std::size_t lines = 0;
  text::each_python_line(text::decode_text_file(bytes), [&lines](std::string_view) { ++lines; });
}

constexpr std::array kTargets{
    FuzzTarget{"core_metadata", core_metadata},
    FuzzTarget{"wheel_metadata", wheel_metadata},
    FuzzTarget{"record", record},
    FuzzTarget{"entry_points", entry_points},
    FuzzTarget{"requirements_file", requirements_file},
    FuzzTarget{"text_file", text_file},
};

}  // namespace

std::span<const FuzzTarget> metadata_targets() { return kTargets; }

}  // namespace ensure::fuzz
