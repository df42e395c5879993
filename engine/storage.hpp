#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

#include "engine/pool.hpp"
#include "engine/ref.hpp"

namespace verigrad {

template <class T>
class Storage;
template <class T>
struct Instruction;

/// Is asked before entries that it watches are read or changed, and throws to refuse.
template <class T>
class Watch {
 public:
  virtual void before_reading(const Storage<T>& entries) = 0;
  virtual void before_changing(const Storage<T>& entries) = 0;

 protected:
  ~Watch() = default;
};

/// What only those storages have that take part in pending computations (engine/lazy.hpp) or are
/// watched (engine/recording.hpp).
template <class T>
struct LazyState : Pooled<LazyState<T>> {
  Instruction<T>* pending = nullptr;    ///< what will compute the entries; null when they are there
  PoolVector<Instruction<T>*> readers;  ///< pending instructions that read them, once a source
  Watch<T>* watch = nullptr;

  bool idle() const { return pending == nullptr && readers.empty() && watch == nullptr; }
};

/// The entries of a tensor, shared by its detached copies and by what the graph saved of it. Every
/// in-place change adds one to `version`, so that the graph can tell that a saved value is stale.
///
/// Entries may be pending: computed when first read. Whole 64-byte units are allocated, so that
/// vectors may be read and written past the last entry; what lies there begins as zeros, so that
/// neither time nor floating-point flags depend on what the memory held before.
template <class T>
class Storage : public RefCounted, public Pooled<Storage<T>> {
 public:
  static Ref<Storage> allocate(std::int64_t size) {
    Ref<Storage> storage(new Storage(size));
    if (size > inline_size) storage->allocate_entries();
    return storage;
  }
  /// Takes over the instruction, which computes the entries when they are first read.
  static Ref<Storage> pending(std::int64_t size, std::unique_ptr<Instruction<T>> instruction);

  ~Storage() {
    if (lazy_ != nullptr || size_ > inline_size) [[unlikely]]
      give_up();
  }

  const T* data() {
    if (lazy_ != nullptr) [[unlikely]]
      compute();
    return data_;
  }
  /// The entries for writing; bypasses the version counter: for fresh storages only.
  T* fresh_data() { return data_; }
  /// The entries for writing. Pending readers keep the old ones.
  T* write() {
    if (lazy_ != nullptr) [[unlikely]]
      prepare_change();
    return data_;
  }
  /// The same for an in-place change, which is counted.
  T* change() {
    T* entries = write();
    ++version_;
    return entries;
  }

  std::int64_t size() const { return size_; }
  std::uint32_t version() const { return version_; }
  Instruction<T>* instruction() const { return lazy_ == nullptr ? nullptr : lazy_->pending; }
  bool is_pending() const { return instruction() != nullptr; }

  /// Begins and, with null, ceases to be watched. Entries that are not pending only.
  void set_watch(Watch<T>* watch);
  bool is_watched() const { return lazy_ != nullptr && lazy_->watch != nullptr; }

  /// A pending instruction begins and ceases to read these entries.
  void add_reader(Instruction<T>* reader);
  void remove_reader(Instruction<T>* reader);

  /// Memory for the entries of a pending storage that is about to be computed. Throws
  /// std::bad_alloc.
  void allocate_entries() {
    if (size_ > max_size) throw std::bad_alloc();
    data_ = static_cast<T*>(pool_allocate(static_cast<std::size_t>(size_) * sizeof(T)));
    if (const std::int64_t part = size_ % unit; part != 0)
      std::fill_n(data_ + size_, unit - part, T{});
  }
  bool has_entries() const { return data_ != nullptr; }
  /// The instruction has run; it is given up.
  void computed();

 private:
  static constexpr std::int64_t inline_size = 32 / sizeof(T);
  static constexpr std::int64_t unit = 64 / sizeof(T);
  static constexpr std::int64_t max_size = (std::int64_t{1} << 60) / sizeof(T);

  explicit Storage(std::int64_t size) : size_(size) {
    if (size > inline_size) return;
    data_ = inline_;
    std::fill_n(inline_, inline_size, T{});
  }
  void compute();
  void prepare_change();
  void give_up();
  void forget_idle_state() {
    if (lazy_->idle()) delete std::exchange(lazy_, nullptr);
  }

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
