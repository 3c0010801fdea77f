#include "installer/index/metadata/metadata_source.h"

#include <unordered_set>
#include <utility>

#include "installer/base/text.h"
#include "installer/specs/metadata/core_metadata.h"
#include "installer/specs/metadata/distribution_filename.h"
#include "installer/wheel/remote_metadata.h"

namespace ensure::index {
namespace {

using resolve::Metadata;
using resolve::Unavailable;
using resolve::UnavailableReason;

/// The last bytes that hold the central directory and the .dist-info of most wheels.
constexpr std::uint64_t kTailSize = 32768;

/// A limit, because each different requirement takes some hundred bytes in the solver.
constexpr std::size_t kMostRequirements = 50'000;

MetadataResult refused(const std::string& why) {
  return {.answer =
              Unavailable{UnavailableReason::kMetadata, "has metadata that cannot be used: " + why},
          .is_refused = true};
}

Metadata read(const specs::CoreMetadata& core) {
  Metadata metadata;
  metadata.requires_python = core.requires_python;
  std::unordered_set<std::string_view> known;
  for (const std::string& text : core.requires_dist) {
    if (!known.insert(text).second) continue;
    if (known.size() > kMostRequirements) {
      throw base::Error(
          base::ExitCode::kVerification,
          "there are more than " + std::to_string(kMostRequirements) + " requirements")
          .with_hint("require another version, or report it to the project");
    }
    metadata.requires_dist.push_back(specs::Requirement::parse(text));
  }
  for (const std::string& text : core.provides_extra) {
    // Nobody can require an extra with an invalid name.
    if (auto extra = specs::PackageName::try_parse(text)) {
      metadata.provides_extra.push_back(*std::move(extra));
    }
  }
  return metadata;
}

/// Whether a status ends the job. Others may only mean that the file does not exist, or that the
/// server does not support ranges.
bool is_fatal(int status) {
  return status == 401 || status == 403 || status == 407 || status == 429 ||
         (status >= 500 && status != 501);
}

}  // namespace

MetadataResult read_metadata(std::string_view text, const specs::PackageName& name,
                             const specs::Version& version) {
  std::optional<specs::CoreMetadata> core;
  try {
    core = specs::CoreMetadata::parse(text);
  } catch (const base::Error& error) {
    return refused(error.message());
  }
  if (core->name != name || core->version != version) {
    return refused("it belongs to `" + core->name.as_written() + "` " + core->version.to_string());
  }
  try {
    return {.answer = read(*core)};
  } catch (const base::Error& error) {
    // Many old releases have such requirements.
    return {.answer = Unavailable{UnavailableReason::kMetadata,
                                  "has a requirement that cannot be read: " + error.message()}};
  }
}

/// The steps for one wheel. It lives until its last request has ended, and stops if its source is
/// destroyed.
class MetadataSource::Job : public std::enable_shared_from_this<Job> {
 public:
  Job(MetadataSource& source, DistributionFile file, Done done)
      : source_(source), file_(std::move(file)), done_(std::move(done)) {}

  void run() {
    const FileRequest& request = file_.request;
    if (auto known = source_.recall(file_)) return finish({.answer = *std::move(known)});
    if (source_.downloader_.has(request)) return ask_for_wheel();
    if (source_.offline_) {
      return finish({.answer = Unavailable{UnavailableReason::kMetadata,
                                           "is not in the cache, and the run is offline"}});
    }
    if (file_.has_metadata) return ask_beside();
    ask_for_tail();
  }

 private:
  using Step = void (Job::*)(const net::Response&);

  /// Sends a request, and takes the next step with its response. The job fails without one.
  void ask(net::Request request, Step step, std::shared_ptr<net::BodySink> sink = nullptr) {
    const auto answered = [alive = std::weak_ptr(source_.alive_), self = shared_from_this(),
                           step](net::FetchResult outcome) {
      if (alive.expired()) return;
      if (auto* const error = std::get_if<base::Error>(&outcome)) return self->fail(*error);
      ((*self).*step)(std::get<net::Response>(outcome));
    };
    source_.client_.start(std::move(request), answered, std::move(sink));
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
    const bool is_small = size && *size <= kTailSize;
    if (is_small || source_.without_ranges_.contains(file_.request.url.origin())) {
      return ask_for_wheel();
    }
    ask_for_range(size ? net::ByteRange::span(*size - kTailSize, *size - 1)
                       : net::ByteRange::suffix(kTailSize),
                  &Job::receive_tail);
  }

