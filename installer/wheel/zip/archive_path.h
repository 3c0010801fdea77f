#pragma once

#include <string>
#include <string_view>

namespace ensure::wheel {

/// What is wrong with the path of an archive's entry, as the end of a sentence ("leads out of the
/// archive"); empty where it is a plain relative path in UTF-8 that means the same to every reader
/// and stays below the folder it is unpacked in. A folder's path comes without its final "/".
/// `marked_utf8` is whether the archive says that it is UTF-8: else some readers take it for
/// code page 437.
[[nodiscard]] std::string_view fault_of_path(std::string_view path, bool marked_utf8);

/// A form in which paths that a file system without upper case would confuse are equal, and in
/// which a folder sorts immediately before all that is in it.
[[nodiscard]] std::string sort_key_of_path(std::string_view path);

}  // namespace ensure::wheel
