#include <fstream>

#include "fake_python.h"
#include "installer/base/error.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"
#include "venv/root/root_interpreter.h"

using ensure::base::Error;
using ensure::base::ExitCode;
using ensure::tests::TempDir;
using ensure::venv::find_in_root;
using ensure::venv::PythonRequest;
using ensure::venv::RootInterpreter;
using ensure::venv::SchemeFlavour;
using ensure::venv::TargetRoot;

namespace {

/// A root with files that look like those of a distribution; nothing in it can run.
class Root {
 public:
  void write(const std::string& path, const std::string& text) {
    const fs::path file = directory_ / path;
    fs::create_directories(file.parent_path());
    fs::ofstream(file, std::ios::binary) << text;
  }

  void link(const std::string& path, const std::string& target) {
    fs::create_directories((directory_ / path).parent_path());
    fs::create_symlink(target, directory_ / path);
  }

  /// The header of an executable for aarch64, and a version among its strings.
  void write_executable(const std::string& path, const std::string& version) {
    std::string bytes("\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\267\0", 20);
    bytes.resize(128);
    bytes += std::string("3.9.9 is not it") + '\0' + version + '\0' + "main";
    write(path, bytes);
  }

  void add_python(const std::string& prefix, const std::string& name, const std::string& version,
                  const std::string& platlibdir = "lib") {
    write_executable(prefix + "/bin/" + name, version);
    write(prefix + "/" + platlibdir + "/" + name + "/os.py", "");
    write(prefix + "/" + platlibdir + "/" + name + "/sysconfig.py", "_INSTALL_SCHEMES = {}\n");
  }

  [[nodiscard]] TargetRoot view() const { return TargetRoot(directory_.path()); }

  [[nodiscard]] RootInterpreter find(const std::string& request = "") const {
    return find_in_root(view(), request.empty() ? PythonRequest() : PythonRequest::parse(request),
                        "/pre", "/home/me/.local");
  }

  [[nodiscard]] std::string refusal(const std::string& request = "") const {
    try {
      return "found " + find(request).interpreter.version;
    } catch (const Error& error) {
      CHECK(error.exit_code() == ExitCode::kInterpreter);
      CHECK_FALSE(error.contexts().empty());
      return error.message() + "; " + error.hints().front();
    }
  }

  [[nodiscard]] fs::path path(const std::string& name) const { return directory_ / name; }

 private:
  TempDir directory_;
};

}  // namespace

TEST_CASE("Links are followed as inside the root", "[venv][TargetRoot]") {
  Root root;
  root.write("usr/lib/file", "inside");
  root.link("lib", "usr/lib");
  root.link("etc/absolute", "/usr/lib/file");
  root.link("etc/climbing", "../../../../../usr/lib/file");
  root.link("etc/outside", "/etc/hostname");
  root.link("etc/loop", "loop");
  root.link("etc/chain", "/etc/absolute");
  const TargetRoot view = root.view();
  CHECK(view.resolve("/lib/file") == ensure::base::TargetPath("/usr/lib/file"));
  CHECK(view.resolve("lib/file") == ensure::base::TargetPath("/usr/lib/file"));
  CHECK(view.resolve("/etc/absolute") == ensure::base::TargetPath("/usr/lib/file"));
  CHECK(view.resolve("/etc/climbing") == ensure::base::TargetPath("/usr/lib/file"));
  CHECK(view.resolve("/etc/chain") == ensure::base::TargetPath("/usr/lib/file"));
  CHECK(view.resolve("/../../lib/./file") == ensure::base::TargetPath("/usr/lib/file"));
  CHECK_FALSE(view.resolve("/etc/outside"));
  CHECK_FALSE(view.resolve("/etc/loop"));
  CHECK_FALSE(view.resolve("/missing/../usr"));
  CHECK(view.resolve("/") == ensure::base::TargetPath("/"));
  CHECK(view.read("/etc/chain") == "inside");
  CHECK_FALSE(view.read("/usr"));
  CHECK(view.list("/lib") == std::vector<std::string>{"file"});
  CHECK(view.resolve_directory_of("/lib/new") == ensure::base::TargetPath("/usr/lib/new"));
  CHECK(view.find_file("/lib/file") == root.path("usr/lib/file"));
}

