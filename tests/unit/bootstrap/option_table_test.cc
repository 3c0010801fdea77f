#include "bootstrap/option_table.h"

#include <set>

#include "bootstrap/command_line.h"
#include "tests/support/catch.h"

namespace {

using namespace ensure::bootstrap;

TEST_CASE("every option has a long name of its own and a line of help", "[bootstrap][options]") {
  std::set<std::string_view> names;
  for (const OptionInfo& option : option_table()) {
    CHECK(option.long_name().starts_with("--"));
    CHECK(names.insert(option.long_name()).second);
    CHECK_FALSE(option.help.empty());
    CHECK_FALSE(option.help.ends_with('.'));
    CHECK(option.apply != nullptr);
  }
}

TEST_CASE("a variable is named after its option", "[bootstrap][options]") {
  for (const OptionInfo& option : option_table()) {
    if (option.long_name() == "--lock-timeout") CHECK(option.variable() == "ENSURE_LOCK_TIMEOUT");
  }
}

TEST_CASE("help shows every option and command within 100 columns", "[bootstrap][options]") {
  const std::string help = help_text();
  for (const OptionInfo& option : option_table()) {
    CHECK(help.find(option.names) != std::string::npos);
  }
  for (const CommandInfo& command : command_table()) {
    CHECK(help.find(command.synopsis) != std::string::npos);
  }
}

}  // namespace
