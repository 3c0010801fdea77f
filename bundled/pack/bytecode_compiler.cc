#include "bundled/pack/bytecode_compiler.h"

#include <chrono>
#include <map>
#include <string_view>
#include <utility>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/base/subprocess.h"
#include "installer/base/text.h"

namespace ensure::bundled {

namespace {

constexpr std::chrono::minutes kTimeout{10};

/// Runs the script so that nothing of the machine but the interpreter itself takes part.
base::ProcessResult run(const base::Path& python, const base::Path& script,
                        const std::vector<std::string>& arguments) {
  // Without the columns of each instruction (PEP 657; older Pythons ignore the option) bytecode
  // takes a quarter less of the payload, and a traceback names lines all the same.
  std::vector<std::string> command{python.text(), "-X", "no_debug_ranges", "-S",
                                   "-s",          "-B", script.text()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  std::vector<std::string> environment = base::environment_without({"PYTHON"});
  // The order of constant sets in bytecode depends on it before Python 3.11.
  environment.emplace_back("PYTHONHASHSEED=0");
  return base::Process(command, environment).wait(kTimeout);
}

/// Adds the files below `directory`, which is called `name` in the tree.
void add_tree(std::vector<PackedFile>& files, const base::Path& directory, const base::Path& name) {
  for (const std::string& entry : base::list_directory(directory)) {
    const base::Path path = directory / entry;
    if (base::file_status(path)->type == base::FileType::kDirectory) {
      add_tree(files, path, name / entry);
    } else {
      files.push_back({.path = (name / entry).text(), .content = base::read_file(path)});
    }
  }
}

}  // namespace

std::optional<BuildPython> BytecodeCompiler::describe(const base::Path& executable) const {
  const base::ProcessResult result = run(executable, script_, {"describe"});
  if (!result.succeeded()) return std::nullopt;
  const std::vector<std::string_view> lines = base::split_lines(result.output);
  if (lines.size() < 4 || lines[0] != "cpython" || lines[3] != "final") return std::nullopt;
  std::optional<specs::Version> version = specs::Version::try_parse(lines[1]);
  if (!version || *version < specs::Version::parse("3.8")) return std::nullopt;
  return BuildPython{
      .executable = executable, .version = std::move(*version), .cache_tag = std::string(lines[2])};
}

std::vector<BuildPython> BytecodeCompiler::choose(
    const std::vector<base::Path>& executables) const {
  std::map<std::string, BuildPython> newest;
  for (const base::Path& executable : executables) {
    const std::optional<BuildPython> python = describe(executable);
    if (!python) continue;
    const auto [known, added] = newest.try_emplace(python->cache_tag, *python);
    if (!added && known->second.version < python->version) known->second = *python;
  }
  std::vector<BuildPython> chosen;
  chosen.reserve(newest.size());
  for (auto& [tag, python] : newest) chosen.push_back(std::move(python));
  return chosen;
}

PackedBytecode BytecodeCompiler::compile(const BuildPython& python, const base::Path& wheel) const {
  const base::Path directory = work_directory_ / python.cache_tag;
  base::remove_tree(directory);
  base::make_directories(directory);
  const base::ProcessResult result =
      run(python.executable, script_, {"compile", wheel.text(), directory.text()});
  if (!result.succeeded()) {
    throw base::Error(base::ExitCode::kFailure, "`" + python.executable.text() +
                                                    "` cannot compile the modules of `" +
                                                    wheel.text() + "`: " + result.error_output)
        .with_hint("leave it out of ENSURE_BYTECODE_PYTHONS");
  }
  PackedBytecode bytecode{
      .cache_tag = python.cache_tag, .compiled_with = python.version.to_string(), .files = {}};
  add_tree(bytecode.files, directory, "");
  return bytecode;
}

}  // namespace ensure::bundled
