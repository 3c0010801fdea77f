#include "venv/environment/environment.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>

#include "installer/base/error.h"
#include "installer/base/subprocess.h"
#include "machine_interpreters.h"
#include "sample_interpreter.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"

namespace {

using namespace ensure::venv;
namespace base = ensure::base;
using ensure::tests::sample_interpreter;
using ensure::tests::TempDir;
using Kind = EnvironmentPart::Kind;

/// Kind, mode and content of everything below `directory`, by relative name.
std::map<std::string, std::string> read_tree(const fs::path& directory) {
  std::map<std::string, std::string> result;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(directory)) {
    const base::FileStatus status = *base::link_status(fs::ours(entry.path()));
    std::string text = std::to_string(status.mode);
    if (status.type == base::FileType::kDirectory) text += " directory";
    if (status.type == base::FileType::kLink) {
      text += " link to " + fs::read_symlink(fs::ours(entry.path())).text();
    }
    if (status.type == base::FileType::kRegular) {
      text += " file of " + std::to_string(status.size) + "\n" +
              base::read_file(fs::ours(entry.path())).substr(0, 4096);
    }
    result[fs::ours(entry.path()).lexically_relative(directory).text()] = text;
  }
  return result;
}

std::map<std::string, std::string> without_activation(std::map<std::string, std::string> tree) {
  for (const char* name : {"activate", "activate.csh", "activate.fish", "Activate.ps1",
                           "activate.nu", "activate_this.py"}) {
    tree.erase(std::string("bin/") + name);
  }
  return tree;
}

std::vector<std::string> names_of(const std::vector<EnvironmentPart>& parts, Kind kind) {
  std::vector<std::string> result;
  for (const EnvironmentPart& part : parts) {
    if (part.kind == kind) result.push_back(part.name);
  }
  return result;
}

const EnvironmentPart& part_named(const std::vector<EnvironmentPart>& parts,
                                  const std::string& name) {
  const auto found = std::find_if(parts.begin(), parts.end(),
                                  [&](const EnvironmentPart& part) { return part.name == name; });
  if (found == parts.end()) throw std::runtime_error("no part " + name);
  return *found;
}

void lay_out(const fs::path& path, const Interpreter& interpreter,
             const EnvironmentOptions& options) {
  fs::create_directory(path);
  lay_out_environment(base::Directory::open(path), environment_parts(path, interpreter, options));
}

/// What a program inside sees of its environment.
constexpr const char* kQuestion = R"(
import site, sys, sysconfig
for name in ("executable", "prefix", "exec_prefix", "base_prefix", "base_exec_prefix", "path",
             "_base_executable"):
    print(name, getattr(sys, name, None))
print(site.getsitepackages(), site.ENABLE_USER_SITE)
for item in sorted(sysconfig.get_paths().items()) + sorted(sysconfig.get_config_vars().items()):
    print(item)
)";

std::vector<Interpreter> interpreters_with_venv() {
  std::vector<Interpreter> result;
  for (const fs::path& python : ensure::tests::machine_pythons()) {
    if (!ensure::tests::is_supported(python)) continue;
    if (ensure::tests::ask(python, "import venv; print('yes')").empty()) continue;
    result.push_back(inspect(python));
  }
  return result;
}

TEST_CASE("trees and answers are those of python -m venv", "[venv][environment][machine]") {
  struct Choice {
    std::vector<std::string> words;
    EnvironmentOptions options;
  };
  std::vector<Choice> choices(4);
  choices[1] = {{"--copies"}, {}};
  choices[1].options.copies = true;
  choices[2] = {{"--system-site-packages"}, {}};
  choices[2].options.system_site_packages = true;
  choices[3] = {{"--prompt", "it's \"odd\" \u00e9\u200b\\"}, {}};
  choices[3].options.prompt = choices[3].words[1];

  for (const Interpreter& interpreter : interpreters_with_venv()) {
    for (Choice& choice : choices) {
      // PyPy's own copies all of /usr/lib where it is installed in /usr/bin.
      if (choice.options.copies && interpreter.implementation == "pypy") continue;
      const TempDir temp;
      const fs::path path = temp / "env";
      std::vector<std::string> command = {interpreter.executable, "-m", "venv", "--without-pip"};
      command.insert(command.end(), choice.words.begin(), choice.words.end());
      command.push_back(path);
      base::Process process(command, base::environment_without({"PYTHON"}));
      REQUIRE(process.wait(std::chrono::minutes(1)).succeeded());
      const auto expected_tree = without_activation(read_tree(path));
      const auto expected = ensure::tests::ask(path / "bin/python", kQuestion, {"-B", "-I"});
      REQUIRE_FALSE(expected.empty());
      fs::remove_all(path);

      choice.options.with_pip = false;
      lay_out(path, interpreter, choice.options);
      INFO(interpreter.executable);
      CHECK(without_activation(read_tree(path)) == expected_tree);
      CHECK(ensure::tests::ask(path / "bin/python", kQuestion, {"-B", "-I"}) == expected);
    }
  }
}