TEST_CASE("A Python in a root is described by its files", "[venv][TargetRoot]") {
  Root root;
  root.add_python("usr", "python3.12", "3.12.7");
  root.link("usr/bin/python3", "python3.12");
  const RootInterpreter found = root.find();
  CHECK(found.interpreter.executable == "/usr/bin/python3");
  CHECK(found.interpreter.real_executable == "/usr/bin/python3.12");
  CHECK(found.interpreter.version == "3.12.7");
  CHECK(found.interpreter.micro == 7);
  CHECK(found.interpreter.implementation == "cpython");
  CHECK(found.interpreter.cache_tag == "cpython-312");
  CHECK(found.interpreter.base_prefix == "/usr");
  CHECK(found.interpreter.machine == "aarch64");
  CHECK(found.interpreter.platform == "linux-aarch64");
  CHECK_FALSE(found.interpreter.runs_here);
  CHECK(found.flavour == SchemeFlavour::kUpstream);
  CHECK(found.schemes.standard.purelib == "/usr/lib/python3.12/site-packages");
  CHECK(found.schemes.standard.scripts == "/usr/bin");
  CHECK(found.schemes.prefix.purelib == "/pre/lib/python3.12/site-packages");
  CHECK(found.schemes.user.scripts == "/home/me/.local/bin");
  CHECK_FALSE(found.schemes.externally_managed);
}

TEST_CASE("Debian's Python in a root keeps Debian's directories", "[venv][TargetRoot]") {
  Root root;
  root.add_python("usr", "python3.11", "3.11.2");
  root.link("usr/bin/python3", "python3.11");
  root.write("usr/lib/python3.11/sysconfig.py", "_INSTALL_SCHEMES = { 'posix_local': {} }\n");
  root.write("usr/lib/python3.11/EXTERNALLY-MANAGED", "[externally-managed]\nError=use apt\n");
  const RootInterpreter found = root.find();
  CHECK(found.flavour == SchemeFlavour::kDebian);
  CHECK(found.schemes.standard.purelib == "/usr/local/lib/python3.11/dist-packages");
  CHECK(found.schemes.standard.scripts == "/usr/local/bin");
  CHECK(found.schemes.prefix.purelib == "/pre/lib/python3.11/site-packages");
  REQUIRE(found.schemes.externally_managed);
  CHECK(found.schemes.externally_managed->marker == "/usr/lib/python3.11/EXTERNALLY-MANAGED");
  CHECK(found.schemes.externally_managed->message == "use apt");
}

TEST_CASE("Debian before 3.10 and Fedora are known too", "[venv][TargetRoot]") {
  Root debian;
  debian.add_python("usr", "python3.9", "3.9.2");
  debian.write("usr/lib/python3.9/site.py", "'dist-packages'");
  CHECK(debian.find().schemes.standard.purelib == "/usr/local/lib/python3.9/dist-packages");

  Root fedora;
  fedora.add_python("usr", "python3.13", "3.13.1", "lib64");
  fedora.write("usr/lib64/python3.13/sysconfig.py", "'rpm_prefix'");
  const RootInterpreter found = fedora.find();
  CHECK(found.interpreter.platlibdir == "lib64");
  CHECK(found.schemes.standard.purelib == "/usr/local/lib/python3.13/site-packages");
  CHECK(found.schemes.standard.platlib == "/usr/local/lib64/python3.13/site-packages");
}

