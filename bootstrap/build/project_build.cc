#include "bootstrap/build/project_build.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "backend_hook.py.h"
#include "installer/base/error.h"
#include "installer/base/parallel.h"
#include "installer/base/text.h"
#include "installer/base/url.h"
#include "installer/install/wheel/destination.h"
#include "installer/install/wheel/wheel_installer.h"
#include "installer/resolve/problem.h"
#include "installer/resolve/resolve.h"
#include "installer/specs/metadata/layout.h"
#include "installer/specs/metadata/pyproject.h"
#include "venv/environment/environment.h"

namespace ensure::build {

namespace {

/// The settings for build requirements, from those of the run.
index::IndexSettings settings_for_builds(index::IndexSettings settings) {
  settings.resolution = resolve::ResolutionStrategy::kHighest;
  settings.no_deps = false;
  settings.require_hashes = false;
  settings.required_hashes.clear();
  settings.wheels_needed = true;
  return settings;
}

constexpr const char* kTemporary = "temporary";
constexpr const char* kWheels = "wheels";
constexpr const char* kAnswer = "requirements";

constexpr const char* kUnsound = "ask the project for a sound release, or require another version";

constexpr std::size_t kMostLines = 20;

constexpr int kNoHook = 66;  ///< the exit status of `backend_hook.py` without the hook

base::Error no_editable(const std::string& project, const std::string& backend) {
  return base::Error(base::ExitCode::kFailure, "`" + project +
                                                   "` cannot be installed in editable form: its "
                                                   "build backend `" +
                                                   backend + "` has no `build_editable` (PEP 660)")
      .with_hint(
          "require a newer version of the backend in `pyproject.toml`, or leave out `-e` and add "
          "`--build-sdists`");
}

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

/// Some projects build for hours; the user can interrupt the run.
constexpr std::chrono::hours kLongestBuild(24);

/// An isolated environment for one build (PEP 517, "Build environment"): created from the target's
/// interpreter in an empty directory, with pip and the build requirements.
class IsolatedBuildEnvironment {
 public:
  IsolatedBuildEnvironment(base::Directory directory, const venv::Interpreter& interpreter,
                           const wheel::WheelSource& pip)
      : directory_(std::move(directory)),
        layout_(venv::environment_layout(directory_.path(), interpreter, false)) {
    venv::EnvironmentOptions options;
    options.scm_ignore_files = false;
    venv::lay_out_environment(directory_,
                              venv::environment_parts(directory_.path(), interpreter, options));
    install::WheelDestination destination;
    destination.map(base::TargetPath(directory_.path()), directory_);
    install::install_wheel(pip, layout_, destination, {});
  }

  void install(const BuildRequirements::Wheels& wheels) {
    install::WheelDestination destination;
    destination.map(base::TargetPath(directory_.path()), directory_);
    install::WheelInstaller installer(layout_, destination, base::useful_writers());
    for (const auto& wheel : wheels) installer.add(wheel, {});
    (void)installer.finish();
  }

