// Prints what a requirements file on this disk amounts to, as JSON: for comparing with pip's
// reader.

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "installer/specs/requirements/requirements_file.h"

namespace {

using ensure::base::Error;
using ensure::base::ExitCode;
using ensure::specs::RequirementsFiles;
using nlohmann::json;

std::string load(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream || std::filesystem::is_directory(file))
    throw Error(ExitCode::kFileSystem, "cannot read `" + file + "`");
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::optional<std::string> variable(const std::string& name) {
  // The name of one is no place to write to.
  const char* const value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

json requirements_of(const RequirementsFiles& files) {
  json list = json::array();
  for (const auto& requirement : files.requirements) {
    json hashes = json::object();
    for (const auto& hash : requirement.hashes) hashes[hash.algorithm].push_back(hash.hexadecimal);
    list.push_back(
        {{"text", requirement.text},
         {"editable", requirement.argument.kind == ensure::specs::RequirementKind::kEditable},
         {"constraint", requirement.is_constraint},
         {"hashes", hashes},
         {"line", requirement.source.line},
         {"file", requirement.source.file}});
  }
  return list;
}

json options_of(const RequirementsFiles& files) {
  const auto& options = files.options;
  json find_links = json::array();
  for (const auto& link : options.find_links) find_links.push_back({link.value, link.file});
  return {{"index_url", options.index_url},
          {"extra_index_urls", options.extra_index_urls},
          {"no_index", options.no_index},
          {"find_links", find_links},
          {"pre", options.pre},
          {"prefer_binary", options.prefer_binary},
          {"require_hashes", options.require_hashes},
          {"no_binary", options.formats.no_binary()},
          {"only_binary", options.formats.only_binary()},
          {"trusted_hosts", options.trusted_hosts}};
}

}  // namespace

int main(int count, char** arguments) {
  json all = json::array();
  for (int i = 1; i < count; ++i) {
    try {
      const auto files = RequirementsFiles::read({{arguments[i], false}}, load, variable);
      all.push_back({{"requirements", requirements_of(files)}, {"options", options_of(files)}});
    } catch (const Error& error) {
      all.push_back({{"error", error.message()}});
    }
  }
  std::puts(all.dump(-1, ' ', true, json::error_handler_t::replace).c_str());
  return 0;
}
