#include "models/aesthetic.h"

#include "error.h"
#include "models/checks.h"

namespace irs {

Aesthetic::Aesthetic(const std::vector<std::string>& names, const std::vector<int64_t>& widths, Weights& weights)
    : width_(widths.front()) {
    require_positive("layers", static_cast<int64_t>(names.size()));
    for (const int64_t width : widths) require_positive("width", width);
    require(widths.back() == 1, "the last width is ", widths.back(), ", expected 1: a score");
    require(weights.dtype == DType::f32, "the aesthetic head computes in f32, got ", name(weights.dtype));
    Loader load(weights);
    for (size_t i = 0; i < names.size(); i++) layers_.push_back(load.linear(names[i], widths[i + 1], widths[i]));
    load.finish("aesthetic head");
}

Tensor Aesthetic::operator()(const Tensor& embeddings) const {
    require_shape("embeddings", embeddings, {-1, width_});
    Tensor x = embeddings.to(DType::f32);
    for (const Linear& layer : layers_) x = layer(x);
    return x;
}

}  // namespace irs
