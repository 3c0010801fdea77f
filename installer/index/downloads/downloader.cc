#include "installer/index/downloads/downloader.h"

#include <algorithm>
#include <deque>
#include <tuple>
#include <utility>

#include "installer/base/file.h"

namespace ensure::index {
namespace {

std::string key_of(const FileRequest& request) {
  std::string key = request.url.without_fragment().to_string() + '\n' + request.filename;
  for (const KnownDigest& known : request.digests) key += '\n' + base::to_hex(known.bytes);
  for (const specs::HashOption& hash : request.accepted) key += '\n' + hash.hexadecimal;
  return key;
}

/// The bytes are the announced ones, but not a sound wheel.
class RefusedWheel : public base::Error {
 public:
  explicit RefusedWheel(const base::Error& error) : base::Error(error) {}
};

/// The wheel that `get` returns, or the reason why it throws.
template <typename Get>
FetchOutcome outcome_of(const Get& get) {
  try {
    return get();
  } catch (const RefusedWheel& error) {
    return FetchFailure{error, true};
  } catch (const base::Error& error) {
    return FetchFailure{error};
  }
}

FetchedWheel open_wheel(const FileRequest& request, const KeptBytes& content,
                        CheckedDigests checked) {
  try {
    wheel::WheelArchive opened =
        wheel::WheelArchive::view(request.filename, content.bytes, content.keeper);
    if (content.is_file) {
      opened.release_what_is_read();
      base::MappedFile::release(content.bytes);  // the audit has read a piece of every page
    }
    const auto archive = std::make_shared<const wheel::WheelArchive>(std::move(opened));
    return {.request = request,
            .source = archive,
            .archive = archive,
            .sha256 = std::move(checked.sha256),
            .verification = checked.verification};
  } catch (const base::Error& error) {
    throw RefusedWheel(error);
  }
}

FetchedWheel open_file(const FileRequest& request) {
  const auto file = std::make_shared<const base::MappedFile>(request.url.to_path());
  check_size(request, file->bytes().size());
  return open_wheel(request, {file->bytes(), file, true}, check_bytes(request, file->bytes()));
}

FetchedWheel check_body(const FileRequest& request, FileBody& body) {
  check_size(request, body.size());
  CheckedDigests checked = check_digests(
      request, [&](base::DigestAlgorithm algorithm) { return body.digest(algorithm); });
  return open_wheel(request, body.take(), std::move(checked));
}

}  // namespace

Downloader::Downloader(net::HttpClient& client, const cache::Cache& cache,
                       DownloaderOptions options)
    : client_(client),
      wheels_(cache, options.offline),
      directory_(cache.path()),
      options_(options) {}

void Downloader::start(const FileRequest& request, Done done) {
  const std::string key = key_of(request);
  Download& download = downloads_[key];
  if (download.outcome) return done(*download.outcome);
  download.waiting.push_back(std::move(done));
  if (download.waiting.size() > 1) return;
  bool needs_network = false;
  const FetchOutcome outcome = outcome_of([&]() -> FetchedWheel {
    check_announced(request);
    if (request.url.is_file()) return open_file(request);
    if (!request.url.is_http()) throw refused_scheme(request);
    if (std::optional<FetchedWheel> stored = wheels_.find(request)) return *std::move(stored);
    if (options_.offline) throw not_offline(request);
    needs_network = true;
    return {.request = request, .source = nullptr, .archive = nullptr};
  });
  if (needs_network) return request_wheel(request);
  finish(key, outcome);
}

void Downloader::request_wheel(const FileRequest& request) {
  net::Request http = http_request(request);
  const Memory memory = wheels_.recall(request);
  if (memory && !memory->etag.empty()) {
    http.headers.push_back({"If-None-Match", memory->etag});
  } else if (memory && !memory->last_modified.empty()) {
    http.headers.push_back({"If-Modified-Since", memory->last_modified});
  }
  std::function<void(std::uint64_t)> received;
  if (DownloadListener* const listener = options_.listener) {
    listener->started(request.filename, request.size);
    received = [listener, name = request.filename](std::uint64_t bytes) {
      listener->received(name, bytes);
    };
  }
  const auto body =
      std::make_shared<FileBody>(algorithms_for(request), directory_, std::move(received));
  const auto done = [this, alive = std::weak_ptr(alive_), request, body,
                     memory](net::FetchResult outcome) {
    if (alive.expired()) return;
    if (options_.listener != nullptr) options_.listener->finished(request.filename);
    finish(key_of(request), outcome_of([&] {
             if (auto* const error = std::get_if<base::Error>(&outcome)) throw std::move(*error);
             return handle_response(request, *body, memory, std::get<net::Response>(outcome));
           }));
  };
  client_.start(std::move(http), done, body);
}

FetchedWheel Downloader::handle_response(const FileRequest& request, FileBody& body,
                                         const Memory& memory,
                                         const net::Response& response) const {
  if (response.status == 304 && memory) {
    if (auto wheel = wheels_.find_remembered(request, memory->content)) return *std::move(wheel);
  }
  if (!response.is_success() || body.offset() != 0) {
    throw net::error_of(response).with_context("while fetching `" + request.filename + "`");
  }
  FetchedWheel wheel = check_body(request, body);
  wheels_.remember(request, wheel.sha256, response);
  return wheel;
}

void Downloader::finish(const std::string& key, const FetchOutcome& outcome) {
  Download& download = downloads_[key];
  download.outcome = outcome;
  // A callback may start further downloads, or `fetch` this one.
  for (const Done& done : std::exchange(download.waiting, {})) done(outcome);
}

FetchOutcome Downloader::admit(const FileRequest& request, FileBody& body) {
  FetchOutcome outcome = outcome_of([&] { return check_body(request, body); });
  finish(key_of(request), outcome);
  return outcome;
}

std::shared_ptr<FileBody> Downloader::new_body(const FileRequest& request) const {
  return std::make_shared<FileBody>(algorithms_for(request), directory_);
}

bool Downloader::has(const FileRequest& request) const {
  const auto found = downloads_.find(key_of(request));
  return request.url.is_file() || (found != downloads_.end() && found->second.outcome) ||
         wheels_.may_have(request);
}

/// Downloads start first, the larger ones before the smaller, because opening the other wheels
/// takes time.
std::vector<std::size_t> Downloader::order_of(const std::vector<FileRequest>& requests) const {
  std::vector<std::tuple<bool, std::uint64_t, std::size_t>> keys;
  keys.reserve(requests.size());
  for (const FileRequest& request : requests) {
    keys.emplace_back(has(request), ~request.size.value_or(0), keys.size());
  }
  std::ranges::sort(keys);
  std::vector<std::size_t> order;
  order.reserve(keys.size());
  for (const auto& key : keys) order.push_back(std::get<2>(key));
  return order;
}

void Downloader::fetch(const std::vector<FileRequest>& requests, const Receiver& receiver) {
  // Shared, because callbacks may outlive this call if it throws.
  const auto ready = std::make_shared<std::deque<std::pair<std::size_t, FetchOutcome>>>();
  std::size_t left = requests.size();
  const auto hand_over = [&] {
    while (!ready->empty()) {
      auto [place, outcome] = std::move(ready->front());
      ready->pop_front();
      --left;
      if (auto* const failed = std::get_if<FetchFailure>(&outcome)) throw std::move(failed->error);
      FetchedWheel wheel = std::get<FetchedWheel>(std::move(outcome));
      downloads_.erase(key_of(requests[place]));  // so that the receiver alone holds its memory
      wheels_.store_while_read(wheel);
      wheels_.unpack_while_read(wheel, options_.links);
      receiver(place, std::move(wheel));
    }
  };
  for (const std::size_t place : order_of(requests)) {
    start(requests[place],
          [ready, place](const FetchOutcome& outcome) { ready->emplace_back(place, outcome); });
    hand_over();
  }
  while (left > 0 && client_.wait()) hand_over();
}

FetchedWheel Downloader::fetch_one(const FileRequest& request) {
  std::optional<FetchedWheel> wheel;
  fetch({request},
        [&wheel](std::size_t /*place*/, FetchedWheel fetched) { wheel = std::move(fetched); });
  return *std::move(wheel);
}

}  // namespace ensure::index
