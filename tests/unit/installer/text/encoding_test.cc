#include <string>
#include <utility>
#include <vector>

#include "installer/base/error.h"
#include "installer/text/characters.h"
#include "tests/support/catch.h"

namespace ensure::text {

using std::string_literals::operator""s;

TEST_CASE("texts are decoded by their mark or their comment", "[text][decode_text_file]") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"\xC3\xA9", "\xC3\xA9"},
      {"\xEF\xBB\xBF\xC3\xA9", "\xC3\xA9"},
      {"\xFF\xFE\xE9\0\x3D\xD8\0\xDE"s, "\xC3\xA9\xF0\x9F\x98\x80"},
      {"\xFE\xFF\0\xE9"s, "\xC3\xA9"},
      {"\xFF\xFE\0\0\xE9\0\0\0"s, "\xC3\xA9"},
      {"\0\0\xFE\xFF\0\x01\xF6\0"s, "\xF0\x9F\x98\x80"},
      {"# -*- coding: latin-1 -*-\n\xE9", "# -*- coding: latin-1 -*-\n\xC3\xA9"},
      {"\n# encoding=ISO_8859-1\n\xE9", "\n# encoding=ISO_8859-1\n\xC3\xA9"},
      {"# coding: ascii\nx", "# coding: ascii\nx"},
      {"", ""},
  };
  for (const auto& [bytes, text] : cases) CHECK(decode_text_file(bytes) == text);
}

TEST_CASE("bytes that are not of their encoding are refused", "[text][decode_text_file]") {
  for (const std::string& bytes :
       {"\xE9"s, "\xFF\xFE\xE9"s, "\xFF\xFE\0\xD8"s, "\xFF\xFE\0\0\0\0\x11\0"s,
        "# coding: klingon\n"s, "# coding: ascii\n\xE9"s, "\n\n# coding: latin-1\n\xE9"s}) {
    CHECK_THROWS_AS(decode_text_file(bytes), base::Error);
  }
}

}  // namespace ensure::text
