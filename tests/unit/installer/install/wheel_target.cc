#include "wheel_target.h"

#include <algorithm>
#include <utility>

#include "installer/base/digest.h"
#include "installer/install/installed/change_plan.h"
#include "installer/install/transaction/transaction.h"

namespace ensure::install {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kThreads = 3;

}  // namespace

SharedWheel open_wheel(const testing::WheelBuilder& builder) {
  return std::make_shared<wheel::WheelArchive>(
      wheel::WheelArchive::own(builder.filename, builder.build()));
}

testing::WheelBuilder wheel_of(const std::string& name,
                               const std::map<std::string, std::string>& files) {
  testing::WheelBuilder builder(name);
  builder.remove("demo/__init__.py");
  builder.remove("demo/data/table.csv");
  for (const auto& [path, content] : files) builder.add(path, content);
  return builder;
}

bool is_as_recorded(const Distribution& distribution) {
  const auto has_digest = [&](const specs::RecordEntry& row) {
    return row.digest.empty() ||
           base::to_base64url(
               base::sha256(base::read_file(distribution.site_packages / row.path))) == row.digest;
  };
  return is_complete(distribution) && std::ranges::all_of(recorded_rows(distribution), has_digest);
}

specs::Layout WheelTarget::layout() const {
  specs::Layout layout;
  const base::TargetPath top(path());
  const base::TargetPath site_packages(site());
  layout.scheme = {site_packages, site_packages, top / "bin", top, top / "include"};
  layout.executable = (path() / "bin/python").text();
  layout.python_minor = 12;
  return layout;
}

std::string WheelTarget::content(const std::string& name) const {
  return base::read_file(site() / name);
}

std::vector<StartupHooks> WheelTarget::install(const std::vector<SharedWheel>& wheels,
                                               const InstallOptions& options) const {
  Transaction transaction({{path()}}, staging_path_for(path()), 2s);
  const base::Directory staged = transaction.staged().create_directory("environment");
  WheelDestination destination;
  destination.map(base::TargetPath(path()), staged);
  const specs::Layout target = layout();
  WheelInstaller installer(target, destination, kThreads);
  for (const InstalledProject& project : find_installed(site(), site()).projects) {
    installer.reserve(project.distribution, base::TargetPath(site()));
  }
  for (const SharedWheel& wheel : wheels) installer.add(wheel, options);
  std::vector<StartupHooks> hooks = installer.finish();
  merge_tree(transaction, staged.path(), path());
  transaction.apply();
  transaction.commit();
  return hooks;
}

void WheelTarget::change_to(const std::vector<SharedWheel>& wheels, bool sync) const {
  std::vector<WantedWheel> wanted;
  wanted.reserve(wheels.size());
  for (const SharedWheel& wheel : wheels) {
    wanted.push_back({.name = wheel->name(), .version = wheel->version(), .direct_url = {}});
  }
  const ChangePlan plan = plan_changes(find_installed(site(), site()), wanted,
                                       {.remove = sync, .kept_always = {}, .named = {}});
  Transaction transaction({{path()}}, staging_path_for(path()), 2s);
  const base::Directory staged = transaction.staged().create_directory("environment");
  WheelDestination destination;
  destination.map(base::TargetPath(path()), staged);
  const specs::Layout target = layout();
  WheelInstaller installer(target, destination, kThreads);
  for (const Distribution& kept : plan.kept()) installer.reserve(kept, base::TargetPath(site()));
  for (const std::size_t index : plan.install) installer.add(wheels[index], {});
  for (const ChangePlan::Upgrade& upgrade : plan.upgrade) installer.add(wheels[upgrade.wanted], {});
  (void)installer.finish();
  remove_distributions(transaction, plan.removed(), plan.kept(), {path() / "bin"});
  merge_tree(transaction, staged.path(), path());
  transaction.apply();
  transaction.commit();
}

}  // namespace ensure::install
