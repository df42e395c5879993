#include "engine/error.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace verigrad {
namespace {

void print_warning(const std::string& text, void*) { fmt::print(stderr, "warning: {}\n", text); }

thread_local WarningHandler current_handler = print_warning;
thread_local void* current_context = nullptr;

}  // namespace

WarningScope::WarningScope(WarningHandler handler, void* context)
    : previous_(current_handler), previous_context_(current_context) {
  current_handler = handler;
  current_context = context;
}

WarningScope::~WarningScope() {
  current_handler = previous_;
  current_context = previous_context_;
}

void warn(const std::string& text) { current_handler(text, current_context); }

}  // namespace verigrad
