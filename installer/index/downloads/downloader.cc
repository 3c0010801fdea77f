#include "installer/index/downloads/downloader.h"

#include <algorithm>
#include <deque>
#include <map>
#include <utility>

#include "installer/base/files.h"
#include "installer/base/path.h"
#include "installer/index/downloads/file_fetch.h"
#include "installer/index/downloads/wheel_shelf.h"

namespace ensure::index {
namespace {

std::string key_of(const FileRequest& request) {
  std::string key = request.url.without_fragment().to_string() + '\n' + request.filename;
  for (const KnownDigest& known : request.digests) key += '\n' + base::to_hex(known.bytes);
  for (const specs::HashOption& hash : request.accepted) key += '\n' + hash.hexadecimal;
  return key;
}

/// The bytes are the announced ones, but no sound wheel.
class RefusedWheel : public base::Error {
 public:
  explicit RefusedWheel(const base::Error& error) : base::Error(error) {}
};

/// What `work` makes, or why it does not.
template <typename Work>
FetchOutcome outcome_of(const Work& work) {
  try {
    return work();
  } catch (const RefusedWheel& error) {
    return FetchFailure{error, true};
  } catch (const base::Error& error) {
    return FetchFailure{error};
  }
}

FetchedWheel open_wheel(const FileRequest& request, const KeptBytes& content) {
  try {
    wheel::WheelArchive opened =
        wheel::WheelArchive::view(request.filename, content.bytes, content.keeper);
    if (content.is_file) {
      opened.release_what_is_read();
      release_mapping(content.bytes);  // the audit has seen a piece of every page
    }
    const auto archive = std::make_shared<const wheel::WheelArchive>(std::move(opened));
    return {.request = request, .source = archive, .archive = archive};
  } catch (const base::Error& error) {
    throw RefusedWheel(error);
  }
}

}  // namespace

class Downloader::Work : public std::enable_shared_from_this<Work> {
 public:
  Work(net::HttpClient& http, const cache::Cache& cache, DownloaderOptions options)
      : client(http), shelf(cache, options.offline), folder_(cache.path()), options_(options) {}

  /// Gets a wheel; one that is got already, or on its way, is not asked for again.
  void start(const FileRequest& request, net::Urgency urgency, Done done) {
    const std::string key = key_of(request);
    Download& download = downloads_[key];
    if (download.outcome) return done(*download.outcome);
    download.waiting.push_back(std::move(done));
    if (download.ticket && urgency == net::Urgency::kNow) client.hurry(*download.ticket);
    if (download.waiting.size() > 1) return;
    const std::optional<FetchOutcome> outcome = get_at_once(request);
    if (outcome) return finish(key, *outcome);
    download.ticket = ask(request, urgency);
  }

  [[nodiscard]] bool is_here(const FileRequest& request) const {
    const auto found = downloads_.find(key_of(request));
    return found != downloads_.end() && found->second.outcome;
  }

  /// Its memory is the receiver's from now on.
  void forget(const FileRequest& request) { downloads_.erase(key_of(request)); }

  [[nodiscard]] std::shared_ptr<FileBody> new_body(const FileRequest& request, bool aloud) const {
    std::function<void(std::uint64_t)> heard;
    DownloadListener* const listener = options_.listener;
    if (listener != nullptr && aloud) {
      heard = [listener, name = request.filename](std::uint64_t bytes) {
        listener->received(name, bytes);
      };
    }
    return std::make_shared<FileBody>(algorithms_for(request), folder_, std::move(heard));
  }

  FetchOutcome admit(const FileRequest& request, FileBody& body) {
    FetchOutcome outcome = outcome_of([&] { return check(request, body); });
    finish(key_of(request), outcome);
    return outcome;
  }

  [[nodiscard]] const DownloaderOptions& options() const { return options_; }

  net::HttpClient& client;
  WheelShelf shelf;

 private:
  struct Download {
    std::optional<net::Ticket> ticket;
    std::optional<FetchOutcome> outcome;
    std::vector<Done> waiting;
  };

  /// What takes no network; nothing where the network has to be asked.
  [[nodiscard]] std::optional<FetchOutcome> get_at_once(const FileRequest& request) const {
    bool is_near = true;
    FetchOutcome outcome = outcome_of([&]() -> FetchedWheel {
      check_announced(request);
      if (request.url.is_file()) return open_file(request);
      if (!request.url.is_http()) throw refused_scheme(request);
      if (std::optional<FetchedWheel> stored = shelf.find(request)) return *std::move(stored);
      if (options_.offline) throw not_offline(request);
      is_near = false;
      return {.request = request, .source = nullptr, .archive = nullptr};
    });
    return is_near ? std::optional(std::move(outcome)) : std::nullopt;
  }

  [[nodiscard]] static FetchedWheel open_file(const FileRequest& request) {
    const auto file = std::make_shared<const base::MappedFile>(request.url.to_path());
    check_size(request, file->bytes().size());
    CheckedBytes checked = check_bytes(request, file->bytes());
    FetchedWheel wheel = open_wheel(request, {file->bytes(), file, true});
    wheel.sha256 = std::move(checked.sha256);
    wheel.verification = checked.verification;
    return wheel;
  }

  [[nodiscard]] static FetchedWheel check(const FileRequest& request, FileBody& body) {
    check_size(request, body.size());
    std::string sha256;
    const Verification verification = check_digests(request, [&](base::DigestAlgorithm algorithm) {
      std::string digest = body.digest(algorithm);
      if (algorithm == base::DigestAlgorithm::kSha256) sha256 = base::to_hex(digest);
      return digest;
    });
    FetchedWheel wheel = open_wheel(request, body.take());
    wheel.sha256 = std::move(sha256);
    wheel.verification = verification;
    wheel.downloaded = body.size();
    return wheel;
  }

