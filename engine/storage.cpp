#include "engine/storage.hpp"

#include <algorithm>
#include <utility>

#include "engine/lazy.hpp"

namespace verigrad {
namespace {

template <class T>
std::int64_t bytes_of(const Storage<T>& storage) {
  return storage.size() * static_cast<std::int64_t>(sizeof(T));
}

}  // namespace

constinit std::atomic<std::int64_t> detail::held_bytes = 0;

template <class T>
Ref<Storage<T>> Storage<T>::pending(std::int64_t size,
                                    std::unique_ptr<Instruction<T>> instruction) {
  Ref<Storage> storage(new Storage(size));
  storage->lazy_ = new LazyState<T>;
  storage->lazy_->pending = instruction.release();
  return storage;
}

template <class T>
void Storage<T>::give_up() {
  if (lazy_ != nullptr) {
    delete lazy_->pending;
    delete lazy_;
  }
  if (size_ > inline_size && data_ != nullptr)
    pool_release(data_, static_cast<std::size_t>(size_) * sizeof(T));
}

template <class T>
void Storage<T>::compute() {
  if (lazy_->watch != nullptr) lazy_->watch->before_reading(*this);
  if (lazy_->pending == nullptr) return;
  Storage* self = this;
  compute_together<T>({&self, 1});
}

template <class T>
void Storage<T>::computed() {
  delete std::exchange(lazy_->pending, nullptr);
  if (!lazy_->readers.empty()) detail::held_bytes += bytes_of(*this);
  forget_idle_state();
}

template <class T>
void Storage<T>::set_watch(Watch<T>* watch) {
  if (lazy_ == nullptr) lazy_ = new LazyState<T>;
  lazy_->watch = watch;
  forget_idle_state();
}

template <class T>
void Storage<T>::add_reader(Instruction<T>* reader) {
  if (lazy_ == nullptr) lazy_ = new LazyState<T>;
  lazy_->readers.push_back(reader);
  if (lazy_->readers.size() == 1 && lazy_->pending == nullptr)
    detail::held_bytes += bytes_of(*this);
}

template <class T>
void Storage<T>::remove_reader(Instruction<T>* reader) {
  PoolVector<Instruction<T>*>& readers = lazy_->readers;
  // Instructions are given up last ones first.
  const auto place = std::find(readers.rbegin(), readers.rend(), reader);
  *place = readers.back();
  readers.pop_back();
  if (!readers.empty() || lazy_->pending != nullptr) return;
  detail::held_bytes -= bytes_of(*this);
  forget_idle_state();
}

/// Pending readers get a copy of the entries as they are now.
template <class T>
void Storage<T>::prepare_change() {
  if (lazy_->watch != nullptr) lazy_->watch->before_changing(*this);
  compute();
  if (lazy_ == nullptr || lazy_->readers.empty()) return;
  Ref<Storage> copy = allocate(size_);
  std::copy_n(data_, size_, copy->data_);
  const PoolVector<Instruction<T>*> readers = lazy_->readers;
  for (Instruction<T>* reader : readers) copy->add_reader(reader);
  detail::held_bytes -= bytes_of(*this);
  lazy_->readers.clear();
  forget_idle_state();
  const Ref<Storage> self(this);
  for (Instruction<T>* reader : readers)
    for (Ref<Storage>& source : reader->sources)
      if (source == self) {
        source = copy;
        break;
      }
}

template class Storage<float>;
template class Storage<double>;
template class Storage<std::int64_t>;

}  // namespace verigrad
