#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "fake_index.h"
#include "installer/index/candidates/index_provider.h"
#include "installer/resolve/resolve.h"
#include "tests/support/temp_dir.h"

namespace ensure::index {

/// A provider over two made-up indexes.
struct Fixture {
  tests::FakeHttpClient client;
  tests::TempDir directory;
  cache::Cache cache{directory / "cache"};
  tests::FakeIndex first{client, "https://first.test/simple/"};
  tests::FakeIndex second{client, "https://second.test/simple/"};
  specs::TargetPython target = tests::linux_target();
  IndexSettings settings;
  std::vector<std::string> warnings;
  std::optional<base::Error> refusal;

  Fixture() { settings.indexes = {first.url(), second.url()}; }

  /// The projects of the solution with their files, or the reason why there is none.
  std::string solve(const std::vector<std::string>& wanted,
                    const std::function<void(IndexProvider&)>& prepare = {}) {
    std::string text;
    const std::string error = tests::error_in([&] {
      text = solution(wanted, prepare);
      return 0;
    });
    return error + text;
  }

  std::string solution(const std::vector<std::string>& wanted,
                       const std::function<void(IndexProvider&)>& prepare) {
    Downloader downloader(client, cache, {.offline = settings.offline});
    IndexProvider provider(target, settings, client, cache, downloader);
    if (prepare) prepare(provider);
    resolve::Problem problem;
    problem.requirements = tests::requirements(wanted);
    problem.environment = target.environment;
    problem.python_version = target.version;
    provider.expect(problem.requirements);
    const resolve::SolveResult outcome = resolve::resolve(problem, provider);
    std::string text;
    if (const auto* const failure = std::get_if<resolve::NoSolution>(&outcome)) {
      for (const auto& [name, project] : failure->projects) {
        if (project.absent) text += name + ' ' + *project.absent + '\n';
        for (const auto& version : project.versions) {
          if (version.unavailable) text += name + ' ' + version.unavailable->text + '\n';
        }
      }
      warnings = provider.notices().warnings;
      refusal = provider.refusal_in(*failure);
      return "no solution: " + text;
    }
    for (const ChosenFile& file : provider.choose(std::get<resolve::Resolution>(outcome))) {
      text += file.file.request.url.to_string() + ' ';
    }
    warnings = provider.notices().warnings;
    return text;
  }
};

inline const std::string kFirst = "https://first.test/files/";
inline const std::string kSecond = "https://second.test/files/";

}  // namespace ensure::index
