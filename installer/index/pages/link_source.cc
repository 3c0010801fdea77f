#include "installer/index/pages/link_source.h"

#include <variant>

#include "installer/base/directory.h"
#include "installer/base/file.h"
#include "installer/specs/metadata/distribution_filename.h"

namespace ensure::index {

void LinkSource::add_page(specs::LinkPage page) {
  page_texts_ = std::move(page.texts);
  list_url_ = std::move(page.url);
  base_url_ = std::move(page.base_url);
  for (const specs::ListedFile& file : page.files) add(file);
}

void LinkSource::add_directory(const base::Path& directory) {
  list_url_ = base_url_ = base::Url::from_path(directory).as_directory().to_string();
  for (const std::string& name : base::list_directory(directory)) {
    if (!specs::is_distribution_filename(name)) continue;
    add(name, base::Url::from_path(directory / name).to_string());
  }
}

void LinkSource::add_url(const base::Url& url) {
  list_url_ = base_url_ = url.without_credentials().without_fragment().to_string();
  add(std::string(url.filename()), base_url_);
}

void LinkSource::add(std::string filename, std::string url) {
  specs::ListedFile file;
  file.filename = texts_.emplace_back(std::move(filename));
  file.url = texts_.emplace_back(std::move(url));
  add(file);
}

void LinkSource::add(const specs::ListedFile& file) {
  const std::size_t place = files_.size();
  files_.push_back(file);
  // The name of a project in the filename of an old source distribution may contain dashes.
  for (std::size_t dash = file.filename.find('-'); dash != std::string_view::npos;
       dash = file.filename.find('-', dash + 1)) {
    by_name_[specs::normalize_name(file.filename.substr(0, dash))].push_back(place);
  }
}

void LinkSource::start(PageSource& pages, const std::function<void()>& done) {
  if (std::exchange(is_started_, true)) return;
  if (!url_.is_file() && !specs::is_distribution_filename(url_.filename())) {
    return pages.ask_links(url_, [this, done](PageAnswer<specs::LinkPage> answer) {
      receive(std::move(answer));
      is_ready_ = true;
      done();
    });
  }
  if (url_.is_file()) {
    read_local();
  } else {
    add_url(url_);
  }
  is_ready_ = true;
}

void LinkSource::read_local() {
  try {
    const base::Path path = url_.to_path();
    const auto status = base::file_status(path);
    if (!status || status->type != base::FileType::kRegular) {
      add_directory(path);
    } else if (specs::is_distribution_filename(url_.filename())) {
      add_url(url_);
    } else {
      add_page(specs::LinkPage::parse(base::read_file(path), url_.to_string()));
    }
  } catch (const base::Error& error) {
    error_ = base::Error(error).with_hint("check the path that `--find-links` names");
  }
}

void LinkSource::receive(PageAnswer<specs::LinkPage> answer) {
  if (auto* const page = std::get_if<specs::LinkPage>(&answer)) {
    add_page(std::move(*page));
  } else if (auto* const error = std::get_if<base::Error>(&answer)) {
    error_ = std::move(*error);
  } else if (std::get<NoPage>(answer).is_unknown) {
    is_unknown_ = true;
  } else {
    error_ = base::Error(base::ExitCode::kNetwork, "there is no page at `" + url_.redacted() + "`")
                 .with_hint("check the URL that `--find-links` names");
  }
}

std::optional<IndexEntry> LinkSource::entry_of(const specs::PackageName& name) const {
  if (error_) throw base::Error(*error_);
  const auto found = by_name_.find(name.normalized());
  if (found == by_name_.end()) return std::nullopt;
  std::vector<specs::ListedFile> files;
  for (const std::size_t place : found->second) files.push_back(files_[place]);
  specs::ProjectPage page = specs::ProjectPage::of_files(files, name, list_url_, base_url_);
  if (page.file_count() == 0) return std::nullopt;
  return make_index_entry(std::move(page), url_, false);
}

}  // namespace ensure::index
