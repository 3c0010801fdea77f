#include "scenario.h"

#include <optional>
#include <set>

#include "installer/install/transaction/transaction.h"
#include "killed_process.h"
#include "lower_layer.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"

namespace ensure::install {

namespace {

using Existing = Transaction::Existing;

/// Many directories that each hold the state before: one mount of overlayfs does for all of them.
class States {
 public:
  explicit States(const Scenario& scenario) {
    for (int i = 0; i < kCount; ++i) {
      fs::create_directory(root(i));
      scenario.prepare(root(i));
    }
    if (scenario.lower_layer) layer_.emplace(directory_.path());
  }

  [[nodiscard]] bool any_left() const { return next_ < kCount; }
  [[nodiscard]] fs::path next() { return root(next_++); }

 private:
  static constexpr int kCount = 100;

  [[nodiscard]] fs::path root(int i) const { return directory_ / std::to_string(i); }

  tests::TempDir directory_;
  std::optional<LowerLayer> layer_;
  int next_ = 0;
};

}  // namespace

void stage(Transaction& transaction, const fs::path& name, const std::string& content) {
  put(transaction.staged().path() / name, content);
}

void replace_environment_by(ChangeForm form, const fs::path& root) {
  Transaction transaction({{root / "env"}}, staging_path_for(root / "env"), kTimeout);
  transaction.set_change_form(form);
  stage(transaction, "env/bin/pip", "new pip");
  stage(transaction, "env/pyvenv.cfg", "new");
  transaction.place(transaction.staged().path() / "env", root / "env", Existing::kAnything);
  transaction.apply();
  transaction.commit();
}

void upgrade_in_place_by(ChangeForm form, const fs::path& root) {
  const fs::path site = root / "env/lib/site-packages";
  Transaction transaction({{root / "env"}}, staging_path_for(root / "env"), kTimeout);
  transaction.set_change_form(form);
  stage(transaction, "env/lib/site-packages/pip/__init__.py", "new pip");
  stage(transaction, "env/lib/site-packages/pip-2.dist-info/RECORD", "new record");
  stage(transaction, "env/bin/pip", "new script");
  stage(transaction, "env/share/deep/er/file", "data");
  transaction.remove(site / "pip");
  transaction.remove(site / "pip-1.dist-info");
  transaction.remove(root / "env/bin/pip-old");
  merge_tree(transaction, transaction.staged().path() / "env", root / "env");
  transaction.apply();
  transaction.commit();
}

void replace_environment(const fs::path& root) {
  replace_environment_by(ChangeForm::kExchange, root);
}

void upgrade_in_place(const fs::path& root) { upgrade_in_place_by(ChangeForm::kExchange, root); }

void make_environment(const fs::path& root) {
  put(root / "env/lib/site-packages/pip/__init__.py", "old pip");
  put(root / "env/lib/site-packages/pip/gone.py", "old");
  put(root / "env/lib/site-packages/pip-1.dist-info/RECORD", "old record");
  put(root / "env/lib/site-packages/other/__init__.py", "other");
  put(root / "env/bin/pip", "old script");
  put(root / "env/bin/pip-old", "old script");
  fs::create_symlink("lib", root / "env/lib64");
  fs::permissions(root / "env", fs::perms{0750});
}

Tree after(const Scenario& scenario) {
  States states(scenario);
  const fs::path root = states.next();
  REQUIRE(run_apart([&] { scenario.change(root); }) == Ending::kSucceeded);
  return read_tree(root);
}

void check_every_kill(const Scenario& scenario) {
  const Tree wanted = after(scenario);
  int kills = 0;
  std::set<std::string> seen;
  std::optional<States> states;
  for (int call = 0;; ++call) {
    CAPTURE(call);
    if (!states || !states->any_left()) states.emplace(scenario);
    const fs::path root = states->next();
    const Tree before = read_tree(root);
    const Ending ending = run_and_kill(call, [&] { scenario.change(root); });
    if (ending != Ending::kKilled) {
      REQUIRE(ending == Ending::kSucceeded);
      break;
    }
    ++kills;
    if (scenario.atomic) {
      const Tree target = read_tree(root / "env");
      const bool old_or_new = target == subtree(before, "env") || target == subtree(wanted, "env");
      REQUIRE(old_or_new);
    }
    // Recovery may be killed as well.
    (void)run_and_kill(call * 7 % 53,
                       [&] { recover_leftovers({{root / "env"}}, root / "env", kTimeout); });
    recover_leftovers({{root / "env"}}, root / "env", kTimeout);
    const Tree recovered = read_tree(root);
    if (recovered != before) REQUIRE(recovered == wanted);
    seen.insert(recovered == before ? "before" : "after");
  }
  CHECK(kills > 20);
  CHECK(seen.size() == 2);
}

}  // namespace ensure::install