  /// Runs its Python, isolated from the user's settings (`-I`), with temporary files in the
  /// directory `temporary`. All processes that it starts end with it.
  [[nodiscard]] base::ProcessResult run_python(const std::vector<std::string>& arguments,
                                               const base::Path& temporary) const {
    std::vector<std::string> words{(directory_.path() / "bin/python").text(), "-I"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    base::Process process(words, variables(temporary), directory_.path().text());
    return process.wait(kLongestBuild);
  }

 private:
  /// The variables of the user, except those that change the behaviour of Python or pip.
  [[nodiscard]] std::vector<std::string> variables(const base::Path& temporary) const {
    std::vector<std::string> all = base::environment_without(
        {"PYTHON", "PIP_", "ENSURE_", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__", "PATH=", "TMPDIR="});
    const char* const path = std::getenv("PATH");
    const std::string commands = (directory_.path() / "bin").text();
    all.push_back("PATH=" + commands + (path == nullptr ? "" : ":" + std::string(path)));
    all.push_back("VIRTUAL_ENV=" + directory_.path().text());
    all.push_back("TMPDIR=" + temporary.text());
    all.emplace_back("PIP_CONFIG_FILE=/dev/null");  // to pip: no configuration file
    all.emplace_back("PIP_USE_PEP517=1");           // older versions of pip would run `setup.py`
    return all;
  }

  base::Directory directory_;
  specs::Layout layout_;
};

/// One build: a list of named steps.
class ProjectBuild {
 public:
  ProjectBuild(const std::string& project, const base::Directory& directory, WheelKind kind,
               const BuildTools& tools)
      : project_(project), directory_(directory), kind_(kind), tools_(tools) {}

  [[nodiscard]] base::Path run(const base::Path& tree) {
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
    if (kind_ == WheelKind::kEditable) {
      build_editable(*environment, tree, system);
    } else {
      build_wheel(*environment, tree);
    }
    const std::vector<std::string> built = base::list_directory(path_of(kWheels));
    if (built.size() == 1) return path_of(kWheels) / built.front();
    throw base::Error(base::ExitCode::kFailure, "building `" + project_ + "` produced " +
                                                    std::to_string(built.size()) +
                                                    " wheels instead of one")
        .with_hint(kUnsound);
  }

 private:
  [[nodiscard]] specs::BuildSystem read_build_system(const base::Path& tree) const {
    const std::optional<std::string> text = base::read_file_if_exists(tree / "pyproject.toml");
    if (!text && !base::file_status(tree / "setup.py")) {
      throw base::Error(base::ExitCode::kUsage,
                        "`" + project_ + "` has neither `pyproject.toml` nor `setup.py`")
          .with_hint("name the directory of the project; for an archive, by `#subdirectory=`");
    }
    try {
      return specs::BuildSystem::parse(text.value_or(""));
    } catch (const base::Error& error) {
      throw base::Error(base::ExitCode::kVerification,
                        "`pyproject.toml` of `" + project_ + "` cannot be used: " + error.message())
          .with_hint("correct it, or ask the project to");
    }
  }

  /// A new environment for each set of requirements, each in a directory of its own.
  [[nodiscard]] IsolatedBuildEnvironment make_environment(
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

  [[nodiscard]] std::vector<specs::Requirement> ask_backend(
      const IsolatedBuildEnvironment& environment, const base::Path& tree,
      const specs::BuildSystem& system) const {
    const bool is_editable = kind_ == WheelKind::kEditable;
    call_hook(environment, tree, system,
              is_editable ? "get_requires_for_build_editable" : "get_requires_for_build_wheel",
              path_of(kAnswer));
    std::vector<specs::Requirement> requirements;
    const std::string answer = base::read_file(path_of(kAnswer));
    for (const std::string_view line : base::split_lines(answer)) {
      if (line.empty()) continue;
      std::optional<specs::Requirement> requirement = specs::Requirement::try_parse(line);
      if (!requirement) {
        throw base::Error(base::ExitCode::kFailure, "the build of `" + project_ + "` asks for `" +
                                                        std::string(line) +
                                                        "`, which is not a valid requirement")
            .with_hint(kUnsound);
      }
      const bool is_known =
          std::ranges::any_of(system.requirements, [&requirement](const specs::Requirement& known) {
            return known.to_string() == requirement->to_string();
          });
      if (!is_known) requirements.push_back(*std::move(requirement));
    }
    return requirements;
  }

  void call_hook(const IsolatedBuildEnvironment& environment, const base::Path& tree,
                 const specs::BuildSystem& system, const char* hook,
                 const base::Path& answer) const {
    std::vector<std::string> words{
        "-c", std::string(kBackendHook), hook, tree.text(), system.backend, answer.text()};
    words.insert(words.end(), system.backend_path.begin(), system.backend_path.end());
    const base::ProcessResult result = environment.run_python(words, path_of(kTemporary));
    if (result.exit_code == kNoHook) throw no_editable(project_, system.backend);
    if (!result.succeeded()) throw build_failure(project_, result);
  }

  /// pip has no command that builds an editable wheel without installing it.
  void build_editable(const IsolatedBuildEnvironment& environment, const base::Path& tree,
                      const specs::BuildSystem& system) const {
    call_hook(environment, tree, system, "build_editable", path_of(kWheels));
  }

  void build_wheel(const IsolatedBuildEnvironment& environment, const base::Path& tree) const {
    // In a URL, pip does not take a part of the path for extras or a marker.
    const std::string url = base::Url::from_path(tree).to_string();
    const base::ProcessResult result = environment.run_python(
        {"-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index", "--no-cache-dir",
         "--no-input", "--disable-pip-version-check", "--progress-bar", "off", "--wheel-dir",
         path_of(kWheels).text(), url},
        path_of(kTemporary));
    if (!result.succeeded()) throw build_failure(project_, result);
  }

  [[nodiscard]] base::Path path_of(const char* name) const { return directory_.path() / name; }

  const std::string& project_;
  const base::Directory& directory_;
  WheelKind kind_;
  const BuildTools& tools_;
  std::size_t environments_ = 0;  ///< created so far
};

}  // namespace

BuildRequirements::BuildRequirements(const specs::TargetPython& target,
                                     const index::IndexSettings& settings, net::HttpClient& client,
                                     const cache::Cache& cache, index::Downloader& downloader,
                                     index::SourceBuilder& builder)
    : target_(target),
      settings_(settings_for_builds(settings)),
      downloader_(downloader),
      builder_(builder),
      provider_(target_, settings_, client, cache, downloader) {
  provider_.set_source_builder(builder);
}

BuildRequirements::Wheels BuildRequirements::fetch(
    const std::vector<specs::Requirement>& requirements) {
  resolve::Problem problem;
  problem.requirements = requirements;
  problem.environment = target_.environment;
  problem.python_version = target_.version;
  provider_.expect(requirements);
  const resolve::SolveResult outcome = resolve::resolve(problem, provider_);
  if (const auto* failure = std::get_if<resolve::NoSolution>(&outcome)) {
    if (const std::optional<base::Error> refusal = provider_.refusal_in(*failure))
      throw base::Error(*refusal);
    throw provider_.no_solution_error(*failure, problem);
  }
  Wheels wheels;
  std::vector<index::FileRequest> requests;
  for (const index::ChosenFile& chosen : provider_.choose(std::get<resolve::Resolution>(outcome))) {
    if (chosen.file.is_wheel) {
      requests.push_back(chosen.file.request);
    } else {
      wheels.push_back(builder_.build(index::source_of(chosen.file)).source);
    }
  }
  downloader_.fetch(requests, [&wheels](std::size_t /*place*/, const index::FetchedWheel& wheel) {
    wheels.push_back(wheel.source);
  });
  return wheels;
}

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

base::Path build_project(const std::string& project, const base::Directory& directory,
                         const base::Path& tree, WheelKind kind, const BuildTools& tools) {
  return ProjectBuild(project, directory, kind, tools).run(tree);
}

}  // namespace ensure::build
