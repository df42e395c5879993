#pragma once

#include <stdexcept>
#include <string>

namespace verigrad {

/// Every error that the engine reports to its user. The texts keep PyTorch's wording recognisable.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Operands or attributes whose shapes do not fit; the text names the operation and every shape.
class ShapeError : public Error {
 public:
  using Error::Error;
};

/// An index or dim outside its range.
class IndexError : public Error {
 public:
  using Error::Error;
};

/// Receives the text of a warning. The default handler writes `warning: TEXT` to standard error.
using WarningHandler = void (*)(const std::string& text, void* context);

/// Installs a handler for this thread while it lives, and restores the previous one at its end.
class WarningScope {
 public:
  WarningScope(WarningHandler handler, void* context);
  ~WarningScope();
  WarningScope(const WarningScope&) = delete;
  WarningScope& operator=(const WarningScope&) = delete;

 private:
  WarningHandler previous_;
  void* previous_context_;
};

/// Hands a warning to this thread's handler.
void warn(const std::string& text);

}  // namespace verigrad
