// Any C++ callable as a function of plain numbers.
#pragma once

#include <functional>
#include <utility>

#include "gradcheck/entries.hpp"

namespace verigrad::gradcheck {

/// Thrown when a callable has changed what it was given.
struct ChangedArgument {};

using Callable = std::function<Entries(const Entries& x)>;

/// f as a function of one X; each call gets an X of its own, and copies of what else it takes.
/// Refers to f and to the others. Calls throw what f throws, and ChangedArgument.
template <class X, class F, class... Others>
Callable callable_of(F& f, const Others&... others) {
  return [&](const Entries& x) {
    const auto call = [&](X argument, Others... copies) {
      Entries result = entries_of(std::invoke(f, argument, copies...));
      const bool kept = entries_of(argument).values == x.values &&
                        (... && (entries_of(copies).values == entries_of(others).values));
      if (!kept) throw ChangedArgument{};
      return result;
    };
    return call(value_of<X>(x), value_of<Others>(entries_of(others))...);
  };
}

/// A derivative that was given as a value.
template <class X>
Callable callable_of_value(const X& value) {
  return [entries = entries_of(value)](const Entries&) { return entries; };
}

}  // namespace verigrad::gradcheck
