#pragma once

#include <string>

namespace verigrad::docs {

/// Whether a command's output is what a page says, or else how they differ ("" when they agree).
///
/// The texts must agree to the character but for what depends on the machine: numbers with a
/// fraction or an exponent need only agree to nine digits; error bars (behind `±`) and counts of
/// verified digits, which are estimates, to a factor 100 and to 1.5 digits; elapsed times and
/// versions of the surroundings not at all. Integers are compared exactly. A line `…` of the page
/// stands for any lines that it leaves out.
std::string difference(const std::string& stated, const std::string& actual);

}  // namespace verigrad::docs
