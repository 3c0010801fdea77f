#include "venv/interpreter/linked_program.h"

#include <sys/resource.h>
#include <unistd.h>

#include <random>

#include "installer/base/error.h"
#include "machine_interpreters.h"
#include "python_copy.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"
#include "venv/interpreter/interpreter.h"
#include "venv/interpreter/native_linking.h"
#include "venv/interpreter/version_in_program.h"

using ensure::base::Error;
using ensure::tests::machine_pythons;
using ensure::tests::ProgramBytes;
using ensure::tests::PythonCopy;
using ensure::tests::TempDir;
using ensure::venv::ElfObject;
using ensure::venv::ElfSymbol;
using ensure::venv::LinkedProgram;
using ensure::venv::SymbolName;
using ensure::venv::version_in_program;
using ensure::venv::version_text;
using ensure::venv::VersionAnswer;
using ensure::venv::VersionQuestion;

namespace {

std::optional<VersionAnswer> read(const fs::path& executable) {
  const std::optional<LinkedProgram> program = LinkedProgram::try_link(executable);
  return program ? version_in_program(*program) : std::nullopt;
}

std::optional<VersionAnswer> ask(const fs::path& executable) try {
  return VersionQuestion(executable).answer();
} catch (const Error&) {
  return std::nullopt;
}

/// The Pythons of this machine that export their version.
std::vector<fs::path> telling_pythons() {
  std::vector<fs::path> result;
  for (const fs::path& path : machine_pythons()) {
    const fs::path real = fs::canonical(path);
    const std::optional<VersionAnswer> answer = ask(real);
    if (answer && answer->is_cpython && answer->major == 3 && answer->minor >= 11 &&
        real.filename().text().starts_with("python3.")) {
      result.push_back(real);
    }
  }
  return result;
}

/// Copies of those that have a shared library. Where there are none, nothing is tested.
std::vector<fs::path> pythons_with_library() {
  std::vector<fs::path> result;
  for (const fs::path& path : telling_pythons()) {
    if (PythonCopy::can_be_made(path)) result.push_back(path);
  }
  return result;
}

/// A variable of the environment for as long as this lives.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) { setenv(name, value, 1); }
  ~Variable() { unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

/// Page faults of the children that have ended: more of them after each child.
long children_seen() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  return usage.ru_minflt;
}

/// The value of an entry of the dynamic section; its offset in the file is that of the value.
std::optional<std::size_t> dynamic_entry(const ProgramBytes& program, std::uint64_t tag) {
  for (std::size_t index = 0; index < program.get<std::uint16_t>(56); ++index) {
    const std::size_t header = program.get<std::uint64_t>(32) + index * 56;
    if (program.get<std::uint32_t>(header) != 2) continue;
    const std::size_t start = program.get<std::uint64_t>(header + 8);
    for (std::size_t at = start; program.get<std::uint64_t>(at) != 0; at += 16) {
      if (program.get<std::uint64_t>(at) == tag) return at + 8;
    }
  }
  return std::nullopt;
}

/// The offset of a symbol's content in the file.
std::size_t offset_of(const ProgramBytes& program, std::string_view name) {
  const std::string_view bytes = program.bytes();
  const std::optional<ElfObject> object = ElfObject::try_parse(bytes);
  REQUIRE(object);
  const std::optional<ElfSymbol> symbol = object->symbols().find(SymbolName(name));
  REQUIRE(symbol);
  const std::string_view content = object->content(symbol->address, symbol->size);
  return static_cast<std::size_t>(content.data() - bytes.data());
}

}  // namespace

TEST_CASE("What the files say of a version is what the interpreter says", "[venv][LinkedProgram]") {
  for (const fs::path& path : machine_pythons()) {
    INFO(path);
    const std::optional<VersionAnswer> known = read(fs::canonical(path));
    if (known) CHECK(known == ask(path));
  }
  for (const fs::path& path : telling_pythons()) {
    INFO(path);
    CHECK(read(path) == ask(path));
  }
}

