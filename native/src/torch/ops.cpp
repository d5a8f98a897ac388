#include "torch/ops.h"

#include <array>

#include "error.h"
#include "hashed_uniform.h"
#include "torch/call.h"

namespace irs::ops {

using torch::Call;

namespace {

constexpr int64_t kContiguousFormat = 0;  // aoti_torch_memory_format_contiguous_format()

Tensor unary(const char* op, const Tensor& x) { return Call(op).arg(x).run(); }

// Whether libtorch multiplies such tensors by the bundled OpenBLAS, which has threads of its own.
bool by_blas(const Tensor& x) {
    return torch::api().blas_threads != nullptr && x.dtype() == DType::f32 && x.device().is_cpu();
}

}  // namespace

Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias) {
    // oneDNN is as fast, on the threads that all else runs on.
    if (by_blas(x) && outside_graph() && x.numel() > 0) {
        return Call("mkldnn::_linear_pointwise")
            .arg(x)
            .arg(weight)
            .maybe(bias)
            .arg(std::string_view("none"))  // nothing after it
            .arg(Shape{})
            .none()
            .run();
    }
    // What does not lie side by side is copied in any case, and then the bias takes a pass of its own on CUDA.
    return Call("aten::linear").arg(x.device().is_cpu() ? x : contiguous(x)).arg(weight).maybe(bias).run();
}

void linear_into(const Tensor& y, const Tensor& x, const Tensor& weight, const Tensor& plus) {
    const auto rows = [](const Tensor& t) { return reshape(t, {t.numel() / t.size(-1), t.size(-1)}); };
    const Tensor out = rows(y), a = rows(x), b = transpose(weight, 0, 1);
    const Tensor self = plus.dim() == 1 ? plus : rows(plus);
    torch::check(torch::api().addmm(out.get(), self.get(), a.get(), b.get(), 1.0, 1.0), "aten::addmm");
}

bool has_gelu_epilogue() { return torch::api().addmm_activation != nullptr; }

Tensor linear_gelu_tanh(const Tensor& x, const Tensor& weight, const Tensor& bias) {
    const int64_t width = x.size(-1);
    const Tensor rows = reshape(x, {x.numel() / width, width}), columns = transpose(weight, 0, 1);
    torch::Handle out = nullptr;
    torch::check(torch::api().addmm_activation(bias.get(), rows.get(), columns.get(), 1.0, 1.0, 1, &out),
                 "aten::_addmm_activation");
    const Tensor y(out);
    Shape shape = x.shape();
    shape.back() = weight.size(0);
    return reshape(y, shape);
}

Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t stride, int64_t padding) {
    return conv2d(x, weight, bias, Shape{stride, stride}, Shape{padding, padding});
}

Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias, const Shape& stride, const Shape& padding) {
    return Call("aten::conv2d")
        .arg(x)
        .arg(weight)
        .maybe(bias)
        .arg(stride)
        .arg(padding)
        .arg(Shape{1, 1})
        .arg(int64_t{1})
        .run();
}

Tensor pad_right_bottom(const Tensor& x) {
    return Call("aten::pad").arg(x).arg(Shape{0, 1, 0, 1}).arg(std::string_view("constant")).maybe(0.0).run();
}

Tensor upsample_nearest(const Tensor& x, int64_t height, int64_t width) {
    return Call("aten::upsample_nearest2d").arg(x).arg(Shape{height, width}).none().none().run();
}

Tensor mean_pool(const Tensor& x, int64_t edge) {
    return Call("aten::avg_pool2d")
        .arg(x)
        .arg(Shape{edge, edge})
        .arg(Shape{})  // stride: the edge
        .arg(Shape{0, 0})
        .arg(false)  // ceil_mode
        .arg(true)   // count_include_pad
        .none()      // divisor
        .run();
}

Tensor mean_of_neighbours(const Tensor& x, int64_t edge) {
    return Call("aten::avg_pool2d")
        .arg(x)
        .arg(Shape{edge, edge})
        .arg(Shape{1, 1})
        .arg(Shape{edge / 2, edge / 2})
        .arg(false)  // ceil_mode
        .arg(false)  // count_include_pad
        .none()      // divisor
        .run();
}

Tensor mean_of_places(const Tensor& x) {
    return reshape(Call("aten::adaptive_avg_pool2d").arg(x).arg(Shape{1, 1}).run(), {x.size(0), x.size(1)});
}

