#include "models/inception.h"

#include "error.h"
#include "models/checks.h"
#include "torch/ops.h"

namespace irs {

namespace {

constexpr double kEps = 1e-3;
constexpr int64_t kEdge = 299;

}  // namespace

Tensor ConvUnit::operator()(const Tensor& x) const {
    const Tensor y = ops::conv2d(x, weight, Tensor(), stride, padding);
    return ops::relu(ops::batch_norm(y, norm.weight, norm.bias, mean, variance, kEps));
}

// Makes the blocks of torchvision's inception.py, under its names.
class Inception::Builder {
public:
    Builder(Loader& load, const std::string& prefix) : load_(load), prefix_(prefix) {}

    // Keeps the size.
    ConvUnit same(const char* name, int64_t in, int64_t out, int64_t rows, int64_t columns) {
        return unit(name, in, out, rows, columns, 1, {rows / 2, columns / 2});
    }
    // Without padding.
    ConvUnit valid(const char* name, int64_t in, int64_t out, int64_t edge, int64_t stride) {
        return unit(name, in, out, edge, edge, stride, {0, 0});
    }

    Block a(int64_t in, int64_t pooled) {
        return {{{{same("branch1x1", in, 64, 1, 1)}, {}},
                 {{same("branch5x5_1", in, 48, 1, 1), same("branch5x5_2", 48, 64, 5, 5)}, {}},
                 {{same("branch3x3dbl_1", in, 64, 1, 1), same("branch3x3dbl_2", 64, 96, 3, 3),
                   same("branch3x3dbl_3", 96, 96, 3, 3)},
                  {}}},
                Pool::mean,
                {same("branch_pool", in, pooled, 1, 1)}};
    }

    Block b(int64_t in) {
        return {{{{valid("branch3x3", in, 384, 3, 2)}, {}},
                 {{same("branch3x3dbl_1", in, 64, 1, 1), same("branch3x3dbl_2", 64, 96, 3, 3),
                   valid("branch3x3dbl_3", 96, 96, 3, 2)},
                  {}}},
                Pool::shrink,
                {}};
    }

    Block c(int64_t in, int64_t inner) {
        return {{{{same("branch1x1", in, 192, 1, 1)}, {}},
                 {{same("branch7x7_1", in, inner, 1, 1), same("branch7x7_2", inner, inner, 1, 7),
                   same("branch7x7_3", inner, 192, 7, 1)},
                  {}},
                 {{same("branch7x7dbl_1", in, inner, 1, 1), same("branch7x7dbl_2", inner, inner, 7, 1),
                   same("branch7x7dbl_3", inner, inner, 1, 7), same("branch7x7dbl_4", inner, inner, 7, 1),
                   same("branch7x7dbl_5", inner, 192, 1, 7)},
                  {}}},
                Pool::mean,
                {same("branch_pool", in, 192, 1, 1)}};
    }

    Block d(int64_t in) {
        return {{{{same("branch3x3_1", in, 192, 1, 1), valid("branch3x3_2", 192, 320, 3, 2)}, {}},
                 {{same("branch7x7x3_1", in, 192, 1, 1), same("branch7x7x3_2", 192, 192, 1, 7),
                   same("branch7x7x3_3", 192, 192, 7, 1), valid("branch7x7x3_4", 192, 192, 3, 2)},
                  {}}},
                Pool::shrink,
                {}};
    }

    Block e(int64_t in, Pool pool) {
        return {{{{same("branch1x1", in, 320, 1, 1)}, {}},
                 {{same("branch3x3_1", in, 384, 1, 1)},
                  {same("branch3x3_2a", 384, 384, 1, 3), same("branch3x3_2b", 384, 384, 3, 1)}},
                 {{same("branch3x3dbl_1", in, 448, 1, 1), same("branch3x3dbl_2", 448, 384, 3, 3)},
                  {same("branch3x3dbl_3a", 384, 384, 1, 3), same("branch3x3dbl_3b", 384, 384, 3, 1)}}},
                pool,
                {same("branch_pool", in, 192, 1, 1)}};
    }

private:
    ConvUnit unit(const char* name, int64_t in, int64_t out, int64_t rows, int64_t columns, int64_t stride,
                  const Shape& padding) {
        const std::string conv = join(prefix_, name, ".conv."), norm = join(prefix_, name, ".bn");
        return {load_.take(conv + "weight", {out, in, rows, columns}),
                load_.norm(norm, out),
                load_.take(norm + ".running_mean", {out}),
                load_.take(norm + ".running_var", {out}),
                {stride, stride},
                padding};
    }

