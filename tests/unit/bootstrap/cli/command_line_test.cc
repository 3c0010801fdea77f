#include "bootstrap/cli/command_line.h"

#include <cstdlib>

#include "installer/base/error.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"

namespace {

using namespace ensure::bootstrap;
using ensure::base::Error;
using ensure::base::ExitCode;

/// The message and the hints of the usage error that the arguments lead to.
std::string usage_error(const std::vector<std::string>& arguments) {
  try {
    (void)parse_command_line(arguments);
  } catch (const Error& error) {
    CHECK(error.exit_code() == ExitCode::kUsage);
    REQUIRE_FALSE(error.hints().empty());
    return error.message() + " | " + error.hints().front();
  }
  FAIL("the command line was accepted");
  return {};
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("several environments keep their order", "[bootstrap][command_line]") {
  const Request request = parse_command_line({"--venv", "a", "--venv=b"});
  CHECK(request.environments == std::vector<fs::path>{"a", "b"});
  CHECK(request.command == Command::kInstall);
}

TEST_CASE("of two opposite flags the last one wins", "[bootstrap][command_line]") {
  CHECK(parse_command_line({"--venv", "e", "--symlinks", "--copies"}).copies == true);
  CHECK(parse_command_line({"--venv", "e", "--copies", "--symlinks"}).copies == false);
  CHECK_FALSE(parse_command_line({"--venv", "e"}).copies);
}

TEST_CASE("commands are words wherever the options stand", "[bootstrap][command_line]") {
  CHECK(parse_command_line({"python", "list"}).command == Command::kPythonList);
  const Request find = parse_command_line({"python", "find", "3.12"});
  CHECK(find.command == Command::kPythonFind);
  CHECK(find.words == std::vector<std::string>{"3.12"});
  CHECK(parse_command_line({"--json", "python", "list", "-v"}).command == Command::kPythonList);
  CHECK(contains(usage_error({"--venv", "e", "python", "list"}), "with a command"));
  CHECK(contains(usage_error({"python", "lsit"}), "`ensure python list`"));
}

TEST_CASE("a mistyped option is answered with the near one", "[bootstrap][command_line]") {
  CHECK(contains(usage_error({"--venv", "e", "--claer"}), "did you mean `--clear`?"));
  CHECK(contains(usage_error({"--zzzzzzzzzz"}), "--help"));
}

TEST_CASE("contradictions are refused", "[bootstrap][command_line]") {
  CHECK(contains(usage_error({"--user", "--altinstall", "--default-pip"}), "--altinstall"));
  CHECK(contains(usage_error({"--venv", "e", "--user"}), "--venv"));
  CHECK(contains(usage_error({"--user", "--clear"}), "--venv ENV"));
  CHECK(contains(usage_error({"--venv", "e", "--clear", "--upgrade"}), "together"));
  CHECK(contains(usage_error({"--target", "a", "--prefix", "b"}), "only one"));
  CHECK(contains(usage_error({"-p", "3", "--python-version", "3.12"}), "--root"));
  CHECK(contains(usage_error({"--user", "--python-platform", "windows"}), "--root"));
}

TEST_CASE("all mistakes are reported at once", "[bootstrap][command_line]") {
  const std::string told =
      usage_error({"--venv", "e", "--altinstall", "--default-pip", "--lock-timeout", "soon",
                   "--nope", "--nada", "--color", "blue", "--clear", "-U"});
  for (const char* part :
       {"`soon`", "`--nope`", "`--nada`", "`blue`", "`--venv` cannot be given with",
        "`--altinstall` and `--default-pip`", "`--clear` and `--upgrade`"}) {
    CHECK(contains(told, part));
  }
  // What may be missing because something was misspelt is not told.
  CHECK_FALSE(contains(usage_error({"--vnev", "e", "--clear"}), "--venv ENV"));
}

TEST_CASE("an option is not taken for a value", "[bootstrap][command_line]") {
  CHECK(contains(usage_error({"--venv", "--json"}), "`--venv` needs a value"));
  CHECK(contains(usage_error({"-p", "--venv=e"}), "`--python=--venv=e`"));
  CHECK(parse_command_line({"--venv=--json"}).environments.front() == "--json");
  CHECK(contains(usage_error({"--venv", "--other"}), "`--venv=--other`"));
  CHECK(parse_command_line({"--venv=--other"}).environments.front() == "--other");
  CHECK(contains(usage_error({"--venv", "-v"}), "`--venv` needs a value"));
  CHECK(contains(usage_error({"--venv", "--", "x"}), "`--venv` needs a value"));
}

TEST_CASE("an empty value takes nothing that follows it", "[bootstrap][command_line]") {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"--root=", "--dry-run"}, {"--root", "", "--dry-run"}}) {
    const std::string told = usage_error(arguments);
    CHECK(contains(told, "the value of `--root` is empty"));
    CHECK_FALSE(contains(told, "--dry-run"));
  }
  CHECK(contains(usage_error({"--venv", "e", "--cache-dir=", "--require-hashes", "flask"}),
                 "the value of `--cache-dir` is empty"));
  CHECK(contains(usage_error({"-r", "", "--venv="}), "`-r` is empty\nthe value of `--venv`"));
}

