#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "installer/base/error.h"
#include "installer/specs/pages/project_page_writer.h"

// The two forms that an index page comes in. Each function throws `base::Error` or
// `base::ParseError` where the text is no index page, or one of a version that is not known.
namespace ensure::specs {

/// `why` completes "the answer ...".
[[nodiscard]] base::Error not_an_index_page(std::string_view why);

/// PEP 691.
void read_json_page(std::string_view body, ProjectPageWriter& writer);

/// PEP 503; the `<base>` of the page, as written.
std::optional<std::string> read_html_page(std::string_view body, ProjectPageWriter& writer);

/// What relative references on the page at `url` mean, without credentials. A `<base>` that is no
/// URL is ignored, as browsers do.
[[nodiscard]] std::string page_base_url(std::string_view url,
                                        const std::optional<std::string>& base);

/// Fails for a major version above 1 (PEP 629).
void check_repository_version(std::string_view version);

/// The status of PEP 792; what is unknown counts as active.
[[nodiscard]] ProjectStatus project_status(std::string_view text);

}  // namespace ensure::specs
