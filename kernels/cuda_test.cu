// The CUDA kernels against their CPU twins: compiled by nvcc on the first device, where there is one, and by a C++ compiler
// with the device emulated (cuda_emulated.h).
//   cuda_test [KERNEL|--list]
// tests one kernel or all, or names them, one a line. Ends with 1 where one is wrong.
#include <cstdlib>
#include <string>

#include "clip_preprocess.h"
#include "cuda_pack.cuh"
#include "fp8_rows.h"
#include "gated_residual.h"
#include "guidance.h"
#include "layer_norm_modulate.h"
#include "lora_merge.h"
#include "qk_norm_rope.h"
#include "testing.h"
#include "transition.h"

namespace {

using namespace irs;

void require(int code, const char* what) {
    if (code == cudaSuccess) return;
    std::fprintf(stderr, "%s: %s\n", what, cudaGetErrorString(static_cast<cudaError_t>(code)));
    std::exit(1);
}

// A copy of host values on the device.
template <typename T>
class OnDevice {
public:
    explicit OnDevice(const std::vector<T>& values) : count_(values.size()) {
        require(cudaMalloc(&data_, count_ * sizeof(T)), "cudaMalloc");
        require(cudaMemcpy(data_, values.data(), count_ * sizeof(T), cudaMemcpyHostToDevice), "copy to the device");
    }
    ~OnDevice() { cudaFree(data_); }
    OnDevice(const OnDevice&) = delete;
    OnDevice& operator=(const OnDevice&) = delete;

    T* get() const { return data_; }

