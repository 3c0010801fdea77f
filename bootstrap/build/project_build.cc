#include "bootstrap/build/project_build.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/base/url.h"
#include "requirements_hook.py.h"

namespace ensure::build {

namespace {

constexpr const char* kTemporary = "temporary";
constexpr const char* kWheels = "wheels";
constexpr const char* kAnswer = "requirements";

constexpr std::size_t kMostLines = 20;

/// pip prints the output of a backend between these.
constexpr std::string_view kBegin = "lines of output]";
constexpr std::string_view kEnd = "[end of output]";

std::size_t indentation_of(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

/// The lines that pip quotes; all lines if it quotes none.
std::vector<std::string_view> quoted_lines(std::string_view output) {
  std::vector<std::string_view> lines = base::split_lines(output);
  const auto is_end = [](std::string_view line) { return base::trim(line) == kEnd; };
  const auto end = std::ranges::find_if(lines, is_end);
  if (end == lines.end()) return lines;
  const auto begin = std::find_if(
      std::make_reverse_iterator(end), lines.rend(),
      [](std::string_view line) { return line.find(kBegin) != std::string_view::npos; });
  const std::size_t indentation = indentation_of(*end);
  std::vector<std::string_view> quoted(begin.base(), end);
  for (std::string_view& line : quoted) {
    line.remove_prefix(std::min(indentation, indentation_of(line)));
  }
  return quoted;
}

std::vector<std::string_view> last_lines(const base::ProcessResult& result) {
  const bool is_silent = base::trim(result.error_output).empty();
  std::vector<std::string_view> lines =
      quoted_lines(is_silent ? result.output : result.error_output);
  std::erase_if(lines, [](std::string_view line) { return base::trim(line).empty(); });
  if (lines.size() > kMostLines) lines.erase(lines.begin(), lines.end() - kMostLines);
  return lines;
}

base::Error no_project(const std::string& project) {
  return base::Error(base::ExitCode::kUsage,
                     "`" + project + "` has neither `pyproject.toml` nor `setup.py`")
      .with_hint("name the directory of the project; for an archive, by `#subdirectory=`");
}

base::Error bad_answer(const std::string& project, std::string_view requirement) {
  return base::Error(base::ExitCode::kFailure, "the build of `" + project + "` asks for `" +
                                                   std::string(requirement) +
                                                   "`, which is not a valid requirement")
      .with_hint("ask the project for a sound release, or require another version");
}

}  // namespace

base::Error build_failure(const std::string& project, const base::ProcessResult& result) {
  std::string message = "building `" + project + "` failed";
  if (result.signal != 0) message += ": signal " + std::to_string(result.signal) + " ended it";
  base::Error error(base::ExitCode::kFailure, std::move(message));
  for (const std::string_view line : last_lines(result)) error.add_context(std::string(line));
  error.add_hint(
      "the lines above are the output of the build: install what it lacks, such as a compiler or "
      "headers, or require a version that has a wheel");
  return error;
}

base::Path ProjectBuild::run(const base::Path& tree) {
  const base::Step step(tools_.progress, "build `" + project_ + "`");
  (void)directory_.create_directory(kTemporary);
  (void)directory_.create_directory(kWheels);
  const specs::BuildSystem system = read_build_system(tree);
  std::vector<specs::Requirement> requirements = system.requirements;
  std::optional<IsolatedBuildEnvironment> environment = make_environment(requirements);
  const std::vector<specs::Requirement> more = ask_backend(*environment, tree, system);
  if (!more.empty()) {
    // All requirements together may need other versions than those that are installed.
    requirements.insert(requirements.end(), more.begin(), more.end());
    environment.emplace(make_environment(requirements));
  }
  build_wheel(*environment, tree);
  const std::vector<std::string> built = base::list_directory(path_of(kWheels));
  if (built.size() == 1) return path_of(kWheels) / built.front();
  throw base::Error(base::ExitCode::kFailure, "building `" + project_ + "` produced " +
                                                  std::to_string(built.size()) +
                                                  " wheels instead of one")
      .with_hint("ask the project for a sound release, or require another version");
}

specs::BuildSystem ProjectBuild::read_build_system(const base::Path& tree) const {
  const std::optional<std::string> text = base::read_file_if_exists(tree / "pyproject.toml");
  if (!text && !base::file_status(tree / "setup.py")) throw no_project(project_);
  try {
    return specs::BuildSystem::parse(text.value_or(""));
  } catch (const base::Error& error) {
    throw base::Error(base::ExitCode::kVerification,
                      "`pyproject.toml` of `" + project_ + "` cannot be used: " + error.message())
        .with_hint("correct it, or ask the project to");
  }
}

/// A new environment for each set of requirements, each in a directory of its own.
IsolatedBuildEnvironment ProjectBuild::make_environment(
    const std::vector<specs::Requirement>& requirements) {
  const base::Step step(tools_.progress, "create the build environment");
  const std::string name = "environment-" + std::to_string(environments_++);
  IsolatedBuildEnvironment environment(directory_.create_directory(name), tools_.interpreter,
                                       tools_.pip);
  if (requirements.empty()) return environment;
  try {
    environment.install(tools_.requirements.fetch(requirements));
  } catch (base::Error& error) {
    error.add_context("while installing the build requirements of `" + project_ + "`");
    throw;
  }
  return environment;
}

std::vector<specs::Requirement> ProjectBuild::ask_backend(
    const IsolatedBuildEnvironment& environment, const base::Path& tree,
    const specs::BuildSystem& system) const {
  std::vector<std::string> words{"-c", std::string(kRequirementsHook), tree.text(), system.backend,
                                 path_of(kAnswer).text()};
  words.insert(words.end(), system.backend_path.begin(), system.backend_path.end());
  const base::ProcessResult result = environment.run_python(words, path_of(kTemporary));
  if (!result.succeeded()) throw build_failure(project_, result);
  std::vector<specs::Requirement> requirements;
  const std::string answer = base::read_file(path_of(kAnswer));
  for (const std::string_view line : base::split_lines(answer)) {
    if (line.empty()) continue;
    std::optional<specs::Requirement> requirement = specs::Requirement::try_parse(line);
    if (!requirement) throw bad_answer(project_, line);
    const bool is_known =
        std::ranges::any_of(system.requirements, [&requirement](const specs::Requirement& known) {
          return known.to_string() == requirement->to_string();
        });
    if (!is_known) requirements.push_back(*std::move(requirement));
  }
  return requirements;
}

void ProjectBuild::build_wheel(const IsolatedBuildEnvironment& environment,
                               const base::Path& tree) const {
  // In a URL, pip does not take a part of the path for extras or a marker.
  const std::string url = base::Url::from_path(tree).to_string();
  const base::ProcessResult result = environment.run_python(
      {"-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index", "--no-cache-dir",
       "--no-input", "--disable-pip-version-check", "--progress-bar", "off", "--wheel-dir",
       path_of(kWheels).text(), url},
      path_of(kTemporary));
  if (!result.succeeded()) throw build_failure(project_, result);
}

}  // namespace ensure::build
