#include "wheel_cases.h"

#include <stdexcept>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "tests/support/catch.h"

using ensure::base::Error;
using ensure::base::ExitCode;
using ensure::base::replace_all;
using ensure::testing::WheelBuilder;
using ensure::testing::ZipMember;
using ensure::wheel::WheelArchive;
using ensure::wheel::WheelFile;

namespace ensure::wheel_test {

Files read_all(const WheelArchive& wheel) {
  Files files;
  for (std::size_t part = 0; part < wheel.part_count(); ++part) {
    wheel.read_part(part, [&files](const WheelFile& file) {
      const bool is_new = files.emplace(file.path, file.content).second;
      if (!is_new) throw std::logic_error("visited twice");
    });
  }
  return files;
}

Files open_and_read(const WheelBuilder& builder) {
  return read_all(WheelArchive::own(builder.filename, builder.build()));
}

std::function<void(WheelBuilder&)> edit_record(const std::function<void(std::string&)>& edit) {
  return [edit](WheelBuilder& wheel) { wheel.edit_record = edit; };
}

std::function<void(WheelBuilder&)> replace_in_record(const std::string& from,
                                                     const std::string& to) {
  return edit_record([from, to](std::string& record) {
    const std::string before = record;
    record = replace_all(record, from, to);
    if (record == before) throw std::logic_error("nothing replaced: " + from);
  });
}

std::function<void(WheelBuilder&)> add_row(const std::string& row) {
  return edit_record([row](std::string& record) { record += row + '\n'; });
}

std::function<void(WheelBuilder&)> set_metadata(const std::string& text) {
  return [text](WheelBuilder& wheel) { wheel.metadata().content = text; };
}

std::function<void(WheelBuilder&)> set_wheel(const std::string& text) {
  return [text](WheelBuilder& wheel) { wheel.wheel().content = text; };
}

std::function<void(WheelBuilder&)> add_file(const std::string& path, const std::string& content) {
  return [path, content](WheelBuilder& wheel) { wheel.add(path, content); };
}

std::function<void(WheelBuilder&)> remove_file(const std::string& path) {
  return [path](WheelBuilder& wheel) { wheel.remove(path); };
}

std::function<void(WheelBuilder&)> name_file(const std::string& filename) {
  return [filename](WheelBuilder& wheel) { wheel.filename = filename; };
}

std::function<void(WheelBuilder&)> name_dist_info(const std::string& directory) {
  return [directory](WheelBuilder& wheel) { wheel.rename_dist_info(directory); };
}

std::string row_of_init() { return WheelBuilder::record_row("demo/__init__.py", "answer = 42\n"); }

void check_wheels_refused(const std::vector<WheelCase>& cases) {
  for (const WheelCase& test : cases) {
    CAPTURE(test.what);
    WheelBuilder builder;
    test.change(builder);
    try {
      static_cast<void>(open_and_read(builder));
      FAIL_CHECK("was accepted");
    } catch (const Error& error) {
      CAPTURE(error.message());
      CHECK(error.exit_code() == ExitCode::kVerification);
      CHECK(error.message().find(builder.filename + "` is ") == 1);
      CHECK_FALSE(error.hints().empty());
    }
  }
}

void check_wheels_accepted(const std::vector<WheelCase>& cases) {
  for (const WheelCase& test : cases) {
    CAPTURE(test.what);
    WheelBuilder builder;
    test.change(builder);
    Files expected;
    for (const ZipMember& member : builder.zip.members) {
      if (!member.path.ends_with('/')) expected[member.path] = member.content;
    }
    try {
      Files files = open_and_read(builder);
      CHECK(files.count(builder.dist_info + "/RECORD") == 1);
      files.erase(builder.dist_info + "/RECORD");
      expected.erase(builder.dist_info + "/RECORD");
      CHECK(files == expected);
    } catch (const Error& error) {
      FAIL_CHECK(error.message());
    }
  }
}

}  // namespace ensure::wheel_test
