// irs_lora_*
#include "abi/checked.h"

using namespace irs;

irs_status irs_lora_create(irs_lora** out, int32_t device, int32_t dtype) {
    return guard([&] {
        checked(out, "out");
        *out = new irs_lora(std::make_shared<Lora>(device_of(device), static_cast<DType>(dtype)));
    });
}

irs_status irs_lora_put(irs_lora* lora, const char* module, const irs_tensor* a, const irs_tensor* b, double scale) {
    return guard([&] {
        const NoGrad no_grad;
        value(lora, "lora")->put(&checked(module, "module"), value(a, "a"), value(b, "b"), scale);
    });
}

void irs_lora_free(irs_lora* lora) { delete lora; }