Tensor max_pool(const Tensor& x, int64_t edge, int64_t stride, int64_t padding) {
    return Call("aten::max_pool2d")
        .arg(x)
        .arg(Shape{edge, edge})
        .arg(Shape{stride, stride})
        .arg(Shape{padding, padding})
        .arg(Shape{1, 1})  // dilation
        .arg(false)        // ceil_mode
        .run();
}

Tensor upsample_bilinear(const Tensor& x, int64_t height, int64_t width) {
    return Call("aten::upsample_bilinear2d").arg(x).arg(Shape{height, width}).arg(false).none().none().run();
}

Tensor upsample_bicubic(const Tensor& x, int64_t height, int64_t width) {
    return Call("aten::upsample_bicubic2d").arg(x).arg(Shape{height, width}).arg(false).none().none().run();
}

Tensor upsample_bilinear_antialias(const Tensor& x, int64_t height, int64_t width) {
    return Call("aten::_upsample_bilinear2d_aa").arg(x).arg(Shape{height, width}).arg(false).none().none().run();
}

Tensor upsample_bicubic_antialias(const Tensor& x, int64_t height, int64_t width) {
    return Call("aten::_upsample_bicubic2d_aa").arg(x).arg(Shape{height, width}).arg(false).none().none().run();
}

Tensor layer_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, double eps) {
    return Call("aten::layer_norm").arg(x).arg(Shape{x.size(-1)}).maybe(weight).maybe(bias).arg(eps).arg(true).run();
}

Tensor rms_norm(const Tensor& x, const Tensor& weight, double eps) {
    return Call("aten::rms_norm").arg(x).arg(Shape{x.size(-1)}).maybe(weight).maybe(std::optional(eps)).run();
}

Tensor group_norm(const Tensor& x, int64_t groups, const Tensor& weight, const Tensor& bias, double eps) {
    return Call("aten::group_norm").arg(x).arg(groups).maybe(weight).maybe(bias).arg(eps).arg(true).run();
}

Tensor batch_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& mean,
                  const Tensor& variance, double eps) {
    return Call("aten::batch_norm")
        .arg(x)
        .maybe(weight)
        .maybe(bias)
        .maybe(mean)
        .maybe(variance)
        .arg(false)  // training
        .arg(0.0)    // momentum
        .arg(eps)
        .arg(true)  // cudnn
        .run();
}

Tensor relu(const Tensor& x) { return unary("aten::relu", x); }
Tensor silu(const Tensor& x) { return unary("aten::silu", x); }
Tensor sigmoid(const Tensor& x) { return unary("aten::sigmoid", x); }
Tensor gelu_tanh(const Tensor& x) { return Call("aten::gelu").arg(x).arg(std::string_view("tanh")).run(); }
Tensor gelu_erf(const Tensor& x) { return Call("aten::gelu").arg(x).arg(std::string_view("none")).run(); }

namespace {

// libtorch's f32 attention calls OpenBLAS from each of its own threads: more threads there only get in each other's way.
class SerialBlas {
public:
    explicit SerialBlas(const Tensor& x) : before_(by_blas(x) ? torch::api().blas_threads() : 1) {
        if (before_ > 1) torch::api().blas_set_threads(1);
    }
    ~SerialBlas() {
        if (before_ > 1) torch::api().blas_set_threads(before_);
    }
    SerialBlas(const SerialBlas&) = delete;
    SerialBlas& operator=(const SerialBlas&) = delete;

private:
    const int before_;
};

}  // namespace

Tensor attention(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& mask, bool causal,
                 std::optional<double> scale) {
    // The CPU's fused backward multiplies BF16 matrices element by element: 40 % of a training step of 96 tokens.
    constexpr int64_t kPlainTokens = 1024;
    if (recording() && q.device().is_cpu() && k.size(-2) <= kPlainTokens) {
        return Call("aten::_scaled_dot_product_attention_math")
            .arg(q)
            .arg(k)
            .arg(v)
            .maybe(mask)
            .arg(0.0)  // dropout
            .arg(causal)
            .none()  // dropout mask
            .maybe(scale)
            .arg(false)  // grouped queries
            .run_for_first();
    }
    const SerialBlas serial(q);
    return Call("aten::scaled_dot_product_attention")
        .arg(q)
        .arg(k)
        .arg(v)
        .maybe(mask)
        .arg(0.0)  // dropout
        .arg(causal)
        .maybe(scale)
        .arg(false)  // grouped queries
        .run();
}

