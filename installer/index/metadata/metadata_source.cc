#include "installer/index/metadata/metadata_source.h"

#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "installer/index/metadata/metadata_form.h"
#include "installer/specs/metadata/distribution_filename.h"
#include "installer/wheel/remote_metadata.h"

namespace ensure::index {
namespace {

using resolve::Obstacle;
using resolve::Unusable;

/// Most wheels have their central directory and .dist-info in so many last bytes.
constexpr std::uint64_t kTailSize = 32768;
constexpr std::uint64_t kLargestMetadata = std::uint64_t{32} << 20U;

std::optional<resolve::Metadata> known_metadata(const cache::Cache& cache,
                                                const DistributionFile& file) {
  const auto stored = cache.find_metadata(file.request.filename, identity_of(file));
  return stored ? try_parse_metadata(*stored) : std::nullopt;
}

/// Whether an answer that is no success ends the job: others may only mean that there is no such
/// file, or that the server knows no ranges.
bool is_fatal(int status) {
  return status == 401 || status == 403 || status == 407 || status == 429 ||
         (status >= 500 && status != 501);
}

Unusable not_offline() {
  return {Obstacle::kMetadata, "is not in the cache, and the run is offline"};
}

}  // namespace

struct MetadataSource::Shared {
  net::HttpClient& client;
  const cache::Cache& cache;
  Downloader& downloader;
  bool offline;
  std::set<std::string> without_ranges;  ///< origins that give the whole file
  /// How many last bytes it takes for projects whose wheels have more to say than most.
  std::unordered_map<std::string, std::uint64_t> tail_sizes;

  [[nodiscard]] std::uint64_t tail_size(const specs::PackageName& name) const {
    const auto found = tail_sizes.find(name.normalized());
    return found == tail_sizes.end() ? kTailSize : found->second;
  }
  void learn_tail_size(const specs::PackageName& name, std::uint64_t needed) {
    constexpr std::uint64_t kLargestTail = std::uint64_t{512} << 10U;
    // The next wheel may list a few more files.
    const std::uint64_t size = needed + needed / 16;
    if (size > tail_size(name) && size <= kLargestTail) tail_sizes[name.normalized()] = size;
  }
};

/// The steps for one wheel. It lives as long as one of its requests is under way.
class MetadataSource::Job : public Fetch, public std::enable_shared_from_this<Job> {
 public:
  Job(std::shared_ptr<Shared> shared, DistributionFile file, net::Urgency urgency, Done done)
      : shared_(std::move(shared)),
        file_(std::move(file)),
        urgency_(urgency),
        done_(std::move(done)) {}

  void run() {
    const FileRequest& request = file_.request;
    std::optional<resolve::Metadata> known =
        is_bound(file_) || shared_->offline ? known_metadata(shared_->cache, file_) : std::nullopt;
    if (known) return finish(*std::move(known));
    if (shared_->downloader.has(request)) return ask_for_wheel();
    if (shared_->offline) return finish(not_offline());
    if (file_.has_metadata) return ask_beside();
    ask_for_tail();
  }

  void hurry() override {
    urgency_ = net::Urgency::kNow;
    if (ticket_) shared_->client.hurry(*ticket_);
  }

 private:
  using Step = void (Job::*)(const net::Response&);

  /// The next step is taken with the answer; without one, the job fails.
  void ask(net::Request request, Step step, std::shared_ptr<net::BodySink> sink = nullptr) {
    request.urgency = urgency_;
    const auto answered = [self = shared_from_this(), step](net::Outcome outcome) {
      self->ticket_.reset();
      if (auto* const error = std::get_if<base::Error>(&outcome)) return self->fail(*error);
      ((*self).*step)(std::get<net::Response>(outcome));
    };
    ticket_ = shared_->client.start(std::move(request), answered, std::move(sink));
  }

  void ask_beside() {
    ask({.url = metadata_url(file_.request.url), .size_limit = kLargestMetadata},
        &Job::receive_beside);
  }

  void receive_beside(const net::Response& response) {
    if (response.status == 200) {
      try {
        check_metadata(file_, response.url, response.body);
      } catch (const base::Error& error) {
        return fail(error);
      }
      return read(response.body);
    }
    if (is_fatal(response.status)) return fail(net::error_of(response));
    lacks_announced_ = true;
    ask_for_tail();
  }

  void ask_for_tail() {
    const std::optional<std::uint64_t> size = file_.request.size;
    const std::uint64_t tail = shared_->tail_size(file_.name);
    const bool is_small = size && *size <= tail;
    if (is_small || shared_->without_ranges.contains(file_.request.url.origin())) {
      return ask_for_wheel();
    }
    ask_for_range(
        size ? net::ByteRange::span(*size - tail, *size - 1) : net::ByteRange::suffix(tail),
        &Job::receive_tail);
  }

  void ask_for_range(const net::ByteRange& range, Step step) {
    body_ = shared_->downloader.new_body(file_.request);
    ask({.url = file_.request.url.without_fragment(), .range = range}, step, body_);
  }

