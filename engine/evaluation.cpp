// Runs pending instructions, block by block.
#include <algorithm>
#include <atomic>
#include <utility>

#include "engine/lazy.hpp"

namespace verigrad {
namespace {

std::atomic<std::uint64_t> evaluation_count = 0;

/// One run of all instructions that some pending storages need.
template <class T>
class Evaluation {
 public:
  explicit Evaluation(std::span<Storage<T>* const> wanted) : visit_(++evaluation_count) {
    for (Storage<T>* storage : wanted)
      if (storage->is_pending()) collect(storage);
  }

  void run() {
    if (steps_.empty()) return;
    count_uses();
    join_steps();
    choose_places();
    resolve_sources();
    const std::int64_t length = steps_[0].instruction->length;
    for (std::int64_t first = 0; first < length; first += block_size)
      run_block(first, std::min(block_size, length - first));
    finish();
  }

 private:
  struct Source {
    const T* entries = nullptr;  ///< an array or a filled block; null when a step makes it
    std::int64_t advance = 0;    ///< 1 for an array, 0 for a block
    std::int32_t step = -1;
  };
  struct Step {
    Storage<T>* storage;
    Instruction<T>* instruction;
    std::uint32_t uses = 0;  ///< sources of other steps that read this one
    bool stored = false;     ///< entries go to the storage, not to a block
    bool joined = false;     ///< computes slopes too, or takes them from the step that does
    std::size_t block = 0;   ///< number of the scratch block
    std::size_t slopes = 0;  ///< number of the block with the slopes
    std::array<Source, max_block_operands> sources{};
    PairwiseSum sum{};
  };

  /// Depth first without recursion; operands come before what reads them.
  void collect(Storage<T>* root) {
    PoolVector<std::pair<Storage<T>*, std::uint32_t>> stack;
    auto enter = [&](Storage<T>* storage) {
      Instruction<T>* instruction = storage->instruction();
      if (instruction == nullptr || instruction->visit == visit_) return;
      instruction->visit = visit_;
      stack.emplace_back(storage, 0);
    };
    enter(root);
    while (!stack.empty()) {
      auto& [storage, next] = stack.back();
      Instruction<T>* instruction = storage->instruction();
      if (next < instruction->count) {
        if (Storage<T>* source = instruction->sources[next++].get()) enter(source);
        continue;
      }
      instruction->step = static_cast<std::int32_t>(steps_.size());
      steps_.push_back({storage, instruction});
      stack.pop_back();
    }
  }

  /// The step that computes a source, or null.
  Step* step_of(const Ref<Storage<T>>& source) {
    Instruction<T>* made_by = source ? source->instruction() : nullptr;
    return made_by != nullptr ? &steps_[static_cast<std::size_t>(made_by->step)] : nullptr;
  }

  void count_uses() {
    for (Step& step : steps_)
      for (std::uint32_t k = 0; k < step.instruction->count; ++k)
        if (Step* source = step_of(step.instruction->sources[k])) ++source->uses;
  }

  /// A step that needs a function's slopes takes them from the one that computes its values at the
  /// same place, if that comes before.
  void join_steps() {
    for (Step& share : steps_) {
      const JointKernels<T>* joint = share.instruction->joint;
      if (joint == nullptr || share.instruction->kernel != joint->share) continue;
      for (Step* value = steps_.data(); value != &share; ++value) {
        const Instruction<T>& made_by = *value->instruction;
        if (made_by.joint != joint || made_by.kernel != joint->value) continue;
        if (!(made_by.sources[0] == share.instruction->sources[1])) continue;
        if (!value->joined) value->slopes = slope_blocks_++;
        value->joined = share.joined = true;
        share.slopes = value->slopes;
        break;
      }
    }
  }

