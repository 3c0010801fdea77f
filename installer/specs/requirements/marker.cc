#include "installer/specs/requirements/marker.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>

#include "installer/base/error.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/versions/specifiers.h"
#include "installer/text/scanner.h"

namespace ensure::specs {
namespace {

constexpr int kDeepest = 64;
constexpr std::string_view kHint =
    "markers look like `python_version >= \"3.10\" and sys_platform == \"linux\"` (PEP 508)";

struct Variable {
  std::string_view spelling;
  std::string_view name;  ///< the present spelling
  std::string MarkerEnvironment::* value;
};

constexpr std::array<Variable, 20> kVariables = {{
    {"python_version", "python_version", &MarkerEnvironment::python_version},
    {"python_full_version", "python_full_version", &MarkerEnvironment::python_full_version},
    {"python_implementation", "platform_python_implementation",
     &MarkerEnvironment::platform_python_implementation},
    {"os_name", "os_name", &MarkerEnvironment::os_name},
    {"os.name", "os_name", &MarkerEnvironment::os_name},
    {"sys_platform", "sys_platform", &MarkerEnvironment::sys_platform},
    {"sys.platform", "sys_platform", &MarkerEnvironment::sys_platform},
    {"platform_release", "platform_release", &MarkerEnvironment::platform_release},
    {"platform_system", "platform_system", &MarkerEnvironment::platform_system},
    {"platform_version", "platform_version", &MarkerEnvironment::platform_version},
    {"platform.version", "platform_version", &MarkerEnvironment::platform_version},
    {"platform_machine", "platform_machine", &MarkerEnvironment::platform_machine},
    {"platform.machine", "platform_machine", &MarkerEnvironment::platform_machine},
    {"platform_python_implementation", "platform_python_implementation",
     &MarkerEnvironment::platform_python_implementation},
    {"platform.python_implementation", "platform_python_implementation",
     &MarkerEnvironment::platform_python_implementation},
    {"implementation_name", "implementation_name", &MarkerEnvironment::implementation_name},
    {"implementation_version", "implementation_version",
     &MarkerEnvironment::implementation_version},
    {"extra", "extra", nullptr},
    {"extras", "extras", nullptr},
    {"dependency_groups", "dependency_groups", nullptr},
}};

bool is_control(char letter) { return static_cast<unsigned char>(letter) < 0x20; }

std::string value_of(const std::string& variable, const MarkerEnvironment& environment,
                     const std::string& extra) {
  if (variable == "extra") return extra;
  if (variable == "python_full_version") return environment.full_version();
  const auto* const known =
      std::find_if(kVariables.begin(), kVariables.end(),
                   [&variable](const Variable& candidate) { return candidate.name == variable; });
  if (known == kVariables.end() || known->value == nullptr) return {};
  return environment.*known->value;
}

bool compares_versions(const std::string& variable) {
  return variable == "python_version" || variable == "python_full_version" ||
         variable == "implementation_version" || variable == "platform_release";
}

bool is_set(const MarkerOperand& operand) {
  return operand.is_variable && (operand.text == "extras" || operand.text == "dependency_groups");
}

bool is_member(const std::string& name, const std::vector<std::string>& names) {
  return std::ranges::find(names, normalize_name(name), normalize_name) != names.end();
}

/// No standard defines an order of texts: `<=` and `>=` hold only for equal texts, `<` and `>`
/// never, and `~=` and `===` have no meaning.
std::optional<bool> compare_text(const std::string& left, const std::string& op,
                                 const std::string& right) {
  if (op == "~=" || op == "===") return std::nullopt;
  if (op == "in") return right.find(left) != std::string::npos;
  if (op == "not in") return right.find(left) == std::string::npos;
  if (op == "!=") return left != right;
  return (op == "==" || op == "<=" || op == ">=") && left == right;
}

std::string quoted(const MarkerOperand& operand) {
  if (operand.is_variable) return operand.text;
  // A text contains at most one kind of quotes: the other kind was around it.
  const char quote = operand.text.find('"') == std::string::npos ? '"' : '\'';
  return quote + operand.text + quote;
}

bool has_variable(const MarkerComparison& comparison, std::string_view name) {
  const auto& [left, op, right] = comparison;
  return (left.is_variable && left.text == name) || (right.is_variable && right.text == name);
}

/// Evaluates a comparison for one extra in its normal form, or without an extra if `extra` is
/// empty. Returns nullopt if the comparison has no meaning, such as `os_name ~= "posix"`.
std::optional<bool> holds(const MarkerComparison& comparison, const MarkerEnvironment& environment,
                          const MarkerSelection& selection, const std::string& extra) {
  const auto& [left, op, right] = comparison;
  if (is_set(left) || (!left.is_variable && !right.is_variable)) return std::nullopt;
  const bool is_unknown = selection.is_lock ? has_variable(comparison, "extra") : is_set(right);
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
      return version && range->contains(*version);
    }
  }
  return compare_text(first, op, second);
}