  /// Also takes the whole file, which is what a server without ranges gives.
  bool is_part(const net::Response& response) {
    if (response.status == 206 && body_->size() > 0) return true;
    if (response.status == 200) {
      shared_->without_ranges.insert(response.url.origin());
      shared_->without_ranges.insert(file_.request.url.origin());
      read_wheel(shared_->downloader.admit(file_.request, *body_));
    } else if (is_fatal(response.status) || response.status == 404 || response.status == 410) {
      fail(net::error_of(response));
    } else {
      shared_->without_ranges.insert(file_.request.url.origin());
      ask_for_wheel();
    }
    return false;
  }

  void receive_tail(const net::Response& response) {
    if (!is_part(response)) return;
    if (body_->offset() == 0) {
      return read_wheel(shared_->downloader.admit(file_.request, *body_));
    }
    tail_.offset = body_->offset();
    tail_.bytes = body_->take().bytes;
    read_tail(nullptr);
  }

  void receive_piece(const net::Response& response) {
    if (!is_part(response)) return;
    const wheel::WheelTail piece{body_->offset(), std::string(body_->take().bytes)};
    if (piece.offset + piece.bytes.size() != tail_.offset) return read_tail(&piece);
    tail_ = {piece.offset, piece.bytes + tail_.bytes};
    read_tail(nullptr);
  }

  void read_tail(const wheel::WheelTail* piece) {
    try {
      const auto filename = specs::WheelFilename::parse(file_.request.filename);
      const auto found = wheel::find_remote_metadata(filename, tail_, piece);
      if (const auto* const text = std::get_if<std::string>(&found)) {
        if (pieces_ > 0) learn_tail(piece);
        return read(*text);
      }
      // A server that gives other bytes than those asked for gets no third chance.
      constexpr int kMostPieces = 2;
      if (++pieces_ > kMostPieces) return ask_for_wheel();
      const auto& span = std::get<wheel::ByteSpan>(found);
      ask_for_range(net::ByteRange::span(span.first, span.last), &Job::receive_piece);
    } catch (const base::Error& error) {
      refuse(error);
    }
  }

  void learn_tail(const wheel::WheelTail* piece) {
    const std::uint64_t end = tail_.offset + tail_.bytes.size();
    shared_->learn_tail_size(file_.name, end - (piece == nullptr ? tail_.offset : piece->offset));
  }

  void ask_for_wheel() {
    shared_->downloader.start(
        file_.request, urgency_,
        [self = shared_from_this()](const FetchOutcome& outcome) { self->read_wheel(outcome); });
  }

  void read_wheel(const FetchOutcome& outcome) {
    if (const auto* const failure = std::get_if<FetchFailure>(&outcome)) {
      return failure->is_refused ? refuse(failure->error) : fail(failure->error);
    }
    try {
      read(std::get<FetchedWheel>(outcome).archive->dist_info_file("METADATA").value_or(""));
    } catch (const base::Error& error) {
      refuse(error);
    }
  }

  void read(std::string_view text) {
    ReadMetadata found = read_metadata(text, file_.name, file_.version);
    if (auto* const unusable = std::get_if<Unusable>(&found.answer)) {
      is_refused_ = found.is_refused;
      return finish(std::move(*unusable));
    }
    auto& metadata = std::get<resolve::Metadata>(found.answer);
    shared_->cache.store_metadata(file_.request.filename, identity_of(file_),
                                  format_metadata(metadata));
    finish(std::move(metadata));
  }

  void refuse(const base::Error& error) {
    is_refused_ = true;
    finish(Unusable{Obstacle::kMetadata, "cannot be used: " + error.message()});
  }

  void fail(base::Error error) {
    finish(std::move(error).with_context("while asking for the metadata of `" +
                                         file_.request.filename + "`"));
  }

  template <typename Answer>
  void finish(Answer answer) {
    body_.reset();
    tail_ = {};
    const Done done = std::exchange(done_, nullptr);
    if (done) done({std::move(answer), lacks_announced_, is_refused_});
  }

  std::shared_ptr<Shared> shared_;
  DistributionFile file_;
  net::Urgency urgency_;
  Done done_;
  std::optional<net::Ticket> ticket_;
  std::shared_ptr<FileBody> body_;
  wheel::WheelTail tail_;
  int pieces_ = 0;
  bool lacks_announced_ = false;
  bool is_refused_ = false;
};

MetadataSource::MetadataSource(net::HttpClient& client, const cache::Cache& cache,
                               Downloader& downloader, bool offline)
    : shared_(std::make_shared<Shared>(client, cache, downloader, offline)) {}

std::optional<resolve::Metadata> MetadataSource::recall(const DistributionFile& file) const {
  return is_bound(file) ? known_metadata(shared_->cache, file) : std::nullopt;
}

std::shared_ptr<MetadataSource::Fetch> MetadataSource::start(const DistributionFile& file,
                                                             net::Urgency urgency, Done done) {
  const auto job = std::make_shared<Job>(shared_, file, urgency, std::move(done));
  job->run();
  return job;
}

}  // namespace ensure::index
