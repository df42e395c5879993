#pragma once

// The whole C++ interface of the engine: tensors, operations, reverse mode, optimisers, printing.

#include "engine/arithmetic.hpp"
#include "engine/blocks.hpp"
#include "engine/creation.hpp"
#include "engine/error.hpp"
#include "engine/functional.hpp"
#include "engine/functions.hpp"
#include "engine/graph.hpp"
#include "engine/optim.hpp"
#include "engine/print.hpp"
#include "engine/random.hpp"
#include "engine/shape.hpp"
#include "engine/tensor.hpp"
