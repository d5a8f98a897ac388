// Checks that models share: sizes from a configuration, token ids, shapes.
#pragma once

#include "error.h"
#include "torch/tensor.h"

namespace irs {

inline void require_positive(const char* name, int64_t value) {
    require(value > 0, name, " is ", value, ", expected 1 or more");
}

// Blocks of a model, each of which gets its names before a weight is found missing.
inline void require_count(const char* name, int64_t value, int64_t least = 1) {
    constexpr int64_t kMost = 1000;
    require(value >= least && value <= kMost, name, " is ", value, ", expected ", least, " to ", kMost);
}

inline void require_divides(const char* name, int64_t divisor, const char* whole_name, int64_t whole) {
    require(divisor > 0 && whole > 0 && whole % divisor == 0, whole_name, " ", whole, " is not a multiple of ", name,
            " ", divisor);
}

inline void require_ids(int64_t n, int64_t tokens, const int64_t* ids, int64_t vocabulary) {
    require(ids != nullptr && n > 0 && tokens > 0, "token ids have shape [", n, ", ", tokens,
            "], expected at least [1, 1]");
    for (int64_t i = 0; i < n * tokens; i++) {
        require(ids[i] >= 0 && ids[i] < vocabulary, "token id ", ids[i], " at row ", i / tokens, ", position ",
                i % tokens, " is outside [0, ", vocabulary, ")");
    }
}

// -1 in `expected` stands for any size.
inline void require_shape(const char* name, const Tensor& x, const Shape& expected) {
    const Shape actual = x.shape();
    bool same = actual.size() == expected.size();
    for (size_t d = 0; same && d < actual.size(); d++) same = expected[d] < 0 || actual[d] == expected[d];
    // Asked here, so that the text is made only when it is needed.
    if (!same) require(false, name, " has shape ", to_string(actual), ", expected ", to_string(expected), " (-1: any)");
}

}  // namespace irs
