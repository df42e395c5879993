#include "expressions/relation.hpp"

namespace verigrad::expressions {

Relation relation_of(CompareOp op) {
  switch (op) {
    case CompareOp::lt:
      return Relation::less;
    case CompareOp::le:
      return Relation::less_equal;
    case CompareOp::gt:
      return Relation::greater;
    case CompareOp::ge:
      return Relation::greater_equal;
    case CompareOp::eq:
      return Relation::equal;
    case CompareOp::ne:
      return Relation::not_equal;
    case CompareOp::approx:
      break;
  }
  return Relation::close;
}

}  // namespace verigrad::expressions
