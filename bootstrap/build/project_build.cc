#include "bootstrap/build/project_build.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "bootstrap/build/failure.h"
#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/base/url.h"
#include "requirements_hook.py.h"

namespace ensure::build {

namespace {

constexpr const char* kTemporary = "temporary";
constexpr const char* kWheels = "wheels";
constexpr const char* kAnswer = "requirements";

base::Error no_project(const std::string& project) {
  return base::Error(base::ExitCode::kUsage,
                     "`" + project + "` has neither `pyproject.toml` nor `setup.py`")
      .with_hint("name the folder with the project in it; of an archive, by `#subdirectory=`");
}

base::Error bad_answer(const std::string& project, std::string_view requirement) {
  return base::Error(base::ExitCode::kFailure, "the build of `" + project + "` asks for `" +
                                                   std::string(requirement) +
                                                   "`, which is no requirement")
      .with_hint("ask the project for a sound release, or require another version");
}

}  // namespace

base::Path ProjectBuild::run(const base::Path& tree) {
  const base::Step step(tools_.progress, "build `" + project_ + "`");
  (void)folder_.create_directory(kTemporary);
  (void)folder_.create_directory(kWheels);
  const specs::BuildSystem system = read_build_system(tree);
  std::vector<specs::Requirement> requirements = system.requirements;
  std::optional<ThrowAwayEnvironment> environment = make_environment(requirements);
  const std::vector<specs::Requirement> more = ask_backend(*environment, tree, system);
  if (!more.empty()) {
    // What is there may not be what all of them together need.
    requirements.insert(requirements.end(), more.begin(), more.end());
    environment.emplace(make_environment(requirements));
  }
  build_wheel(*environment, tree);
  const std::vector<std::string> built = base::list_directory(path_of(kWheels));
  if (built.size() == 1) return path_of(kWheels) / built.front();
  throw base::Error(base::ExitCode::kFailure, "building `" + project_ + "` has made " +
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
    throw base::Error(base::ExitCode::kFailure,
                      "`pyproject.toml` of `" + project_ + "` cannot be used: " + error.message())
        .with_hint("correct it, or ask the project to");
  }
}

/// Anew for each set of requirements, each in a folder of its own.
ThrowAwayEnvironment ProjectBuild::make_environment(
    const std::vector<specs::Requirement>& requirements) {
  const base::Step step(tools_.progress, "make the environment to build it in");
  const std::string name = "environment-" + std::to_string(environments_++);
  ThrowAwayEnvironment environment(folder_.create_directory(name), tools_.interpreter, tools_.pip);
  if (requirements.empty()) return environment;
  try {
    environment.install(tools_.needed.fetch(requirements));
  } catch (base::Error& error) {
    error.add_context("while installing what is needed to build `" + project_ + "`");
    throw;
  }
  return environment;
}

std::vector<specs::Requirement> ProjectBuild::ask_backend(const ThrowAwayEnvironment& environment,
                                                          const base::Path& tree,
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

void ProjectBuild::build_wheel(const ThrowAwayEnvironment& environment,
                               const base::Path& tree) const {
  // As a URL, a path may hold what pip would take for extras or a marker.
  const std::string url = base::Url::from_path(tree).to_string();
  const base::ProcessResult result = environment.run_python(
      {"-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index", "--no-cache-dir",
       "--no-input", "--disable-pip-version-check", "--progress-bar", "off", "--wheel-dir",
       path_of(kWheels).text(), url},
      path_of(kTemporary));
  if (!result.succeeded()) throw build_failure(project_, result);
}

}  // namespace ensure::build
