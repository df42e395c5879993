enable_testing()
add_test(NAME prints_the_gradient COMMAND user)
set_tests_properties(prints_the_gradient PROPERTIES
  PASS_REGULAR_EXPRESSION "^value 14\ngradient 2 4 6\n$")
