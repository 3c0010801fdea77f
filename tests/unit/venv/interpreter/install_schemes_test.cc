#include "venv/interpreter/install_schemes.h"

#include <cstdlib>
#include <fstream>

#include "machine_interpreters.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"

using ensure::specs::Scheme;
using ensure::tests::ask;
using ensure::tests::is_supported;
using ensure::tests::machine_pythons;
using ensure::tests::TempDir;
using ensure::venv::ask_install_schemes;
using ensure::venv::externally_managed_message;
using ensure::venv::inspect;
using ensure::venv::InstallSchemes;
using ensure::venv::Interpreter;

namespace {

std::vector<std::string> lines_of(const Scheme& scheme) {
  return {scheme.purelib.text(), scheme.platlib.text(), scheme.scripts.text(), scheme.data.text(),
          scheme.headers.text()};
}

/// The pip wheel that comes with the interpreter; empty where there is none.
fs::path pip_wheel(const Interpreter& interpreter) {
  for (const fs::path& directory : {interpreter.standard_library() / "ensurepip/_bundled",
                                    fs::path("/usr/share/python-wheels")}) {
    if (!fs::is_directory(directory)) continue;
    for (const std::string& name : ensure::base::list_directory(directory)) {
      if (name.starts_with("pip-")) return directory / name;
    }
  }
  return {};
}

/// What pip itself answers; it knows the scheme of `--prefix` on Debian only since version 25.
std::vector<std::string> pip_scheme(const fs::path& python, const fs::path& wheel,
                                    const std::string& arguments) {
  return ask(python,
             "import os, sys; sys.path.insert(0, '" + wheel.text() +
                 "')\nfrom pip._internal.locations import get_scheme\n"
                 "s = get_scheme('name'" +
                 arguments +
                 ")\n"
                 "print(s.purelib, s.platlib, s.scripts, s.data, "
                 "os.path.dirname(s.headers), sep='\\n')",
             {"-I"});
}

bool is_debian(const InstallSchemes& schemes) {
  return schemes.standard.purelib.filename() == "dist-packages";
}

}  // namespace

TEST_CASE("Packages go where pip puts them", "[venv][InstallSchemes]") {
  for (const fs::path& path : machine_pythons()) {
    if (!is_supported(path)) continue;
    const Interpreter interpreter = inspect(path);
    const fs::path wheel = pip_wheel(interpreter);
    if (wheel.empty()) continue;
    INFO(path);
    const InstallSchemes schemes = ask_install_schemes(interpreter, "/a/prefix");
    CHECK(lines_of(schemes.standard) == pip_scheme(path, wheel, ""));
    CHECK(lines_of(schemes.user) == pip_scheme(path, wheel, ", user=True"));
    if (!is_debian(schemes)) {
      CHECK(lines_of(schemes.prefix) == pip_scheme(path, wheel, ", prefix='/a/prefix'"));
    }
    CHECK(schemes.prefix.purelib ==
          ensure::base::TargetPath("/a/prefix/lib") / interpreter.library_name / "site-packages");
    CHECK(schemes.prefix.scripts == "/a/prefix/bin");
    CHECK(schemes.standard_library.without_root() == interpreter.standard_library());
  }
}

TEST_CASE("A description of the schemes agrees with the answer", "[venv][InstallSchemes]") {
  using ensure::venv::describe_install_schemes;
  using ensure::venv::SchemeFlavour;
  for (const fs::path& path : machine_pythons()) {
    if (!is_supported(path)) continue;
    INFO(path);
    const Interpreter interpreter = inspect(path);
    setenv("PYTHONUSERBASE", "/home/me/.local", 1);
    const InstallSchemes asked = ask_install_schemes(interpreter, "/a/prefix");
    unsetenv("PYTHONUSERBASE");
    const InstallSchemes described = describe_install_schemes(
        interpreter, is_debian(asked) ? SchemeFlavour::kDebian : SchemeFlavour::kUpstream,
        "/a/prefix", "/home/me/.local");
    CHECK(described.standard.purelib == asked.standard.purelib);
    CHECK(described.standard.platlib == asked.standard.platlib);
    CHECK(described.standard.scripts == asked.standard.scripts);
    CHECK(described.standard.data == asked.standard.data);
    CHECK(lines_of(described.user) == lines_of(asked.user));
    CHECK(lines_of(described.prefix) == lines_of(asked.prefix));
    CHECK(described.standard_library == asked.standard_library);
  }
}

