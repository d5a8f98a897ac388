#include "shapes.h"

namespace gpu_check {

namespace {

Shapes flux_dev() {
    Shapes out{};
    out.flux = {64, 64, 19, 38, 24, 128, 4096, 768, 1, {16, 56, 56}};
    out.vae = {3, 3, 16, 4, {128, 256, 512, 512}, 2, 32, 1, 0, 0, 0.3611, 0.1159};
    out.verifier = {768, 12, 12, 3072, IRS_ACT_QUICK_GELU, 77, 49408, 2, 1e-5, 768, 1024, 24, 16, 4096, IRS_ACT_QUICK_GELU,
                    224, 14, 3, 1e-5};
    out.text_tokens = 512;
    out.small = 512;
    out.large = 1024;
    out.matrices = {4096, 8192};
    out.batches = {1, 4, 8, 16};
    out.fp8_batches = {1, 8};
    return out;
}

Shapes tiny() {
    Shapes out{};
    out.flux = {16, 16, 1, 1, 4, 16, 32, 32, 1, {4, 6, 6}};
    out.vae = {3, 3, 4, 2, {16, 32}, 1, 8, 1, 0, 0, 0.3611, 0.1159};
    out.verifier = {32, 1, 2, 64, IRS_ACT_QUICK_GELU, 77, 128, 2, 1e-5, 32, 32, 1, 2, 64, IRS_ACT_QUICK_GELU, 32, 16, 3, 1e-5};
    out.text_tokens = 8;
    out.small = 16;
    out.large = 32;
    out.matrices = {64};
    out.batches = {1, 3};
    out.fp8_batches = {1};
    return out;
}

}  // namespace

Shapes shapes_of(const std::string& name) {
    if (name == "flux-dev") return flux_dev();
    if (name == "tiny") return tiny();
    throw std::runtime_error("--shape is " + name + ", expected flux-dev or tiny");
}

std::string work_of(int32_t pixels, int32_t batch) {
    return std::to_string(pixels) + " px, batch " + std::to_string(batch);
}

double forward_operations(const Shapes& shapes, int32_t pixels, int32_t batch) {
    const double tokens = static_cast<double>(shapes.latents(pixels).tokens()) + shapes.text_tokens;
    const double width = static_cast<double>(shapes.flux.heads) * shapes.flux.head_dim;
    const double blocks = shapes.flux.layers + shapes.flux.single_layers;
    return batch * blocks * (24 * width * width * tokens + 4 * tokens * tokens * width);
}

}  // namespace gpu_check
