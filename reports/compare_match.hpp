// Which checks and rows of two runs are the same: see compare.hpp.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "reports/model.hpp"

namespace verigrad::reports {

// A check or row in its run.
template <class T>
struct Item {
  const FileResult* file;
  const T* result;
};

// What a check or row is known by, within its file, and its kind.
std::string identity(const CheckResult& check);
std::string identity(const AccuracyRow& row);
std::string kind_of(const CheckResult& check);
std::string kind_of(const AccuracyRow& row);

template <class T>
std::string identity(const Item<T>& item) {
  return item.file->path + "\n" + identity(*item.result);
}

template <class T>
std::string line_identity(const Item<T>& item) {
  return fmt::format("{}\n{}\n{}", item.file->path, kind_of(*item.result), item.result->line);
}

template <class T>
struct Pair {
  const Item<T>* before;  ///< null: appeared
  const Item<T>* after;   ///< null: disappeared
};

template <class T>
using Items = std::vector<const Item<T>*>;

// Takes out of both lists what stands on the same line, each item once, in order.
template <class T>
void pair_by_line(Items<T>& before, Items<T>& after, std::vector<Pair<T>>& pairs) {
  std::map<std::int64_t, std::deque<const Item<T>**>> on_line;
  for (const Item<T>*& each : after) on_line[each->result->line].push_back(&each);
  for (const Item<T>*& old : before) {
    const auto found = on_line.find(old->result->line);
    if (found == on_line.end() || found->second.empty()) continue;
    pairs.push_back({std::exchange(old, nullptr), std::exchange(*found->second.front(), nullptr)});
    found->second.pop_front();
  }
  std::erase(before, nullptr);
  std::erase(after, nullptr);
}

template <class T>
struct Group {
  Items<T> before, after;
};

template <class T, class Key>
std::map<std::string, Group<T>> grouped(const Items<T>& before, const Items<T>& after, Key&& key) {
  std::map<std::string, Group<T>> groups;
  for (const Item<T>* each : before) groups[key(*each)].before.push_back(each);
  for (const Item<T>* each : after) groups[key(*each)].after.push_back(each);
  return groups;
}

// Pairs what has the same key; what finds no partner is left in `before` and `after`.
template <class T, class Key>
void match(Items<T>& before, Items<T>& after, std::vector<Pair<T>>& pairs, Key&& key) {
  auto groups = grouped(before, after, key);
  before.clear();
  after.clear();
  for (auto& [name, group] : groups) {
    if (group.before.size() != group.after.size()) pair_by_line(group.before, group.after, pairs);
    const std::size_t common = std::min(group.before.size(), group.after.size());
    for (std::size_t i = 0; i < common; ++i) pairs.push_back({group.before[i], group.after[i]});
    before.insert(before.end(), group.before.begin() + static_cast<std::ptrdiff_t>(common),
                  group.before.end());
    after.insert(after.end(), group.after.begin() + static_cast<std::ptrdiff_t>(common),
                 group.after.end());
  }
}

/// Every item of both runs once, those that are the same in one pair: in the order of the newer
/// run, then of the older. Items stand in their runs' order and must outlive the pairs.
template <class T>
std::vector<Pair<T>> matched(const std::vector<Item<T>>& before,
                             const std::vector<Item<T>>& after) {
  Items<T> old, now;
  for (const Item<T>& each : before) old.push_back(&each);
  for (const Item<T>& each : after) now.push_back(&each);
  std::vector<Pair<T>> pairs;
  match(old, now, pairs, [](const Item<T>& item) { return identity(item); });
  match(old, now, pairs, [](const Item<T>& item) { return line_identity(item); });
  for (const Item<T>* each : old) pairs.push_back({each, nullptr});
  for (const Item<T>* each : now) pairs.push_back({nullptr, each});
  std::sort(pairs.begin(), pairs.end(), [](const Pair<T>& a, const Pair<T>& b) {
    if ((a.after == nullptr) != (b.after == nullptr)) return b.after == nullptr;
    return a.after != nullptr ? a.after < b.after : a.before < b.before;
  });
  return pairs;
}

}  // namespace verigrad::reports