TEST_CASE("layouts differ by version as those of CPython do", "[venv][environment]") {
  const auto names = [](std::uint32_t minor, Kind kind) {
    return names_of(environment_parts("/x/env", sample_interpreter(minor), {}), kind);
  };
  using Names = std::vector<std::string>;
  const auto directories = [](const std::string& library, const Names& headers) {
    Names result = {"include"};
    result.insert(result.end(), headers.begin(), headers.end());
    result.insert(result.end(),
                  {"lib", "lib/" + library, "lib/" + library + "/site-packages", "bin"});
    return result;
  };
  CHECK(names(8, Kind::kDirectory) == directories("python3.8", {}));
  CHECK(names(8, Kind::kLink) == Names{"lib64", "bin/python3", "bin/python"});
  CHECK(names(9, Kind::kLink) == Names{"lib64", "bin/python3", "bin/python", "bin/python3.9"});
  CHECK(names(13, Kind::kDirectory) == directories("python3.13", {"include/python3.13"}));
  // In 3.14 the scheme lists no directory for headers any more, and there is one more name.
  CHECK(names(14, Kind::kDirectory) == directories("python3.14", {}));
  CHECK(names(14, Kind::kLink) ==
        Names{"lib64", "bin/python3", "bin/python", "bin/python3.14", "bin/\U0001d70bthon"});
  CHECK(names(15, Kind::kLink) == Names{"lib64", "bin/python3", "bin/python", "bin/python3.15"});
}

TEST_CASE("the interpreter has each of its names once", "[venv][environment]") {
  using Names = std::vector<std::string>;
  Interpreter interpreter = sample_interpreter(12);
  CHECK(EnvironmentLayout(interpreter).program_names == Names{"python3", "python", "python3.12"});
  CHECK(EnvironmentLayout(interpreter).site_packages == "lib/python3.12/site-packages");
  CHECK(EnvironmentLayout::script("activate") == "bin/activate");
  interpreter.executable = "/opt/snake";
  CHECK(EnvironmentLayout(interpreter).program_names ==
        Names{"snake", "python", "python3", "python3.12"});
  CHECK(EnvironmentLayout(sample_interpreter(8)).program_names == Names{"python3", "python"});
  interpreter.implementation = "pypy";
  CHECK(EnvironmentLayout(interpreter).program_names ==
        Names{"snake", "python", "python3", "python3.12", "pypy3", "pypy"});
}

TEST_CASE("ignore files are made from 3.13 on and can be left out", "[venv][environment]") {
  const auto has_ignore_file = [](std::uint32_t minor, bool wanted) {
    EnvironmentOptions options;
    options.scm_ignore_files = wanted;
    const auto names =
        names_of(environment_parts("/x/env", sample_interpreter(minor), options), Kind::kText);
    return std::find(names.begin(), names.end(), ".gitignore") != names.end();
  };
  CHECK_FALSE(has_ignore_file(12, true));
  CHECK(has_ignore_file(13, true));
  CHECK_FALSE(has_ignore_file(13, false));
}

TEST_CASE("free-threaded builds have directories of their own", "[venv][environment]") {
  Interpreter interpreter = sample_interpreter(13);
  interpreter.abiflags = "t";
  interpreter.library_name = "python3.13t";
  interpreter.executable = "/opt/python/bin/python3.13t";
  const auto parts = environment_parts("/x/env", interpreter, {});
  CHECK_NOTHROW(part_named(parts, "include/python3.13t"));
  CHECK_NOTHROW(part_named(parts, "lib/python3.13t/site-packages"));
  CHECK(part_named(parts, "bin/python3.13t").content == "/opt/python/bin/python3.13t");
  CHECK(part_named(parts, "bin/python3.13").content == "python3.13t");
}

TEST_CASE("32-bit systems and macOS have no lib64", "[venv][environment]") {
  Interpreter interpreter = sample_interpreter(12);
  interpreter.is_64bit = false;
  CHECK_THROWS(part_named(environment_parts("/x/env", interpreter, {}), "lib64"));
  interpreter = sample_interpreter(12);
  interpreter.system = "darwin";
  CHECK_THROWS(part_named(environment_parts("/x/env", interpreter, {}), "lib64"));
}

