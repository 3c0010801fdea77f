#include "installer/index/pages/page_source.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "installer/base/file.h"
#include "installer/base/path.h"
#include "installer/base/secrets.h"
#include "installer/base/text.h"
#include "installer/net/http_client.h"

namespace ensure::index {
namespace {

using std::chrono::seconds;

constexpr seconds kLongestGuess{600};
constexpr std::int64_t kLongestAge = std::int64_t{365} * 24 * 3600;

std::optional<seconds> parse_seconds(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem == std::errc::result_out_of_range) return seconds(kLongestAge);
  if (problem != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return seconds(std::min(number, kLongestAge));
}

/// The directives of `Cache-Control`, in lower case.
struct CacheControl {
  bool no_store = false;
  bool no_cache = false;
  std::optional<seconds> max_age;

  explicit CacheControl(const net::Response& response) {
    const std::string header = base::to_lower(response.header("Cache-Control").value_or(""));
    for (std::string_view directive : base::split(header, ',')) {
      directive = base::trim(directive);
      if (directive == "no-store") no_store = true;
      if (directive == "no-cache" || directive.starts_with("no-cache=")) no_cache = true;
      constexpr std::string_view kMaxAge = "max-age=";
      if (directive.starts_with(kMaxAge)) max_age = parse_seconds(directive.substr(kMaxAge.size()));
    }
  }
};

std::optional<std::chrono::sys_seconds> date_of(const net::Response& response,
                                                std::string_view header) {
  const auto text = response.header(header);
  return text ? net::try_parse_http_date(*text) : std::nullopt;
}

// The first letter of the bytes in the cache.
constexpr char kProject = 'P';
constexpr char kLinks = 'L';
constexpr char kMissing = '0';
/// The server sent the page only for credentials from the `keyring` command.
constexpr char kOfKeyring = 'K';

/// A page is held in memory. The largest known ones have some ten million bytes.
constexpr std::uint64_t kLargestPage = std::uint64_t{128} << 20U;

constexpr const char* kAcceptProject =
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, "
    "text/html;q=0.01";

/// How one kind of page is read from a response, and stored in and restored from the cache.
struct ProjectForm {
  using Page = specs::ProjectPage;
  static constexpr char kMark = kProject;

  specs::PackageName name;

  [[nodiscard]] std::string accept() const { return kAcceptProject; }
  [[nodiscard]] Page read(const net::Response& response) const {
    return Page::parse(response.body, response.header("Content-Type").value_or(""), name,
                       response.url.to_string());
  }
  [[nodiscard]] static std::string store(const Page& page, const net::Response& /*response*/) {
    return std::string(page.bytes());
  }
  [[nodiscard]] std::optional<Page> restore(std::string_view bytes,
                                            std::shared_ptr<const void> keeper) const {
    return Page::try_from_bytes(bytes, std::move(keeper), name);
  }
  [[nodiscard]] std::string subject() const { return '`' + name.as_written() + '`'; }
};

struct LinkForm {
  using Page = specs::LinkPage;
  static constexpr char kMark = kLinks;

