#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ensure::text {

enum class TomlKind : std::uint8_t {
  kString,
  kInteger,
  kFloat,
  kBoolean,
  kTime,
  kTimeOfDay,
  kArray,
  kTable
};

/// A value of a TOML document (TOML 1.0), as far as the packaging standards need it: floating-point
/// numbers and times of day are checked, and their values are not kept.
struct TomlValue {
  TomlKind kind = TomlKind::kTable;
  std::string text;                 ///< of a string
  std::int64_t number = 0;          ///< integer; 1 for true; time in microseconds since 1970 in UTC
  std::vector<TomlValue> elements;  ///< of an array
  std::map<std::string, TomlValue, std::less<>> members;  ///< of a table

  /// Parses a document, which is a table, in a time that grows with its size. Throws
  /// `base::ParseError` with the line if the text is not TOML, has more than 16 MiB or a million
  /// values, or is nested more than 100 levels deep.
  ///
  /// The parser is our own because no library that Debian 12 and 13 both have is safe for untrusted
  /// text: toml++ has undefined behaviour for keys that are not ASCII, toml11 takes seconds for a
  /// megabyte, and both overflow the stack on dotted keys.
  static TomlValue parse(std::string_view document);

  /// The member of a table with this key; null if there is none, or this is not a table.
  [[nodiscard]] const TomlValue* find(std::string_view key) const;

 private:
  friend class TomlParser;

  /// The syntax that created a table or an array. It decides what may extend it.
  enum class Origin : std::uint8_t {
    kValue,     ///< complete: an inline table, an array or a value
    kHeader,    ///< `[a]`
    kAncestor,  ///< `[a.b]` created `a`, which a later `[a]` may still define
    kDotted,    ///< `a.b = 1` created `a`
    kHeaders    ///< an array of tables: `[[a]]`
  };
  Origin origin_ = Origin::kValue;
  std::size_t section_ = 0;  ///< of a dotted table: the header or inline table that created it
};

/// Reads a TOML document of a known form. Its errors name the value that has another form.
class TomlReader {
 public:
  /// `what` is the kind of document, for messages: "lock file". Both have to outlive the reader.
  TomlReader(const TomlValue& value, std::string_view what) : value_(&value), what_(what) {}

  [[nodiscard]] const TomlValue& value() const { return *value_; }
  /// "packages[0].name"; empty for the document.
  [[nodiscard]] const std::string& path() const { return path_; }

  [[nodiscard]] bool has(std::string_view key) const { return value_->find(key) != nullptr; }
  /// A member of a kind. Throws `base::Error` (usage) if it is missing or of another kind; so do
  /// the functions below.
  [[nodiscard]] TomlReader member(std::string_view key, TomlKind kind) const;
  [[nodiscard]] const std::string& string(std::string_view key) const;
  /// Empty if it is missing.
  [[nodiscard]] std::string optional_string(std::string_view key) const;
  /// The elements of an array, each of a kind; none if the array is missing.
  [[nodiscard]] std::vector<TomlReader> elements(std::string_view key, TomlKind kind) const;
  [[nodiscard]] std::vector<std::string> strings(std::string_view key) const;

  /// Throws `base::Error` (usage); `problem` completes "`path` ...".
  [[noreturn]] void fail(std::string_view problem) const;

 private:
  [[nodiscard]] TomlReader at(const TomlValue& value, std::string path) const;
  void expect(TomlKind kind) const;

  const TomlValue* value_;
  std::string_view what_;
  std::string path_;
};

}  // namespace ensure::text
