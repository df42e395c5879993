// Einstein's convention against loops over all indices.
#include <map>

#include "tests/engine/structural.hpp"

namespace verigrad {
namespace {

using namespace structural;
using testing::HasSubstr;

struct Case {
  const char* equation;  ///< as the user writes it
  const char* plain;     ///< the same with letters only and an explicit output
  std::vector<Shape> shapes;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"ij,jk->ik", "ij,jk->ik", {Shape{2, 3}, Shape{3, 4}}},
      {"ij,jk", "ij,jk->ik", {Shape{2, 3}, Shape{3, 2}}},
      {"ba,cb", "ba,cb->ac", {Shape{2, 3}, Shape{4, 2}}},
      {"bA", "bA->Ab", {Shape{2, 3}}},
      {" i j , j ", "ij,j->i", {Shape{2, 3}, Shape{3}}},
      {"i,i", "i,i->", {Shape{3}, Shape{3}}},
      {"i,j->ij", "i,j->ij", {Shape{3}, Shape{2}}},
      {"i,i->i", "i,i->i", {Shape{3}, Shape{3}}},
      {"ij->ji", "ij->ji", {Shape{2, 3}}},
      {"ij->", "ij->", {Shape{2, 3}}},
      {"ij->j", "ij->j", {Shape{2, 3}}},
      {"ii", "ii->", {Shape{3, 3}}},
      {"ii->i", "ii->i", {Shape{3, 3}}},
      {"iij->j", "iij->j", {Shape{2, 2, 3}}},
      {"iji->ij", "iji->ij", {Shape{2, 3, 2}}},
      {"iii->i", "iii->i", {Shape{2, 2, 2}}},
      {"ii,ij->j", "ii,ij->j", {Shape{2, 2}, Shape{2, 3}}},
      {"ii,jj->", "ii,jj->", {Shape{2, 2}, Shape{3, 3}}},
      {"bij,bjk->bik", "bij,bjk->bik", {Shape{2, 2, 3}, Shape{2, 3, 2}}},
      {"bij,bjk->ik", "bij,bjk->ik", {Shape{2, 2, 3}, Shape{2, 3, 2}}},
      {"...ij,...jk->...ik", "abij,bjk->abik", {Shape{2, 3, 2, 2}, Shape{3, 2, 2}}},
      {"...ij,...jk", "bij,bjk->bik", {Shape{2, 2, 3}, Shape{2, 3, 2}}},
      {"i...->...", "iab->ab", {Shape{2, 3, 2}}},
      {"...->", "ab->", {Shape{2, 3}}},
      {"...i->i", "abi->i", {Shape{2, 3, 2}}},
      {"...,...", "ab,ab->ab", {Shape{2, 3}, Shape{2, 3}}},
      {"...i,i->...i", "i,i->i", {Shape{3}, Shape{3}}},
      {"ij,jk->ik", "ij,jk->ik", {Shape{2, 3}, Shape{1, 4}}},
      {"ij,ij->ij", "ij,ij->ij", {Shape{2, 1}, Shape{1, 3}}},
      {"ij,ij->i", "ij,ij->i", {Shape{2, 1}, Shape{1, 3}}},
      {"...i,...i->...", "abi,abi->ab", {Shape{2, 1, 3}, Shape{1, 2, 3}}},
      {"ii,i->i", "ii,i->i", {Shape{1, 1}, Shape{3}}},
      {"i,j,k->kij", "i,j,k->kij", {Shape{2}, Shape{3}, Shape{2}}},
      {"ij,jk,kl->il", "ij,jk,kl->il", {Shape{2, 3}, Shape{3, 2}, Shape{2, 2}}},
      {"i,i,i,i", "i,i,i,i->", {Shape{3}, Shape{3}, Shape{3}, Shape{3}}},
      {"ij,jk,kl,l,i->k",
       "ij,jk,kl,l,i->k",
       {Shape{2, 3}, Shape{3, 2}, Shape{2, 2}, Shape{2}, Shape{2}}},
      {"i,i,i,i,i,i",
       "i,i,i,i,i,i->",
       {Shape{2}, Shape{2}, Shape{2}, Shape{2}, Shape{2}, Shape{2}}},
      {"bn,anm,bm->ba", "bn,anm,bm->ba", {Shape{2, 3}, Shape{2, 3, 2}, Shape{2, 2}}},
      {"ij,k->k", "ij,k->k", {Shape{2, 3}, Shape{2}}},
      {",i->i", ",i->i", {Shape{}, Shape{3}}},
      {"->", "->", {Shape{}}},
      {"ij,jk->ik", "ij,jk->ik", {Shape{2, 0}, Shape{0, 3}}},
      {"ij,jk->ik", "ij,jk->ik", {Shape{0, 2}, Shape{2, 3}}},
      {"ij->i", "ij->i", {Shape{2, 0}}},
  };
  return all;
}

