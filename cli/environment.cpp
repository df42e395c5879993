#include "cli/environment.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/utsname.h>
#if defined(__GLIBC__)
#include <gnu/libc-version.h>
#endif

#include <Eigen/Core>
#include <ctime>

#include "reports/display.hpp"

namespace verigrad::cli {
namespace {

std::string compiler() {
#if defined(__clang__)
  return fmt::format("clang {}.{}.{}", __clang_major__, __clang_minor__, __clang_patchlevel__);
#else
  return fmt::format("gcc {}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#endif
}

std::string vector_units() {
  std::vector<std::string_view> units;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("sse4.2")) units.emplace_back("sse4.2");
  if (__builtin_cpu_supports("avx")) units.emplace_back("avx");
  if (__builtin_cpu_supports("fma")) units.emplace_back("fma");
  if (__builtin_cpu_supports("avx2")) units.emplace_back("avx2");
  if (__builtin_cpu_supports("avx512f")) units.emplace_back("avx512f");
#endif
  return fmt::format("{}", fmt::join(units, " "));
}

/// Whose elementary functions are used where SLEEF's are not.
std::string math_library() {
#if defined(__GLIBC__)
  return fmt::format("glibc {}", gnu_get_libc_version());
#else
  return "unknown";
#endif
}

std::string operating_system() {
  utsname names{};
  if (::uname(&names) != 0) return "unknown";
  return fmt::format("{} {} {}", names.sysname, names.release, names.machine);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> environment() {
  return {{"compiler", compiler()},
          {"build_type", VERIGRAD_BUILD_TYPE},
          {"flags", VERIGRAD_FLAGS},
          {"cpu", vector_units()},
          {"libm", math_library()},
          {"eigen",
           fmt::format("{}.{}.{}", EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION)},
          {"system", operating_system()}};
}

std::string utc_now() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

std::string shell_line(const std::vector<std::string>& arguments) {
  std::string line;
  for (const std::string& argument : arguments) {
    if (!line.empty()) line += ' ';
    line += reports::shell_word(argument);
  }
  return line;
}

}  // namespace verigrad::cli
