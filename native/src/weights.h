// A set of named tensors, and the loader that hands them to a model with their shapes checked.
#pragma once

#include <map>
#include <memory>
#include <optional>

#include "tile_rows.h"
#include "torch/tensor.h"

namespace irs {

namespace kernels {
struct Fp8Rows;
}

struct Weights {
    Device device;
    DType dtype;
    std::map<std::string, Tensor> tensors;  // as stored, in host memory; leaves where trainable
    bool trainable = false;
    std::optional<uint64_t> seed;           // of the initial values that tensors get which a model asks for and misses
};

struct Linear {
    std::string name;  // the module's, as LoRA files spell it
    Tensor base;       // (out, in), as loaded
    Tensor weight;     // base, or base with LoRAs merged in
    Tensor bias;       // (out) or empty
    mutable std::shared_ptr<const tiles::Weight> packed{};  // of `weight`, once tiles() was asked for

    Tensor operator()(const Tensor& x) const;

    // The weight in tiles for the processor, made at the first call and kept until the weight changes. Any thread.
    const tiles::Weight& tiles() const;
    void set_weight(const Tensor& changed);

    // Whether to multiply in FP8 (E4M3, a scale for each row of x and of the weight) where no graph is recorded: half of
    // bf16's bytes and twice its speed on Hopper, and 3 bits of mantissa. Only in bf16, sizes multiples of 16.
    void set_fp8(bool on);
    std::shared_ptr<const kernels::Fp8Rows> fp8{};  // of `weight`, null without

    // The layers of one input of which this is a part, one below another, as one; null until stack(), and once the weight
    // has changed.
    std::shared_ptr<const Linear> stack{};
};

// Lays the layers' weights, biases and FP8 values out one below another, so that one matrix multiplication does them all.
void stack(const std::vector<Linear*>& layers);

struct Norm {
    Tensor weight;
    Tensor bias;
};

struct Conv {
    Tensor weight;  // (out, in, k, k)
    Tensor bias;
    int64_t stride;
    int64_t padding;
    Tensor operator()(const Tensor& x) const;
};

// Takes tensors by name for one model; problems are gathered and reported together by finish().
class Loader {
public:
    explicit Loader(Weights& weights) : weights_(weights) {}

    Device device() const { return weights_.device; }
    DType dtype() const { return weights_.dtype; }
    bool has(const std::string& name) const { return weights_.tensors.count(name) != 0; }
    // Whether what is missing gets an initial value.
    bool initializes() const { return weights_.seed.has_value(); }

    Tensor take(const std::string& name, const Shape& shape);
    Linear linear(const std::string& name, int64_t out, int64_t in, bool bias = true);
    Norm norm(const std::string& name, int64_t width);
    Conv conv(const std::string& name, int64_t out, int64_t in, int64_t kernel, int64_t stride, int64_t padding);

    // Throws one line that lists what is missing, misshapen, of a dtype that is no number, or not finite. What nobody asked
    // for does not matter.
    void finish(const char* model) const;

private:
    Weights& weights_;
    std::vector<std::string> missing_, wrong_;
};

}  // namespace irs