TEST_CASE("An interpreter whose files tell all is not started", "[venv][LinkedProgram]") {
  for (const fs::path& path : telling_pythons()) {
    INFO(path);
    const long before = children_seen();
    const auto found = ensure::venv::inspect(path);
    auto expected = ensure::venv::ExpectedInterpreter::expect(path);
    REQUIRE(expected);
    CHECK(expected->confirm());
    CHECK(children_seen() == before);
    CHECK(expected->interpreter().version_text == found.version_text);
    CHECK(ask(path)->text == found.version_text);
    CHECK(children_seen() > before);
  }
}

TEST_CASE("Libraries are those that the loader loads", "[venv][LinkedProgram]") {
  for (const fs::path& path : {fs::path("/bin/ls"), fs::path("/usr/bin/perl")}) {
    const std::optional<LinkedProgram> program = LinkedProgram::try_link(path);
    if (!program) continue;
    INFO(path);
    const Variable traced("LD_TRACE_LOADED_OBJECTS", "1");
    ensure::base::Process process({path.text()}, ensure::base::environment_without({"PYTHON"}));
    const std::string output = process.wait(std::chrono::seconds(60)).output;
    std::vector<fs::path> paths = program->paths();
    for (const fs::path& library : std::vector<fs::path>(paths.begin() + 1, paths.end())) {
      INFO(output);
      CHECK(output.find(library.text() + " (") != std::string::npos);
    }
    CHECK(std::ranges::count(output, '\n') == static_cast<long>(paths.size()));  // with the vDSO
  }
}

TEST_CASE("Where the environment changes the loader's ways nothing is certain",
          "[venv][LinkedProgram]") {
  for (const fs::path& path : telling_pythons()) {
    INFO(path);
    for (const char* name :
         {"LD_LIBRARY_PATH", "LD_PRELOAD", "LD_AUDIT", "LD_DEBUG", "GLIBC_TUNABLES"}) {
      INFO(name);
      const Variable set(name, "/nonexistent");
      CHECK_FALSE(LinkedProgram::try_link(path));
    }
    const Variable empty("LD_LIBRARY_PATH", "");
    CHECK(LinkedProgram::try_link(path));
  }
}

TEST_CASE("A copied Python finds its library beside it", "[venv][LinkedProgram]") {
  for (const fs::path& path : pythons_with_library()) {
    INFO(path);
    const PythonCopy copy(path);
    CHECK(read(copy.executable()) == ask(path));
    CHECK(ask(copy.executable()) == ask(path));
    const fs::path link = copy.executable().parent_path().parent_path() / "python";
    fs::create_symlink(copy.executable(), link);
    CHECK(read(link) == ask(path));
  }
}

TEST_CASE("The version is read from the file that is loaded", "[venv][LinkedProgram]") {
  for (const fs::path& path : pythons_with_library()) {
    PythonCopy copy(path);
    const std::size_t offset = offset_of(copy.library, "Py_Version");
    const auto minor = copy.library.get<std::uint64_t>(offset) & 0xFFFF0000U;
    copy.library.put(offset, minor | 0x21c3U);
    copy.write();
    REQUIRE(read(copy.executable()));
    CHECK(read(copy.executable())->text.ends_with(".33rc3"));
    copy.library.put(offset, minor | 0x2103U);  // of no level
    copy.write();
    CHECK_FALSE(read(copy.executable()));
    copy.library.put(offset, minor | 0x1000021f0U);
    copy.write();
    CHECK_FALSE(read(copy.executable()));
  }
}