  [[nodiscard]] static std::string accept() { return "text/html"; }
  [[nodiscard]] static Page read(const net::Response& response) {
    return Page::parse(response.body, response.url.to_string());
  }
  [[nodiscard]] static std::string store(const Page& /*page*/, const net::Response& response) {
    return response.url.without_credentials().to_string() + '\n' + response.body;
  }
  [[nodiscard]] static std::optional<Page> restore(std::string_view bytes,
                                                   const std::shared_ptr<const void>& /*keeper*/) {
    const std::size_t end = bytes.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    return Page::parse(std::string(bytes.substr(end + 1)), bytes.substr(0, end));
  }
  [[nodiscard]] static std::string subject() { return "links"; }
};

/// Origin, user and password as one unambiguous text.
std::string text_of(const net::Credentials& credentials, const base::Url& url) {
  return url.origin() + '\n' + std::to_string(credentials.user.size()) + '\n' + credentials.user +
         credentials.password;
}

base::Error no_index(const base::Url& url) {
  return base::Error(base::ExitCode::kUsage,
                     "`" + url.redacted() + "` is not the URL of an index or a page")
      .with_hint("use a URL that begins with `https:`, `http:` or `file:`");
}

/// A missing directory, such as a share that is not mounted, must not count as an empty index.
void require_index(const base::Url& index) {
  if (base::file_status(index.to_path())) return;
  throw base::Error(base::ExitCode::kNetwork, "the index `" + index.redacted() + "` does not exist")
      .with_hint("check its path, and whether its disk is mounted");
}

/// A page in a local directory.
template <typename Form>
PageAnswer<typename Form::Page> read_file(const base::Url& url, const Form& form) {
  try {
    base::Path path = url.to_path();
    const auto status = base::file_status(path);
    if (status && status->type == base::FileType::kDirectory) path /= "index.html";
    std::optional<std::string> text = base::read_file_if_exists(path);
    if (!text) return NoPage{};
    return form.read({.status = 200,
                      .url = base::Url::from_path(path),
                      .headers = {{"Content-Type", "text/html"}},
                      .body = *std::move(text)});
  } catch (const base::Error& error) {
    return base::Error(error).with_context("while reading `" + url.redacted() + "`");
  }
}

}  // namespace

cache::Freshness freshness_of(const net::Response& response, std::chrono::sys_seconds now) {
  cache::Freshness freshness{.fetched_at = now};
  const CacheControl control(response);
  if (control.no_store || control.no_cache) return freshness;
  if (control.max_age) {
    const auto age = response.header("Age");
    const seconds spent = age ? parse_seconds(base::trim(*age)).value_or(seconds(0)) : seconds(0);
    freshness.max_age = std::max(seconds(0), *control.max_age - spent);
  } else if (const auto changed = date_of(response, "Last-Modified")) {
    const auto sent = date_of(response, "Date").value_or(now);
    freshness.max_age = std::clamp((sent - *changed) / 10, seconds(0), kLongestGuess);
  }
  return freshness;
}

bool is_fresh(const cache::Freshness& freshness, std::chrono::sys_seconds now) {
  return freshness.fetched_at <= now && now < freshness.fetched_at + freshness.max_age;
}

bool may_be_stored(const net::Response& response) { return !CacheControl(response).no_store; }

class PageSource::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(net::HttpClient& client, const cache::Cache& cache, bool offline,
       std::chrono::sys_seconds now)
      : client_(client), cache_(cache), offline_(offline), now_(now) {}

  template <typename Form>
  void ask(const base::Url& url, const Form& form, const Done<typename Form::Page>& done,
           const std::function<void(const typename Form::Page&)>& stale) {
    if (url.is_file()) return done(read_file(url, form));
    if (!url.is_http()) return done(no_index(url));
    const Known<Form> known = recall(url, form);
    if (known.page && (offline_ || is_fresh(known.stored.freshness, now_))) {
      return done(*known.page);
    }
    if (offline_) return done(NoPage{.is_unknown = !known.is_missing});
    const auto answered = [weak = weak_from_this(), url, form, known,
                           done](net::FetchResult outcome) {
      if (const auto self = weak.lock())
        done(self->handle_response(url, form, known, std::move(outcome)));
    };
    client_.start(request_for(url, form, known), answered);
    if (known.page && stale) stale(*known.page);
  }

 private:
  /// The page in the cache for a URL.
  template <typename Form>
  struct Known {
    std::optional<typename Form::Page> page;
    bool is_missing = false;  ///< the server had no page when it was last asked
    cache::FoundPage stored = {};
    std::optional<net::Credentials> credentials;  ///< that belong to the page
  };

  /// The cache key of the page that the server sent for these credentials.
  [[nodiscard]] std::optional<std::string> key_of(
      const base::Url& url, const std::optional<net::Credentials>& credentials) const {
    const std::string plain = url.without_credentials().to_string();
    return credentials ? cache_.page_key(plain, text_of(*credentials, url)) : std::optional(plain);
  }

  [[nodiscard]] std::optional<cache::FoundPage> view(
      const base::Url& url, const std::optional<net::Credentials>& credentials) const {
    const std::optional<std::string> key = key_of(url, credentials);
    return key ? cache_.view_page(*key) : std::nullopt;
  }

  template <typename Form>
  [[nodiscard]] Known<Form> recall(const base::Url& url, const Form& form) const {
    Known<Form> known;
    known.credentials = client_.credentials_for(url, net::AskKeyring::kNo);
    std::optional<cache::FoundPage> stored = view(url, known.credentials);
    if (stored && stored->content == std::string_view(&kOfKeyring, 1)) {
      known.credentials = client_.credentials_for(url, net::AskKeyring::kYes);
      stored = known.credentials ? view(url, known.credentials) : std::nullopt;
    }
    if (!stored || stored->content.empty()) return known;
    const char mark = stored->content.front();
    known.is_missing = mark == kMissing;
    if (mark == Form::kMark) known.page = form.restore(stored->content.substr(1), stored->keeper);
    known.stored = *std::move(stored);
    known.stored.keeper.reset();
    known.stored.content = {};
    return known;
  }

