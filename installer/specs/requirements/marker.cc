#include "installer/specs/requirements/marker.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "installer/base/error.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/text/scanner.h"

namespace ensure::specs {
namespace {

constexpr int kDeepest = 64;
constexpr std::string_view kHint =
    "markers look like `python_version >= \"3.10\" and sys_platform == \"linux\"` (PEP 508)";

/// The names of variables and what they are now; longer ones come before their beginnings.
constexpr std::array<std::pair<std::string_view, std::string_view>, 20> kVariableNames = {{
    {"python_version", "python_version"},
    {"python_full_version", "python_full_version"},
    {"python_implementation", "platform_python_implementation"},
    {"os_name", "os_name"},
    {"os.name", "os_name"},
    {"sys_platform", "sys_platform"},
    {"sys.platform", "sys_platform"},
    {"platform_release", "platform_release"},
    {"platform_system", "platform_system"},
    {"platform_version", "platform_version"},
    {"platform.version", "platform_version"},
    {"platform_machine", "platform_machine"},
    {"platform.machine", "platform_machine"},
    {"platform_python_implementation", "platform_python_implementation"},
    {"platform.python_implementation", "platform_python_implementation"},
    {"implementation_name", "implementation_name"},
    {"implementation_version", "implementation_version"},
    {"extra", "extra"},
    {"extras", "extras"},
    {"dependency_groups", "dependency_groups"},
}};

bool is_control(char letter) { return static_cast<unsigned char>(letter) < 0x20; }

}  // namespace

/// Recursive descent over the grammar of PEP 508; `and` binds closer than `or`.
class MarkerParser {
 public:
  explicit MarkerParser(text::Scanner& scanner) : scanner_(scanner) {}

  Marker parse_any() { return parse_chain(Marker::Kind::kAny, "or"); }

 private:
  Marker parse_all() { return parse_chain(Marker::Kind::kAll, "and"); }

  Marker parse_chain(Marker::Kind kind, std::string_view word) {
    Marker chain;
    chain.kind_ = kind;
    do {
      append(chain, kind == Marker::Kind::kAny ? parse_all() : parse_atom());
    } while (scanner_.accept_word(word));
    if (chain.parts_.size() > 1) return chain;
    Marker single = std::move(chain.parts_.front());
    return single;
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
    MarkerComparison comparison;
    comparison.left = parse_operand();
    comparison.op = parse_operator();
    comparison.right = parse_operand();
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
    for (const auto& [name, present] : kVariableNames) {
      if (scanner_.accept_word(name)) return {true, std::string(present)};
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
  return std::any_of(selection.extras.begin(), selection.extras.end(),
                     [&](const std::string& extra) {
                       return holds(environment, selection, normalize_name(extra)).value_or(false);
                     });
}

std::optional<bool> Marker::holds(const MarkerEnvironment& environment,
                                  const MarkerSelection& selection,
                                  const std::string& extra) const {
  if (kind_ == Kind::kComparison) return comparison_.holds(environment, selection, extra);
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
  if (kind_ == Kind::kComparison) return comparison_.has_variable(name);
  return std::any_of(parts_.begin(), parts_.end(),
                     [name](const Marker& part) { return part.has_variable(name); });
}

std::string Marker::to_string() const {
  if (kind_ == Kind::kComparison) return comparison_.to_string();
  std::string text;
  for (const Marker& part : parts_) {
    if (!text.empty()) text += kind_ == Kind::kAll ? " and " : " or ";
    const bool grouped = kind_ == Kind::kAll && part.kind_ == Kind::kAny;
    text += grouped ? '(' + part.to_string() + ')' : part.to_string();
  }
  return text;
}

}  // namespace ensure::specs
