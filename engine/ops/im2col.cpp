#include "engine/ops/im2col.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "engine/error.hpp"

namespace verigrad::detail {
namespace {

/// One number for every dim, or one for each.
void read_sizes(std::string_view operation, const char* what, const Integers& given,
                std::size_t dims, std::int64_t least, const char* complaint, std::int64_t* into) {
  if (given.size() != 1 && given.size() != dims)
    throw Error(fmt::format(
        "{}: expected {} to be a single integer value or a list of {} values to match the "
        "convolution dimensions, but got {}=[{}]",
        operation, what, dims, what, fmt::join(given, ", ")));
  for (std::size_t d = 0; d < dims; ++d) {
    const std::int64_t value = given[given.size() == 1 ? 0 : d];
    if (value < least || value > (std::int64_t{1} << 31))
      throw Error(
          fmt::format("{}: {}, got {}=[{}]", operation, complaint, what, fmt::join(given, ", ")));
    into[2 - dims + d] = value;
  }
}

std::string by(const std::int64_t* sizes, std::size_t dims) {
  return fmt::format("{}", fmt::join(sizes + 2 - dims, sizes + 2, " x "));
}

[[noreturn]] void refuse(std::string_view operation, const ConvolutionForm& form,
                         const std::string& what) {
  throw ShapeError(fmt::format("{}: {}; input and weight have shapes {} and {}", operation, what,
                               to_string(form.input), to_string(form.weight)));
}

void check_ranks(std::string_view operation, std::size_t dims, const ConvolutionForm& form) {
  if (!form.batched && form.input.rank() != dims + 1)
    refuse(operation, form,
           fmt::format("Expected {}D (unbatched) or {}D (batched) input to {}, but got input of "
                       "size: {}",
                       dims + 1, dims + 2, operation, to_string(form.input)));
  if (form.weight.rank() != dims + 2)
    refuse(operation, form,
           fmt::format("Expected a {}-dimensional weight, but got weight of size {}", dims + 2,
                       to_string(form.weight)));
}

void check_groups(std::string_view operation, const ConvolutionForm& form) {
  const Shape &input = form.input, &weight = form.weight;
  const std::int64_t groups = form.groups, channels = input[form.batched ? 1 : 0];
  if (groups < 1)
    throw Error(fmt::format("{}: non-positive groups is not supported, got {}", operation, groups));
  if (weight[0] % groups != 0 || weight[0] < groups)
    refuse(operation, form,
           fmt::format("Given groups={}, expected weight to be at least {} at dimension 0 and "
                       "divisible by it, but got weight of size {} instead",
                       groups, groups, to_string(weight)));
  if (channels / groups != weight[1] || channels % groups != 0)
    refuse(operation, form,
           fmt::format("Given groups={}, weight of size {}, expected input{} to have {} channels, "
                       "but got {} channels instead",
                       groups, to_string(weight), to_string(input), groups * weight[1], channels));
}

/// Sets the zeros before the input along each dim, and returns those behind it.
std::array<std::int64_t, 2> read_padding(std::string_view operation, const AttributeValue& given,
                                         std::size_t dims, ConvolutionForm& form) {
  const auto* word = std::get_if<std::string>(&given);
  if (word == nullptr) {
    read_sizes(operation, "padding", std::get<Integers>(given), dims, 0,
               "negative padding is not supported", form.padding);
    return {form.padding[0], form.padding[1]};
  }
  if (*word == "valid") return {};
  if (*word != "same")
    throw Error(fmt::format("{}: Invalid padding string: '{}', expected 'same' or 'valid'",
                            operation, *word));
  std::array<std::int64_t, 2> behind{};
  for (std::size_t e = 0; e < 2; ++e) {
    if (form.stride[e] != 1)
      throw Error(
          fmt::format("{}: padding='same' is not supported for strided convolutions, got "
                      "stride=[{}]",
                      operation, fmt::join(form.stride + 2 - dims, form.stride + 2, ", ")));
    const std::int64_t total = form.dilation[e] * (form.kernel[e] - 1);
    form.padding[e] = total / 2;
    behind[e] = total - total / 2;
  }
  return behind;
}

}  // namespace

ConvolutionForm::ConvolutionForm(std::string_view operation, std::size_t dims,
                                 const Shape& input_shape, const Shape& weight_shape,
                                 const Attributes& attributes, std::size_t position)
    : input(input_shape), weight(weight_shape), batched(input_shape.rank() == dims + 2) {
  check_ranks(operation, dims, *this);
  const std::size_t first = 2 - dims;
  for (std::size_t e = first; e < 2; ++e) {
    in[e] = input[input.rank() - 2 + e];
    kernel[e] = weight[weight.rank() - 2 + e];
  }
  read_sizes(operation, "stride", attributes.integers(position), dims, 1,
             "non-positive stride is not supported", stride);
  read_sizes(operation, "dilation", attributes.integers(position + 2), dims, 1,
             "dilation should be greater than zero", dilation);
  const auto behind = read_padding(operation, attributes.values()[position + 1], dims, *this);
  groups = attributes.integer(position + 3);
  check_groups(operation, *this);
  batches = batched ? input[0] : 1;
  in_channels = weight[1];
  out_channels = weight[0] / groups;
  std::int64_t padded[2] = {1, 1}, reach[2] = {1, 1};
  for (std::size_t e = first; e < 2; ++e) {
    padded[e] = padding[e] + in[e] + behind[e];
    reach[e] = dilation[e] * (kernel[e] - 1) + 1;
  }
  for (std::size_t e = first; e < 2; ++e) {
    if (kernel[e] == 0) refuse(operation, *this, "Expected a kernel without dims of size 0");
    if (padded[e] < reach[e])
      refuse(operation, *this,
             fmt::format("Calculated padded input size per channel: ({}). Kernel size: ({}). "
                         "Kernel size can't be greater than actual input size",
                         by(padded, dims), by(reach, dims)));
    out[e] = (padded[e] - reach[e]) / stride[e] + 1;
  }
  result = batched ? Shape{batches, weight[0]} : Shape{weight[0]};
  for (std::size_t e = first; e < 2; ++e) result = result.inserted(result.rank(), out[e]);
}

}  // namespace verigrad::detail
