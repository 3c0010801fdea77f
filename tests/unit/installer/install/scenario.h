#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "installer/install/transaction/transaction.h"
#include "tests/support/file_system.h"
#include "tree.h"

namespace ensure::install {

constexpr std::chrono::seconds kTimeout{2};

/// Creates a file among the staged ones.
void stage(Transaction& transaction, const fs::path& name, const std::string& content);

/// A change of the environment `env` in a directory.
struct Scenario {
  std::function<void(const fs::path&)> prepare;  ///< makes the state before in a directory
  std::function<void(const fs::path&)> change;   ///< changes it by a transaction
  bool atomic;               ///< whether the state in between is never seen, even before recovery
  bool lower_layer = false;  ///< whether overlayfs shows the state before as a lower layer
};

/// States and changes of many tests.
void make_environment(const fs::path& root);
void replace_environment(const fs::path& root);
void upgrade_in_place(const fs::path& root);
void replace_environment_by(ChangeForm form, const fs::path& root);
void upgrade_in_place_by(ChangeForm form, const fs::path& root);

/// The state after the change, which is made by a process of its own.
Tree after(const Scenario& scenario);

/// Kills the change before each of its system calls, and the recovery at some of its own: checks
/// that the state is that before or that after.
void check_every_kill(const Scenario& scenario);

}  // namespace ensure::install
