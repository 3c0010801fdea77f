#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "installer/specs/requirements/marker.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/versions/specifiers.h"

namespace ensure::specs {
namespace {

using Variable = std::pair<std::string_view, std::string MarkerEnvironment::*>;

constexpr std::array<Variable, 11> kVariables = {{
    {"implementation_name", &MarkerEnvironment::implementation_name},
    {"implementation_version", &MarkerEnvironment::implementation_version},
    {"os_name", &MarkerEnvironment::os_name},
    {"platform_machine", &MarkerEnvironment::platform_machine},
    {"platform_python_implementation", &MarkerEnvironment::platform_python_implementation},
    {"platform_release", &MarkerEnvironment::platform_release},
    {"platform_system", &MarkerEnvironment::platform_system},
    {"platform_version", &MarkerEnvironment::platform_version},
    {"python_full_version", &MarkerEnvironment::python_full_version},
    {"python_version", &MarkerEnvironment::python_version},
    {"sys_platform", &MarkerEnvironment::sys_platform},
}};

std::string value_of(const std::string& variable, const MarkerEnvironment& environment,
                     const std::string& extra) {
  if (variable == "extra") return extra;
  const auto* const known =
      std::find_if(kVariables.begin(), kVariables.end(),
                   [&variable](const Variable& candidate) { return candidate.first == variable; });
  if (known == kVariables.end()) return {};
  std::string value = environment.*known->second;
  // What a Python built from a checkout says of itself, "3.13.0a1+", is no version.
  if (variable == "python_full_version" && value.ends_with('+')) value += "local";
  return value;
}

bool compares_versions(const std::string& variable) {
  return variable == "python_version" || variable == "python_full_version" ||
         variable == "implementation_version" || variable == "platform_release";
}

bool is_set(const MarkerOperand& operand) {
  return operand.is_variable && (operand.text == "extras" || operand.text == "dependency_groups");
}

bool is_member(const std::string& name, const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(),
                     [wanted = normalize_name(name)](const std::string& candidate) {
                       return normalize_name(candidate) == wanted;
                     });
}

/// Text has an order in no standard: `<=` and `>=` hold for equal texts alone, `<` and `>` never,
/// and `~=` and `===` mean nothing.
std::optional<bool> compare_text(const std::string& left, const std::string& op,
                                 const std::string& right) {
  if (op == "~=" || op == "===") return std::nullopt;
  if (op == "in") return right.find(left) != std::string::npos;
  if (op == "not in") return right.find(left) == std::string::npos;
  if (op == "!=") return left != right;
  return (op == "==" || op == "<=" || op == ">=") && left == right;
}

}  // namespace

std::optional<bool> MarkerComparison::holds(const MarkerEnvironment& environment,
                                            const MarkerSelection& selection,
                                            const std::string& extra) const {
  if (is_set(left) || (!left.is_variable && !right.is_variable)) return std::nullopt;
  const bool is_unknown = selection.is_lock ? has_variable("extra") : is_set(right);
  if (is_unknown) return std::nullopt;
  if (is_set(right)) {
    if (left.is_variable || (op != "in" && op != "not in")) return std::nullopt;
    const bool member = is_member(
        left.text, right.text == "extras" ? selection.extras : selection.dependency_groups);
    return member == (op == "in");
  }

  const std::string& variable = left.is_variable ? left.text : right.text;
  std::string first = left.is_variable ? value_of(variable, environment, extra) : left.text;
  // Of two variables, the reference implementation takes the second one for its name.
  std::string second = left.is_variable ? right.text : value_of(variable, environment, extra);
  if (variable == "extra") {  // PEP 685
    first = normalize_name(first);
    second = normalize_name(second);
  }
  if (compares_versions(variable) && op != "in" && op != "not in") {
    if (const std::optional<SpecifierSet> range = SpecifierSet::try_parse(op + second)) {
      const std::optional<Version> version = Version::try_parse(first);
      return version && range->contains(*version, Prereleases::kAllowed);
    }
  }
  return compare_text(first, op, second);
}

bool MarkerComparison::has_variable(std::string_view name) const {
  return (left.is_variable && left.text == name) || (right.is_variable && right.text == name);
}

bool MarkerComparison::compares_extra() const {
  if (left.is_variable) return left.text == "extra";
  return right.is_variable && right.text == "extra";
}

namespace {

std::string quoted(const MarkerOperand& operand) {
  if (operand.is_variable) return operand.text;
  // A text holds one kind of quotes at most: the other kind was around it.
  const char quote = operand.text.find('"') == std::string::npos ? '"' : '\'';
  return quote + operand.text + quote;
}

}  // namespace

std::string MarkerComparison::to_string() const {
  return quoted(left) + ' ' + op + ' ' + quoted(right);
}

}  // namespace ensure::specs
