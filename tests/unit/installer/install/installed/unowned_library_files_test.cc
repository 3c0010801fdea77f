#include <sys/stat.h>

#include "installer/install/installed/unowned_files.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"
#include "tree.h"

namespace ensure::install {

namespace {

using tests::TempDir;

void fill(const fs::path& library) {
  put(library / "demo/__init__.py", "x");
  put(library / "demo/__pycache__/__init__.cpython-312.pyc", "code");
  put(library / "demo-1.0.dist-info/RECORD",
      "demo/__init__.py,,\n../../bin/demo,,\ndemo-1.0.dist-info/RECORD,,\n");
  put(library / "old.egg-info/PKG-INFO", "x");
  put(library / "_virtualenv.pth", "x");
  put(library / "_virtualenv.py", "x");
}

}  // namespace

TEST_CASE("files of the user in a library are told from those of tools",
          "[install][unowned_library_files]") {
  const TempDir temp;
  const fs::path library = temp / "env/lib/python3.12/site-packages";
  TargetTree tree({{temp / "env"}});
  CHECK(unowned_library_files(tree, library).empty());
  fill(library);
  CHECK(unowned_library_files(tree, library).empty());

  put(library / "mine.py", "mine");
  put(library / "demo/user.db", "mine");
  put(library / "deep/er/data", "mine");
  fs::create_symlink("elsewhere", library / "link");
  const std::vector<fs::path> expected{"deep/er/data", "demo/user.db", "link", "mine.py"};
  CHECK(unowned_library_files(tree, library) == expected);
}

TEST_CASE("files of the user get a second name in staging", "[install][unowned_library_files]") {
  const TempDir temp;
  const fs::path library = temp / "env/lib/python3.12/site-packages";
  fill(library);
  put(library / "mine.py", "mine");
  put(library / "demo/user.db", "mine");
  fs::create_symlink("elsewhere", library / "link");
  fs::permissions(library / "mine.py", fs::perms{0640});
  put(temp / "staged/demo/user.db", "new");
  TargetTree tree({{temp / "env"}});
  stage_library_files(tree, library, unowned_library_files(tree, library),
                      base::Directory::open(temp / "staged"));
  CHECK(base::read_file(temp / "staged/mine.py") == "mine");
  CHECK(base::link_status(temp / "staged/mine.py")->mode == 0640);
  CHECK(fs::read_symlink(temp / "staged/link") == "elsewhere");
  CHECK(base::read_file(temp / "staged/demo/user.db") == "new");
  CHECK(base::read_file(library / "mine.py") == "mine");
}

}  // namespace ensure::install
