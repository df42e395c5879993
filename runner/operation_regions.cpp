#include "runner/operation_regions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "runner/operand_draws.hpp"
#include "runner/ordinals.hpp"

namespace verigrad::runner {
namespace {

/// Structured forms have a twentieth of the points: each has several entries.
constexpr std::int64_t fewer = 20;
constexpr std::int64_t floats_a_sample = 8;
constexpr double large = 4096, onset = 6;
/// The greatest exponent of a float is an eighth of a double's: exp overflows at 88, not at 709.
constexpr double widest_onset = 88, exponent_ratio = 8;

std::string stride_name(std::int64_t stride) {
  if (stride == 1) return "every float";
  const bool teens = stride % 100 >= 11 && stride % 100 <= 13;
  const std::int64_t digit = teens ? 0 : stride % 10;
  return fmt::format("every {}{} float", stride,
                     digit == 1   ? "st"
                     : digit == 2 ? "nd"
                     : digit == 3 ? "rd"
                                  : "th");
}

class Regions {
 public:
  Regions(const OperationForm& form, DType dtype, const Sampling& sampling)
      : form_(form), dtype_(dtype), sampling_(sampling) {}

  std::vector<Region> take() {
    add("typical", [&](Random& random, const FormOperand& operand) {
      return typical(random, operand.typical);
    });
    if (!form_.entrywise) {
      add_structured_tails();
    } else if (drawn_operands() == 1) {
      add_tails(*std::ranges::find_if(
          form_.operands, [](const FormOperand& operand) { return operand.fixed.empty(); }));
    } else {
      add_joint_tails();
    }
    return std::move(regions_);
  }

 private:
  using Draw = std::function<double(Random&, const FormOperand&)>;

  std::span<const double> special() const { return form_.operation->info.special.span(); }
  std::ptrdiff_t drawn_operands() const {
    return std::ranges::count_if(form_.operands,
                                 [](const FormOperand& operand) { return operand.fixed.empty(); });
  }
  std::int64_t wanted() const {
    return form_.entrywise ? sampling_.samples
                           : std::max<std::int64_t>(1, sampling_.samples / fewer);
  }

  /// A region whose entries are drawn one by one; none when its draws miss the domain.
  void add(std::string name, const Draw& draw) {
    add_points(std::move(name), [&](Random& random) {
      FlatPoint point;
      for (const FormOperand& operand : form_.operands)
        for (std::int64_t k = 0; operand.fixed.empty() && k < operand.shape.numel(); ++k)
          point.push_back(round_to(dtype_, draw(random, operand) + diagonal(operand, k)));
      return point;
    });
  }

  void add_points(std::string name, const std::function<FlatPoint(Random&)>& draw) {
    Random random = Random::stream(sampling_.seed, stream_of(form_.label), stream_of(name),
                                   static_cast<int>(dtype_));
    Region region{std::move(name), {}};
    // Draws beside the domain are repeated; a region that lies beside it comes to an end.
    for (std::int64_t tries = 16 * wanted(); tries > 0 && std::ssize(region.points) < wanted();
         --tries)
      if (FlatPoint point = draw(random); in_domain(form_, point))
        region.points.push_back(std::move(point));
    if (!region.points.empty()) regions_.push_back(std::move(region));
  }

  static double diagonal(const FormOperand& operand, std::int64_t k) {
    const std::int64_t rows = operand.dominant ? operand.shape[operand.shape.rank() - 1] : 0;
    return rows > 0 && k / rows % rows == k % rows ? 8 : 0;
  }

  void add_structured_tails() {
    if (std::ranges::any_of(form_.operands, &FormOperand::dominant)) return;
    add_near_special_points();
    add("mixed magnitudes", [](Random& random, const FormOperand& operand) {
      return signed_in(random, operand.domain, log_uniform(random, -20, 20));
    });
  }

  void add_near_special_points() {
    add("near special points", [&](Random& random, const FormOperand& operand) {
      if (random.integer(0, 1) == 0) return typical(random, operand.typical);
      return near_special(random, dtype_, special(), operand.domain);
    });
  }

