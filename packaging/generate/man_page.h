#pragma once

#include <string>
#include <string_view>

namespace ensure::generate {

/// ensure(1) as man(7) source, generated from the option table.
[[nodiscard]] std::string man_page(std::string_view version);

}  // namespace ensure::generate
