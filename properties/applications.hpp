// Which operations fit which operands, remembered.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>

#include "engine/operation_table.hpp"

namespace verigrad::properties {

/// How an operation would be applied to operands of given shapes.
struct Application {
  Shape shape;  ///< of the result
  AttributesRef attributes;
};

/// Asks shape rules, which answer "no" by throwing, once for each question. The choice `p` of
/// attributes is taken modulo 256.
class Applications {
 public:
  /// Nothing when the shapes do not fit, or when the result would have more than 3 dims or 24
  /// entries. One or two operands of up to 4 dims and 24 entries; what else the operation takes has
  /// its default.
  const std::optional<Application>& find(const Operation& operation, std::span<const Shape> shapes,
                                         int p);

 private:
  struct Key {
    const Operation* operation;
    std::uint64_t shapes;
    int p;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const;
  };

  std::unordered_map<Key, std::optional<Application>, Hash> known_;
};

}  // namespace verigrad::properties
