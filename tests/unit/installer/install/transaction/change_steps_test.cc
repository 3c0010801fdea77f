#include "installer/install/transaction/change_steps.h"

#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"
#include "tree.h"

namespace ensure::install {

namespace {

using tests::TempDir;

/// A target `target/entry` and the staged entry that is to take its place.
struct Place {
  Place() {
    put(temp / "staging/new/entry/content", "new");
    fs::create_directories(temp / "staging/old");
    fs::create_directories(temp / "target");
    change = {Change::Kind::kPlace,
              tree->locate(temp / "target/entry"),
              {0, "new/entry"},
              {0, "old/0"},
              base::link_status(temp / "staging/new/entry")->inode};
  }

  [[nodiscard]] ChangeSteps steps() const { return {*tree, {&staging}}; }
  [[nodiscard]] std::string target() const {
    return base::read_file_if_exists(temp / "target/entry/content").value_or("nothing");
  }
  [[nodiscard]] std::string staged() const {
    return base::read_file_if_exists(temp / "staging/new/entry/content").value_or("nothing");
  }

  TempDir temp;
  std::optional<TargetTree> tree = [this] {
    fs::create_directories(temp / "target");
    return TargetTree({{temp / "target"}});
  }();
  base::Directory staging = [this] {
    fs::create_directories(temp / "staging");
    return base::Directory::open(temp / "staging");
  }();
  Change change;
};

}  // namespace

TEST_CASE("a change is undone however far it has come", "[install][ChangeSteps]") {
  const Place place;
  const ChangeSteps steps = place.steps();
  const fs::path target = place.temp / "target/entry";
  const fs::path staged = place.temp / "staging/new/entry";
  const fs::path backup = place.temp / "staging/old/0";
  std::string before = "old";
  SECTION("nothing was there, and nothing was done") { before = "nothing"; }
  SECTION("nothing was there") {
    before = "nothing";
    steps.apply(place.change, false);
    CHECK(place.target() == "new");
  }
  SECTION("nothing was done") { put(target / "content", "old"); }
  SECTION("both were exchanged") {
    put(target / "content", "old");
    CHECK(steps.exchange(place.change));
    CHECK(place.target() == "new");
    CHECK(place.staged() == "old");
  }
  SECTION("both were moved") {
    put(target / "content", "old");
    steps.apply(place.change, true);
    CHECK(place.target() == "new");
  }
  SECTION("the old one was moved away") { put(backup / "content", "old"); }
  SECTION("the old one was moved away, and the new one moved in") {
    put(backup / "content", "old");
    fs::rename(staged, target);
  }
  SECTION("what was placed has been removed meanwhile") {
    put(target / "content", "old");
    CHECK(steps.exchange(place.change));
    fs::remove_all(target);
  }
  for (int again = 0; again < 2; ++again) {
    steps.undo(place.change);
    CHECK(place.target() == before);
    CHECK_FALSE(fs::exists(backup));
  }
}

TEST_CASE("what somebody else has put in the place of a change stays when it is undone",
          "[install][ChangeSteps]") {
  const Place place;
  const fs::path target = place.temp / "target/entry";
  put(target / "content", "old");
  CHECK(place.steps().exchange(place.change));
  fs::remove_all(target);
  put(target / "content", "of somebody else");
  place.steps().undo(place.change);
  CHECK(place.target() == "of somebody else");
}

TEST_CASE("a removal is undone where nothing took the place", "[install][ChangeSteps]") {
  const Place place;
  Change removal = place.change;
  removal.kind = Change::Kind::kRemove;
  const fs::path target = place.temp / "target/entry";
  put(target / "content", "old");
  place.steps().apply(removal, true);
  CHECK(place.target() == "nothing");
  SECTION("nothing took it") {
    place.steps().undo(removal);
    CHECK(place.target() == "old");
  }
  SECTION("something took it") {
    put(target / "content", "of somebody else");
    place.steps().undo(removal);
    CHECK(place.target() == "of somebody else");
  }
}

}  // namespace ensure::install