/// Runs over all values of all letters; sizes of 1 broadcast.
D by_hand(const Case& c, const Tensors& x) {
  std::vector<std::string> terms(1);
  std::string output;
  bool right = false;
  for (const char* s = c.plain; *s != 0; ++s) {
    if (*s == '-' || *s == '>') {
      right = true;
    } else if (right) {
      output += *s;
    } else if (*s == ',') {
      terms.emplace_back();
    } else {
      terms.back() += *s;
    }
  }
  std::map<char, std::int64_t> sizes, index;
  for (std::size_t k = 0; k < terms.size(); ++k)
    for (std::size_t d = 0; d < terms[k].size(); ++d) {
      std::int64_t& size = sizes.emplace(terms[k][d], 1).first->second;
      if (x[k].shape()[d] != 1) size = x[k].shape()[d];
    }
  std::int64_t count = 1;
  for (const auto& [letter, size] : sizes) count *= size;
  Shape shape;
  for (const char letter : output) shape = shape.inserted(shape.rank(), sizes[letter]);
  std::vector<double> result(static_cast<std::size_t>(shape.numel()), 0.0);
  for (std::int64_t i = 0; i < count; ++i) {
    std::int64_t rest = i;
    for (const auto& [letter, size] : sizes) {
      index[letter] = rest % size;
      rest /= size;
    }
    double product = 1;
    for (std::size_t k = 0; k < terms.size(); ++k) {
      std::int64_t at = 0;
      for (std::size_t d = 0; d < terms[k].size(); ++d) {
        const std::int64_t size = x[k].shape()[d];
        at = at * size + (size == 1 ? 0 : index[terms[k][d]]);
      }
      product *= x[k][at];
    }
    std::int64_t to = 0;
    for (const char letter : output) to = to * sizes[letter] + index[letter];
    result[static_cast<std::size_t>(to)] += product;
  }
  return D(shape, result);
}

Tensors operands_of(const Case& c) {
  Tensors x;
  for (std::size_t k = 0; k < c.shapes.size(); ++k)
    x.push_back(varied(c.shapes[k], static_cast<double>(k)));
  return x;
}

TEST(Einsum, MatchesLoopsOverAllIndices) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.equation);
    const Tensors x = operands_of(c);
    const D got = einsum<double>(c.equation, std::span<const D>(x)), expected = by_hand(c, x);
    ASSERT_EQ(to_string(got.shape()), to_string(expected.shape()));
    for (std::int64_t i = 0; i < got.numel(); ++i) EXPECT_NEAR(got[i], expected[i], 1e-13);
  }
}

TEST(Einsum, DerivativesMatchDifferencesInEveryForm) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.equation);
    expect_derivatives(
        [&](const Tensors& x) { return einsum<double>(c.equation, std::span<const D>(x)); },
        operands_of(c));
  }
}

TEST(Einsum, OfTheSameOperandTwiceHasTheRightDerivative) {
  expect_derivatives(
      [](const Tensors& x) {
        return einsum("ij,jk,ki->", {x[0], x[0], x[0]});
      },
      {varied(Shape{3, 3})});
}

TEST(Einsum, OfMoreOperandsThanAWordHasBitsHasTheRightDerivative) {
  for (const std::size_t tracked : {0U, 1U, 64U}) {
    Tensors x(65, vector({1.5}));
    x[tracked] = leaf(Shape{1});
    std::string equation = "i";
    for (int i = 1; i < 65; ++i) equation += ",i";
    const D y = einsum<double>(equation, std::span<const D>(x));
    EXPECT_DOUBLE_EQ(gradient_of(y, x[tracked], D(1.0)).item(), std::pow(1.5, 64));
  }
}