TEST_CASE("The version comes from wherever it is written", "[venv][TargetRoot]") {
  Root library;
  library.add_python("usr/local", "python3.13t", "no version here");
  library.write("usr/local/lib/libpython3.13t.so.1.0", std::string("x\0003.13.0rc2\0y", 12));
  CHECK(library.find().interpreter.version_text == "3.13.0rc2");
  CHECK(library.find().interpreter.version == "3.13.0");
  CHECK(library.find().interpreter.free_threaded);

  Root header;
  header.add_python("usr", "python3.12", "no");
  header.write("usr/include/python3.12/patchlevel.h", "#define PY_VERSION      \t\"3.12.4+\"\n");
  CHECK(header.find().interpreter.version == "3.12.4");

  Root record;
  record.add_python("usr", "python3.14", "3.14.9");
  record.write("usr/lib/python3.14/build-details.json",
               R"({"language": {"version_info": {"major": 3, "minor": 14, "micro": 2,
                  "releaselevel": "final", "serial": 0}}})");
  CHECK(record.find().interpreter.version == "3.14.2");

  Root nothing;
  nothing.add_python("usr", "python3.12", "no");
  CHECK(nothing.find().interpreter.version == "3.12.0");
}

TEST_CASE("A build's own record is read", "[venv][TargetRoot][PEP739]") {
  using ensure::venv::version_in_build_details;
  const auto details = [](const std::string& level) {
    return R"({"schema_version": "1.0", "language": {"version": "3.14", "version_info":
              {"major": 3, "minor": 14, "micro": 2, "releaselevel": ")" +
           level + R"(", "serial": 1}}})";
  };
  CHECK(version_in_build_details(details("final"), 14)->text == "3.14.2");
  CHECK(version_in_build_details(details("candidate"), 14)->text == "3.14.2rc1");
  CHECK_FALSE(version_in_build_details(details("final"), 13));
  for (const char* text : {"", "{", "[]", "{}", "null", R"({"language": 3})",
                           R"({"language": {"version_info": {"major": "3"}}})",
                           R"({"language": {"version_info": [3, 14]}})"}) {
    INFO(text);
    CHECK_FALSE(version_in_build_details(text, 14));
  }
}

TEST_CASE("The requested Python is found among several", "[venv][TargetRoot]") {
  Root root;
  root.add_python("usr", "python3.12", "3.12.7");
  root.add_python("usr/local", "python3.13", "3.13.1");
  root.write_executable("usr/bin/pypy3.10", "");
  root.write("usr/lib/pypy3.10/os.py", "");
  root.link("usr/bin/python3", "/etc/alternatives/python3");
  root.link("etc/alternatives/python3", "/usr/bin/python3.12");
  CHECK(root.find().interpreter.executable == "/usr/bin/python3");
  CHECK(root.find("3.13").interpreter.executable == "/usr/local/bin/python3.13");
  CHECK(root.find("3.12.7").interpreter.executable == "/usr/bin/python3");
  CHECK(root.find("pypy").interpreter.cache_tag == "pypy310");
  CHECK(root.find("/usr/bin/python3.12").interpreter.version == "3.12.7");
  CHECK(root.find("/usr/local").interpreter.version == "3.13.1");
}

TEST_CASE("A Python that a root lacks is not found elsewhere", "[venv][TargetRoot]") {
  Root root;
  CHECK(root.refusal().find("no Python that matches a supported Python") != std::string::npos);
  root.link("usr/bin/python3", "/usr/bin/python3.12");
  root.write("usr/lib/python3.12/os.py", "");
  CHECK(root.refusal().find("found 3") == std::string::npos);
  root.write("usr/bin/python3.12", "#!/bin/sh\n");
  CHECK(root.refusal().find("found 3") == std::string::npos);
  root.add_python("usr", "python3.7", "3.7.3");
  root.add_python("usr/local", "python3.11", "3.11.1");
  root.link("usr/local/bin/python3", "python3.11");
  CHECK(root.refusal("3.15").ends_with("; the root has 3.11.1 (`/usr/local/bin/python3`)"));
  CHECK(root.refusal("/usr/bin/python3.7").find("no supported Python") != std::string::npos);
}
