#pragma once

#include <cstdint>

#include "engine/pool.hpp"
#include "engine/ref.hpp"

namespace verigrad {

template <class T>
class Storage;
template <class T>
struct Instruction;

/// What only those storages have that take part in pending computations (engine/lazy.hpp).
template <class T>
struct LazyState : Pooled<LazyState<T>> {
  Instruction<T>* pending = nullptr;  ///< what will compute the entries; null when they are there
  Ref<Storage<T>> previous;           ///< a copy of the entries as they were before the last change
  std::uint32_t readers = 0;          ///< pending instructions that read this storage,
  std::uint32_t current_readers = 0;  ///< and those of them that read its present entries
};

/// The entries of a tensor, shared by its detached copies and by what the graph saved of it. Every
/// in-place change adds one to `version`, so that the graph can tell that a saved value is stale.
///
/// Entries may be pending: computed when first read. Whole 64-byte units are allocated, so that
/// vectors may be read and written past the last entry.
template <class T>
class Storage : public RefCounted, public Pooled<Storage<T>> {
 public:
  static Ref<Storage> allocate(std::int64_t size) {
    Ref<Storage> storage(new Storage(size));
    if (size > inline_size) storage->allocate_entries();
    return storage;
  }
  /// Takes over the instruction, which computes the entries when they are first read.
  static Ref<Storage> pending(std::int64_t size, Instruction<T>* instruction);

  ~Storage();

  const T* data() {
    if (lazy_ != nullptr) [[unlikely]]
      compute();
    return data_;
  }
  /// The entries for writing; bypasses the version counter: for fresh storages only.
  T* fresh_data() { return data_; }
  /// The entries for an in-place change, which is counted. Pending readers keep the old ones.
  T* change() {
    if (lazy_ != nullptr) [[unlikely]]
      prepare_change();
    ++version_;
    return data_;
  }

  std::int64_t size() const { return size_; }
  std::uint32_t version() const { return version_; }
  Instruction<T>* instruction() const { return lazy_ == nullptr ? nullptr : lazy_->pending; }
  bool is_pending() const { return instruction() != nullptr; }

  /// A pending instruction begins and ceases to read these entries.
  void add_reader();
  void remove_reader(std::uint32_t version);
  /// The storage that holds the entries of an earlier version, for a pending reader.
  Storage* as_of(std::uint32_t version);

  /// Memory for the entries of a pending storage that is about to be computed.
  void allocate_entries() {
    data_ = static_cast<T*>(pool_allocate(static_cast<std::size_t>(size_) * sizeof(T)));
  }
  bool has_entries() const { return data_ != nullptr; }
  /// The instruction has run; it is given up.
  void computed();

 private:
  static constexpr std::int64_t inline_size = 32 / sizeof(T);

  explicit Storage(std::int64_t size) : size_(size) {
    if (size <= inline_size) data_ = inline_;
  }
  void compute();
  void prepare_change();

  std::uint32_t version_ = 0;
  std::int64_t size_;
  T* data_ = nullptr;
  LazyState<T>* lazy_ = nullptr;
  T inline_[static_cast<std::size_t>(inline_size)];
};

template <class T>
void dispose(Storage<T>* storage) {
  delete storage;
}

}  // namespace verigrad
