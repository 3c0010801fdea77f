#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "installer/text/toml_scanner.h"
#include "installer/text/toml_value.h"

namespace ensure::text {

/// Parses a TOML document (TOML 1.0) in a time that grows with its size (times the logarithm of the
/// members of a table), and refuses documents that are too large or nested too deeply for that.
///
/// It is our own because no library that Debian 12 and 13 both have is safe for untrusted text:
/// toml++ has undefined behaviour for keys that are not ASCII, toml11 takes seconds for a megabyte,
/// and both overflow the stack on dotted keys.
class TomlParser {
 public:
  /// `document` has to outlive the parser. Throws `base::ParseError`.
  explicit TomlParser(std::string_view document) : scanner_(document) {}

  /// Returns the document as a table. Throws `base::ParseError` with the line of the mistake.
  TomlValue parse();

 private:
  /// The syntax that created a table or an array. It decides what may extend it.
  enum class Origin : std::uint8_t {
    kHeader,    ///< `[a]`
    kAncestor,  ///< `[a.b]` created `a`, which a later `[a]` may still define
    kDotted,    ///< `a.b = 1` created `a`
    kHeaders,   ///< an array of tables: `[[a]]`
    kValue      ///< complete: an inline table, an array or a value
  };

  struct Node {
    Origin origin = Origin::kValue;
    std::size_t section = 0;  ///< of a dotted table: where it was created; see `section_`
    TomlValue value;          ///< without elements and members
    std::vector<Node> elements;
    std::map<std::string, std::unique_ptr<Node>, std::less<>> members;
  };

  using Key = std::vector<std::string>;

  static Node table(Origin origin);
  static TomlValue finish(Node& node);

  void header();
  void define_table(Node& parent, const std::string& name);
  void define_element(Node& parent, const std::string& name);
  Node& ancestor(Node& parent, const std::string& name);
  Node& dotted(Node& parent, const std::string& name);
  void key_and_value(Node& parent, std::size_t depth);
  Key take_key();
  /// Refuses documents with too many tables and values, which take far more memory than bytes.
  void count_values(std::size_t more);
  Node value(std::size_t depth);
  Node array(std::size_t depth);
  Node inline_table(std::size_t depth);
  Node scalar();
  [[noreturn]] void refuse(std::string_view name, std::string_view problem) const;

  TomlScanner scanner_;
  Node root_ = table(Origin::kHeader);
  Node* current_ = &root_;         ///< the table that the last header opened
  std::size_t current_depth_ = 0;  ///< of `current_`
  std::size_t sections_ = 0;       ///< the number of headers and inline tables so far
  /// The number of the open header or inline table: dotted keys may only extend tables that dotted
  /// keys created under that number.
  std::size_t section_ = 0;
  std::size_t value_count_ = 0;  ///< parts of keys and elements of arrays
};

}  // namespace ensure::text