  void add_joint_tails() {
    add_near_special_points();
    add("all magnitudes", [&](Random& random, const FormOperand& operand) {
      return any_magnitude(random, dtype_, operand.domain);
    });
    add_points("nearly equal operands", [&](Random& random) {
      FlatPoint point;
      for (const FormOperand& operand : form_.operands)
        if (operand.fixed.empty())
          point.push_back(round_to(dtype_, point.empty() ? typical(random, operand.typical)
                                                         : nearby(random, dtype_, point[0])));
      return point;
    });
  }

  void add_tails(const FormOperand& x) {
    add("near 0",
        [&](Random& random, const FormOperand&) { return tiny(random, dtype_, x.domain); });
    for (const double end : {x.domain.lower, x.domain.upper})
      if (std::isfinite(end) && end != 0)
        add(fmt::format("next to {:.6g}", end),
            [this, &x, end](Random& random, const FormOperand&) {
              return inside_end(random, dtype_, x.domain, end);
            });
    for (const double s : special())
      if (is_ordinary(x, s))
        add(fmt::format("near {:.6g}", s), [this, s](Random& random, const FormOperand&) {
          return random.integer(0, 15) == 0 ? s : nearby(random, dtype_, s);
        });
    add_saturation(x, 1);
    add_saturation(x, -1);
    add_large(x);
    if (dtype_ == DType::f32) add_stride(x);
  }

  bool is_ordinary(const FormOperand& x, double s) const {
    return s != 0 && s != x.domain.lower && s != x.domain.upper && std::abs(s) >= 1 / large &&
           std::abs(s) <= (dtype_ == DType::f32 ? widest_onset : large);
  }

  void add_saturation(const FormOperand& x, int sign) {
    double least = large, greatest = 0;
    for (const double s : special()) {
      double size = sign * s;
      if (size < onset || size > large) continue;
      if (dtype_ == DType::f32 && size > widest_onset) size /= exponent_ratio;
      least = std::min(least, size);
      greatest = std::max(greatest, size);
    }
    if (greatest == 0) return;
    const double from = least / 2, to = 2 * greatest;
    add(fmt::format("{} {} {:.6g}", x.name, sign > 0 ? ">" : "<", sign * from),
        [=](Random& random, const FormOperand&) { return sign * mixed(random, from, to); });
  }

  void add_large(const FormOperand& x) {
    const bool above = x.domain.upper > large, below = x.domain.lower < -large;
    if (!above && !below) return;
    add(above && below ? fmt::format("abs({}) > {}", x.name, large)
                       : fmt::format("{} {} {}", x.name, above ? ">" : "<", above ? large : -large),
        [&](Random& random, const FormOperand&) {
          return signed_in(random, x.domain, log_uniform(random, 12, format_of(dtype_).top));
        });
  }

  void add_stride(const FormOperand& x) {
    const std::int64_t first = ordinal_of(dtype_, first_in(dtype_, x.domain));
    const std::int64_t last = ordinal_of(dtype_, last_in(dtype_, x.domain));
    // An odd stride meets all last bits of significands.
    const std::int64_t most = (last - first) / (floats_a_sample * sampling_.samples);
    const std::int64_t stride = std::max<std::int64_t>(1, most - (most + 1) % 2);
    Region region{stride_name(stride), {}};
    for (std::int64_t ordinal = first; ordinal <= last; ordinal += stride)
      region.points.push_back({number_at(dtype_, ordinal)});
    regions_.push_back(std::move(region));
  }

  const OperationForm& form_;
  DType dtype_;
  const Sampling& sampling_;
  std::vector<Region> regions_;
};

}  // namespace

std::vector<Region> survey_regions(const OperationForm& form, DType dtype,
                                   const Sampling& sampling) {
  return Regions(form, dtype, sampling).take();
}

bool in_domain(const OperationForm& form, const FlatPoint& point) {
  auto entry = point.begin();
  for (const FormOperand& operand : form.operands)
    for (std::int64_t k = 0; operand.fixed.empty() && k < operand.shape.numel(); ++k, ++entry)
      if (!std::isfinite(*entry) || !operand.domain.contains(*entry)) return false;
  return true;
}

std::uint64_t stream_of(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  return hash;
}

}  // namespace verigrad::runner
