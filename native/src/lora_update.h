// What a LoRA file adds to one linear layer: low-rank, Kronecker or whole, each merged as a matrix or run beside the layer.
#pragma once

#include <optional>
#include <variant>

#include "weights.h"

namespace irs {

// Leaves out a share of a branch's inputs, other ones for every seed. Only in training.
struct Dropout {
    float share = 0.0F;
    uint64_t seed = 0;
};

// b a (arXiv 2106.09685)
struct LowRank {
    Tensor a;         // (rank, in), f32
    Tensor b;         // (out, rank), f32
    Linear down, up;  // a and b in the model's dtype, for the run-time branch
    Dropout dropout{};

    Shape shape() const { return {b.size(0), a.size(1)}; }
    Tensor delta(float scale) const;
    Tensor run(const std::string& layer, const Tensor& x, float scale) const;
};

// Rows first, first + 1, ... of kron(w1, w2), counted in a circle: a layer's own of a product that several layers share, or
// all with the halves in the other order (LyCORIS functional/lokr.py).
struct Kronecker {
    Tensor w1, w2;        // (a, b) and (c, d), f32; the product is (a c, b d)
    Tensor run1, run2;    // the same in the model's dtype
    int64_t first, rows;  // 0 <= first < a c, 1 <= rows <= a c

    Shape shape() const { return {rows, w1.size(1) * w2.size(1)}; }
    Tensor delta(float scale) const;
    Tensor run(const Tensor& x, float scale) const;
};

// A whole matrix.
struct Difference {
    Tensor weight;  // (out, in), f32
    Linear layer;   // the same in the model's dtype

    Shape shape() const { return weight.shape(); }
    Tensor delta(float scale) const;
    Tensor run(const Tensor& x, float scale) const;
};

// DoRA (arXiv 2402.09353): the changed weight gets these norms.
struct Magnitude {
    // How the user's scale s counts. peft (tuners/lora/dora.py, set_scale): m (W + s D) / |W + s D|. comfy:
    // W + s (m (W + D) / |W + D| - W), the norm as LyCORIS trains it (modules/locon.py, apply_weight_decompose), the strength
    // as ComfyUI counts it (weight_adapter/base.py, weight_decompose, which divides rows by |W| alone). The same for s = 1.
    enum class Rule : int32_t { peft = 0, comfy = 1 };

    Tensor values;  // of the rows (out) or of the columns (in), f32
    bool by_row;
    Rule rule;
    std::vector<std::string> layers;  // a column goes through all of these: the layers that the file has as one
};

struct Update {
    std::variant<LowRank, Kronecker, Difference> term;
    double scale;
    std::optional<Magnitude> magnitude{};

    // The term where nothing but a low-rank product is added, else null.
    const LowRank* low_rank() const { return magnitude ? nullptr : std::get_if<LowRank>(&term); }
    Shape shape() const;
    // `factor` times the scaled term: as a matrix in f32, and of x (..., in) in its dtype.
    Tensor delta(double factor) const;
    Tensor run(const std::string& layer, const Tensor& x, double factor) const;
};

}  // namespace irs
