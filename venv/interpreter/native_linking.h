#pragma once

#include <elf.h>

#include <cstdint>
#include <string_view>

/// How Linux with the GNU C library links programs on the architecture that this program is
/// compiled for; where it is one that is not known here, no program fits.
namespace ensure::venv {

#if defined(__x86_64__) && defined(__LP64__)
inline constexpr std::uint16_t kNativeMachine = EM_X86_64;
inline constexpr std::string_view kNativeLoader = "/lib64/ld-linux-x86-64.so.2";
inline constexpr std::int32_t kNativeCacheKind = 0x0303;  ///< in ld.so.cache
#elif defined(__aarch64__) && defined(__LP64__) && !defined(__AARCH64EB__)
inline constexpr std::uint16_t kNativeMachine = EM_AARCH64;
inline constexpr std::string_view kNativeLoader = "/lib/ld-linux-aarch64.so.1";
inline constexpr std::int32_t kNativeCacheKind = 0x0a03;
#else
inline constexpr std::uint16_t kNativeMachine = EM_NONE;
inline constexpr std::string_view kNativeLoader;
inline constexpr std::int32_t kNativeCacheKind = 0;
#endif

}  // namespace ensure::venv
