// DINOv2. Reference: transformers modeling_dinov2.py, Dinov2Model.
#pragma once

#include "irscale.h"
#include "weights.h"

namespace irs {

class Dinov2 {
public:
    Dinov2(const irs_dinov2_config& config, Weights& weights);
    // (N, 3, H, W), normalised, H and W multiples of the patch, to the class token after the last norm: (N, width), f32.
    Tensor operator()(const Tensor& pixels) const;

private:
    struct Layer {
        Norm norm1, norm2;
        Linear q, k, v, out, fc1, fc2;
        Tensor scale1, scale2;  // layer scale
    };
    Tensor attend(const Layer& layer, const Tensor& x) const;
    Tensor positions(int64_t rows, int64_t columns) const;

    irs_dinov2_config config_;
    Device device_;
    DType dtype_;
    Tensor class_token_, positions_;
    Conv patches_;
    std::vector<Layer> layers_;
    Norm final_;
};

// Images (N, 3, H, W) in [0, 1] to (N, 3, edge, edge) in f32: 8 bits, bicubic with antialias, ImageNet's normalisation.
Tensor dinov2_pixels(const Tensor& images, int64_t edge);

}  // namespace irs
