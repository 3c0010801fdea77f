#include "installer/install/wheel/scripts.h"

#include <sys/stat.h>

#include "installer/base/error.h"
#include "installer/base/subprocess.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"
#include "tree.h"

namespace ensure::install {

namespace {

constexpr std::string_view kPip = "[console_scripts]\npip = pip:main\npip3.9 = pip:main\n";

specs::Layout layout_with(const std::string& executable) {
  specs::Layout layout;
  layout.executable = executable;
  layout.python_minor = 12;
  return layout;
}

std::vector<std::string> names(PipCommands commands) {
  std::vector<std::string> names;
  for (const specs::EntryPoint& entry_point :
       command_entry_points(kPip, layout_with("/p"), commands)) {
    names.push_back(entry_point.name);
  }
  return names;
}

/// A stand-in for Python: prints its own path and its arguments.
void make_interpreter(const fs::path& path) {
  put(path, "#!/bin/sh\nprintf '%s\\n' \"$0\" \"$@\"\n");
  chmod(path.c_str(), 0755);
}

std::string run(const fs::path& script, const std::string& argument) {
  base::Process process({script.text(), argument}, {"PATH=/usr/bin:/bin"});
  const base::ProcessResult result = process.wait(std::chrono::seconds(20));
  CHECK(result.error_output.empty());
  return result.output;
}

}  // namespace

TEST_CASE("pip's commands are named after the Python they are for", "[install][scripts]") {
  CHECK(names(PipCommands::kAll) == std::vector<std::string>{"pip", "pip3", "pip3.12"});
  CHECK(names(PipCommands::kInstall) == std::vector<std::string>{"pip3", "pip3.12"});
  CHECK(names(PipCommands::kAltInstall) == std::vector<std::string>{"pip3.12"});
}

TEST_CASE("the first line starts any interpreter", "[install][scripts]") {
  for (const std::string name :
       {"plain", "with space", "quote'and\"quotes", "'", "''", "'''", "dollar $(id) `id`",
        "back\\slash \\x \\N{y}", "new\nline", "tab\t", "coding: nonsense", "gr\xC3\xBC\xC3\x9F e",
        "'\\'\"", "trailing\\"}) {
    CAPTURE(name);
    const tests::TempDir directory;
    const fs::path interpreter = directory.path() / name / "python3";
    make_interpreter(interpreter);
    const std::string lines = shebang(layout_with(interpreter.text()), false);
    const fs::path script = directory.path() / "script";
    put(script, lines + "print()\n");
    chmod(script.c_str(), 0755);
    CHECK(run(script, "an argument") ==
          interpreter.text() + "\n" + script.text() + "\nan argument\n");
  }
}

TEST_CASE("an interpreter with a long path is started by the shell", "[install][scripts]") {
  CHECK(shebang(layout_with("/" + std::string(123, 'x')), false).starts_with("#!/xxx"));
  CHECK(shebang(layout_with("/" + std::string(124, 'x')), false).starts_with("#!/bin/sh\n"));
}

TEST_CASE("without a launcher the shell finds the interpreter beside a relocatable script",
          "[install][scripts]") {
  const tests::TempDir directory;
  specs::Layout layout = layout_with("/nowhere/bin/python");
  layout.relocatable = true;
  const std::string lines = shebang(layout, false);
  CHECK(lines.find("nowhere") == std::string::npos);
  const fs::path moved = directory.path() / "moved here's";
  make_interpreter(moved / "python");
  put(moved / "script", lines);
  chmod((moved / "script").c_str(), 0755);
  fs::create_symlink(moved / "script", directory.path() / "link");
  CHECK(run(directory.path() / "link", "a") ==
        (moved / "python").text() + "\n" + (directory.path() / "link").text() + "\na\n");
}

TEST_CASE("relocatable commands are launchers with a script inside", "[install][scripts]") {
  const std::string launcher(relocatable_launcher());
  if (launcher.empty()) return;
  specs::Layout layout = layout_with("/nowhere/bin/python");
  layout.relocatable = true;
  for (const char* const group : {"console_scripts", "gui_scripts"}) {
    const specs::EntryPoint entry_point{group, "run", "a", "b"};
    const Script script = make_script(entry_point, layout, {});
    CHECK(script.name == "run");
    CHECK(script.content.starts_with(launcher + "PK\x03\x04"));
    CHECK(script.content.find("from a import b\n") != std::string::npos);
    CHECK(script.content.find("nowhere") == std::string::npos);
    CHECK(make_script(entry_point, layout, {}).content == script.content);
  }
  const std::optional<std::string> script = with_interpreter("#!python\nrest\n", layout);
  REQUIRE(script);
  CHECK(script->starts_with(launcher + "PK\x03\x04"));
  CHECK(script->find("__main__.py#!python\nrest\n") != std::string::npos);
  CHECK_FALSE(with_interpreter("#!/bin/sh\n", layout));
}

TEST_CASE("a placeholder for the interpreter is replaced", "[install][scripts]") {
  const specs::Layout layout = layout_with("/p/python");
  CHECK(with_interpreter("#!python\nrest\n", layout) == "#!/p/python\nrest\n");
  CHECK(with_interpreter("#!pythonw -u\r\nrest", layout) == "#!/p/python\nrest");
  CHECK(with_interpreter("#!python", layout) == "#!/p/python\n");
  CHECK_FALSE(with_interpreter("#!/usr/bin/python\n", layout));
  CHECK_FALSE(with_interpreter("", layout));
}

TEST_CASE("commands for Windows are launchers with a script inside", "[install][scripts]") {
  specs::Layout layout = layout_with("C:\\my env\\Scripts\\python.exe");
  layout.windows = true;
  const Launchers launchers{"CONSOLE", "GUI"};
  const Script console = make_script({"console_scripts", "run", "a", "b"}, layout, launchers);
  CHECK(console.name == "run.exe");
  CHECK(console.content.starts_with("CONSOLE#!\"C:\\my env\\Scripts\\python.exe\"\r\nPK\x03\x04"));
  const Script gui = make_script({"gui_scripts", "run", "a", "b"}, layout, launchers);
  CHECK(gui.content.starts_with("GUI#!\"C:\\my env\\Scripts\\pythonw.exe\"\r\nPK\x03\x04"));
}

TEST_CASE("a wheel has two thousand commands at most", "[install][scripts]") {
  const auto text = [](int count) {
    std::string lines = "[other]\n";
    for (int i = 0; i < 10'000; ++i) lines += "x=y\n";
    lines += "[console_scripts]\n";
    for (int i = 0; i < count; ++i) lines += "c" + std::to_string(i) + "=m:f\n";
    return lines;
  };
  const specs::Layout layout = layout_with("/p");
  CHECK(command_entry_points(text(2'000), layout, PipCommands::kAll).size() == 2'000);
  CHECK_THROWS_AS(command_entry_points(text(2'001), layout, PipCommands::kAll), base::Error);
}

}  // namespace ensure::install
