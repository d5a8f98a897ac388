// irs_lora_*
#include "abi/checked.h"
#include "mapped.h"
#include "models/checks.h"
#include "torch/ops.h"

using namespace irs;

namespace {

Lora& of(irs_lora* lora) { return *value(lora, "lora"); }

// A matrix, or the product of two where there is a right one.
Tensor product(const char* name, const irs_tensor* left, const irs_tensor* right) {
    const Tensor& whole = value(left, name);
    if (right == nullptr) return whole;
    const std::string of_left = join(name, "_a"), of_right = join(name, "_b");
    require_shape(of_left.c_str(), whole, {-1, -1});
    require_shape(of_right.c_str(), right->value, {whole.size(1), -1});
    Tensor a, b;
    require(reads_whole(whole, [&] { a = whole.copy(whole.device(), DType::f32); }), of_left, " ", kCut);
    require(reads_whole(right->value, [&] { b = right->value.copy(whole.device(), DType::f32); }), of_right, " ", kCut);
    return ops::matmul(a, b);
}

}  // namespace

irs_status irs_lora_create(irs_lora** out, int32_t device, int32_t dtype) {
    return guard([&] {
        checked(out, "out");
        *out = new irs_lora(std::make_shared<Lora>(device_of(device), static_cast<DType>(dtype)));
    });
}

irs_status irs_lora_put(irs_lora* lora, const char* module, const irs_tensor* a, const irs_tensor* b, double scale) {
    return guard([&] {
        const NoGrad no_grad;
        of(lora).put(&checked(module, "module"), value(a, "a"), value(b, "b"), scale);
    });
}

irs_status irs_lora_put_kronecker(irs_lora* lora, const char* module, const irs_tensor* w1_a, const irs_tensor* w1_b,
                                  const irs_tensor* w2_a, const irs_tensor* w2_b, int64_t first_row, int64_t rows,
                                  double scale) {
    return guard([&] {
        const NoGrad no_grad;
        const Tensor w1 = product("lokr_w1", w1_a, w1_b), w2 = product("lokr_w2", w2_a, w2_b);
        of(lora).put_kronecker(&checked(module, "module"), w1, w2, first_row, rows, scale);
    });
}

irs_status irs_lora_put_hadamard(irs_lora* lora, const char* module, const irs_tensor* w1_a, const irs_tensor* w1_b,
                                 const irs_tensor* w2_a, const irs_tensor* w2_b, double scale) {
    return guard([&] {
        const NoGrad no_grad;
        of(lora).put_hadamard(&checked(module, "module"), value(w1_a, "w1_a"), value(w1_b, "w1_b"), value(w2_a, "w2_a"),
                              value(w2_b, "w2_b"), scale);
    });
}

irs_status irs_lora_put_difference(irs_lora* lora, const char* module, const irs_tensor* weight, double scale) {
    return guard([&] {
        const NoGrad no_grad;
        of(lora).put_difference(&checked(module, "module"), value(weight, "weight"), scale);
    });
}

irs_status irs_lora_put_vector(irs_lora* lora, const char* parameter, const irs_tensor* difference, double scale) {
    return guard([&] {
        const NoGrad no_grad;
        of(lora).put_vector(&checked(parameter, "parameter"), value(difference, "difference"), scale);
    });
}

irs_status irs_lora_set_magnitude(irs_lora* lora, const char* module, const irs_tensor* magnitude, int32_t by_row,
                                  int32_t rule, int32_t n_layers, const char* const* layers) {
    return guard([&] {
        const NoGrad no_grad;
        require(rule == IRS_DORA_PEFT || rule == IRS_DORA_COMFY, "rule is ", rule, ", expected IRS_DORA_PEFT or IRS_DORA_COMFY");
        require(n_layers >= 0, "the list of layers has ", n_layers, " entries");
        require(n_layers == 0 || layers != nullptr, "layers is NULL");
        std::vector<std::string> names;
        for (int32_t i = 0; i < n_layers; i++) names.emplace_back(&checked(layers[i], "layer"));
        of(lora).set_magnitude(&checked(module, "module"), value(magnitude, "magnitude"), by_row != 0,
                               static_cast<Magnitude::Rule>(rule), names);
    });
}

void irs_lora_free(irs_lora* lora) { delete lora; }