TEST_CASE("short options may hold their value", "[bootstrap][command_line]") {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"-vp", "3.12"}, {"-vp3.12"}, {"-v", "-p3.12"}, {"-vp=3.12"}}) {
    const Request request = parse_command_line(arguments);
    CHECK(request.verbose);
    CHECK(request.python == "3.12");
  }
  CHECK(parse_command_line({"--venv", "e", "-r", "-"}).packages.files.front() == "-");
  CHECK(parse_command_line({"--venv", "e", "-qv"}).quiet);
  CHECK(contains(usage_error({"--venv", "e", "-qx"}), "`-x`"));
}

TEST_CASE("words are what follows two hyphens", "[bootstrap][command_line]") {
  const Request request = parse_command_line({"--venv", "e", "--", "flask", "--pre"});
  CHECK(request.packages.words == std::vector<std::string>{"flask", "--pre"});
  CHECK_FALSE(request.packages.pre);
}

TEST_CASE("nothing is done without a named target", "[bootstrap][command_line]") {
  CHECK(contains(usage_error({}), "no target is named"));
  CHECK(contains(usage_error({"flask>=3", "-U"}), "`ensure --venv ENV -U 'flask>=3'`"));
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--upgrade"},
                                                    {"--dry-run", "flask"},
                                                    {"--altinstall"},
                                                    {"--clear"},
                                                    {"--break-system-packages"},
                                                    {"--python-version", "3.12"},
                                                    {"-r", "x.txt"}}) {
    CAPTURE(arguments.front());
    const std::string told = usage_error(arguments);
    for (const char* part : {"no target", "--venv ENV", "--python SPEC", "--user", "--root DIR",
                             "--prefix DIR", "--target DIR"}) {
      CHECK(contains(told, part));
    }
  }
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--venv", "e"},
                                                    {"-p", "3"},
                                                    {"--user"},
                                                    {"--root", "r"},
                                                    {"--prefix", "p"},
                                                    {"-t", "t"}}) {
    CHECK(parse_command_line(arguments).names_target());
  }
  CHECK_FALSE(parse_command_line({"python", "list"}).names_target());
}

TEST_CASE("a Python that a variable chooses is no target", "[bootstrap][command_line]") {
  setenv("ENSURE_PYTHON", "3.9", 1);
  CHECK(contains(usage_error({"flask"}), "ENSURE_PYTHON"));
  CHECK(parse_command_line({"--python", "3.9"}).names_target());
  unsetenv("ENSURE_PYTHON");
  setenv("ENSURE_VENV", "e", 1);
  CHECK(parse_command_line({}).environments.front() == "e");
  unsetenv("ENSURE_VENV");
}

TEST_CASE("values are checked", "[bootstrap][command_line]") {
  CHECK(contains(usage_error({"--venv", ""}), "--venv"));
  CHECK(contains(usage_error({"--lock-timeout", "soon"}), "seconds"));
  CHECK(contains(usage_error({"--lock-timeout", "nan"}), "seconds"));
  CHECK(contains(usage_error({"--venv"}), "--venv"));
  CHECK(contains(usage_error({"--color", "blue"}), "`always`"));
  CHECK(parse_command_line({"--venv", "e", "--lock-timeout", "0.5"}).lock_timeout.count() == 500);
}

TEST_CASE("variables stand in for options and are weaker", "[bootstrap][command_line]") {
  setenv("ENSURE_PYTHON", "3.9", 1);
  setenv("ENSURE_QUIET", "1", 1);
  setenv("ENSURE_VERBOSE", "0", 1);
  const Request request = parse_command_line({"--venv", "e", "--python", "3.12"});
  CHECK(request.python == "3.12");
  CHECK(request.quiet);
  CHECK_FALSE(request.verbose);
  CHECK(parse_command_line({"--venv", "e"}).python == "3.9");
  for (const char* name : {"ENSURE_PYTHON", "ENSURE_QUIET", "ENSURE_VERBOSE"}) unsetenv(name);
}

TEST_CASE("help and version are answered whatever else is given", "[bootstrap][command_line]") {
  CHECK(parse_command_line({"--venv", "e", "--user", "--help"}).command == Command::kHelp);
  CHECK(parse_command_line({"--version"}).command == Command::kVersion);
  CHECK(wants_json({"--nonsense", "--json"}));
}

}  // namespace
