#include "models/clip_preprocessing.h"

#include <algorithm>
#include <cmath>

#include "error.h"
#include "models/checks.h"
#include "switches.h"
#include "torch/kernels.h"
#include "torch/ops.h"

namespace irs {

namespace {

// (places, size): the taps of an axis as the matrix that sums them.
Tensor matrix(const Taps& taps, int64_t size, Device device) {
    const auto places = static_cast<int64_t>(taps.first.size());
    std::vector<float> rows(static_cast<size_t>(places * size));
    for (int64_t i = 0; i < places; i++) {
        const int64_t first = taps.first[static_cast<size_t>(i)], count = std::min(taps.most, size - first);
        std::copy_n(taps.weights.begin() + i * taps.most, count, rows.begin() + i * size + first);
    }
    return Tensor::of(rows, {places, size}, device);
}

}  // namespace

ClipPreprocessing::ClipPreprocessing(const irs_clip_preprocessing& config) : config_(config) {
    require(config.resize >= IRS_RESIZE_NONE && config.resize <= IRS_RESIZE_EXACT, "resize is ", config.resize,
            ", expected IRS_RESIZE_*");
    require(config.filter >= IRS_FILTER_NEAREST && config.filter <= IRS_FILTER_HAMMING, "filter is ", config.filter,
            ", expected IRS_FILTER_*");
    require(config.crop >= IRS_CROP_NONE && config.crop <= IRS_CROP_HALF_EVEN, "crop is ", config.crop,
            ", expected IRS_CROP_*");
    require_positive("edge", config.edge);
    if (config.resize != IRS_RESIZE_NONE) require_positive("height", config.height);
    if (config.resize == IRS_RESIZE_EXACT) require_positive("width", config.width);
    require(std::isfinite(config.scale) && config.scale > 0, "scale is ", config.scale, ", expected a number above 0");
    for (int c = 0; c < 3; c++) {
        const double mean = config.mean[c], std = config.std[c];
        require(std::isfinite(mean) && std::isfinite(std) && std > 0, "image_mean ", mean, " and image_std ", std,
                " must be finite and the latter above 0");
        mean_.push_back(static_cast<float>(mean / config.scale));
        std_.push_back(static_cast<float>(std / config.scale));
    }
}

// transformers rounds down (image_transforms.py, center_crop), open_clip half to even and frames from the smaller half on
// (transform.py, center_crop_or_pad).
int64_t ClipPreprocessing::margin(int64_t size) const {
    const int64_t both = size - config_.edge;
    if (config_.crop == IRS_CROP_HALF_EVEN) return both / 2 + (both > 0 && both % 4 == 3 ? 1 : 0);
    return both >= 0 ? both / 2 : -((1 - both) / 2);
}

std::pair<int64_t, int64_t> ClipPreprocessing::resized(const Tensor& images) const {
    require_shape("images", images, {-1, 3, -1, -1});
    const int64_t h = images.size(2), w = images.size(3), edge = config_.height;
    require(h > 0 && w > 0, "images have size ", h, " x ", w, ", expected at least 1 x 1");
    std::pair<int64_t, int64_t> out{h, w};
    if (config_.resize == IRS_RESIZE_SHORTEST) {
        out = {h <= w ? edge : edge * h / w, h <= w ? edge * w / h : edge};
    } else if (config_.resize == IRS_RESIZE_LONGEST) {
        const double ratio = static_cast<double>(std::max(h, w)) / static_cast<double>(edge);
        out = {std::llrint(static_cast<double>(h) / ratio), std::llrint(static_cast<double>(w) / ratio)};
        require(out.first > 0 && out.second > 0, "images of ", h, " x ", w, " have no place left at a longest edge of ",
                edge);
    } else if (config_.resize == IRS_RESIZE_EXACT) {
        out = {config_.height, config_.width};
    }
    require(config_.crop != IRS_CROP_NONE || (out.first == config_.edge && out.second == config_.edge), "images of ", h,
            " x ", w, " reach CLIP as ", out.first, " x ", out.second, " without a crop (do_center_crop), expected ",
            config_.edge, " x ", config_.edge);
    return out;
}

Taps ClipPreprocessing::taps(int64_t in, int64_t out) const {
    return Taps(in, out, margin(out), config_.edge, static_cast<Filter>(config_.filter));
}

Tensor ClipPreprocessing::operator()(const Tensor& images) const {
    const auto [out_h, out_w] = resized(images);
    const int64_t h = images.size(2), w = images.size(3);
    const Tensor rows = matrix(taps(h, out_h), h, images.device()), columns = matrix(taps(w, out_w), w, images.device());
    Tensor x = ops::matmul(images.to(DType::f32), ops::transpose(columns, 0, 1));
    x = ops::clamp(ops::matmul(rows, x), 0.0F, 1.0F);  // filters overshoot at edges
    x = ops::subtract(x, Tensor::of(mean_, {1, 3, 1, 1}, x.device()));
    return ops::contiguous(ops::divide(x, Tensor::of(std_, {1, 3, 1, 1}, x.device())));
}

Tensor ClipPreprocessing::of_file(const Tensor& images) const {
    const auto [out_h, out_w] = resized(images);
    if (!runs(Kernel::clip_preprocess) || !kernels::serve(images.device(), images.dtype())) {
        return (*this)(eight_bit(images));
    }
    const Taps rows = taps(images.size(2), out_h), columns = taps(images.size(3), out_w);
    return kernels::clip_preprocess(ops::contiguous(images), rows, columns, mean_.data(), std_.data());
}

Tensor eight_bit(const Tensor& images) {
    const Tensor levels = Tensor::scalar(255.0F);
    return ops::divide(ops::round(ops::multiply(images.to(DType::f32), levels)), levels);
}

}  // namespace irs