TEST(Einsum, GivesACopyEvenOfTheIdentity) {
  D x = varied(Shape{2, 3});
  const D y = einsum("ij->ij", {x});
  x.mul_(D(2.0));
  EXPECT_NE(y[0], x[0]);
}

TEST(Einsum, OffTheDiagonalAnInfiniteCotangentLeavesZeros) {
  const D x = leaf(Shape{2, 2});
  expect_equal(gradient_of(einsum("ii->i", {x}), x, vector({inf, 1})), Shape{2, 2}, {inf, 0, 0, 1});
}

TEST(Einsum, RefusesWhatDoesNotFitInPyTorchsWords) {
  const D m = varied(Shape{2, 3}), v = varied(Shape{3}), s = varied(Shape{2, 2});
  const auto error = [](const char* equation, const Tensors& x) {
    return error_of([&] { einsum<double>(equation, std::span<const D>(x)); });
  };
  EXPECT_THAT(error("i1->i", {m}),
              HasSubstr("einsum(): invalid subscript given at index 1 in the equation string, "
                        "subscripts must be in [a-zA-Z]"));
  EXPECT_THAT(error("ij->i?", {m}), HasSubstr("invalid subscript given at index 5"));
  EXPECT_THAT(error("ij,j->i", {m}),
              HasSubstr("fewer operands were provided than specified in the equation"));
  EXPECT_THAT(error("ij->i", {m, v}),
              HasSubstr("more operands were provided than specified in the equation"));
  EXPECT_THAT(error("i->i", {m}),
              HasSubstr("the number of subscripts in the equation (1) does not match the number of "
                        "dimensions (2) for operand 0 and no ellipsis was given"));
  EXPECT_THAT(error("ijk...->i", {m}),
              HasSubstr("the number of subscripts in the equation (3) is more than the number of "
                        "dimensions (2) for operand 0"));
  EXPECT_THAT(error("ij,j->i", {m, varied(Shape{2})}),
              HasSubstr("operands do not broadcast with remapped shapes"));
  EXPECT_THAT(error("ij,j->i", {m, varied(Shape{2})}), HasSubstr("[2, 3], [2]"));
  EXPECT_THAT(error("ii->i", {m}), HasSubstr("subscript i is repeated for operand 0 but the sizes "
                                             "don't match, 3 != 2"));
  EXPECT_THAT(error("ii->i", {varied(Shape{1, 3})}), HasSubstr("3 != 1"));
  EXPECT_THAT(error("ij->k", {m}), HasSubstr("output subscript k does not appear in the equation "
                                             "for any input operand"));
  EXPECT_THAT(error("ij->ii", {m}),
              HasSubstr("output subscript i appears more than once in the output"));
  EXPECT_THAT(error(".ij->i", {m}),
              HasSubstr("found '.' for operand 0 that is not part of any ellipsis"));
  EXPECT_THAT(error("......->", {m}), HasSubstr("found more than one ellipsis"));
  EXPECT_THAT(error("ij,j->i", {m, v, v, v, v}), HasSubstr("more operands were provided than"));
  EXPECT_THAT(error("", {}), HasSubstr("must provide at least one operand"));
  EXPECT_THAT(error("a,b,c,d,e,f,g,h,i,a,b,c,d,e,f,g,h,i->", Tensors(18, varied(Shape{2}))),
              HasSubstr("some product on the way has 9 dims"));
  Tensors many(6, varied(Shape{1, 1, 1, 1, 1, 1, 1, 1}));
  many.push_back(varied(Shape{1, 1, 1, 1, 1}));
  EXPECT_THAT(error("ABCDEFGH,IJKLMNOP,QRSTUVWX,YZabcdef,ghijklmn,opqrstuv,wxyz...->", many),
              HasSubstr("53 subscripts, those of the ellipsis included"));
}

}  // namespace
}  // namespace verigrad
