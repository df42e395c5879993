#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "engine/pool.hpp"
#include "engine/tensor.hpp"

namespace verigrad {

/// A gradient that is caught instead of going into a leaf.
template <class T>
struct Capture {
  const void* key;      ///< the node for a result, the tensor object for a leaf
  TensorImpl<T>* leaf;  ///< null for a result
  Tensor<T> gradient{};
};

/// What a walk catches, by key: a hash table with linear probing, at most half full, since a walk
/// asks for every node and every operand.
template <class T>
class Captures {
 public:
  /// Room for `most` captures, at least one.
  explicit Captures(std::size_t most)
      : shift_(std::countl_zero(2 * std::uint64_t{most})),
        places_(std::size_t{1} << (64 - shift_), none) {
    captures_.reserve(most);
  }

  /// Does nothing for a key that is there already.
  void add(const void* key, TensorImpl<T>* leaf) {
    std::uint32_t& place = places_[slot(key)];
    if (place != none) return;
    place = static_cast<std::uint32_t>(captures_.size());
    captures_.push_back({key, leaf});
  }

  /// Null for what is not caught.
  Capture<T>* find(const void* key) {
    const std::uint32_t place = places_[slot(key)];
    return place == none ? nullptr : &captures_[place];
  }
  bool contains(const void* key) const { return places_[slot(key)] != none; }

  auto begin() { return captures_.begin(); }
  auto end() { return captures_.end(); }

 private:
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  /// Where the key stands, or the free slot where it would; multiplicative hashing (Knuth, The Art
  /// of Computer Programming 3, section 6.4).
  std::size_t slot(const void* key) const {
    constexpr std::uint64_t golden = 0x9E3779B97F4A7C15;  // 2^64 / golden ratio
    std::size_t at = (reinterpret_cast<std::uintptr_t>(key) * golden) >> shift_;
    while (places_[at] != none && captures_[places_[at]].key != key)
      at = (at + 1) & (places_.size() - 1);
    return at;
  }

  int shift_;
  PoolVector<std::uint32_t> places_;
  PoolVector<Capture<T>> captures_;
};

}  // namespace verigrad
