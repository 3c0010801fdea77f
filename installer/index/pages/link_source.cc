#include "installer/index/pages/link_source.h"

#include <variant>

#include "installer/base/files.h"
#include "installer/specs/metadata/distribution_filename.h"

namespace ensure::index {

LinkedFiles LinkedFiles::of_page(const specs::LinkPage& page) {
  LinkedFiles files;
  files.page_ = page;
  files.url_ = page.url();
  files.base_url_ = page.base_url();
  for (const specs::ListedFile& file : page.files()) files.add(file);
  return files;
}

LinkedFiles LinkedFiles::of_directory(const base::Path& directory) {
  LinkedFiles files;
  files.url_ = files.base_url_ = base::Url::from_path(directory).as_directory().to_string();
  for (std::string& name : base::list_directory(directory)) {
    if (!specs::is_distribution_filename(name)) continue;
    std::string url = base::Url::from_path(directory / name).to_string();
    files.add(files.keep(std::move(name)), files.keep(std::move(url)));
  }
  return files;
}

LinkedFiles LinkedFiles::of_file(const base::Url& url) {
  LinkedFiles files;
  files.url_ = files.base_url_ = url.without_credentials().without_fragment().to_string();
  files.add(files.keep(url.filename()), files.keep(files.base_url_));
  return files;
}

std::string_view LinkedFiles::keep(std::string text) {
  return texts_->emplace_back(std::move(text));
}

void LinkedFiles::add(std::string_view filename, std::string_view url) {
  specs::ListedFile file;
  file.filename = filename;
  file.url = url;
  add(file);
}

void LinkedFiles::add(const specs::ListedFile& file) {
  const std::size_t place = files_.size();
  files_.push_back(file);
  // The name of a project in the filename of an old source distribution may contain dashes.
  for (std::size_t dash = file.filename.find('-'); dash != std::string_view::npos;
       dash = file.filename.find('-', dash + 1)) {
    by_name_[specs::normalize_name(file.filename.substr(0, dash))].push_back(place);
  }
}

std::optional<specs::ProjectPage> LinkedFiles::page_of(const specs::PackageName& name) const {
  const auto found = by_name_.find(name.normalized());
  if (found == by_name_.end()) return std::nullopt;
  std::vector<specs::ListedFile> files;
  for (const std::size_t place : found->second) files.push_back(files_[place]);
  specs::ProjectPage page = specs::ProjectPage::of_files(files, name, url_, base_url_);
  if (page.file_count() == 0) return std::nullopt;
  return page;
}

void LinkSource::start(PageSource& pages, net::Urgency urgency, const std::function<void()>& done) {
  if (std::exchange(started_, true)) return;
  const bool names_file = specs::is_distribution_filename(url_.filename());
  if (url_.is_file()) {
    read_local();
  } else if (names_file) {
    files_ = LinkedFiles::of_file(url_);
  } else {
    pages.ask_links(url_, urgency, [this, done](PageAnswer<specs::LinkPage> answer) {
      receive(std::move(answer));
      done();
    });
  }
}

void LinkSource::read_local() {
  try {
    const base::Path path = url_.to_path();
    const auto status = base::file_status(path);
    if (status && status->type == base::FileType::kRegular) {
      files_ = specs::is_distribution_filename(url_.filename())
                   ? LinkedFiles::of_file(url_)
                   : LinkedFiles::of_page(
                         specs::LinkPage::parse(base::read_file(path), url_.to_string()));
    } else {
      files_ = LinkedFiles::of_directory(path);
    }
  } catch (const base::Error& error) {
    error_ = base::Error(error).with_hint("check the path that `--find-links` names");
  }
}

void LinkSource::receive(PageAnswer<specs::LinkPage> answer) {
  if (const auto* const page = std::get_if<specs::LinkPage>(&answer)) {
    files_ = LinkedFiles::of_page(*page);
  } else if (auto* const error = std::get_if<base::Error>(&answer)) {
    error_ = std::move(*error);
  } else if (std::get<NoPage>(answer).is_unknown) {
    is_unknown_ = true;
    files_.emplace();
  } else {
    error_ = base::Error(base::ExitCode::kNetwork, "there is no page at `" + url_.redacted() + "`")
                 .with_hint("check the URL that `--find-links` names");
  }
}

std::optional<IndexEntry> LinkSource::entry_of(const specs::PackageName& name) const {
  if (error_) throw base::Error(*error_);
  std::optional<specs::ProjectPage> page = files_->page_of(name);
  if (!page) return std::nullopt;
  return make_index_entry(*std::move(page), url_, false);
}

}  // namespace ensure::index
