#include "installer/base/url.h"

#include <array>

#include "installer/base/error.h"
#include "installer/base/percent.h"
#include "installer/base/secrets.h"
#include "installer/base/text.h"

namespace ensure::base {

namespace {

constexpr std::string_view kHidden = "****";

}  // namespace

std::uint16_t Url::default_port(std::string_view scheme) {
  if (scheme == "http") return 80;
  if (scheme == "https") return 443;
  return 0;
}

Url Url::from_path(const Path& path) {
  return parse("file://" + percent_encode(path.text(), UrlPart::kPath));
}

std::string_view Url::userinfo() const {
  return host_begin_ > authority_begin_ ? part(authority_begin_, host_begin_ - 1)
                                        : std::string_view();
}

std::optional<std::string> Url::user() const {
  const std::string_view both = userinfo();
  const std::string user = percent_decode(both.substr(0, both.find(':')));
  return both.empty() ? std::nullopt : std::optional(user);
}

std::optional<std::string> Url::password() const {
  const std::string_view both = userinfo();
  const std::size_t colon = both.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  return percent_decode(both.substr(colon + 1));
}

std::string_view Url::host() const {
  const std::string_view host = part(host_begin_, host_end_);
  return host.starts_with('[') ? host.substr(1, host.size() - 2) : host;
}

std::optional<std::string_view> Url::query() const {
  if (query_begin_ == fragment_begin_) return std::nullopt;
  return part(query_begin_ + 1, fragment_begin_);
}

std::optional<std::string_view> Url::fragment() const {
  if (fragment_begin_ == text_.size()) return std::nullopt;
  return part(fragment_begin_ + 1, text_.size());
}

std::string Url::filename() const {
  const std::string_view all = path();
  return percent_decode(all.substr(all.rfind('/') + 1));
}

std::string Url::origin() const {
  std::string origin(scheme());
  origin.append("://").append(part(host_begin_, host_end_));
  if (port_ != default_port(scheme())) origin.append(":").append(std::to_string(port_));
  return origin;
}

bool Url::same_origin(const Url& other) const {
  return scheme() == other.scheme() && host() == other.host() && port_ == other.port_;
}

Path Url::to_path() const {
  if (!is_file() || (!host().empty() && host() != "localhost")) {
    throw Error(ExitCode::kUsage, "`" + redacted() + "` is not the address of a file here")
        .with_hint("write it as `file:///folder/file`");
  }
  std::string decoded = percent_decode(path());
  if (!decoded.starts_with('/') || decoded.find('\0') != std::string::npos) {
    throw Error(ExitCode::kUsage, "`" + redacted() + "` names no file")
        .with_hint("write it as `file:///folder/file`, with the whole path");
  }
  return decoded;
}

std::string Url::text_with_userinfo(std::string_view userinfo) const {
  std::string text(part(0, authority_begin_));
  if (!userinfo.empty()) text.append(userinfo).append("@");
  return text.append(part(host_begin_, text_.size()));
}

std::string Url::redacted() const {
  const std::string_view both = userinfo();
  std::string hidden;
  if (const std::size_t colon = both.find(':'); colon != std::string_view::npos) {
    hidden.append(both.substr(0, colon + 1));
  }
  if (!both.empty()) hidden.append(kHidden);
  return without_secrets(text_with_userinfo(hidden));
}

Url Url::without_credentials() const {
  return host_begin_ == authority_begin_ ? *this : parse(text_with_userinfo({}));
}

Url Url::with_credentials(std::string_view user, const std::optional<std::string>& password) const {
  std::string both = percent_encode(user, UrlPart::kUserinfo);
  if (password) both.append(":").append(percent_encode(*password, UrlPart::kUserinfo));
  return parse(text_with_userinfo(both));
}

Url Url::without_fragment() const {
  Url url = *this;
  url.text_.resize(fragment_begin_);
  return url;
}

Url Url::as_folder() const {
  Url url = *this;
  url.text_.resize(query_begin_);
  if (!url.text_.ends_with('/')) url.text_ += '/';
  url.query_begin_ = url.fragment_begin_ = static_cast<std::uint32_t>(url.text_.size());
  return url;
}

}  // namespace ensure::base
