#include <elf.h>
#include <sys/stat.h>

#include <cstring>

#include "installer/base/subprocess.h"
#include "installer/install/wheel/scripts.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"
#include "tree.h"

namespace ensure::install {

namespace {

using tests::TempDir;

/// A command, and a stand-in for Python beside it that prints how it was started.
fs::path make_command(const fs::path& directory) {
  put(directory / "python", "#!/bin/sh\nprintf '%s\\n' \"$0\" \"$@\" \"$KEPT\"\nexit 7\n");
  put(directory / "tool", std::string(relocatable_launcher()) + "what is appended");
  for (const char* const name : {"python", "tool"}) chmod((directory / name).c_str(), 0755);
  return directory / "tool";
}

base::ProcessResult run(const std::vector<std::string>& command) {
  return base::Process(command, {"PATH=/usr/bin:/bin", "KEPT=kept"}).wait(std::chrono::seconds(20));
}

/// What the stand-in prints for the arguments "one" and "".
std::string expected_output(const fs::path& command) {
  return (command.parent_path() / "python").text() + "\n" + command.text() + "\none\n\nkept\n";
}

void check_starts(const fs::path& called, const fs::path& command) {
  const base::ProcessResult result = run({called.text(), "one", ""});
  CHECK(result.output == expected_output(command));
  CHECK(result.error_output.empty());
  CHECK(result.exit_code == 7);
}

bool is_built() { return !relocatable_launcher().empty(); }

}  // namespace

TEST_CASE("the launcher needs nothing of the machine", "[install][launcher]") {
  if (!is_built()) return;
  const std::string_view bytes = relocatable_launcher();
  CHECK(bytes.size() < 4096);
  REQUIRE(bytes.size() > sizeof(Elf64_Ehdr));
  Elf64_Ehdr header;
  std::memcpy(&header, bytes.data(), sizeof header);
  CHECK(std::memcmp(&header, ELFMAG, SELFMAG) == 0);
  CHECK(header.e_type == ET_EXEC);
  for (unsigned int i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment;
    std::memcpy(&segment, bytes.data() + header.e_phoff + i * sizeof segment, sizeof segment);
    CHECK((segment.p_type == PT_LOAD || segment.p_type == PT_GNU_STACK));
    const unsigned int refused = segment.p_type == PT_LOAD ? PF_W : PF_X;
    CHECK((segment.p_flags & refused) == 0);
  }
}

TEST_CASE("the launcher starts the Python beside it", "[install][launcher]") {
  if (!is_built()) return;
  for (const std::string name :
       {"plain", "with space", "quote'and\"quotes", "$(id) `id`", "back\\slash", "new\nline",
        "gr\xC3\xBC\xC3\x9F", "no text \xFF"}) {
    CAPTURE(name);
    const TempDir directory;
    const fs::path command = make_command(directory / name);
    check_starts(command, command);
  }
}

TEST_CASE("the launcher follows links to its own place", "[install][launcher]") {
  if (!is_built()) return;
  const TempDir directory;
  const fs::path command = make_command(directory / "env/bin");
  fs::create_directory(directory / "other");
  fs::create_symlink("../env/bin/tool", directory / "other/relative");
  fs::create_symlink(directory / "other/relative", directory / "chain");
  fs::create_directory_symlink("env", directory / "directory");
  for (const char* const link : {"other/relative", "chain", "directory/bin/tool"}) {
    CAPTURE(link);
    check_starts(directory / link, command);
  }
}

TEST_CASE("the launcher takes long paths", "[install][launcher]") {
  if (!is_built()) return;
  const TempDir directory;
  fs::path place = directory.path();
  while (place.text().size() < 3000) place /= std::string(200, 'x');
  const fs::path command = make_command(place);
  check_starts(command, command);
}

TEST_CASE("the launcher says which Python is missing", "[install][launcher]") {
  if (!is_built()) return;
  const TempDir directory;
  const fs::path command = make_command(directory / "bin");
  const fs::path python = directory / "bin/python";
  fs::remove(python);
  const base::ProcessResult gone = run({command.text()});
  CHECK(gone.exit_code == 127);
  CHECK(gone.error_output.starts_with("error: `" + python.text() + "` does not exist\nhint: "));
  fs::create_directory(python);
  const base::ProcessResult refused = run({command.text()});
  CHECK(refused.exit_code == 127);
  CHECK(
      refused.error_output.starts_with("error: `" + python.text() + "` cannot be started\nhint: "));
}

}  // namespace ensure::install