  void ask_for_range(const net::ByteRange& range, Step step) {
    body_ = source_.downloader_.new_body(file_.request);
    ask({.url = file_.request.url.without_fragment(), .range = range}, step, body_);
  }

  /// Whether a response is the requested range. Handles other responses, such as the whole file
  /// from a server that does not support ranges.
  bool is_part(const net::Response& response) {
    if (response.status == 206 && body_->size() > 0) return true;
    if (response.status == 200) {
      source_.without_ranges_.insert(response.url.origin());
      source_.without_ranges_.insert(file_.request.url.origin());
      read_wheel(source_.downloader_.admit(file_.request, *body_));
    } else if (is_fatal(response.status) || response.status == 404 || response.status == 410) {
      fail(net::error_of(response));
    } else {
      source_.without_ranges_.insert(file_.request.url.origin());
      ask_for_wheel();
    }
    return false;
  }

  void receive_tail(const net::Response& response) {
    if (!is_part(response)) return;
    if (body_->offset() == 0) {
      return read_wheel(source_.downloader_.admit(file_.request, *body_));
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
      if (const auto* const text = std::get_if<std::string>(&found)) return read(*text);
      // A server that sends wrong ranges must not cause endless requests.
      constexpr int kMostPieces = 2;
      if (++pieces_ > kMostPieces) return ask_for_wheel();
      const auto& span = std::get<wheel::ByteSpan>(found);
      ask_for_range(net::ByteRange::span(span.first, span.last), &Job::receive_piece);
    } catch (const base::Error& error) {
      refuse(error);
    }
  }

  void ask_for_wheel() {
    source_.downloader_.start(file_.request,
                              [alive = std::weak_ptr(source_.alive_),
                               self = shared_from_this()](const FetchOutcome& outcome) {
                                if (!alive.expired()) self->read_wheel(outcome);
                              });
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

  void read(std::string_view text) { finish(source_.read(file_, text)); }

  void refuse(const base::Error& error) {
    finish(
        {.answer = Unavailable{UnavailableReason::kMetadata, "cannot be used: " + error.message()},
         .is_refused = true});
  }

  void fail(base::Error error) {
    finish({.answer = {},
            .error = std::move(error).with_context("while asking for the metadata of `" +
                                                   file_.request.filename + "`")});
  }

  void finish(MetadataResult result) {
    body_.reset();
    tail_ = {};
    result.lacks_announced = lacks_announced_;
    if (const Done done = std::exchange(done_, nullptr)) done(std::move(result));
  }

  MetadataSource& source_;
  DistributionFile file_;
  Done done_;
  std::shared_ptr<FileBody> body_;
  wheel::WheelTail tail_;
  int pieces_ = 0;
  bool lacks_announced_ = false;
};

std::optional<Metadata> MetadataSource::recall(const DistributionFile& file) const {
  if (!is_bound(file) && !offline_) return std::nullopt;
  const auto stored = cache_.find_metadata(file.request.filename, identity_of(file));
  if (!stored) return std::nullopt;
  MetadataResult known = read_metadata(*stored, file.name, file.version);
  auto* const metadata = std::get_if<Metadata>(&known.answer);
  return metadata == nullptr ? std::nullopt : std::optional(std::move(*metadata));
}

MetadataResult MetadataSource::read(const DistributionFile& file, std::string_view text) const {
  MetadataResult result = read_metadata(text, file.name, file.version);
  if (std::holds_alternative<Metadata>(result.answer)) {
    // The description behind the blank line is not needed.
    cache_.store_metadata(file.request.filename, identity_of(file),
                          text.substr(0, text.find("\n\n")));
  }
  return result;
}

void MetadataSource::start(const DistributionFile& file, Done done) {
  std::make_shared<Job>(*this, file, std::move(done))->run();
}

}  // namespace ensure::index
