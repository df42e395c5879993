#pragma once

// Optimisers and learning-rate schedules, with the update rules of PyTorch 1.13's torch.optim.

#include "engine/optim/adam.hpp"
#include "engine/optim/sgd.hpp"
#include "engine/optim/step_lr.hpp"
