// Files of the machine that another program, or another user, may have written.

#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>

#include "bootstrap/cli/pip_settings.h"
#include "installer/base/path.h"
#include "installer/install/transaction/journal.h"
#include "installer/net/credentials/credentials.h"
#include "tests/fuzz/fuzz_target.h"
#include "venv/interpreter/file_queries.h"
#include "venv/interpreter/pyvenv_cfg.h"

namespace ensure::fuzz {

namespace {

void netrc(std::string_view bytes) {
  static_cast<void>(net::Netrc::parse(bytes).find("host.example"));
}

void pyvenv_cfg(std::string_view bytes) {
  const venv::PyvenvCfg configuration = venv::PyvenvCfg::parse(bytes);
  static_cast<void>(configuration.version());
  static_cast<void>(configuration.prompt());
  const std::string text = configuration.to_string();
  require(venv::PyvenvCfg::parse(text).to_string() == text, "pyvenv.cfg reads back what it writes");
}

void python_literal(std::string_view bytes) {
  static_cast<void>(venv::parse_python_string(bytes));
  static_cast<void>(venv::parse_python_string(venv::python_repr(bytes)));
  static_cast<void>(venv::python_bytes_literal(bytes));
}

void journal(std::string_view bytes) {
  const auto journal = install::Journal::try_parse(bytes);
  if (!journal) return;
  const auto again = install::Journal::try_parse(journal->to_bytes());
  require(again && *again == *journal, "a journal reads back what it writes");
}

/// A program file is read by its path.
void elf(std::string_view bytes) {
  static const std::string kPath =
      std::filesystem::temp_directory_path() / ("ensure-fuzz-" + std::to_string(getpid()));
  std::ofstream(kPath, std::ios::binary) << bytes;
  static_cast<void>(venv::read_program_facts(base::Path(kPath)));
  std::filesystem::remove(kPath);
}

void pip_configuration(std::string_view bytes) {
  static_cast<void>(bootstrap::read_section(bytes, "global"));
}

constexpr std::array kTargets{
    FuzzTarget{"netrc", netrc},
    FuzzTarget{"pyvenv_cfg", pyvenv_cfg},
    FuzzTarget{"python_literal", python_literal},
    FuzzTarget{"journal", journal},
    FuzzTarget{"elf", elf},
    FuzzTarget{"pip_configuration", pip_configuration},
};

}  // namespace

std::span<const FuzzTarget> local_file_targets() { return kTargets; }

}  // namespace ensure::fuzz