TEST_CASE("A program that does not start is not certain to start", "[venv][LinkedProgram]") {
  const auto damages = [](auto&& damage) {
    for (const fs::path& path : pythons_with_library()) {
      INFO(path);
      PythonCopy copy(path);
      damage(copy);
      copy.write();
      CHECK_FALSE(LinkedProgram::try_link(copy.executable()));
      CHECK_FALSE(ask(copy.executable()));
    }
  };
  SECTION("another machine") {
    damages([](PythonCopy& copy) { copy.program.put(18, std::uint16_t{243}); });
  }
  SECTION("no loader") {
    damages([](PythonCopy& copy) {
      REQUIRE(copy.program.replace(ensure::venv::kNativeLoader, "/lib64/ld-linux-missing.so"));
    });
  }
  SECTION("a library that is missing") {
    damages([](PythonCopy& copy) {
      REQUIRE(copy.program.replace(copy.library_path().filename().text(), "libmissing.so"));
    });
  }
  SECTION("a library of a library that is missing") {
    damages([](PythonCopy& copy) { REQUIRE(copy.library.replace("libm.so.6", "libn.so.6")); });
  }
  SECTION("a symbol that no library has") {
    damages([](PythonCopy& copy) {
      REQUIRE(copy.program.replace("Py_BytesMain", "Py_BytesMaim"));
      // The loader looks for functions when they are called; here, at the start.
      const auto flags = dynamic_entry(copy.program, 0x6ffffffb);
      if (flags) copy.program.put(*flags, copy.program.get<std::uint64_t>(*flags) | 1U);
    });
  }
  SECTION("a version that the C library does not have") {
    damages([](PythonCopy& copy) {
      const std::size_t name = copy.program.bytes().find(std::string("GLIBC_2.34") + '\0');
      if (name == std::string::npos) return (void)copy.program.put(18, std::uint16_t{243});
      const std::uint32_t old_hash = SymbolName("GLIBC_2.34").elf_hash;
      const std::size_t hash = copy.program.bytes().find(
          std::string(reinterpret_cast<const char*>(&old_hash), sizeof(old_hash)));
      REQUIRE(hash != std::string::npos);
      copy.program.put(hash, SymbolName("GLIBC_2.99").elf_hash);
      REQUIRE(copy.program.replace("GLIBC_2.34", "GLIBC_2.99"));
    });
  }
}

TEST_CASE("A library that the loader would pass over is not taken", "[venv][LinkedProgram]") {
  for (const fs::path& path : pythons_with_library()) {
    PythonCopy copy(path);
    // The system may have another one of that name, of another release.
    copy.library.put(18, std::uint16_t{243});
    copy.write();
    CHECK_FALSE(LinkedProgram::try_link(copy.executable()));
  }
}

TEST_CASE("What may not be executed is not certain to start", "[venv][LinkedProgram]") {
  for (const fs::path& path : pythons_with_library()) {
    const PythonCopy copy(path);
    fs::permissions(copy.executable(), fs::perms::owner_read);
    CHECK_FALSE(LinkedProgram::try_link(copy.executable()));
    fs::permissions(copy.executable(), fs::perms::owner_all | fs::perms::set_uid);
    CHECK_FALSE(LinkedProgram::try_link(copy.executable()));
    fs::permissions(copy.executable(), fs::perms::owner_all);
    CHECK(LinkedProgram::try_link(copy.executable()));
    // Which of several libraries is taken depends on the processor.
    fs::create_directory(copy.library_path().parent_path() / "glibc-hwcaps");
    CHECK_FALSE(LinkedProgram::try_link(copy.executable()));
  }
}

TEST_CASE("Other files are no linked programs", "[venv][LinkedProgram]") {
  const TempDir folder;
  CHECK_FALSE(LinkedProgram::try_link(folder / "missing"));
  CHECK_FALSE(LinkedProgram::try_link(folder.path()));
  for (const std::string text : {"", "#!/bin/sh\n", "\177ELF", "\177ELF\2\1\1"}) {
    fs::ofstream(folder / "file") << text;
    fs::permissions(folder / "file", fs::perms::owner_all);
    CHECK_FALSE(LinkedProgram::try_link(folder / "file"));
  }
}

