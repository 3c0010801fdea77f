#include "installer/index/downloader.h"

namespace ensure::index {

struct Downloader::State {};

Downloader::Downloader(net::HttpClient& /*client*/, const cache::Cache& /*cache*/,
                       DownloaderOptions /*options*/)
    : state_(std::make_shared<State>()) {}
Downloader::~Downloader() = default;
void Downloader::fetch(const std::vector<FileRequest>& /*requests*/, const Receiver& /*receiver*/) {
}
FetchedWheel Downloader::fetch_one(const FileRequest& /*request*/) {
  throw base::Error(base::ExitCode::kFailure, "not yet");
}
std::string Downloader::fetch_bytes(const FileRequest& /*request*/) { return {}; }
void Downloader::start(const FileRequest& /*request*/, net::Urgency /*urgency*/, Done /*done*/) {}
bool Downloader::has(const FileRequest& /*request*/) { return false; }

}  // namespace ensure::index