TEST_CASE("The directory of user installations can be named", "[venv][InstallSchemes]") {
  for (const fs::path& path : machine_pythons()) {
    if (!is_supported(path)) continue;
    INFO(path);
    setenv("PYTHONUSERBASE", "/a user/base", 1);
    const InstallSchemes schemes = ask_install_schemes(inspect(path));
    unsetenv("PYTHONUSERBASE");
    CHECK(schemes.user.data == "/a user/base");
    CHECK(schemes.user.scripts == "/a user/base/bin");
  }
}

TEST_CASE("Debian's package builds have a layout of their own", "[venv][InstallSchemes]") {
  for (const fs::path& path : machine_pythons()) {
    if (!is_supported(path)) continue;
    const Interpreter interpreter = inspect(path);
    if (!is_debian(ask_install_schemes(interpreter))) continue;
    INFO(path);
    setenv("DEB_PYTHON_INSTALL_LAYOUT", "deb", 1);
    const InstallSchemes schemes = ask_install_schemes(interpreter);
    unsetenv("DEB_PYTHON_INSTALL_LAYOUT");
    CHECK(schemes.standard.data == "/usr");
    CHECK(schemes.standard.purelib.filename() == "dist-packages");
  }
}

TEST_CASE("A target directory holds everything", "[venv][InstallSchemes]") {
  const Interpreter interpreter;
  const Scheme scheme = ensure::venv::target_scheme(interpreter, "/target");
  CHECK(lines_of(scheme) == std::vector<std::string>{"/target", "/target", "/target/bin", "/target",
                                                     "/target/include/python"});
}

TEST_CASE("The message of the marker is read", "[venv][InstallSchemes][PEP668]") {
  const TempDir directory;
  CHECK_FALSE(ensure::venv::read_externally_managed(directory.path()));
  fs::ofstream(directory / "EXTERNALLY-MANAGED")
      << "[externally-managed]\n"
         "Error=To install Python packages system-wide, try apt install\n"
         " python3-xyz.\n"
         "\n"
         " Or: make an environment = better.\n"
         "Error-de_DE=Nein.\n";
  const auto managed = ensure::venv::read_externally_managed(directory.path());
  REQUIRE(managed);
  CHECK(managed->marker == directory / "EXTERNALLY-MANAGED");
  CHECK(managed->message ==
        "To install Python packages system-wide, try apt install\npython3-xyz.\n\n"
        "Or: make an environment = better.");
}

TEST_CASE("A marker counts whatever it says", "[venv][InstallSchemes][PEP668]") {
  const TempDir directory;
  fs::ofstream(directory / "EXTERNALLY-MANAGED") << "";
  REQUIRE(ensure::venv::read_externally_managed(directory.path()));
  CHECK(externally_managed_message("").empty());
  CHECK(externally_managed_message("[other]\nError=no\n").empty());
  CHECK(externally_managed_message("Error=no section\n").empty());
  CHECK(externally_managed_message("[externally-managed]\n# note\nerror : yes\r\n") == "yes");
  CHECK(externally_managed_message("[externally-managed]\nError\n").empty());
  CHECK(externally_managed_message("\0\0[\n=\n:").empty());
}

TEST_CASE("The machine's own markers are read as configparser reads them",
          "[venv][InstallSchemes][PEP668]") {
  for (const fs::path& path : machine_pythons()) {
    if (!is_supported(path)) continue;
    const InstallSchemes schemes = ask_install_schemes(inspect(path));
    if (!schemes.externally_managed) continue;
    INFO(path);
    const std::vector<std::string> expected =
        ask(path,
            "import configparser\nparser = configparser.ConfigParser(interpolation=None)\n"
            "parser.read('" +
                schemes.externally_managed->marker.text() +
                "')\n"
                "print(parser['externally-managed']['Error'])");
    std::vector<std::string> lines;
    for (const std::string_view line :
         ensure::base::split_lines(schemes.externally_managed->message)) {
      lines.emplace_back(line);
    }
    CHECK(lines == expected);
  }
}
