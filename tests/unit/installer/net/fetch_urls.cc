#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "installer/base/error.h"
#include "installer/net/transfer/curl_client.h"

/// Fetches URLs at once and prints what came of each: for tests with real servers, and to measure.
///
///     fetch_urls [--cert FILE] [--client-cert FILE] [--trusted-host HOST] [--jobs N] [--sink]
///                [--system-store FILE] [--retries N] [--count N] URL...
///
/// With `--count`, "{}" in a URL stands for 0 to N-1.
namespace {

using namespace ensure;

/// Counts a body and forgets it, as a download that writes it elsewhere would.
class CountingSink : public net::BodySink {
 public:
  void begin(std::uint64_t offset, std::optional<std::uint64_t> /*total*/) override {
    size = offset;
  }
  void write(std::string_view bytes) override { size += bytes.size(); }

  std::uint64_t size = 0;
};

struct Options {
  net::ClientSettings settings;
  std::vector<std::string> urls;
  bool sink = false;
};

void add_urls(Options& options, const std::string& url, int count) {
  const std::size_t place = url.find("{}");
  if (place == std::string::npos) {
    options.urls.push_back(url);
    return;
  }
  for (int i = 0; i < count; ++i) {
    options.urls.push_back(std::string(url).replace(place, 2, std::to_string(i)));
  }
}

Options parse(const std::vector<std::string>& arguments) {
  Options options;
  options.settings.trust.system_stores = net::system_stores();
  int count = 1;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& name = arguments[i];
    if (name == "--sink") {
      options.sink = true;
      continue;
    }
    if (!name.starts_with("--")) {
      add_urls(options, name, count);
      continue;
    }
    const std::string& value = arguments.at(++i);
    if (name == "--cert") options.settings.trust.required_files.emplace_back(value);
    if (name == "--system-store") options.settings.trust.system_stores = {value};
    if (name == "--also-system-store") {
      options.settings.trust.system_stores.emplace_back(value);
    }
    if (name == "--client-cert") options.settings.client_certificate = value;
    if (name == "--proxy") options.settings.proxies.all = value;
    if (name == "--trusted-host") {
      options.settings.trusted_hosts.push_back(net::TrustedHost::parse(value));
    }
    if (name == "--jobs") options.settings.connections = std::stoul(value);
    if (name == "--retries") options.settings.retries.retries = std::stoul(value) & 0xFFU;
    if (name == "--count") count = std::stoi(value);
  }
  for (const std::string& url : options.urls) {
    options.settings.client_certificate_urls.push_back(base::Url::parse(url));
  }
  return options;
}

void print(const net::FetchResult& outcome, const CountingSink* sink) {
  if (const auto* error = std::get_if<base::Error>(&outcome)) {
    std::printf("error %d %s; %s\n", static_cast<int>(error->exit_code()), error->what(),
                error->hints().empty() ? "" : error->hints().front().c_str());
    return;
  }
  const auto& response = std::get<net::Response>(outcome);
  const std::uint64_t size = sink != nullptr ? sink->size : response.body.size();
  std::printf("%d %llu %s\n", response.status, static_cast<unsigned long long>(size),
              response.url.redacted().c_str());
}

double processor_milliseconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto milliseconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
  };
  return milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime);
}

void run(const Options& options) {
  const auto start = std::chrono::steady_clock::now();
  net::CurlClient client(options.settings);
  for (const std::string& url : options.urls) {
    const auto sink = options.sink ? std::make_shared<CountingSink>() : nullptr;
    client.start(
        {.url = base::Url::parse(url)},
        [sink](const net::FetchResult& outcome) { print(outcome, sink.get()); }, sink);
  }
  while (client.wait()) {
  }
  const std::chrono::duration<double, std::milli> elapsed =
      std::chrono::steady_clock::now() - start;
  std::printf("ms %.1f cpu_ms %.1f\n", elapsed.count(), processor_milliseconds());
}

}  // namespace

int main(int count, char** arguments) {
  try {
    run(parse({arguments + 1, arguments + count}));
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return EXIT_FAILURE;
  }
}
