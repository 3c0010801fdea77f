#pragma once

#include <string>
#include <string_view>

/// Keeps users, passwords and tokens out of everything that is shown or written.
namespace ensure::base {

/// From now on hides `value` in every text, and shows `shown` instead. It is for values that a
/// variable such as `${TOKEN}` put into a URL, where they no longer stand out. Any thread may call
/// it.
void keep_secret(std::string_view value, std::string_view shown);

/// Whether `text` contains a value that was given to `keep_secret`.
[[nodiscard]] bool holds_secret(std::string_view text);

/// Whether the text of a URL has an "@" where none belongs, and what stands before it may be a user
/// and a password with a "/", "?" or "#" that is not percent-encoded: "https://u:pa/ss@host/".
[[nodiscard]] bool has_stray_userinfo(std::string_view url);

/// `text` with "****" instead of each secret in it. `text` may be any message, with valid and
/// malformed URLs. If the end of a password is unclear, hides everything up to the last "@".
[[nodiscard]] std::string without_secrets(std::string_view text);

/// Like `without_secrets`, for a text that is one input as a whole, such as the line that an error
/// is about: blanks and quotes in it do not end a password.
[[nodiscard]] std::string input_without_secrets(std::string_view text);

/// Like `input_without_secrets`, with one asterisk for each hidden character, so that offsets into
/// the text stay valid.
[[nodiscard]] std::string input_with_secrets_starred(std::string_view text);

}  // namespace ensure::base