    Loader& load_;
    std::string prefix_;
};

Inception::Inception(Weights& weights) : device_(weights.device), dtype_(weights.dtype) {
    Loader load(weights);
    Builder top(load, "");
    stem_ = {top.valid("Conv2d_1a_3x3", 3, 32, 3, 2), top.valid("Conv2d_2a_3x3", 32, 32, 3, 1),
             top.same("Conv2d_2b_3x3", 32, 64, 3, 3)};
    neck_ = {top.same("Conv2d_3b_1x1", 64, 80, 1, 1), top.valid("Conv2d_4a_3x3", 80, 192, 3, 1)};
    const auto at = [&](const char* name) { return Builder(load, join("Mixed_", name, ".")); };
    blocks_ = {at("5b").a(192, 32),          at("5c").a(256, 64),  at("5d").a(288, 64),  at("6a").b(288),
               at("6b").c(768, 128),         at("6c").c(768, 160), at("6d").c(768, 160), at("6e").c(768, 192),
               at("7a").d(768),              at("7b").e(1280, Pool::mean),
               at("7c").e(2048, Pool::largest)};  // not a mean here: so it is in the network of 2015 that FID is made of
    load.finish("Inception");
}

Tensor Inception::run(const std::vector<ConvUnit>& chain, Tensor x) {
    for (const ConvUnit& unit : chain) x = unit(x);
    return x;
}

Tensor Inception::run(const Block& block, const Tensor& x) {
    std::vector<Tensor> parts;
    for (const Branch& branch : block.branches) {
        const Tensor y = run(branch.chain, x);
        for (const ConvUnit& end : branch.ends) parts.push_back(end(y));
        if (branch.ends.empty()) parts.push_back(y);
    }
    switch (block.pool) {
        case Pool::mean:
            parts.push_back(run(block.pooled, ops::mean_of_neighbours(x, 3)));
            break;
        case Pool::largest:
            parts.push_back(run(block.pooled, ops::max_pool(x, 3, 1, 1)));
            break;
        case Pool::shrink:
            parts.push_back(ops::max_pool(x, 3, 2, 0));
            break;
    }
    return ops::cat(parts, 1);
}

Tensor Inception::operator()(const Tensor& pixels) const {
    require_shape("pixels", pixels, {-1, 3, kEdge, kEdge});
    Tensor x = ops::max_pool(run(stem_, pixels.to(device_, dtype_)), 3, 2, 0);
    x = ops::max_pool(run(neck_, x), 3, 2, 0);
    for (const Block& block : blocks_) x = run(block, x);
    return ops::mean_of_places(x).to(DType::f32);
}

namespace {

// Whole numbers from 0 to 255, as files of 8 bits hold them: the reference tools know no others.
Tensor levels(const Tensor& images) {
    require_shape("images", images, {-1, 3, -1, -1});
    require(images.size(2) > 0 && images.size(3) > 0, "images have size ", images.size(2), " x ", images.size(3),
            ", expected at least 1 x 1");
    return ops::round(ops::multiply(images.to(DType::f32), Tensor::scalar(255.0F)));
}

}  // namespace

Tensor pytorch_fid_pixels(const Tensor& images) {
    const Tensor x = ops::upsample_bilinear(ops::divide(levels(images), Tensor::scalar(255.0F)), kEdge, kEdge);
    return ops::subtract(ops::multiply(x, Tensor::scalar(2.0F)), Tensor::scalar(1.0F));
}

Tensor clean_fid_pixels(const Tensor& images) {
    const Tensor middle = Tensor::scalar(128.0F);
    const Tensor x = ops::clamp(ops::upsample_bicubic_antialias(levels(images), kEdge, kEdge), 0.0F, 255.0F);
    return ops::divide(ops::subtract(x, middle), middle);
}

}  // namespace irs
