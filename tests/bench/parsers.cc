// How time and memory of every reader of foreign bytes, and of the solver, grow with their input.
//
//   parsers [--smoke] [NAME...]
//
// Each case runs with n, 2n and 4n, every time in a process of its own, so that its peak memory is
// known. What is linear takes twice as long for twice as much; the last column is the growth of the
// time from n to 4n, which should stay near 4 and would be 16 for what is quadratic.

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/index/metadata/metadata_source.h"
#include "installer/resolve/resolve.h"
#include "installer/specs/metadata/core_metadata.h"
#include "installer/specs/metadata/entry_points.h"
#include "installer/specs/metadata/pyproject.h"
#include "installer/specs/metadata/record.h"
#include "installer/specs/pages/link_page.h"
#include "installer/specs/pages/project_page.h"
#include "installer/specs/requirements/format_control.h"
#include "installer/specs/requirements/requirement.h"
#include "installer/specs/requirements/requirements_file.h"

namespace {

using namespace ensure;  // NOLINT(google-build-using-namespace): a program of one file

/// `form` with the number in the place of each `#`, from 0 to n - 1, one after the other.
std::string repeated(std::size_t n, const std::string& form) {
  std::string text;
  for (std::size_t i = 0; i < n; ++i) text += base::replace_all(form, "#", std::to_string(i));
  return text;
}

const std::string kHead = "Metadata-Version: 2.1\nName: a\nVersion: 1\n";

/// Projects with one version each, from their METADATA.
class MemoryProvider : public resolve::Provider {
 public:
  void add(const std::string& name, const std::string& fields) {
    const auto parsed = specs::PackageName::parse(name);
    const std::string text = "Metadata-Version: 2.1\nName: " + name + "\nVersion: 1\n" + fields;
    answers_[parsed.normalized()] = index::read_metadata(text, parsed, version_).answer;
  }

  const resolve::Candidates& candidates(const specs::PackageName& name) override {
    resolve::Candidates& found = candidates_[name.normalized()];
    if (!answers_.contains(name.normalized())) {
      found.absent = "is not there";
    } else if (found.versions.empty()) {
      found.versions.push_back({version_, false, std::nullopt});
    }
    return found;
  }

  const resolve::MetadataAnswer& metadata(const specs::PackageName& name,
                                          const specs::Version& /*version*/) override {
    return answers_.at(name.normalized());
  }

