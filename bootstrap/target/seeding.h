#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bootstrap/request.h"
#include "bootstrap/result.h"
#include "bootstrap/target/seed.h"
#include "installer/base/path.h"
#include "installer/base/progress.h"
#include "installer/install/installed/distribution.h"
#include "installer/install/transaction/transaction.h"
#include "installer/install/wheel/destination.h"
#include "installer/install/wheel/installation.h"
#include "installer/specs/metadata/layout.h"
#include "venv/interpreter/interpreter.h"

/// What both kinds of targets, environments and interpreters, do with pip.
namespace ensure::bootstrap {

/// The seed for an interpreter, with the bytecode that the request wants.
[[nodiscard]] Seed seed_for(const venv::Interpreter& interpreter, const Request& request,
                            const bundled::Bundle& bundle);

/// Writes the files of the seed, on as many threads as pay. `launchers` are needed for Windows
/// alone.
void install_seed(const Seed& seed, const specs::Layout& layout,
                  const install::WheelDestination& destination, install::PipCommands commands,
                  const install::Launchers& launchers, base::Progress& progress);

/// Lets `transaction` remove an installed pip, a damaged one too. Its files lie in its own folder
/// or in those of `allowed`.
void remove_pip(install::Transaction& transaction, const install::Distribution& pip,
                const std::vector<base::Path>& allowed);

/// What is to be said where an interpreter lacks modules of the standard library that pip needs,
/// as Debian's `python3-minimal` does; a Python that does not run here is not judged.
[[nodiscard]] std::vector<std::string> library_warnings(const venv::Interpreter& interpreter,
                                                        const base::Path& standard_library);

[[nodiscard]] PackageReport report_of(const Seed& seed);
[[nodiscard]] PackageReport report_of(const install::Distribution& distribution);
[[nodiscard]] InterpreterReport report_of(const venv::Interpreter& interpreter);

/// The time that SOURCE_DATE_EPOCH asks all new files to have, in seconds since 1970; none where
/// it is not set or no number.
[[nodiscard]] std::optional<std::int64_t> source_date_epoch();

}  // namespace ensure::bootstrap
