#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "installer/specs/pages/listed_file.h"
#include "installer/text/html_scanner.h"

namespace ensure::specs {

/// The file that the `<a>` tag at which the scanner stands leads to, with what PEP 503, 592, 658,
/// 714 and 740 say of it; nothing where it leads to something else. The views are valid as long as
/// the scanner and `names`, which takes names that had to be decoded.
[[nodiscard]] std::optional<ListedFile> listed_file(text::HtmlScanner& scanner,
                                                    std::deque<std::string>& names);

}  // namespace ensure::specs