  /// What anything but these instructions holds is stored; the rest shares scratch blocks, each
  /// free again after its last reader, which may write over it.
  void choose_places() {
    PoolVector<std::size_t> free;
    PoolVector<std::uint32_t> left;
    std::size_t blocks = slope_blocks_;
    for (const Step& step : steps_) left.push_back(step.uses);
    for (Step& step : steps_) {
      for (std::uint32_t k = 0; k < step.instruction->count; ++k)
        if (Step* source = step_of(step.instruction->sources[k]))
          if (--left[static_cast<std::size_t>(source - steps_.data())] == 0 && !source->stored)
            free.push_back(source->block);
      step.stored = step.instruction->kernel == nullptr || step.storage->owners() > step.uses;
      if (step.stored) {
        if (!step.storage->has_entries()) step.storage->allocate_entries();
      } else if (free.empty()) {
        step.block = blocks++;
      } else {
        step.block = free.back();
        free.pop_back();
      }
    }
    constants_ = blocks;
    for (const Step& step : steps_) blocks += step.instruction->count;
    scratch_ = Storage<T>::allocate(static_cast<std::int64_t>(blocks + 1) * block_size);
  }

  T* block(std::size_t number) {
    return scratch_->fresh_data() + static_cast<std::int64_t>(number) * block_size;
  }

  void resolve_sources() {
    for (Step& step : steps_)
      for (std::uint32_t k = 0; k < step.instruction->count; ++k) {
        const auto& from = step.instruction->sources[k];
        Source& to = step.sources[k];
        if (const Step* made_by = step_of(from)) {
          to.step = static_cast<std::int32_t>(made_by - steps_.data());
        } else if (!from) {
          continue;
        } else if (from->size() == step.instruction->length) {
          to.entries = from->data();
          to.advance = 1;
        } else {
          T* filled = block(constants_++);
          std::fill_n(filled, block_size, *from->data());
          to.entries = filled;
        }
      }
  }

  T* place(Step& step, std::int64_t first) {
    return step.stored ? step.storage->fresh_data() + first : block(step.block);
  }

  void run_block(std::int64_t first, std::int64_t n) {
    for (Step& step : steps_) {
      std::array<const T*, max_block_operands> in{};
      for (std::uint32_t k = 0; k < step.instruction->count; ++k) {
        const Source& source = step.sources[k];
        in[k] = source.step < 0 ? source.entries + source.advance * first
                                : place(steps_[static_cast<std::size_t>(source.step)], first);
      }
      if (step.instruction->kernel == nullptr) {
        step.sum.add(block_sum(in[0], n));
      } else if (step.joined) {
        run_joined(step, in, place(step, first), n);
      } else {
        step.instruction->kernel(in.data(), place(step, first), n);
      }
    }
  }

  void run_joined(const Step& step, std::array<const T*, max_block_operands>& in, T* out,
                  std::int64_t n) {
    const JointKernels<T>& joint = *step.instruction->joint;
    if (step.instruction->kernel == joint.value) {
      joint.both(in[0], out, block(step.slopes), n);
    } else {
      in[1] = block(step.slopes);
      joint.product(in.data(), out, n);
    }
  }

  /// Instructions of stored results are given up, last ones first; with the last instruction that
  /// reads it, a storage without an array goes too.
  void finish() {
    for (std::size_t i = steps_.size(); i-- > 0;) {
      Step& step = steps_[i];
      if (!step.stored) continue;
      if (step.instruction->kernel == nullptr)
        *step.storage->fresh_data() = static_cast<T>(step.sum.value() / step.instruction->divisor);
      step.storage->computed();
    }
  }

  std::uint64_t visit_;
  PoolVector<Step> steps_;
  std::size_t slope_blocks_ = 0;
  std::size_t constants_ = 0;
  Ref<Storage<T>> scratch_;
};

}  // namespace

template <class T>
void compute_together(std::span<Storage<T>* const> storages) {
  // Only instructions over equally many entries run together.
  PoolVector<Storage<T>*> rest(storages.begin(), storages.end());
  while (!rest.empty()) {
    PoolVector<Storage<T>*> together, later;
    std::int64_t length = -1;
    for (Storage<T>* storage : rest) {
      if (!storage->is_pending()) continue;
      if (length < 0) length = storage->instruction()->length;
      (storage->instruction()->length == length ? together : later).push_back(storage);
    }
    if (!together.empty()) Evaluation<T>(together).run();
    rest = std::move(later);
  }
}

template void compute_together(std::span<Storage<float>* const>);
template void compute_together(std::span<Storage<double>* const>);
template void compute_together(std::span<Storage<std::int64_t>* const>);

}  // namespace verigrad
