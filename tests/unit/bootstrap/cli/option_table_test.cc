#include "bootstrap/cli/option_table.h"

#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#include "bootstrap/cli/command_line.h"
#include "bootstrap/cli/pip_settings.h"
#include "installer/base/error.h"
#include "installer/base/text.h"
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

TEST_CASE("help shows every command, and every option within 100 columns", "[bootstrap][options]") {
  const std::string help = help_text();
  for (const OptionInfo& option : option_table()) {
    CHECK(help.find(option.names) != std::string::npos);
  }
  for (const CommandInfo& command : command_table()) {
    CHECK(help.find(command.synopsis) != std::string::npos);
  }
  const std::string_view options = std::string_view(help).substr(help.find("\nTarget:"));
  for (const std::string_view line : ensure::base::split(options, '\n')) {
    CAPTURE(line);
    CHECK(line.size() <= 100);
  }
}

/// The message of the usage error that the arguments lead to.
std::string usage_error(const std::vector<std::string>& arguments) {
  try {
    (void)parse_command_line(arguments);
  } catch (const ensure::base::Error& error) {
    CHECK(error.exit_code() == ensure::base::ExitCode::kUsage);
    CHECK_FALSE(error.hints().empty());
    return error.message();
  }
  FAIL_CHECK("the command line was accepted");
  return {};
}

/// An option has no value, an empty one, or another option in its place.
void check_value_is_needed(const std::string& name) {
  CAPTURE(name);
  const std::string empty = "the value of `" + name + "` is empty";
  CHECK(usage_error({name + "="}) == empty);
  CHECK(usage_error({name + "=", "--dry-run", "x"}) == empty);
  CHECK(usage_error({name, ""}) == empty);
  CHECK(usage_error({"--venv", "e", name, "", "x"}) == empty);
  CHECK(usage_error({name}) == "`" + name + "` needs a value");
  for (const std::string other : {"--dry-run", "--no-such-option", "--", "-q", "--venv=e"}) {
    CHECK(usage_error({name, other}).starts_with("`" + name + "` needs a value, and `" + other));
  }
}

TEST_CASE("no option that needs a value takes an empty one", "[bootstrap][options]") {
  for (const OptionInfo& option : option_table()) {
    if (option.argument.empty()) continue;
    for (const std::string_view name : ensure::base::split(option.names, ',')) {
      check_value_is_needed(std::string(ensure::base::trim(name)));
    }
  }
}

TEST_CASE("an empty variable counts as not set", "[bootstrap][options]") {
  for (const OptionInfo& option : option_table()) {
    CAPTURE(option.variable());
    setenv(option.variable().c_str(), "", 1);
    CHECK(own_settings().empty());
    unsetenv(option.variable().c_str());
  }
  setenv("PIP_INDEX_URL", "", 1);
  setenv("PIP_CONFIG_FILE", "/dev/null", 1);
  for (const Setting& setting : pip_settings({})) CHECK(setting.option != "--index-url");
  unsetenv("PIP_INDEX_URL");
  unsetenv("PIP_CONFIG_FILE");
}

}  // namespace