TEST_CASE("A truncated program is never certain to start", "[venv][LinkedProgram]") {
  for (const fs::path& path : pythons_with_library()) {
    INFO(path);
    PythonCopy copy(path);
    const std::string program = copy.program.bytes();
    const std::string library = copy.library.bytes();
    std::mt19937 random(
        2026);  // NOLINT(cert-msc32-c,cert-msc51-cpp,bugprone-random-generator-seed)
    const std::size_t program_end = copy.program.loaded_size();
    const std::size_t library_end = copy.library.loaded_size();
    for (int round = 0; round < 60; ++round) {
      const std::size_t size = round == 0 ? program_end - 1 : random() % program_end;
      copy.program.bytes() = program.substr(0, size);
      copy.library.bytes() = library;
      copy.program.write(copy.executable());
      copy.library.write(copy.library_path());
      CHECK_FALSE(LinkedProgram::try_link(copy.executable()));
      copy.program.bytes() = program;
      copy.library.bytes() = library.substr(0, random() % library_end);
      copy.write();
      CHECK_FALSE(LinkedProgram::try_link(copy.executable()));
    }
    // What is behind the segments is not loaded.
    copy.library.bytes() = library.substr(0, library_end);
    copy.write();
    CHECK(read(copy.executable()) == ask(copy.executable()));
    break;
  }
}

TEST_CASE("Damaged programs do no harm", "[venv][ElfObject]") {
  std::mt19937 random(739);  // NOLINT(cert-msc32-c,cert-msc51-cpp,bugprone-random-generator-seed)
  for (const fs::path& path : pythons_with_library()) {
    const PythonCopy copy(path);
    for (const std::string& original : {copy.program.bytes(), copy.library.bytes()}) {
      const std::size_t dynamic = *dynamic_entry(ProgramBytes(copy.executable()), 5);
      const std::size_t beginning = std::min<std::size_t>(original.size(), 3 * 4096);
      for (int round = 0; round < 2000; ++round) {
        std::string bytes =
            original.substr(0, round % 3 == 0 ? random() % original.size() : original.size());
        for (unsigned count = 0; count <= random() % 4; ++count) {
          const std::size_t at =
              random() % 4 == 0 ? dynamic + random() % 256 : random() % beginning;
          if (at < bytes.size()) bytes[at] = static_cast<char>(random());
        }
        const std::optional<ElfObject> object = ElfObject::try_parse(bytes);
        if (!object) continue;
        (void)object->symbols().unversioned_needs();
        for (const char* name : {"Py_Version", "Py_BytesMain", "malloc", ""}) {
          const std::optional<ElfSymbol> symbol = object->symbols().find(SymbolName(name));
          if (symbol) (void)std::string(object->content(symbol->address, symbol->size));
        }
      }
    }
    break;
  }
}

TEST_CASE("A free-threaded Python is known by its symbols", "[venv][VersionInProgram]") {
  const std::optional<VersionAnswer> answer = read(FAKE_FREE_THREADED);
  if (!LinkedProgram::try_link("/proc/self/exe")) return;  // nothing is known of this platform
  REQUIRE(answer);
  CHECK(answer->free_threaded);
  CHECK(answer->text == "3.14.0rc2");
  CHECK(answer->minor == 14);
}

TEST_CASE("A number is a version's", "[venv][VersionInProgram]") {
  CHECK(version_text(0x030c01f0) == "3.12.1");
  CHECK(version_text(0x030e00c1) == "3.14.0rc1");
  CHECK(version_text(0x030f00a7) == "3.15.0a7");
  CHECK(version_text(0x030d00b4) == "3.13.0b4");
  CHECK(version_text(0x040a63f0) == "4.10.99");
  for (const std::uint32_t number : {0x030c0100U, 0x030c01f1U, 0x030c01e0U, 0U}) {
    CHECK_FALSE(version_text(number));
  }
}
