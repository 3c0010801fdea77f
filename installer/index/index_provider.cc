#include "installer/index/index_provider.h"

namespace ensure::index {

class IndexProvider::Work {
 public:
  std::vector<std::string> warnings;
};

IndexProvider::IndexProvider(const IndexTarget& /*target*/, const IndexSettings& /*settings*/,
                             net::HttpClient& /*client*/, const cache::Cache& /*cache*/,
                             Downloader& /*downloader*/)
    : work_(std::make_unique<Work>()) {}
IndexProvider::~IndexProvider() = default;
void IndexProvider::add_direct(const FetchedWheel& /*wheel*/) {}
void IndexProvider::add_installed(const specs::PackageName& /*name*/,
                                  const specs::Version& /*version*/, std::string /*metadata*/) {}
void IndexProvider::set_source_builder(SourceBuilder /*builder*/) {}
void IndexProvider::expect(std::span<const specs::Requirement> /*requirements*/) {}
const resolve::Candidates& IndexProvider::candidates(const specs::PackageName& /*name*/) {
  throw base::Error(base::ExitCode::kFailure, "not yet");
}
const resolve::MetadataAnswer& IndexProvider::metadata(const specs::PackageName& /*name*/,
                                                       const specs::Version& /*version*/) {
  throw base::Error(base::ExitCode::kFailure, "not yet");
}
void IndexProvider::will_need(std::span<const resolve::Need> /*needs*/) {}
std::vector<ChosenFile> IndexProvider::choose(
    const resolve::Resolution& /*resolution*/,
    const std::function<bool(const resolve::ResolvedProject&)>& /*is_kept*/) {
  return {};
}
std::vector<DistributionFile> IndexProvider::files_of(const specs::PackageName& /*name*/,
                                                      const specs::Version& /*version*/) {
  return {};
}
const std::vector<std::string>& IndexProvider::warnings() const { return work_->warnings; }

}  // namespace ensure::index
