#include "bootstrap/cli/option_arguments.h"

#include <cstddef>
#include <string_view>
#include <utility>

namespace ensure::bootstrap {

namespace {

/// Whether a separate argument is more likely an option than the value of the option before it.
bool looks_like_option(const std::string& argument) {
  return argument.starts_with("--") ||
         find_option(std::string_view(argument).substr(0, argument.find('='))) != nullptr;
}

class Splitter {
 public:
  Splitter(const std::vector<std::string>& arguments, UsageErrors& errors)
      : arguments_(arguments), errors_(errors) {}

  OptionArguments split() {
    bool only_words = false;
    while (place_ < arguments_.size()) {
      const std::string& argument = arguments_[place_++];
      if (only_words || argument.size() < 2 || argument.front() != '-') {
        result_.words.push_back(argument);
      } else if (argument == "--") {
        only_words = true;
      } else if (argument.starts_with("--")) {
        take_long(argument);
      } else {
        take_short(argument);
      }
    }
    return std::move(result_);
  }

 private:
  void take_long(const std::string& argument) {
    const std::size_t equals = argument.find('=');
    const std::string name = argument.substr(0, equals);
    const OptionInfo* const option = find_option(name);
    if (option != nullptr && !option->argument.empty()) {
      if (equals == std::string::npos) return take_next_value(*option, name, argument);
      return take_value(*option, name, argument.substr(equals + 1), {argument});
    }
    if (option == nullptr) {
      result_.unknown.push_back(argument);
    } else if (equals != std::string::npos) {
      return errors_.add("`" + name + "` takes no value", "write `" + name + "`");
    } else {
      result_.options.push_back({option, {}});
    }
    result_.written.push_back(argument);
  }

  /// Letters of flags may stand before the one that takes a value: "-vp 3.12", "-vp3.12".
  void take_short(const std::string& argument) {
    for (std::size_t i = 1; i < argument.size(); ++i) {
      const std::string name = {'-', argument[i]};
      const OptionInfo* const option = find_option(name);
      if (option == nullptr) {
        result_.unknown.push_back('-' + argument.substr(i));
        break;
      }
      if (!option->argument.empty()) {
        std::string rest = argument.substr(i + 1);
        if (rest.empty()) return take_next_value(*option, name, argument);
        if (rest.front() == '=') rest.erase(0, 1);
        return take_value(*option, name, rest, {argument});
      }
      result_.options.push_back({option, {}});
    }
    result_.written.push_back(argument);
  }

  /// The value of the option `name`, which ends `argument`, is the next argument.
  void take_next_value(const OptionInfo& option, const std::string& name,
                       const std::string& argument) {
    if (place_ == arguments_.size()) {
      return errors_.add("`" + name + "` needs a value",
                         "write `" + name + " " + std::string(option.argument) + "`");
    }
    const std::string& value = arguments_[place_];
    if (!looks_like_option(value)) {
      ++place_;
      return take_value(option, name, value, {argument, value});
    }
    errors_.add(
        "`" + name + "` needs a value, and `" + value + "` looks like an option",
        "if it is the value, write `" + std::string(option.long_name()) + "=" + value + "`");
  }

  void take_value(const OptionInfo& option, const std::string& name, const std::string& value,
                  const std::vector<std::string>& written) {
    if (value.empty()) {
      return errors_.add("the value of `" + name + "` is empty",
                         "write `" + name + " " + std::string(option.argument) +
                             "`, or leave the option out; is a variable of the shell not set?");
    }
    result_.options.push_back({&option, value});
    result_.written.insert(result_.written.end(), written.begin(), written.end());
  }

  const std::vector<std::string>& arguments_;
  UsageErrors& errors_;
  std::size_t place_ = 0;
  OptionArguments result_;
};

}  // namespace

OptionArguments split_arguments(const std::vector<std::string>& arguments, UsageErrors& errors) {
  return Splitter(arguments, errors).split();
}

}  // namespace ensure::bootstrap