 private:
  specs::Version version_ = specs::Version::parse("1");
  std::map<std::string, resolve::MetadataAnswer> answers_;
  std::map<std::string, resolve::Candidates> candidates_;
};

/// Solves `requirement`, where `a` has these fields, and `b` has none.
void solve(const std::string& requirement, const std::string& fields) {
  MemoryProvider provider;
  provider.add("a", fields);
  provider.add("b", "");
  resolve::Problem problem;
  problem.requirements.push_back(specs::Requirement::parse(requirement));
  (void)resolve::resolve(problem, provider);
}

void read_requirements(const std::string& text) {
  (void)specs::RequirementsFiles::read(
      {{"requirements.txt", false}}, [&](const std::string& /*file*/) { return text; },
      [](const std::string& /*name*/) { return std::optional<std::string>("value"); });
}

void read_page(const std::string& body, std::string_view type) {
  (void)specs::ProjectPage::parse(body, type, specs::PackageName::parse("a"),
                                  "https://a/simple/a/");
}

std::string extras(std::size_t n) { return "a[" + repeated(n, "e#,") + "last]"; }

struct Case {
  std::string name;
  std::size_t n;
  std::function<void(std::size_t)> run;
};

std::vector<Case> spec_cases() {
  return {
      {"record", 50'000,
       [](auto n) { (void)specs::parse_record(repeated(n, "a/#.py,sha256=abc,10\n")); }},
      {"record, carriage returns", 50'000,
       [](auto n) { (void)specs::parse_record(repeated(n, "a/#.py,,\r")); }},
      {"record, empty lines", 2'000'000,
       [](auto n) { (void)specs::parse_record(std::string(n, '\n')); }},
      {"metadata, one field", 20'000,
       [](auto n) { (void)specs::CoreMetadata::parse(kHead + repeated(n, "Classifier: #\n")); }},
      {"metadata, a long field", 100'000,
       [](auto n) {
         (void)specs::CoreMetadata::parse(kHead + "Summary: a\n" + repeated(n, " #\n"));
       }},
      {"entry points", 50'000,
       [](auto n) {
         specs::each_entry_point(
             "[console_scripts]\n" + repeated(n, "c#=m:f\n"),
             [](std::string_view /*group*/) { return true; }, [](const specs::EntryPoint&) {});
       }},
      {"entry points, a long group", 5'000,
       [](auto n) {
         specs::each_entry_point(
             '[' + std::string(100 * n, 'g') + "]\n" + repeated(n, "c#=m:f\n"),
             [](std::string_view group) { return group == "console_scripts"; },
             [](const specs::EntryPoint&) {});
       }},
      {"wheel file", 1'000,
       [](auto n) {
         (void)specs::WheelMetadata::parse("Wheel-Version: 1.0\nRoot-Is-Purelib: true\n" +
                                           repeated(n, "Tag: py#-none-any\n"));
       }},
      {"requirement, extras", 20'000, [](auto n) { (void)specs::Requirement::parse(extras(n)); }},
      {"requirement, specifiers", 10'000,
       [](auto n) { (void)specs::Requirement::parse("a" + repeated(n, "!=1.#,") + "!=2"); }},
      {"requirement, `===`", 10'000,
       [](auto n) { (void)specs::Requirement::parse("a" + repeated(n, "===1.#,") + "!=2"); }},
      {"requirement, marker", 20'000,
       [](auto n) {
         const std::string text = "a; " + repeated(n, "extra == 'e#' or ") + "extra == 'x'";
         (void)specs::Requirement::parse(text).marker->extras({});
       }},
      {"version, release", 50'000,
       [](auto n) { (void)specs::Version::parse("1" + repeated(n, ".#")).to_string(); }},
      {"version, digits", 1'000'000,
       [](auto n) { (void)specs::Version::parse(std::string(n, '7')).to_string(); }},
      {"format control", 50'000,
       [](auto n) {
         specs::FormatControl control;
         control.add_no_binary(repeated(n, ":all:,a#,") + ":none:");
       }},
  };
}

std::vector<Case> document_cases() {
  return {
      {"requirements file", 10'000, [](auto n) { read_requirements(repeated(n, "a#==1.#\n")); }},
      {"requirements file, one line", 20'000,
       [](auto n) {
         read_requirements("a==1 " + repeated(n, "--hash=sha256:" + std::string(64, 'a') + ' '));
       }},
      {"requirements file, variables", 20'000,
       [](auto n) { read_requirements("--find-links " + repeated(n, "${A}${B#}") + "\n"); }},
      {"requirements file, bad lines", 5'000,
       [](auto n) {
         try {
           read_requirements(repeated(n, "?#\n"));
         } catch (const base::Error&) {  // NOLINT(bugprone-empty-catch): it is what is measured
         }
       }},
      {"page, JSON", 10'000,
       [](auto n) {
         read_page(
             R"({"files": [)" +
                 repeated(n,
                          R"({"filename": "a-1.#.tar.gz", "url": "a-1.#.tar.gz", "hashes": {}},)") +
                 "{}]}",
             "application/json");
       }},
      {"page, JSON escapes", 50'000,
       [](auto n) {
         read_page(R"({"files": [], "x": [)" + repeated(n, R"("\n",)") + "1]}", "application/json");
       }},
      {"page, HTML", 10'000,
       [](auto n) { read_page(repeated(n, "<a href='a-1.#.tar.gz'>a</a>"), "text/html"); }},
      {"page, HTML comments", 50'000,
       [](auto n) {
         read_page("<a href='a-1.tar.gz'>a</a>" + repeated(n, "<!-- # -->"), "text/html");
       }},
      {"page, HTML attributes", 50'000,
       [](auto n) {
         read_page("<a href='a-1.tar.gz'" + repeated(n, " a#='&amp;'") + ">a</a>", "text/html");
       }},
      {"page of links", 10'000,
       [](auto n) {
         (void)specs::LinkPage::parse(repeated(n, "<a href='a-1.#.tar.gz'>a</a>"), "https://a/");
       }},
      {"dependency groups, doubled", 20,
       [](auto n) {
         std::string text = "[dependency-groups]\n";
         for (std::size_t i = 0; i < n; ++i) {
           const std::string next = "{include-group = 'g" + std::to_string(i + 1) + "'}";
           text += "g" + std::to_string(i) + " = [" + next + ", " + next + "]\n";
         }
         (void)specs::Pyproject::parse(text + "g" + std::to_string(n) + " = ['a']\n")
             .groups()
             .requirements("g0");
       }},
  };
}

std::vector<Case> solver_cases() {
  return {
      {"solver, repeated requirement", 20'000,
       [](auto n) { solve("a", repeated(n, "Requires-Dist: b\n")); }},
      {"solver, different requirements", 2'000,
       [](auto n) { solve("a", repeated(n, "Requires-Dist: b<#00000\n")); }},
      {"solver, extras that no package has", 2'000, [](auto n) { solve(extras(n), ""); }},
      {"solver, extras and requirements", 2'000,
       [](auto n) { solve(extras(n), repeated(n, "Requires-Dist: b; extra == 'e#'\n")); }},
      {"solver, one marker for all extras", 2'000,
       [](auto n) {
         solve(extras(n),
               "Requires-Dist: b; " + repeated(n, "extra == 'e#' or ") + "extra == 'x'\n");
       }},
      {"solver, a chain of extras", 2'000,
       [](auto n) {
         std::string fields;
         for (std::size_t i = 0; i < n; ++i) {
           fields += "Requires-Dist: a[e" + std::to_string(i + 1) + "]; extra == 'e" +
                     std::to_string(i) + "'\n";
         }
         solve("a[e0]", fields);
       }},
  };
}

struct Cost {
  double milliseconds = 0;
  long megabytes = 0;
  bool has_failed = false;
};

/// Runs in a child process, whose peak memory the kernel reports.
Cost cost_of(const Case& measured, std::size_t n) {
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child == 0) {
    try {
      measured.run(n);
    } catch (const base::Error& error) {
      std::fprintf(stderr, "%s: %.200s\n", measured.name.c_str(), error.what());
      _exit(1);
    }
    _exit(0);
  }
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - start;
  return {.milliseconds = taken.count(),
          .megabytes = usage.ru_maxrss / 1024,
          .has_failed = status != 0};
}

bool measure(const Case& measured, bool is_smoke) {
  const std::size_t n = is_smoke ? std::min<std::size_t>(measured.n, 100) : measured.n;
  std::vector<Cost> costs;
  for (const std::size_t factor : {1U, 2U, 4U}) costs.push_back(cost_of(measured, factor * n));
  std::printf("| %s | %zu |", measured.name.c_str(), n);
  for (const Cost& cost : costs)
    std::printf(" %.1f ms, %ld MB |", cost.milliseconds, cost.megabytes);
  std::printf(" %.1f |\n", costs.back().milliseconds / std::max(costs.front().milliseconds, 0.1));
  std::fflush(stdout);
  return std::none_of(costs.begin(), costs.end(), [](const Cost& cost) { return cost.has_failed; });
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const bool is_smoke = std::find(words.begin(), words.end(), "--smoke") != words.end();
  const bool is_all = words.size() == (is_smoke ? 1U : 0U);
  std::puts("| reader | n | n | 2n | 4n | growth |\n|---|---:|---:|---:|---:|---:|");
  bool is_sound = true;
  for (const auto& cases : {spec_cases(), document_cases(), solver_cases()}) {
    for (const Case& measured : cases) {
      const bool is_wanted =
          is_all || std::find(words.begin(), words.end(), measured.name) != words.end();
      if (is_wanted) is_sound = measure(measured, is_smoke) && is_sound;
    }
  }
  return is_sound ? 0 : 1;
}
