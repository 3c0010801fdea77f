#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bootstrap/cli/option_table.h"

namespace ensure::generate {

/// The kind of an option's value, which a shell completes.
enum class Value { kNone, kDirectory, kFile, kPython, kFreeText };

/// One row of the option table, split for shells.
struct DescribedOption {
  std::vector<std::string> names;  ///< such as "-q", "--quiet"
  Value value = Value::kNone;
  std::string argument;  ///< the name of the value; empty for a flag
  std::string help;      ///< without backticks, which shells would run
};

[[nodiscard]] std::vector<DescribedOption> described_options();

/// The commands that are words, such as "python list", as (first word, second word, help).
struct DescribedCommand {
  std::string word;
  std::string subword;
  std::string help;
};

[[nodiscard]] std::vector<DescribedCommand> described_commands();

/// `text` with every `from` replaced by `to`.
[[nodiscard]] std::string replace_all(std::string_view text, std::string_view from,
                                      std::string_view to);

}  // namespace ensure::generate
