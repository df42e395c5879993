# Tests of a user's project that has found or embedded Verigrad.
enable_testing()
add_test(NAME prints_the_gradient COMMAND user)
set_tests_properties(prints_the_gradient PROPERTIES
  PASS_REGULAR_EXPRESSION "^value 14\ngradient 2 4 6\n$")

# GoogleTest is the user's own: the package does not bring it.
find_package(GTest 1.12 REQUIRED CONFIG)
add_executable(gradient_test ../user/gradient_test.cpp)
target_link_libraries(gradient_test PRIVATE
  verigrad::gradcheck GTest::gmock GTest::gtest_main)
add_test(NAME checks_gradients COMMAND gradient_test)