  template <typename Form>
  [[nodiscard]] static net::Request request_for(const base::Url& url, const Form& form,
                                                const Known<Form>& known) {
    net::Request request{
        .url = url, .headers = {{"Accept", form.accept()}}, .size_limit = kLargestPage};
    if (!known.page) return request;
    if (!known.stored.etag.empty()) {
      request.headers.push_back({"If-None-Match", known.stored.etag});
    } else if (!known.stored.last_modified.empty()) {
      request.headers.push_back({"If-Modified-Since", known.stored.last_modified});
    }
    return request;
  }

  template <typename Form>
  [[nodiscard]] PageAnswer<typename Form::Page> handle_response(const base::Url& url,
                                                                const Form& form,
                                                                const Known<Form>& known,
                                                                net::FetchResult outcome) const {
    const std::string context =
        "while asking for " + form.subject() + " at `" + url.redacted() + "`";
    if (auto* const error = std::get_if<base::Error>(&outcome)) {
      return std::move(*error).with_context(context);
    }
    const net::Response& response = std::get<net::Response>(outcome);
    if (response.status == 304 && known.page) {
      if (response.credentials == known.credentials) {
        renew(url, known.stored.freshness, response);
      }
      return *known.page;
    }
    if (response.status == 404 || response.status == 410) {
      // For offline runs only: online, the server is asked every time.
      store(url, std::string(1, kMissing), response, known.credentials);
      return NoPage{};
    }
    if (response.status != 200) return net::error_of(response).with_context(context);
    try {
      typename Form::Page page = form.read(response);
      if (may_be_stored(response)) {
        store(url, Form::kMark + form.store(page, response), response, known.credentials);
      }
      return page;
    } catch (const base::Error& error) {
      return base::Error(error).with_context(context);
    }
  }

  void renew(const base::Url& url, const cache::Freshness& before,
             const net::Response& response) const {
    cache::Freshness freshness = freshness_of(response, now_);
    if (!response.header("Cache-Control")) freshness.max_age = before.max_age;
    if (const auto key = key_of(url, response.credentials)) cache_.renew_page(*key, freshness);
  }

  /// Stores the page. `recalled_for` are the credentials that the first attempt would have sent.
  void store(const base::Url& url, std::string content, const net::Response& response,
             const std::optional<net::Credentials>& recalled_for) const {
    // A page that took several credentials is not stored, as a key has room for one.
    if (response.needed_other_credentials || base::holds_secret(content)) return;
    if (const auto key = key_of(url, response.credentials)) {
      cache_.store_page(
          *key, {.content = std::move(content),
                 .etag = std::string(response.header("ETag").value_or("")),
                 .last_modified = std::string(response.header("Last-Modified").value_or("")),
                 .freshness = freshness_of(response, now_)});
    }
    if (response.credentials == recalled_for) return;
    if (const auto key = key_of(url, recalled_for)) {
      cache_.store_page(*key, {.content = std::string(1, kOfKeyring),
                               .etag = {},
                               .last_modified = {},
                               .freshness = {.fetched_at = now_}});
    }
  }

  net::HttpClient& client_;
  const cache::Cache& cache_;
  bool offline_;
  std::chrono::sys_seconds now_;
};

PageSource::PageSource(net::HttpClient& client, const cache::Cache& cache, bool offline,
                       std::chrono::sys_seconds now)
    : impl_(std::make_shared<Impl>(client, cache, offline, now)) {}

void PageSource::ask(const base::Url& index, const specs::PackageName& name,
                     const Done<specs::ProjectPage>& done, const Stale& stale) {
  try {
    if (index.is_file()) require_index(index);
  } catch (const base::Error& error) {
    return done(error);
  }
  impl_->ask(index.as_directory().join(name.normalized() + '/'), ProjectForm{name}, done, stale);
}

void PageSource::ask_links(const base::Url& url, const Done<specs::LinkPage>& done) {
  impl_->ask(url, LinkForm{}, done, {});
}

}  // namespace ensure::index
