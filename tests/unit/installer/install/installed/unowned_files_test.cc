#include "installer/install/installed/unowned_files.h"

#include <memory>
#include <string>
#include <vector>

#include "installer/base/error.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/growth.h"
#include "tests/support/temp_dir.h"
#include "tree.h"

namespace ensure::install {

namespace {

/// A target with one package, `demo`, and a staged tree beside it.
class Sample {
 public:
  Sample() {
    put(site() / "demo/__init__.py", "old");
    put(site() / "demo/__pycache__/__init__.cpython-312.pyc", "old code");
    put(site() / "demo-1.0.dist-info/RECORD",
        "demo/__init__.py,,\n../../../bin/demo,,\ndemo-1.0.dist-info/RECORD,,\n");
    put(target() / "bin/demo", "old");
    base::make_directories(staged());
  }

  [[nodiscard]] fs::path target() const { return directory_ / "env"; }
  [[nodiscard]] fs::path site() const { return target() / "lib/python3.12/site-packages"; }
  [[nodiscard]] fs::path staged() const { return directory_ / "staged"; }
  [[nodiscard]] std::vector<StagedTree> trees() const { return {{staged(), target()}}; }

  void stage(const std::string& path, const std::string& content) const {
    put(staged() / path, content);
  }

  /// The paths in the target that no package owns.
  [[nodiscard]] std::vector<std::string> unowned(const std::vector<fs::path>& paths = {}) const {
    const ReplaceableFiles replaceable{.distributions = find_distributions(site()), .paths = paths};
    std::vector<std::string> names;
    for (const fs::path& path : find_unowned_files(trees(), replaceable)) {
      names.push_back(path.lexically_relative(*base::real_path(target())).text());
    }
    return names;
  }

