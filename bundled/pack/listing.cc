#include "bundled/pack/listing.h"

#include <cstddef>
#include <nlohmann/json.hpp>

#include "bundled/payload/bundle.h"
#include "installer/base/digest.h"

namespace ensure::bundled {

namespace {

using Json = nlohmann::ordered_json;

Json list_frames(const std::vector<Frame>& frames) {
  Json list = Json::array();
  for (const Frame& frame : frames) {
    list.push_back({{"offset", frame.offset},
                    {"size", frame.size},
                    {"unpacked_size", frame.unpacked_size},
                    {"xxh3_128", base::to_hex({frame.sum.data(), frame.sum.size()})}});
  }
  return list;
}

/// All files of a wheel; with a cache tag also its bytecode for it.
Json list_files(const Bundle& bundle, const BundledWheel& wheel, std::string_view cache_tag) {
  Json list = Json::array();
  for (std::size_t part = 0; part < wheel.part_count(); ++part) {
    bundle.read_part(wheel, part, cache_tag, [&](const BundledFile& file) {
      if (file.bytecode == cache_tag.empty()) return;
      list.push_back({{"path", file.path},
                      {"part", part},
                      {"size", file.content.size()},
                      {"sha256", base::to_hex(base::sha256(file.content))}});
    });
  }
  return list;
}

Json list_wheel(const Bundle& bundle, const BundledWheel& wheel) {
  Json list{{"filename", wheel.filename},
            {"sha256", wheel.sha256},
            {"requires_python", wheel.requires_python.to_string()},
            {"unpacked_size", wheel.unpacked_size}};
  if (wheel.base) list["difference_to"] = bundle.wheels()[*wheel.base].filename;
  list["frames"] = list_frames(wheel.frames);
  list["files"] = list_files(bundle, wheel, {});
  list["bytecode"] = Json::array();
  for (const BundledBytecode& bytecode : wheel.bytecode) {
    list["bytecode"].push_back({{"cache_tag", bytecode.cache_tag},
                                {"compiled_with", bytecode.compiled_with},
                                {"unpacked_size", bytecode.unpacked_size},
                                {"frames", list_frames(bytecode.frames)},
                                {"files", list_files(bundle, wheel, bytecode.cache_tag)}});
  }
  return list;
}

}  // namespace

std::string list_payload(std::string_view payload) {
  const Bundle bundle(payload);
  Json wheels = Json::array();
  for (const BundledWheel& wheel : bundle.wheels()) wheels.push_back(list_wheel(bundle, wheel));
  return Json{{"size", payload.size()}, {"wheels", wheels}}.dump(1) + "\n";
}

}  // namespace ensure::bundled