    std::vector<T> read() const {
        std::vector<T> out(count_);
        require(cudaMemcpy(out.data(), data_, count_ * sizeof(T), cudaMemcpyDeviceToHost), "copy from the device");
        return out;
    }

private:
    T* data_ = nullptr;
    size_t count_;
};

template <typename T>
constexpr int type_of() {
    return sizeof(T) == sizeof(float) ? 0 : 1;
}

template <typename T>
void equal(testing::Checks& checks, const char* what, const std::vector<T>& got, const std::vector<T>& wanted) {
    for (size_t i = 0; i < wanted.size(); i++) {
        checks.near(what, static_cast<int64_t>(i), to_float(got[i]), to_float(wanted[i]), testing::ulp<T>() + 4e-6);
    }
}

// In the order in which they are tested.
constexpr const char* kKernels[] = {"layer_norm_modulate", "qk_norm_rope", "gated_residual", "lora_merge",
                                    "transition", "guidance", "fp8_rows", "clip_preprocess"};

std::string only;  // a kernel's name; empty: all

bool wanted(const char* kernel) { return only.empty() || only == kernel; }

// Rows of a part of the tokens, batches at different lines of a table of 3 columns.
template <typename T>
void check_rows(testing::Checks& checks, int64_t batch, int64_t tokens, int64_t heads, int64_t head_dim) {
    const int64_t width = heads * head_dim, first = 2, whole = tokens + first, lines = 4;
    const float eps = 1e-6F;
    const std::vector<T> start = testing::normal<T>(batch * whole * width, 1);
    const std::vector<T> update = testing::normal<T>(batch * tokens * width, 2);
    const std::vector<T> table = testing::normal<T>(lines * 3 * width, 3);
    const std::vector<T> weight = testing::normal<T>(head_dim, 4, 1, 0.2F);
    const std::vector<float> turns = testing::normal<float>(tokens * head_dim, 5);
    std::vector<int64_t> index;
    for (int64_t b = 0; b < batch; b++) index.push_back((3 * b + 1) % lines);

    std::vector<T> x = start, out(update.size()), turned(start.size());
    const RowsOf<T> rows{x.data() + first * width, batch, tokens, whole * width, width};
    const RowsOf<const T> before{start.data() + first * width, batch, tokens, whole * width, width};
    const RowsOf<T> to{out.data(), batch, tokens, tokens * width, width};
    const RowsOf<const T> by{update.data(), batch, tokens, tokens * width, width};
    const std::vector<const void*> at = testing::lines_of(table, index, 3 * width);
    const auto column = [&](int64_t c) { return TableOf<T>{at.data(), c * width}; };

    const OnDevice<T> d_x(start), d_update(update), d_table(table), d_weight(weight), d_turned(turned), d_out(out);
    const OnDevice<float> d_turns(turns);
    const OnDevice<int64_t> d_index(index);
    const irs_cuda_rows c_rows{d_x.get() + first * width, batch, tokens, whole * width, width};
    const irs_cuda_rows c_out{d_out.get(), batch, tokens, tokens * width, width};
    const irs_cuda_rows c_update{d_update.get(), batch, tokens, tokens * width, width};
    const irs_cuda_rows c_turned{d_turned.get() + first * width, batch, tokens, whole * width, width};
    const auto c_column = [&](int64_t c) { return irs_cuda_table{d_table.get() + c * width, d_index.get(), 3 * width}; };

    if (wanted("layer_norm_modulate")) {
        layer_norm_modulate(before, width, column(0), column(1), eps, to);
        require(irs_cuda_layer_norm_modulate(type_of<T>(), c_rows, width, c_column(0), c_column(1), eps, c_out, {}),
                "layer_norm_modulate");
        equal(checks, "layer_norm_modulate", d_out.read(), out);
    }

    if (wanted("qk_norm_rope")) {
        const RowsOf<T> apart{turned.data() + first * width, batch, tokens, whole * width, width};
        qk_norm_rope(before, heads, head_dim, weight.data(), turns.data(), eps, apart);
        require(irs_cuda_qk_norm_rope(type_of<T>(), c_rows, heads, head_dim, d_weight.get(), d_turns.get(), eps, c_turned, {}),
                "qk_norm_rope");
        equal(checks, "qk_norm_rope", d_turned.read(), turned);
    }

    if (!wanted("gated_residual")) return;
    gated_residual(rows, width, column(2), by);
    require(irs_cuda_gated_residual(type_of<T>(), c_rows, width, c_column(2), c_update, {}, {}, eps, {}, {}),
            "gated_residual");
    equal(checks, "gated_residual", d_x.read(), x);

    gated_residual(rows, width, column(2), by);
    const RowsOf<const T> after{x.data() + first * width, batch, tokens, whole * width, width};
    layer_norm_modulate(after, width, column(0), column(1), eps, to);
    require(irs_cuda_gated_residual(type_of<T>(), c_rows, width, c_column(2), c_update, c_column(0), c_column(1), eps,
                                    c_out, {}),
            "gated_residual with the next norm");
    equal(checks, "gated_residual with the next norm", d_x.read(), x);
    equal(checks, "the next norm", d_out.read(), out);
}

template <typename T>
void check_merge(testing::Checks& checks, int64_t out, int64_t in, int64_t rank) {
    const std::vector<T> base = testing::normal<T>(out * in, 6);
    const std::vector<float> b = testing::normal<float>(out * rank, 7), a = testing::normal<float>(rank * in, 8);
    std::vector<T> weight(base.size());
    lora_merge(base.data(), out, in, b.data(), a.data(), rank, 0.5F, weight.data());
    const OnDevice<T> d_base(base), d_weight(weight);
    const OnDevice<float> d_b(b), d_a(a);
    require(irs_cuda_lora_merge(type_of<T>(), d_base.get(), out, in, d_b.get(), d_a.get(), rank, 0.5F, d_weight.get(),
                                {}),
            "lora_merge");
    equal(checks, "lora_merge", d_weight.read(), weight);
}

template <typename T, typename V>
void check_transition(testing::Checks& checks, int64_t n, int64_t count) {
    const std::vector<T> x = testing::normal<T>(n * count, 9);
    const std::vector<V> v = testing::normal<V>(n * count, 10);
    const std::vector<float> z = testing::normal<float>(n * count, 11), factors = testing::normal<float>(3 * n, 12);
    const OnDevice<T> d_x(x), d_out(x);
    const OnDevice<V> d_v(v);
    const OnDevice<float> d_z(z), d_factors(factors);
    const float *a = factors.data(), *b = a + n, *c = b + n;
    for (const bool noise : {false, true}) {
        for (const bool velocity : {true, false}) {
            std::vector<T> out(x.size());
            transition(x.data(), velocity ? v.data() : nullptr, noise ? z.data() : nullptr, n, count, a, b, c, !noise, out.data());
            require(irs_cuda_transition(type_of<T>(), type_of<V>(), d_x.get(), velocity ? d_v.get() : nullptr,
                                        noise ? d_z.get() : nullptr, n, count, d_factors.get(), !noise, d_out.get(), {}),
                    "transition");
            const std::vector<T> got = d_out.read();
            for (size_t i = 0; i < out.size(); i++) checks.that(to_float(got[i]) == to_float(out[i]), "transition, bit for bit");
        }
    }
}

template <typename T>
void check_guidance(testing::Checks& checks, int64_t count) {
    const std::vector<int64_t> negative{4, -1, 3};
    const std::vector<T> v = testing::normal<T>(5 * count, 15);
    const std::vector<float> scale{3, 0, -1.7F};
    std::vector<T> out(static_cast<size_t>(3 * count));
    guidance(v.data(), 3, count, negative.data(), scale.data(), out.data());
    const OnDevice<T> d_v(v), d_out(out);
    const OnDevice<int64_t> d_negative(negative);
    const OnDevice<float> d_scale(scale);
    require(irs_cuda_guidance(type_of<T>(), d_v.get(), 3, count, d_negative.get(), d_scale.get(), d_out.get(), {}), "guidance");
    const std::vector<T> got = d_out.read();
    for (size_t i = 0; i < out.size(); i++) checks.that(to_float(got[i]) == to_float(out[i]), "guidance, bit for bit");
}

template <typename T>
void check_preprocess(testing::Checks& checks, int64_t height, int64_t width, int64_t edge, int64_t crop, Filter filter) {
    const std::vector<T> images = testing::normal<T>(2 * 3 * height * width, 13, 0.5F, 0.2F);
    const int64_t tall = height <= width ? edge : edge * height / width, wide = height <= width ? edge * width / height : edge;
    const Taps rows(height, tall, (tall - crop) / 2, crop, filter), columns(width, wide, (wide - crop) / 2, crop, filter);
    const float mean[] = {0.48F, 0.46F, 0.41F}, std[] = {0.27F, 0.26F, 0.28F};
    std::vector<float> out(static_cast<size_t>(2 * 3 * crop * crop));
    clip_preprocess(images.data(), 2, height, width, rows, columns, mean, std, out.data());
    const OnDevice<T> d_images(images);
    const OnDevice<int64_t> d_top(rows.first), d_left(columns.first);
    const OnDevice<float> d_rows(rows.weights), d_columns(columns.weights), d_out(out);
    require(irs_cuda_clip_preprocess(type_of<T>(), d_images.get(), 2, height, width,
                                     {crop, rows.most, d_top.get(), d_rows.get()},
                                     {crop, columns.most, d_left.get(), d_columns.get()}, mean, std, d_out.get(), {}),
            "clip_preprocess");
    equal(checks, "clip_preprocess", d_out.read(), out);
}

template <typename T>
void check_fp8(testing::Checks& checks, int64_t rows, int64_t width) {
    const std::vector<T> x = testing::normal<T>(rows * width, 14);
    std::vector<uint8_t> values(x.size());
    std::vector<float> scales(static_cast<size_t>(rows));
    fp8_rows(x.data(), rows, width, values.data(), scales.data());
    const OnDevice<T> d_x(x);
    const OnDevice<uint8_t> d_values(std::vector<uint8_t>(x.size()));
    const OnDevice<float> d_scales(std::vector<float>(scales.size()));
    require(irs_cuda_fp8_rows(type_of<T>(), d_x.get(), rows, width, d_values.get(), d_scales.get(), {}), "fp8_rows");
    checks.that(d_values.read() == values && d_scales.read() == scales, "fp8_rows, bit for bit");
}

template <typename T>
void check_all(testing::Checks& checks) {
    check_rows<T>(checks, 3, 5, 3, 64);
    check_rows<T>(checks, 1, 37, 24, 128);
    check_rows<T>(checks, 2, 9, 5, 20);
    check_rows<T>(checks, 2, 3, 3, 6);  // no packs
    check_rows<T>(checks, 1, 2, 70, 128);  // more than a block holds at a time
    if (wanted("lora_merge")) {
        check_merge<T>(checks, 130, 300, 16);
        check_merge<T>(checks, 70, 136, 20);
        check_merge<T>(checks, 64, 64, 33);
        check_merge<T>(checks, 1, 5, 1);
    }
    if (wanted("transition")) {
        check_transition<T, float>(checks, 3, 1000);
        check_transition<T, bf16>(checks, 2, 64);
    }
    if (wanted("guidance")) check_guidance<T>(checks, 1000);
    if (wanted("fp8_rows")) {
        check_fp8<T>(checks, 3, 1000);
        check_fp8<T>(checks, 2, 77);
    }
    if (wanted("clip_preprocess")) {
        check_preprocess<T>(checks, 64, 64, 224, 224, Filter::bicubic);
        check_preprocess<T>(checks, 300, 200, 64, 56, Filter::bicubic);
        check_preprocess<T>(checks, 90, 40, 32, 56, Filter::lanczos);  // framed
        check_preprocess<T>(checks, 90, 40, 32, 30, Filter::nearest);
    }
    checks.report(testing::type_name<T>());
}

}  // namespace

int main(int argc, char** argv) {
    only = argc > 1 ? argv[1] : "";
    bool known = only.empty();
    for (const char* kernel : kKernels) {
        if (only == "--list") std::printf("%s\n", kernel);
        known = known || only == kernel;
    }
    if (only == "--list") return 0;
    if (!known) {
        std::fprintf(stderr, "no kernel is called %s: --list names them\n", only.c_str());
        return 2;
    }
    int devices = 0;
    if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) {
        std::printf("no CUDA device here\n");
        return 0;
    }
    testing::Checks checks;
    check_all<float>(checks);
    check_all<bf16>(checks);
#ifndef __CUDACC__
    emulated::backwards = true;
    check_all<float>(checks);
    check_all<bf16>(checks);
#endif
    return checks.result();
}
