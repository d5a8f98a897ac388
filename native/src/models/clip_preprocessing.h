// From images to the input of CLIP's image tower.
#pragma once

#include <utility>
#include <vector>

#include "clip_preprocess.h"
#include "irscale.h"
#include "torch/tensor.h"

namespace irs {

class ClipPreprocessing {
public:
    explicit ClipPreprocessing(const irs_clip_preprocessing& config);
    // (N, 3, H, W) in [0, 1] to (N, 3, edge, edge) in f32, differentiable.
    Tensor operator()(const Tensor& images) const;
    // The same of the 8 bits that a file will hold.
    Tensor of_file(const Tensor& images) const;
    int64_t edge() const { return config_.edge; }

private:
    // Height and width of the resized images.
    std::pair<int64_t, int64_t> resized(const Tensor& images) const;
    // Where the result begins along an axis of that size; below 0 where it is framed.
    int64_t margin(int64_t size) const;
    Taps taps(int64_t in, int64_t out) const;

    irs_clip_preprocessing config_;
    std::vector<float> mean_, std_;  // of [0, 1]
};

// Images in [0, 1] as their 8-bit file will hold them, f32.
Tensor eight_bit(const Tensor& images);

}  // namespace irs