  net::Ticket ask(const FileRequest& request, net::Urgency urgency) {
    net::Request http = http_request(request, urgency);
    const std::optional<WheelShelf::Memory> memory = shelf.recall(request);
    if (memory && !memory->etag.empty()) {
      http.headers.push_back({"If-None-Match", memory->etag});
    } else if (memory && !memory->last_modified.empty()) {
      http.headers.push_back({"If-Modified-Since", memory->last_modified});
    }
    if (options_.listener != nullptr) options_.listener->started(request.filename, request.size);
    const std::shared_ptr<FileBody> body = new_body(request, true);
    const auto done = [weak = weak_from_this(), request, body, memory](net::Outcome outcome) {
      if (const auto self = weak.lock()) self->arrived(request, *body, memory, std::move(outcome));
    };
    return client.start(std::move(http), done, body);
  }

  void arrived(const FileRequest& request, FileBody& body,
               const std::optional<WheelShelf::Memory>& memory, net::Outcome outcome) {
    if (options_.listener != nullptr) options_.listener->finished(request.filename);
    finish(key_of(request), outcome_of([&] {
             if (auto* const error = std::get_if<base::Error>(&outcome)) throw std::move(*error);
             return judge(request, body, memory, std::get<net::Response>(outcome));
           }));
  }

  [[nodiscard]] FetchedWheel judge(const FileRequest& request, FileBody& body,
                                   const std::optional<WheelShelf::Memory>& memory,
                                   const net::Response& response) const {
    if (response.status == 304 && memory) {
      if (auto wheel = shelf.find_remembered(request, *memory)) return *std::move(wheel);
    }
    if (!response.is_success() || body.offset() != 0) {
      throw net::error_of(response).with_context("while fetching `" + request.filename + "`");
    }
    FetchedWheel wheel = check(request, body);
    shelf.remember(request, wheel.sha256, response);
    return wheel;
  }

  void finish(const std::string& key, const FetchOutcome& outcome) {
    Download& download = downloads_[key];
    download.outcome = outcome;
    download.ticket.reset();
    // Those who are told may start further downloads, and take this one.
    for (const Done& done : std::exchange(download.waiting, {})) done(outcome);
  }

  base::Path folder_;
  DownloaderOptions options_;
  std::map<std::string, Download> downloads_;
};

Downloader::Downloader(net::HttpClient& client, const cache::Cache& cache,
                       DownloaderOptions options)
    : work_(std::make_shared<Work>(client, cache, options)) {}

Downloader::~Downloader() = default;

void Downloader::start(const FileRequest& request, net::Urgency urgency, Done done) {
  work_->start(request, urgency, std::move(done));
}

std::shared_ptr<FileBody> Downloader::new_body(const FileRequest& request) const {
  return work_->new_body(request, false);
}

FetchOutcome Downloader::admit(const FileRequest& request, FileBody& body) {
  return work_->admit(request, body);
}

bool Downloader::has(const FileRequest& request) const {
  return request.url.is_file() || work_->is_here(request) || work_->shelf.may_have(request);
}

namespace {

/// What has to come over the network goes first, larger ones before smaller: opening the others
/// takes its time as well.
std::vector<std::size_t> order_of(const std::vector<FileRequest>& requests,
                                  const Downloader& downloader) {
  std::vector<std::size_t> order(requests.size());
  std::vector<bool> is_near;
  for (const FileRequest& request : requests) {
    order[is_near.size()] = is_near.size();
    is_near.push_back(downloader.has(request));
  }
  std::ranges::stable_sort(order, [&](std::size_t left, std::size_t right) {
    if (is_near[left] != is_near[right]) return static_cast<bool>(is_near[right]);
    return requests[left].size.value_or(0) > requests[right].size.value_or(0);
  });
  return order;
}

}  // namespace

void Downloader::fetch(const std::vector<FileRequest>& requests, const Receiver& receiver) {
  // Shared, as the client outlives this call where something is thrown.
  const auto ready = std::make_shared<std::deque<std::pair<std::size_t, FetchOutcome>>>();
  std::size_t left = requests.size();
  const auto hand_over = [&] {
    while (!ready->empty()) {
      auto [place, outcome] = std::move(ready->front());
      ready->pop_front();
      --left;
      if (auto* const failed = std::get_if<FetchFailure>(&outcome)) throw std::move(failed->error);
      FetchedWheel wheel = std::get<FetchedWheel>(std::move(outcome));
      work_->forget(requests[place]);
      work_->shelf.store_while_read(wheel);
      work_->shelf.unpack_while_read(wheel, work_->options().link_mode);
      receiver(place, std::move(wheel));
    }
  };
  for (const std::size_t place : order_of(requests, *this)) {
    start(requests[place], net::Urgency::kNow,
          [ready, place](const FetchOutcome& outcome) { ready->emplace_back(place, outcome); });
    hand_over();
  }
  while (left > 0 && work_->client.wait()) hand_over();
}

FetchedWheel Downloader::fetch_one(const FileRequest& request) {
  std::optional<FetchedWheel> wheel;
  fetch({request},
        [&wheel](std::size_t /*place*/, FetchedWheel fetched) { wheel = std::move(fetched); });
  return *std::move(wheel);
}

}  // namespace ensure::index
