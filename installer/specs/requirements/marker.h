#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/specs/requirements/extra_set.h"
#include "installer/specs/requirements/marker_environment.h"

namespace ensure::text {
class Scanner;
}  // namespace ensure::text

namespace ensure::specs {

/// One side of a comparison: a variable or a text.
struct MarkerOperand {
  bool is_variable = false;
  std::string text;  ///< the text, or the name of the variable in its present spelling

  friend bool operator==(const MarkerOperand&, const MarkerOperand&) = default;
};

/// One comparison of a marker, such as `python_version >= "3.8"`.
struct MarkerComparison {
  MarkerOperand left;
  std::string op;  ///< an operator of PEP 440, `in` or `not in`
  MarkerOperand right;

  friend bool operator==(const MarkerComparison&, const MarkerComparison&) = default;
};

/// A condition under which a requirement applies (PEP 508, "Environment markers"; with `extras` and
/// `dependency_groups` of PEP 751).
class Marker {
 public:
  /// Throws `base::ParseError`; also for parentheses that are nested more than 64 deep.
  static Marker parse(std::string_view text);
  static std::optional<Marker> try_parse(std::string_view text);
  /// Reads a marker as the last part of a requirement.
  static Marker scan(text::Scanner& scanner);

  /// Whether the condition holds; if it depends on `extra`, whether it holds for any of the extras.
  /// A marker with a comparison that has no meaning, or with a variable that is unknown in this
  /// kind of file, does not hold, whatever its other comparisons say.
  [[nodiscard]] bool evaluate(const MarkerEnvironment& environment,
                              const MarkerSelection& selection = {}) const;

  /// The extras for which the condition holds, in a time that does not grow with their number.
  /// Nullopt if a comparison is about a part of a name (`in`): then evaluate the marker for each
  /// extra.
  [[nodiscard]] std::optional<ExtraSet> extras(const MarkerEnvironment& environment) const;

  /// The number of comparisons in the marker.
  [[nodiscard]] std::size_t comparison_count() const;

  /// Whether the variable of this name stands in any comparison.
  [[nodiscard]] bool has_variable(std::string_view name) const;

  /// In one spelling, with parentheses where they are needed.
  [[nodiscard]] std::string to_string() const;

  friend bool operator==(const Marker&, const Marker&) = default;

 private:
  friend class MarkerParser;

  enum class Kind : std::uint8_t { kComparison, kAll, kAny };

  /// Like `evaluate`, for one extra in its normal form; nullopt if a comparison has no meaning.
  [[nodiscard]] std::optional<bool> holds(const MarkerEnvironment& environment,
                                          const MarkerSelection& selection,
                                          const std::string& extra) const;
  /// Like `extras`, for a marker whose comparisons all have a meaning.
  [[nodiscard]] std::optional<ExtraSet> extras_that_hold(
      const MarkerEnvironment& environment) const;

  Kind kind_ = Kind::kAll;
  MarkerComparison comparison_;
  std::vector<Marker> parts_;
};

}  // namespace ensure::specs
