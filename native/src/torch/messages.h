// What a libtorch says of its failures that has no function to ask for it (2.10 to 2.12).
#pragma once

#include <string>

namespace irs::torch {

// From now on the reasons that libtorch's C functions write to its std::cerr are kept instead, each for its thread; all
// else goes on to where it went. False where libtorch's C++ library cannot be found.
bool keep_reasons();

// The reason kept last on this thread, in one line, and forgets it; empty where there is none.
std::string take_reason();

}  // namespace irs::torch