TEST_CASE("the command has its options in the order of venv", "[venv][environment]") {
  EnvironmentOptions options;
  options.copies = options.system_site_packages = options.clear = true;
  options.upgrade = options.upgrade_deps = true;
  options.scm_ignore_files = options.with_pip = false;
  options.prompt = "a \"b\"";
  const std::string text =
      part_named(environment_parts("/x/env", sample_interpreter(13), options), "pyvenv.cfg")
          .content;
  CHECK(
      text ==
      "home = /opt/python/bin\ninclude-system-site-packages = true\nversion = 3.13.1\n"
      "prompt = 'a \"b\"'\nexecutable = /opt/python/bin/python3.13\n"
      "command = /opt/python/bin/python3 -m venv --copies --without-pip --system-site-packages "
      "--clear --upgrade --upgrade-deps --prompt=\"a \"b\"\" --without-scm-ignore-files /x/env\n");
  CHECK(part_named(environment_parts("/x/env", sample_interpreter(10), {}), "pyvenv.cfg").content ==
        "home = /opt/python/bin\ninclude-system-site-packages = false\nversion = 3.10.1\n");
}

TEST_CASE("a prompt that no Python could read its configuration with is refused",
          "[venv][environment]") {
  EnvironmentOptions options;
  const auto configuration = [&options](std::size_t size) {
    options.prompt = std::string(size, 'p');
    return part_named(environment_parts("/x/env", sample_interpreter(10), options), "pyvenv.cfg")
        .content;
  };
  const std::size_t rest = configuration(100).size() - 100;
  CHECK(configuration(32'767 - rest).size() == 32'767);
  CHECK_THROWS_AS(configuration(32'768 - rest), base::Error);
}

TEST_CASE("relocatable environments name nothing but home", "[venv][environment]") {
  EnvironmentOptions options;
  options.relocatable = true;
  const auto parts = environment_parts("/some/where/env", sample_interpreter(13), options);
  CHECK(part_named(parts, "pyvenv.cfg").content ==
        "home = /opt/python/bin\ninclude-system-site-packages = false\nversion = 3.13.1\n");
  for (const EnvironmentPart& part : parts) {
    CHECK(part.content.find("/some/where") == std::string::npos);
  }
}

TEST_CASE("a dot as prompt is the current directory", "[venv][environment]") {
  EnvironmentOptions options;
  options.prompt = ".";
  CHECK(resolve_prompt(options) == fs::current_path().filename().text());
  CHECK(part_named(environment_parts("/x/env", sample_interpreter(12), options), "pyvenv.cfg")
            .content.find("--prompt=\".\"") != std::string::npos);
  CHECK_FALSE(resolve_prompt({}));
}

TEST_CASE("paths and prompts that cannot be written are refused", "[venv][environment]") {
  const auto refused = [](const fs::path& path, std::optional<std::string> prompt) {
    EnvironmentOptions options;
    options.prompt = std::move(prompt);
    try {
      (void)environment_parts(path, sample_interpreter(12), options);
    } catch (const base::Error& error) {
      return error.exit_code() == base::ExitCode::kUsage && !error.hints().empty();
    }
    return false;
  };
  CHECK(refused("/x/a:b", std::nullopt));
  CHECK(refused("/x/a\nhome = /evil", std::nullopt));
  CHECK(refused("/x/a\rb", std::nullopt));
  CHECK(refused(std::string("/x/a\0b", 6), std::nullopt));
  CHECK(refused("/x/env", "a\nhome = /evil"));
  CHECK(refused("/x/env", std::string("\0", 1)));
  CHECK_FALSE(refused("/x/ $(id)`\"'\\!%\xff \u00e9", "- $(id)`\"'\\!% \xff"));
}

TEST_CASE("interpreters that pyvenv.cfg cannot name are refused", "[venv][environment]") {
  Interpreter interpreter = sample_interpreter(12);
  interpreter.executable = "/opt/caf\xe9/bin/python3";
  CHECK_THROWS_AS(environment_parts("/x/env", interpreter, {}), base::Error);
  interpreter.executable = "/opt/a\nb/bin/python3";
  CHECK_THROWS_AS(environment_parts("/x/env", interpreter, {}), base::Error);
}

TEST_CASE("bytes that are no text leave pyvenv.cfg readable", "[venv][environment]") {
  const auto parts = environment_parts("/x/caf\xe9", sample_interpreter(13), {});
  const std::string& text = part_named(parts, "pyvenv.cfg").content;
  CHECK(base::is_utf8(text));
  CHECK(text.find("--without") == std::string::npos);
  CHECK(text.find("/x/caf\\udce9\n") != std::string::npos);
}

TEST_CASE("modes are those that the umask leaves", "[venv][environment]") {
  const TempDir temp;
  fs::ofstream(temp / "python3") << "#!/bin/sh\n";
  Interpreter interpreter = sample_interpreter(13);
  interpreter.executable = interpreter.real_executable = temp / "python3";
  EnvironmentOptions options;
  options.copies = true;
  const mode_t before = umask(027);
  lay_out(temp / "env", interpreter, options);
  umask(before);
  CHECK(base::link_status(temp / "env/bin")->mode == 0750);
  CHECK(base::link_status(temp / "env/bin/python3")->mode == 0750);
  CHECK(base::link_status(temp / "env/bin/activate")->mode == 0640);
  CHECK(base::link_status(temp / "env/pyvenv.cfg")->mode == 0640);
}

TEST_CASE("nothing tells of the directory in which it was written", "[venv][environment]") {
  const TempDir temp;
  fs::create_directory(temp / "staging");
  lay_out_environment(base::Directory::open(temp / "staging"),
                      environment_parts("/final/env", sample_interpreter(13), {}));
  for (const auto& [name, text] : read_tree(temp / "staging")) {
    CHECK(text.find(temp.path().text()) == std::string::npos);
  }
}

TEST_CASE("a portable PyPy is copied with the libraries it carries", "[venv][environment]") {
  const TempDir temp;
  const fs::path pypy = temp / "pypy";
  fs::create_directories(pypy / "bin");
  fs::create_directories(pypy / "lib/pypy3.10/json");
  fs::create_directories(pypy / "lib/tcl8.6/msgs");
  fs::create_directories(pypy / "lib/unrelated");
  for (const char* name : {"bin/pypy3.10", "bin/libpypy3.10-c.so", "lib/libffi.so.6",
                           "lib/tcl8.6/msgs/de.msg", "lib/unrelated/file", "lib/notes.txt"}) {
    fs::ofstream(pypy / name) << name;
  }
  fs::permissions(pypy / "bin/pypy3.10", fs::perms::owner_all);
  fs::create_symlink("pypy3.10", pypy / "bin/pypy3");
  fs::create_symlink(pypy / "bin/pypy3", temp / "pypy3");
  fs::create_symlink("nowhere", pypy / "lib/libgone.so");

  Interpreter interpreter = sample_interpreter(10);
  interpreter.implementation = "pypy";
  interpreter.library_name = "pypy3.10";
  interpreter.executable = temp / "pypy3";
  interpreter.real_executable = pypy / "bin/pypy3.10";
  EnvironmentOptions options;
  options.copies = true;
  lay_out(temp / "env", interpreter, options);
  const auto tree = read_tree(temp / "env");
  for (const char* name : {"bin/pypy3", "bin/pypy", "bin/python", "bin/python3", "bin/python3.10",
                           "bin/libpypy3.10-c.so", "lib/libffi.so.6", "lib/tcl8.6/msgs/de.msg",
                           "lib/pypy3.10/site-packages"}) {
    CHECK(tree.count(name) == 1);
  }
  CHECK(tree.count("lib/unrelated") + tree.count("lib/notes.txt") + tree.count("lib/libgone.so") +
            tree.count("lib/pypy3.10/json") ==
        0);
  CHECK(base::read_file(temp / "env/bin/python") == "bin/pypy3.10");
}

TEST_CASE("a PyPy 3.11 that a link names is not copied, as its venv does not",
          "[venv][environment]") {
  const TempDir temp;
  fs::ofstream(temp / "pypy3.11") << "program";
  fs::permissions(temp / "pypy3.11", fs::perms::owner_all);
  fs::create_symlink("pypy3.11", temp / "pypy3");
  Interpreter interpreter = sample_interpreter(11);
  interpreter.implementation = "pypy";
  interpreter.library_name = "pypy3.11";
  interpreter.real_executable = temp / "pypy3.11";
  EnvironmentOptions options;
  options.copies = true;
  for (const char* named : {"pypy3", "pypy3.11"}) {
    interpreter.executable = temp / named;
    lay_out(temp / "env", interpreter, options);
    for (const char* name : {"pypy", "pypy3", "python", "python3", "python3.11"}) {
      INFO(named << ' ' << name);
      const fs::path path = temp / "env/bin" / name;
      CHECK(fs::is_symlink(path) == (named == std::string_view("pypy3")));
      CHECK(base::read_file(path) == "program");
    }
    fs::remove_all(temp / "env");
  }
}

TEST_CASE("packages go where sysconfig's scheme for environments says", "[venv][environment]") {
  Interpreter interpreter = sample_interpreter(12);
  interpreter.platlibdir = "lib64";
  const ensure::specs::Layout layout = environment_layout("/x/env", interpreter, true);
  CHECK(layout.scheme.purelib == "/x/env/lib/python3.12/site-packages");
  CHECK(layout.scheme.platlib == "/x/env/lib64/python3.12/site-packages");
  CHECK(layout.scheme.scripts == "/x/env/bin");
  CHECK(layout.scheme.data == "/x/env");
  CHECK(layout.executable == "/x/env/bin/python3");
  CHECK(layout.python_minor == 12);
  CHECK(layout.cache_tag == "cpython-312");
  CHECK(layout.relocatable);
}

}  // namespace