/// The extras for which the comparison holds; nullopt for `in` and `not in`.
std::optional<ExtraSet> extras_of(const MarkerComparison& comparison,
                                  const MarkerEnvironment& environment) {
  const auto& [left, op, right] = comparison;
  const MarkerOperand& variable = left.is_variable ? left : right;
  if (!variable.is_variable || variable.text != "extra") {
    const bool is_true = holds(comparison, environment, {}, {}).value_or(false);
    return is_true ? ExtraSet::all() : ExtraSet::none();
  }
  if (op == "in" || op == "not in") return std::nullopt;
  // Names have no order: `<=` and `>=` mean `==`, and `<` and `>` never hold.
  if (op == "<" || op == ">") return ExtraSet::none();
  ExtraSet named = ExtraSet::only(normalize_name(left.is_variable ? right.text : left.text));
  return op == "!=" ? std::move(named).complement() : std::move(named);
}

}  // namespace

bool ExtraSet::contains(std::string_view name) const {
  return std::binary_search(listed_.begin(), listed_.end(), name) != is_complement_;
}

bool ExtraSet::contains_any(const std::set<std::string>& names) const {
  const auto is_named = [&names](const std::string& name) { return names.contains(name); };
  if (!is_complement_) return std::ranges::any_of(listed_, is_named);
  return static_cast<std::size_t>(std::ranges::count_if(listed_, is_named)) < names.size();
}

ExtraSet ExtraSet::complement() && { return {std::move(listed_), !is_complement_}; }

ExtraSet ExtraSet::intersection(std::vector<ExtraSet> sets) {
  std::optional<std::vector<std::string>> included;
  std::vector<std::string> excluded;
  for (ExtraSet& set : sets) {
    if (set.is_complement_) {
      std::ranges::move(set.listed_, std::back_inserter(excluded));
    } else if (!included) {
      included = std::move(set.listed_);
    } else {
      // Each result is at most as large as the last set, so all steps together are linear.
      std::vector<std::string> both;
      std::ranges::set_intersection(*included, set.listed_, std::back_inserter(both));
      included = std::move(both);
    }
  }
  std::ranges::sort(excluded);
  excluded.erase(std::unique(excluded.begin(), excluded.end()), excluded.end());
  if (!included) return {std::move(excluded), true};
  ExtraSet rest;
  std::ranges::set_difference(*included, excluded, std::back_inserter(rest.listed_));
  return rest;
}

/// Recursive descent over the grammar of PEP 508; `and` binds closer than `or`.
class MarkerParser {
 public:
  explicit MarkerParser(text::Scanner& scanner) : scanner_(scanner) {}

  Marker parse_any() { return parse_chain(Marker::Kind::kAny, "or"); }

 private:
  Marker parse_chain(Marker::Kind kind, std::string_view word) {
    Marker chain;
    chain.kind_ = kind;
    do {
      append(chain,
             kind == Marker::Kind::kAny ? parse_chain(Marker::Kind::kAll, "and") : parse_atom());
    } while (scanner_.accept_word(word));
    if (chain.parts_.size() > 1) return chain;
    return std::move(chain.parts_.front());
  }

  /// Parentheses that change nothing leave no trace: `(a and b) and c` is `a and b and c`.
  static void append(Marker& chain, Marker part) {
    if (part.kind_ != chain.kind_) {
      chain.parts_.push_back(std::move(part));
      return;
    }
    std::move(part.parts_.begin(), part.parts_.end(), std::back_inserter(chain.parts_));
  }

  Marker parse_atom() {
    scanner_.skip_blanks();
    Marker atom;
    if (scanner_.peek() == '(') {
      if (++depth_ > kDeepest) scanner_.fail("parentheses that are nested less deep");
      scanner_.accept("(");
      atom = parse_any();
      if (!scanner_.accept(")")) scanner_.fail("`)`, `and` or `or`");
      --depth_;
    } else {
      atom.kind_ = Marker::Kind::kComparison;
      atom.comparison_ = parse_comparison();
    }
    scanner_.skip_blanks();
    return atom;
  }

  MarkerComparison parse_comparison() {
    // The braces evaluate from left to right.
    MarkerComparison comparison{parse_operand(), parse_operator(), parse_operand()};
    normalize_extra(comparison.left, comparison.right);
    normalize_extra(comparison.right, comparison.left);
    return comparison;
  }

  static void normalize_extra(const MarkerOperand& variable, MarkerOperand& text) {
    const bool names =
        variable.is_variable && (variable.text == "extra" || variable.text == "extras" ||
                                 variable.text == "dependency_groups");
    if (names && !text.is_variable) text.text = normalize_name(text.text);
  }

  MarkerOperand parse_operand() {
    scanner_.skip_blanks();
    if (scanner_.peek() == '"' || scanner_.peek() == '\'') return parse_text();
    for (const Variable& variable : kVariables) {
      if (scanner_.accept_word(variable.spelling)) return {true, std::string(variable.name)};
    }
    scanner_.fail("a marker variable or a text in quotes");
  }