Tensor cudnn_attention(const Tensor& q, const Tensor& k, const Tensor& v) {
    std::array<torch::Handle, 7> out{};
    int64_t max_q = 0, max_k = 0;
    torch::check(torch::api().cudnn_attention(q.get(), k.get(), v.get(), nullptr, 0, 0.0, 0, 0, nullptr, &out[0], &out[1],
                                              &out[2], &out[3], &max_q, &max_k, &out[4], &out[5], &out[6]),
                 "cuDNN's attention (--without-kernel cudnn_attention leaves the choice to libtorch)");
    Tensor attended(out[0]);
    for (size_t i = 1; i < out.size(); i++) const Tensor unread(out[i]);
    return attended;
}

Tensor embedding(const Tensor& table, const Tensor& ids) {
    return Call("aten::embedding").arg(table).arg(ids).arg(int64_t{-1}).arg(false).arg(false).run();
}

Tensor index_select(const Tensor& x, int64_t dim, const Tensor& index) {
    return Call("aten::index_select").arg(x).arg(dim).arg(index).run();
}

Tensor add(const Tensor& a, const Tensor& b) {
    torch::Handle out = nullptr;
    torch::check(torch::api().subtract(a.get(), b.get(), -1.0, &out), "aten::add");
    return Tensor(out);
}

Tensor subtract(const Tensor& a, const Tensor& b) {
    torch::Handle out = nullptr;
    torch::check(torch::api().subtract(a.get(), b.get(), 1.0, &out), "aten::subtract");
    return Tensor(out);
}

Tensor multiply(const Tensor& a, const Tensor& b) { return Call("aten::mul", "Tensor").arg(a).arg(b).run(); }
Tensor divide(const Tensor& a, const Tensor& b) { return Call("aten::div", "Tensor").arg(a).arg(b).run(); }

Tensor clamp(const Tensor& x, float low, float high) {
    const Tensor bounds = Tensor::of(std::vector<float>{low, high}, {2}, x.device()).to(x.dtype());
    return Call("aten::clamp", "Tensor").arg(x).maybe(narrow(bounds, 0, 0, 1)).maybe(narrow(bounds, 0, 1, 1)).run();
}

Tensor round(const Tensor& x) { return unary("aten::round", x); }

Tensor sum_last(const Tensor& x) {
    return Call("aten::sum", "dim_IntList").arg(x).maybe(Shape{-1}).arg(true).none().run();
}

Tensor mean_last(const Tensor& x) {
    return Call("aten::mean", "dim").arg(x).maybe(Shape{-1}).arg(false).none().run();
}

Tensor exp(const Tensor& x) { return unary("aten::exp", x); }
Tensor absolute(const Tensor& x) { return unary("aten::abs", x); }

Tensor cross_entropy(const Tensor& logits, const Tensor& target) {
    return Call("aten::cross_entropy_loss")
        .arg(logits)
        .arg(target)
        .none()              // class weights
        .arg(int64_t{0})     // no reduction
        .arg(int64_t{-100})  // ignore_index: of no use with probabilities
        .arg(0.0)            // label smoothing
        .run();
}

Tensor square_root(const Tensor& x) { return unary("aten::sqrt", x); }
Tensor scaled_mm(const Tensor& a, const Tensor& b, const Tensor& scale_a, const Tensor& scale_b, const Tensor& bias) {
    if (a.device().is_cpu()) {
        // To see what FP8 does to a result, not to be fast: older libtorch knows one scale a matrix there.
        const Tensor product = matmul(multiply(a.to(DType::f32), scale_a), multiply(b.to(DType::f32), scale_b));
        return (bias ? add(product, bias.to(DType::f32)) : product).to(DType::bf16);
    }
    require(torch::api().scaled_mm != nullptr, "this libtorch has no matrix multiplication in FP8");
    torch::Handle of_bias = bias ? bias.get() : nullptr, out = nullptr;
    auto dtype = static_cast<int32_t>(DType::bf16);
    // Sums of thousands of products: fast accumulation would keep 14 bits of them.
    torch::check(torch::api().scaled_mm(a.get(), b.get(), scale_a.get(), scale_b.get(), bias ? &of_bias : nullptr, nullptr,
                                        &dtype, 0, &out),
                 "aten::_scaled_mm");
    return Tensor(out);
}

Tensor matmul(const Tensor& a, const Tensor& b) { return Call("aten::matmul").arg(a).arg(b).run(); }