 private:
  tests::TempDir directory_;
};

using Names = std::vector<std::string>;
constexpr const char* kSite = "lib/python3.12/site-packages/";

TEST_CASE("files of an installed package may be replaced", "[install][unowned_files]") {
  const Sample sample;
  sample.stage("bin/demo", "new");
  sample.stage(std::string(kSite) + "demo/__init__.py", "new");
  sample.stage(std::string(kSite) + "demo/new.py", "new");
  sample.stage(std::string(kSite) + "demo/__pycache__/__init__.cpython-312.pyc", "new code");
  sample.stage(std::string(kSite) + "demo-1.0.dist-info/RECORD", "new");
  CHECK(sample.unowned().empty());
  // Of modules that are not staged, too.
  fs::remove(sample.staged() / kSite / "demo/__init__.py");
  CHECK(sample.unowned().empty());
}

TEST_CASE("files that no package owns are found", "[install][unowned_files]") {
  const Sample sample;
  put(sample.site() / "mine.py", "years of work");
  put(sample.site() / "demo/mine.py", "years of work");
  put(sample.site() / "__pycache__/alone.cpython-312.pyc", "years of work");
  put(sample.target() / "bin/mine", "years of work");
  fs::create_symlink("/nowhere", sample.target() / "bin/link");
  for (const char* path : {"bin/link", "bin/mine", "bin/other"}) sample.stage(path, "new");
  for (const char* path : {"mine.py", "demo/mine.py", "__pycache__/alone.cpython-312.pyc"}) {
    sample.stage(kSite + std::string(path), "new");
  }
  CHECK(sample.unowned() ==
        Names{"bin/link", "bin/mine", kSite + std::string("__pycache__/alone.cpython-312.pyc"),
              kSite + std::string("demo/mine.py"), kSite + std::string("mine.py")});
}

TEST_CASE("stale bytecode of a staged module may be replaced", "[install][unowned_files]") {
  const Sample sample;
  put(sample.site() / "__pycache__/new.cpython-312.pyc", "stale");
  sample.stage(std::string(kSite) + "new.py", "new");
  sample.stage(std::string(kSite) + "__pycache__/new.cpython-312.pyc", "new");
  CHECK(sample.unowned().empty());
}

TEST_CASE("equal files may be replaced", "[install][unowned_files]") {
  const Sample sample;
  put(sample.site() / "same.py", "same");
  put(sample.site() / "size.py", "some");
  sample.stage(std::string(kSite) + "same.py", "same");
  sample.stage(std::string(kSite) + "size.py", "same");
  fs::create_directory(sample.staged() / "bin");
  for (const char* name : {"same", "other"}) {
    fs::create_symlink("python3", sample.staged() / "bin" / name);
    const bool is_same = std::string(name) == "same";
    fs::create_symlink(is_same ? "python3" : "mine", sample.target() / "bin" / name);
  }
  CHECK(sample.unowned() == Names{"bin/other", kSite + std::string("size.py")});
}

TEST_CASE("files too large to be compared count as different", "[install][unowned_files]") {
  const Sample sample;
  put(sample.site() / "data.bin", "");
  sample.stage(std::string(kSite) + "data.bin", "");
  CHECK(sample.unowned().empty());
  fs::resize_file(sample.site() / "data.bin", base::kLargeText + 1);  // sparse files
  fs::resize_file(sample.staged() / kSite / "data.bin", base::kLargeText + 1);
  CHECK(sample.unowned() == Names{kSite + std::string("data.bin")});
}

TEST_CASE("parts of the target may be replaced", "[install][unowned_files]") {
  const Sample sample;
  put(sample.target() / "bin/activate", "old");
  put(sample.site() / "pip/__init__.py", "old");
  put(sample.site() / "pipx/__init__.py", "old");
  sample.stage("bin/activate", "new");
  sample.stage(std::string(kSite) + "pip/__init__.py", "new");
  sample.stage(std::string(kSite) + "pipx/__init__.py", "new");
  CHECK(sample.unowned({sample.target() / "bin/activate", sample.site() / "pip"}) ==
        Names{kSite + std::string("pipx/__init__.py")});
}

TEST_CASE("a file is known by whichever link it is reached", "[install][unowned_files]") {
  const Sample sample;
  fs::create_directory_symlink("lib", sample.target() / "lib64");
  sample.stage("lib64/python3.12/site-packages/demo/__init__.py", "new");
  CHECK(sample.unowned().empty());
  put(sample.site() / "mine.py", "years of work");
  sample.stage("lib64/python3.12/site-packages/mine.py", "new");
  CHECK(sample.unowned() == Names{kSite + std::string("mine.py")});
}

TEST_CASE("the refusal names the first files and the option", "[install][unowned_files]") {
  const Sample sample;
  for (int i = 0; i < 7; ++i) {
    const std::string name = "mine" + std::to_string(i) + ".py";
    put(sample.site() / name, "years of work");
    sample.stage(kSite + name, "new");
  }
  try {
    refuse_unowned_files(sample.trees(), {});
    FAIL("was accepted");
  } catch (const base::Error& error) {
    CHECK(error.exit_code() == base::ExitCode::kFileSystem);
    CHECK(error.message().find("mine4.py` and 2 more") != std::string::npos);
    CHECK(error.message().find("mine5.py") == std::string::npos);
    CHECK(error.hints().front().find("--force-overwrite") != std::string::npos);
  }
}

/// A change that would replace `n` files of one directory, with bytecode of one module, in a target
/// with `n` distributions whose RECORDs repeat that module. The directories of the rows do not
/// exist, so the work is that of comparing.
double growth_of_search(bool is_recorded) {
  return tests::growth(500, [is_recorded](std::size_t n) {
    auto sample = std::make_shared<Sample>();
    std::string record;
    for (std::size_t i = 0; i < n; ++i) {
      const std::string name = "many/__pycache__/a." + std::to_string(i) + ".pyc";
      put(sample->site() / name, "old");
      sample->stage(kSite + name, "new " + std::to_string(i));
      record += is_recorded ? "many/a.py,,\n" : "demo/none.py,,\n";
    }
    put(sample->site() / "demo-1.0.dist-info/RECORD", record);
    std::vector<Distribution> distributions(n, find_distributions(sample->site()).at(0));
    for (std::size_t i = 1; i < n; ++i) distributions[i].dist_info = "/missing";
    const ReplaceableFiles replaceable{
        .distributions = distributions,
        .paths = std::vector<fs::path>(n, sample->target() / "bin/activate")};
    return [sample, replaceable] { (void)find_unowned_files(sample->trees(), replaceable); };
  });
}

TEST_CASE("the search for unowned files takes linear time", "[install][unowned_files]") {
  CHECK(growth_of_search(true) < tests::kMostGrowth);
  CHECK(growth_of_search(false) < tests::kMostGrowth);
}

}  // namespace

}  // namespace ensure::install
