#include "fake_index.h"

#include "installer/base/digest.h"
#include "tests/support/wheel_builder.h"

namespace ensure::tests {

std::string metadata_text(const std::string& name, const std::string& version,
                          const std::vector<std::string>& requires_dist) {
  std::string text = "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + '\n';
  for (const std::string& requirement : requires_dist)
    text += "Requires-Dist: " + requirement + '\n';
  return text;
}

std::string wheel_bytes(const std::string& name, const std::string& version,
                        const std::vector<std::string>& requires_dist) {
  testing::WheelBuilder wheel(name, version);
  wheel.metadata().content = metadata_text(name, version, requires_dist);
  return wheel.build();
}

std::string FakeIndex::file_url(const std::string& filename) const {
  return base::Url::parse(url_).join("../files/" + filename).to_string();
}

void FakeIndex::add(const std::string& name, const std::string& version,
                    const std::vector<std::string>& requires_dist) {
  add(name, {.filename = name + '-' + version + "-py3-none-any.whl",
             .body = wheel_bytes(name, version, requires_dist),
             .metadata = metadata_text(name, version, requires_dist),
             .announces_metadata = true});
}

void FakeIndex::add(const std::string& name, FakeFile file) {
  const std::string url = file_url(file.filename);
  client_.answer(url, "application/octet-stream", file.body);
  if (file.metadata) client_.answer(url + ".metadata", "text/plain", *file.metadata);
  projects_[name].files.push_back(std::move(file));
  publish(name);
}

void FakeIndex::describe(const std::string& name, std::string meta, std::string page) {
  projects_[name].meta = std::move(meta);
  projects_[name].page = std::move(page);
  publish(name);
}

std::string FakeIndex::page(const std::string& name) const {
  const Project& project = projects_.at(name);
  std::string text = R"({"meta":{"api-version":"1.1")" + project.meta + R"(},"name":")" + name +
                     R"(")" + project.page + R"(,"files":[)";
  for (const FakeFile& file : project.files) {
    const std::string sha256 = file.sha256.value_or(base::to_hex(base::sha256(file.body)));
    if (!text.ends_with('[')) text += ',';
    text += R"({"filename":")" + file.filename + R"(","url":"../../files/)" + file.filename +
            R"(","hashes":{)" + (file.has_digest ? R"("sha256":")" + sha256 + '"' : "") + '}';
    if (file.has_size) text += ",\"size\":" + std::to_string(file.body.size());
    if (file.announces_metadata) {
      text += R"(,"core-metadata":{"sha256":")" +
              base::to_hex(base::sha256(file.metadata.value_or(""))) + R"("})";
    }
    text += file.more + '}';
  }
  return text + "]}";
}

void FakeIndex::publish(const std::string& name) {
  client_.answer(page_url(name), "application/vnd.pypi.simple.v1+json", page(name));
}

specs::TargetPython linux_target() {
  specs::MarkerEnvironment environment;
  environment.implementation_name = "cpython";
  environment.implementation_version = "3.12.1";
  environment.os_name = "posix";
  environment.platform_machine = "x86_64";
  environment.platform_python_implementation = "CPython";
  environment.platform_system = "Linux";
  environment.python_full_version = "3.12.1";
  environment.python_version = "3.12";
  environment.sys_platform = "linux";
  return {
      environment,
      {"cp", 3, 12, {"cp312"}, {"manylinux_2_17_x86_64", "manylinux2014_x86_64", "linux_x86_64"}}};
}

std::vector<specs::Requirement> requirements(const std::vector<std::string>& texts) {
  std::vector<specs::Requirement> parsed;
  for (const std::string& text : texts) parsed.push_back(specs::Requirement::parse(text));
  return parsed;
}

}  // namespace ensure::tests
