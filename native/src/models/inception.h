// Inception v3 as FID uses it. Reference: pytorch-fid inception.py, over torchvision inception.py.
#pragma once

#include "weights.h"

namespace irs {

// Convolution without bias, batch norm, ReLU.
struct ConvUnit {
    Tensor weight;
    Norm norm;
    Tensor mean, variance;
    Shape stride, padding;
    Tensor operator()(const Tensor& x) const;
};

class Inception {
public:
    explicit Inception(Weights& weights);
    // (N, 3, 299, 299) in [-1, 1] to pool3's (N, 2048) in f32.
    Tensor operator()(const Tensor& pixels) const;

private:
    // Units one after the other; what comes out goes through all ends side by side, if there are any.
    struct Branch {
        std::vector<ConvUnit> chain, ends;
    };
    enum class Pool { mean, largest, shrink };
    // Branches side by side, and last a pool over 3 x 3, which a unit follows unless it shrinks.
    struct Block {
        std::vector<Branch> branches;
        Pool pool;
        std::vector<ConvUnit> pooled;
    };
    class Builder;
    static Tensor run(const std::vector<ConvUnit>& chain, Tensor x);
    static Tensor run(const Block& block, const Tensor& x);

    Device device_;
    DType dtype_;
    std::vector<ConvUnit> stem_, neck_;
    std::vector<Block> blocks_;
};

// Images (N, 3, H, W) in [0, 1] to (N, 3, 299, 299) in f32, as pytorch-fid does it: bilinear, no antialias, 2 x - 1.
Tensor pytorch_fid_pixels(const Tensor& images);
// As clean-fid does it: bicubic with antialias on 0 to 255, clamped, (x - 128) / 128.
Tensor clean_fid_pixels(const Tensor& images);

}  // namespace irs
