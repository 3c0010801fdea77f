#pragma once

#include <string>
#include <string_view>

/// Keeps users, passwords and tokens out of everything that is shown or written.
namespace ensure::base {

/// From now on `value` counts as a secret wherever it stands, and `shown` is what people see of it:
/// what a variable such as `${TOKEN}` put into a URL cannot be told from the rest of the URL later.
/// May be called by any thread.
void keep_secret(std::string_view value, std::string_view shown);

/// Whether a value that was given to `keep_secret` stands in `text`.
[[nodiscard]] bool holds_secret(std::string_view text);

/// Whether the text of a URL has an "@" where none belongs, and what stands before it may be a user
/// and a password with a "/", "?" or "#" that is not percent-encoded: "https://u:pa/ss@host/".
[[nodiscard]] bool has_stray_userinfo(std::string_view url);

/// `text` with "****" in the place of each secret in it. `text` is anything for people: it may be
/// a URL, hold some, or hold something that was meant to be one. Where it cannot be told what
/// belongs to a password, everything up to the last "@" is hidden.
[[nodiscard]] std::string without_secrets(std::string_view text);

/// The same for a text that is one input as a whole, such as the line that an error is about:
/// blanks and quotes in it do not end a password.
[[nodiscard]] std::string input_without_secrets(std::string_view text);

/// The same with as many asterisks as there were characters, so that places in the text stay right.
[[nodiscard]] std::string input_with_secrets_starred(std::string_view text);

}  // namespace ensure::base
