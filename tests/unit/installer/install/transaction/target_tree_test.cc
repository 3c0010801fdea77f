#include "installer/install/transaction/target_tree.h"

#include "installer/base/error.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"
#include "tree.h"

namespace ensure::install {

namespace {

using tests::TempDir;

/// The text of the error that resolving `path` ends in.
std::string refusal_of(TargetTree& tree, const fs::path& path) {
  try {
    (void)tree.locate(path);
  } catch (const base::Error& error) {
    CHECK(error.exit_code() == base::ExitCode::kFileSystem);
    CHECK_FALSE(error.hints().empty());
    return error.message();
  }
  FAIL("`" << path.text() << "` was not refused");
  return {};
}

}  // namespace

TEST_CASE("links that stay inside a target are followed", "[install][TargetTree]") {
  const TempDir temp;
  const fs::path env = temp / "env";
  put(env / "lib/python/file", "x");
  fs::create_symlink("lib", env / "lib64");
  fs::create_symlink("../env/lib/python/..", env / "odd");
  fs::create_symlink(env / "lib/python", env / "absolute");
  TargetTree tree({{env}});
  CHECK(tree.resolve(env / "lib64/python/new/deep") == env / "lib/python/new/deep");
  CHECK(tree.resolve(env / "absolute") == env / "lib/python");
  CHECK(tree.resolve_parents(env / "absolute/file") == env / "lib/python/file");
  CHECK(tree.resolve_parents(env / "lib64") == env / "lib64");
  CHECK(tree.link_status(env / "lib64")->type == base::FileType::kLink);
  CHECK_FALSE(tree.link_status(env / "missing/file"));
  CHECK(refusal_of(tree, env / "odd/python/file").find((env / "odd").text()) != std::string::npos);
}

TEST_CASE("links that lead out of a target are refused by name", "[install][TargetTree]") {
  const TempDir temp;
  const fs::path env = temp / "env";
  fs::create_directories(env / "lib");
  fs::create_directories(temp / "outside/deep");
  fs::create_symlink(temp / "outside", env / "bin");
  fs::create_symlink("../../outside", env / "lib/climbing");
  fs::create_symlink("loop", env / "loop");
  TargetTree tree({{env}});
  CHECK(refusal_of(tree, env / "bin/pip").find((env / "bin").text()) != std::string::npos);
  CHECK(refusal_of(tree, env / "lib/climbing/x").find("climbing") != std::string::npos);
  CHECK(refusal_of(tree, env / "loop/x").find("too many links") != std::string::npos);
  CHECK(refusal_of(tree, temp / "outside/x").find("outside of the target") != std::string::npos);
  CHECK(refusal_of(tree, env / "../outside").find("outside of the target") != std::string::npos);
  // The link itself is an entry of the target, which may be replaced.
  CHECK(tree.resolve_parents(env / "bin") == env / "bin");
}

TEST_CASE("links in a root lead where they lead inside of it", "[install][TargetTree]") {
  const TempDir temp;
  const fs::path root = temp / "root";
  fs::create_directories(root / "usr/lib");
  fs::create_symlink("/usr/lib", root / "lib");
  fs::create_symlink("../../../usr/lib", root / "usr/climbing");
  fs::create_symlink(temp / "outside", root / "absent");
  TargetTree tree({{root}, LinkScope::kInRoot});
  CHECK(tree.resolve(root / "lib/python") == root / "usr/lib/python");
  CHECK(tree.resolve(root / "usr/climbing/python") == root / "usr/lib/python");
  CHECK(tree.resolve(root / "absent") == root / (temp / "outside").relative_path());
}

TEST_CASE("a target may be reached through a link", "[install][TargetTree]") {
  const TempDir temp;
  fs::create_directories(temp / "releases/1/bin");
  fs::create_symlink("releases/1", temp / "current");
  TargetTree tree({{temp / "current"}});
  CHECK(tree.resolve_parents(temp / "current/bin/pip") == temp / "releases/1/bin/pip");
  CHECK(tree.resolve_parents(temp / "releases/1/bin/pip") == temp / "releases/1/bin/pip");
  CHECK(tree.path_of(tree.locate(temp / "current")) == temp / "releases/1");
}

TEST_CASE("a directory that is swapped for a link is not opened", "[install][TargetTree]") {
  const TempDir temp;
  const fs::path env = temp / "env";
  fs::create_directories(env / "lib/python");
  put(temp / "outside/python/precious", "x");
  TargetTree tree({{env}});
  const TargetEntry entry = tree.locate(env / "lib/python/precious");
  CHECK_FALSE(tree.open(entry).status());
  fs::rename(env / "lib", temp / "moved");
  fs::create_symlink(temp / "outside", env / "lib");
  CHECK_THROWS_AS(tree.open(entry), base::FileError);
}

TEST_CASE("a journal may name a bound, what is below it and the way to it",
          "[install][TargetTree]") {
  const TempDir temp;
  TargetTree tree({{temp / "a/b"}});
  const TargetEntry bound = tree.locate(temp / "a/b");
  CHECK(tree.anchor(bound.anchor).levels == 2);
  CHECK(bound.relative == "a/b");
  CHECK(tree.allows(bound, false));
  CHECK(tree.allows({bound.anchor, "a/b/c"}, false));
  CHECK(tree.allows({bound.anchor, "a"}, true));
  CHECK_FALSE(tree.allows({bound.anchor, "a"}, false));
  CHECK_FALSE(tree.allows({bound.anchor, "a/other"}, true));
  CHECK_FALSE(tree.allows({bound.anchor, "other"}, false));
  CHECK_FALSE(tree.allows({bound.anchor + 1, "a/b"}, false));
}

}  // namespace ensure::install