Tensor detach(const Tensor& x) { return unary("aten::detach", x); }

bool all_finite(const Tensor& x) {
    const Tensor all = unary("aten::all", unary("aten::isfinite", x)).to(Device{}, DType::boolean);
    return *static_cast<const bool*>(all.data());
}

Tensor hashed_uniform(const Shape& shape, int64_t seed, Device device) {
    int64_t count = 1;
    for (const int64_t size : shape) count *= size;
    if (device.is_cpu()) {
        Tensor out = Tensor::empty(shape, DType::f32, device);
        hashed_uniform_fill(static_cast<float*>(out.data()), count, static_cast<uint64_t>(seed));
        return out;
    }
    // The same in i64, whose products wrap.
    const auto constant = [&](int64_t value) { return Tensor::of(std::vector<int64_t>{value}, {}, device); };
    const auto low_bits = [&](const Tensor& x, const Tensor& mask) {
        return Call("aten::bitwise_and", "Tensor").arg(x).arg(mask).run();
    };
    const auto fold = [&](const Tensor& x, int64_t shift) {
        const Tensor moved = Call("aten::bitwise_right_shift", "Tensor").arg(x).arg(constant(shift)).run();
        return Call("aten::bitwise_xor", "Tensor").arg(x).arg(moved).run();
    };
    const Tensor mask = constant(0xffffffff);
    Tensor x = Call("aten::cumsum").arg(expand(reshape(constant(1), {1}), {count})).arg(int64_t{0}).none().run();
    x = Call("aten::bitwise_xor", "Tensor").arg(multiply(x, constant(0x9e3779b1))).arg(constant(seed)).run();
    x = low_bits(x, mask);
    x = low_bits(multiply(fold(x, 16), constant(0x85ebca6b)), mask);
    x = low_bits(multiply(fold(x, 13), constant(0xc2b2ae35)), mask);
    x = fold(x, 16);
    return reshape(multiply(x.to(DType::f32), Tensor::scalar(1.0F / 4294967296.0F)), shape);
}

Tensor at_least(const Tensor& x, float least) {
    return Call("aten::ge", "Tensor").arg(x).arg(Tensor::scalar(least)).run().to(x.dtype());
}

Tensor reshape(const Tensor& x, const Shape& shape) { return Call("aten::reshape").arg(x).arg(shape).run(); }

Tensor expand(const Tensor& x, const Shape& shape) {
    const Shape sizes = x.shape();
    Shape strides = x.strides();
    // Here and in narrow(): the dispatcher takes longer than the view.
    bool fits = outside_graph() && sizes.size() == shape.size();
    for (size_t d = 0; fits && d < shape.size(); d++) {
        if (sizes[d] == shape[d]) continue;
        fits = sizes[d] == 1 && shape[d] > 0;
        strides[d] = 0;
    }
    return fits ? x.view(shape, strides, 0) : Call("aten::expand").arg(x).arg(shape).arg(false).run();
}

Tensor permute(const Tensor& x, const Shape& order) { return Call("aten::permute").arg(x).arg(order).run(); }

Tensor transpose(const Tensor& x, int64_t a, int64_t b) {
    return Call("aten::transpose", "int").arg(x).arg(a).arg(b).run();
}

Tensor narrow(const Tensor& x, int64_t dim, int64_t begin, int64_t length) {
    if (outside_graph() && dim >= 0) {
        Shape sizes = x.shape();
        const auto d = static_cast<size_t>(dim);
        if (d < sizes.size() && begin >= 0 && length >= 0 && length <= sizes[d] - begin) {
            const Shape strides = x.strides();
            sizes[d] = length;
            return x.view(sizes, strides, begin * strides[d]);
        }
    }
    // In a graph, or to say what is wrong.
    return Call("aten::narrow").arg(x).arg(dim).arg(begin).arg(length).run();
}

Tensor cat(const std::vector<Tensor>& parts, int64_t dim) { return Call("aten::cat").arg(parts).arg(dim).run(); }

Tensor contiguous(const Tensor& x) {
    return x.is_contiguous() ? x : Call("aten::contiguous").arg(x).arg(kContiguousFormat).run();
}

Tensor as_complex(const Tensor& x) { return unary("aten::view_as_complex", x); }
Tensor as_real(const Tensor& x) { return unary("aten::view_as_real", x); }

}  // namespace irs::ops