  /// PEP 508 lets a text hold neither a backslash nor a line end: there are no escapes.
  MarkerOperand parse_text() {
    const std::size_t start = scanner_.position();
    const std::string_view quote = scanner_.rest().substr(0, 1);
    scanner_.skip(1);
    const std::string_view text = scanner_.take_until(quote);
    if (!scanner_.accept(quote)) scanner_.fail("a closing quote", start);
    const bool wrong = std::any_of(text.begin(), text.end(), [](char letter) {
      return letter == '\\' || (is_control(letter) && letter != '\t');
    });
    if (wrong) scanner_.fail("a text without backslashes and control characters", start);
    return {false, std::string(text)};
  }

  std::string parse_operator() {
    static constexpr std::array<std::string_view, 8> kOperators = {
        "===", "==", "~=", "!=", "<=", ">=", "<", ">"};
    scanner_.skip_blanks();
    for (const std::string_view op : kOperators) {
      if (scanner_.accept(op)) return std::string(op);
    }
    if (scanner_.accept_word("in")) return "in";
    if (scanner_.accept_word("not")) {
      scanner_.skip_blanks();
      if (scanner_.accept_word("in")) return "not in";
    }
    scanner_.fail("a comparison, `in` or `not in`");
  }

  text::Scanner& scanner_;
  int depth_ = 0;
};

Marker Marker::scan(text::Scanner& scanner) {
  Marker marker = MarkerParser(scanner).parse_any();
  if (!scanner.at_end()) scanner.fail("`and`, `or` or the end");
  return marker;
}

Marker Marker::parse(std::string_view text) {
  text::Scanner scanner(text, "marker", kHint);
  return scan(scanner);
}

std::optional<Marker> Marker::try_parse(std::string_view text) {
  try {
    return parse(text);
  } catch (const base::ParseError&) {
    return std::nullopt;
  }
}

bool Marker::evaluate(const MarkerEnvironment& environment,
                      const MarkerSelection& selection) const {
  if (selection.extras.empty() || selection.is_lock) {
    return holds(environment, selection, {}).value_or(false);
  }
  return std::ranges::any_of(selection.extras, [&](const std::string& extra) {
    return holds(environment, selection, normalize_name(extra)).value_or(false);
  });
}

std::optional<bool> Marker::holds(const MarkerEnvironment& environment,
                                  const MarkerSelection& selection,
                                  const std::string& extra) const {
  if (kind_ == Kind::kComparison) return specs::holds(comparison_, environment, selection, extra);
  const bool all = kind_ == Kind::kAll;
  bool result = all;
  for (const Marker& part : parts_) {
    const std::optional<bool> holds_in_part = part.holds(environment, selection, extra);
    if (!holds_in_part) return std::nullopt;
    result = all ? result && *holds_in_part : result || *holds_in_part;
  }
  return result;
}

bool Marker::has_variable(std::string_view name) const {
  if (kind_ == Kind::kComparison) return specs::has_variable(comparison_, name);
  return std::ranges::any_of(parts_,
                             [name](const Marker& part) { return part.has_variable(name); });
}

std::string Marker::to_string() const {
  if (kind_ == Kind::kComparison) {
    return quoted(comparison_.left) + ' ' + comparison_.op + ' ' + quoted(comparison_.right);
  }
  std::string text;
  for (const Marker& part : parts_) {
    if (!text.empty()) text += kind_ == Kind::kAll ? " and " : " or ";
    const bool grouped = kind_ == Kind::kAll && part.kind_ == Kind::kAny;
    text += grouped ? '(' + part.to_string() + ')' : part.to_string();
  }
  return text;
}

std::size_t Marker::comparison_count() const {
  if (kind_ == Kind::kComparison) return 1;
  std::size_t count = 0;
  for (const Marker& part : parts_) count += part.comparison_count();
  return count;
}

std::optional<ExtraSet> Marker::extras(const MarkerEnvironment& environment) const {
  if (!holds(environment, {}, {})) return ExtraSet::none();
  return extras_that_hold(environment);
}

std::optional<ExtraSet> Marker::extras_that_hold(const MarkerEnvironment& environment) const {
  if (kind_ == Kind::kComparison) return extras_of(comparison_, environment);
  const bool all = kind_ == Kind::kAll;
  std::vector<ExtraSet> sets;
  sets.reserve(parts_.size());
  for (const Marker& part : parts_) {
    std::optional<ExtraSet> set = part.extras_that_hold(environment);
    if (!set) return std::nullopt;
    // `a or b` is `not (not a and not b)`.
    sets.push_back(all ? *std::move(set) : (*std::move(set)).complement());
  }
  ExtraSet both = ExtraSet::intersection(std::move(sets));
  return all ? std::move(both) : std::move(both).complement();
}

}  // namespace ensure::specs
