// x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) = x / (1 + exp(-2 sqrt(2/pi) (x + 0.044715 x^3))), as
// torch.nn.functional.gelu(approximate="tanh"). The second form has no cancellation at negative x.
#pragma once

namespace irs {

constexpr float kGeluTwice = 1.5957691216057308F;  // 2 sqrt(2/pi)
constexpr float kGeluCubic = 0.044715F;

}  // namespace irs
