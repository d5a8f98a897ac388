// The C ABI without libtorch: bad pointers and sizes come back as a status with one line, nothing crashes.
#include <cstdio>
#include <cstring>

#include "irscale.h"

namespace {

int failures = 0;

void expect(bool ok, const char* what) {
    if (ok) return;
    std::printf("failed: %s (last error: %s)\n", what, irs_last_error());
    failures++;
}

void expect_error(irs_status status, irs_status wanted, const char* text) {
    expect(status == wanted, text);
    expect(std::strstr(irs_last_error(), text) != nullptr, text);
    expect(std::strchr(irs_last_error(), '\n') == nullptr, "one line");
}

}  // namespace

int main() {
    expect(irs_abi_version() == IRS_ABI_VERSION, "abi version");
    expect(irs_live_objects() == 0, "nothing lives at the start");

    irs_tensor* tensor = nullptr;
    float memory[4] = {};
    const int64_t sizes[2] = {2, 2}, negative[1] = {-1}, huge[2] = {INT64_C(1) << 62, 4};
    expect_error(irs_tensor_wrap(nullptr, memory, 16, IRS_DTYPE_F32, 2, sizes), IRS_INVALID_ARGUMENT, "out is NULL");
    expect_error(irs_tensor_wrap(&tensor, memory, 15, IRS_DTYPE_F32, 2, sizes), IRS_INVALID_ARGUMENT, "15 bytes");
    expect_error(irs_tensor_wrap(&tensor, nullptr, 16, IRS_DTYPE_F32, 2, sizes), IRS_INVALID_ARGUMENT, "data is NULL");
    expect_error(irs_tensor_wrap(&tensor, memory, 16, 99, 2, sizes), IRS_INVALID_ARGUMENT, "dtype 99");
    expect_error(irs_tensor_wrap(&tensor, memory, 16, IRS_DTYPE_F32, 9, sizes), IRS_INVALID_ARGUMENT, "ndim is 9");
    expect_error(irs_tensor_wrap(&tensor, memory, 16, IRS_DTYPE_F32, 1, negative), IRS_INVALID_ARGUMENT, "size -1");
    expect_error(irs_tensor_wrap(&tensor, memory, 16, IRS_DTYPE_F32, 2, huge), IRS_INVALID_ARGUMENT, "overflows");
    expect_error(irs_tensor_wrap(&tensor, memory, 16, IRS_DTYPE_F32, 2, sizes), IRS_NOT_LOADED, "irs_torch_open");

    const char* missing = "/nonexistent/libtorch_cpu.so";
    expect_error(irs_torch_open(&missing, 1), IRS_NOT_LOADED, "/nonexistent/libtorch_cpu.so");
    expect_error(irs_torch_open(nullptr, 0), IRS_INVALID_ARGUMENT, "empty");

    irs_plan* plan = nullptr;
    expect_error(
        irs_plan_create(&plan, nullptr, nullptr, nullptr, 0, 1, nullptr, 1, nullptr, 0, nullptr, nullptr, nullptr),
        IRS_NOT_LOADED, "irs_torch_open");
    irs_reward* reward = nullptr;
    expect_error(irs_latents_combine(&tensor, nullptr, nullptr, nullptr, 1, memory, memory, memory), IRS_NOT_LOADED,
                 "irs_torch_open");
    expect_error(irs_reward_create(&reward, nullptr, nullptr, nullptr), IRS_INVALID_ARGUMENT,
                 "preprocessing is NULL");
    expect_error(irs_inception_embed(&tensor, nullptr, nullptr), IRS_NOT_LOADED, "irs_torch_open");
    expect_error(irs_dinov2_preprocess(&tensor, nullptr, 224), IRS_NOT_LOADED, "irs_torch_open");
    expect_error(irs_noise_fill(nullptr, 4, 0), IRS_INVALID_ARGUMENT, "noise of 4");
    int64_t free_bytes = 0, total_bytes = 0;
    expect(irs_device_memory(&free_bytes, &total_bytes, IRS_CPU) == IRS_OK, "host memory");
    expect(free_bytes > 0 && total_bytes >= free_bytes, "host memory is plausible");

    irs_adamw* adamw = nullptr;
    irs_lora* lora = nullptr;
    irs_adamw_settings settings = {};
    const char* name = nullptr;
    int32_t count = 0;
    int64_t steps = 0;
    double norm = 0;
    expect_error(irs_weights_train(nullptr), IRS_INVALID_ARGUMENT, "weights is NULL");
    expect_error(irs_weights_initialize(nullptr, 1), IRS_INVALID_ARGUMENT, "weights is NULL");
    expect_error(irs_weights_count(nullptr, nullptr), IRS_INVALID_ARGUMENT, "out is NULL");
    expect_error(irs_weights_count(&count, nullptr), IRS_INVALID_ARGUMENT, "weights is NULL");
    expect_error(irs_weights_name(nullptr, nullptr, 0), IRS_INVALID_ARGUMENT, "out is NULL");
    expect_error(irs_weights_name(&name, nullptr, 0), IRS_INVALID_ARGUMENT, "weights is NULL");
    expect_error(irs_weights_get(nullptr, nullptr, "a"), IRS_INVALID_ARGUMENT, "out is NULL");
    expect_error(irs_weights_get(&tensor, nullptr, nullptr), IRS_INVALID_ARGUMENT, "name is NULL");
    expect_error(irs_weights_get(&tensor, nullptr, "a"), IRS_INVALID_ARGUMENT, "weights is NULL");
    expect_error(irs_adamw_create(nullptr, nullptr, 0), IRS_INVALID_ARGUMENT, "out is NULL");
    expect_error(irs_adamw_create(&adamw, nullptr, 0), IRS_INVALID_ARGUMENT, "trainable is NULL");
    expect_error(irs_adamw_gather(nullptr, 1), IRS_INVALID_ARGUMENT, "adamw is NULL");
    expect_error(irs_adamw_step(nullptr, nullptr, &settings), IRS_INVALID_ARGUMENT, "norm is NULL");
    expect_error(irs_adamw_step(&norm, nullptr, &settings), IRS_INVALID_ARGUMENT, "adamw is NULL");
    expect_error(irs_adamw_state(nullptr, nullptr, "a", 0), IRS_INVALID_ARGUMENT, "out is NULL");
    expect_error(irs_adamw_state(&tensor, nullptr, "a", 0), IRS_INVALID_ARGUMENT, "adamw is NULL");
    expect_error(irs_adamw_restore(nullptr, "a", 0, nullptr), IRS_INVALID_ARGUMENT, "adamw is NULL");
    expect_error(irs_adamw_steps(nullptr, nullptr), IRS_INVALID_ARGUMENT, "out is NULL");
    expect_error(irs_adamw_steps(&steps, nullptr), IRS_INVALID_ARGUMENT, "adamw is NULL");
    expect_error(irs_adamw_set_steps(nullptr, 0), IRS_INVALID_ARGUMENT, "adamw is NULL");

    // What computes asks for libtorch first.
    irs_recording_set(1);
    const char* torch = "irs_torch_open";
    expect_error(irs_lora_train(&lora, nullptr, IRS_DTYPE_F32, 1, 0, 1), IRS_NOT_LOADED, torch);
    expect_error(irs_loss_flow(&tensor, nullptr, nullptr, nullptr), IRS_NOT_LOADED, torch);
    expect_error(irs_loss_flow_checkpointed(&tensor, nullptr, nullptr, 1, nullptr, nullptr, nullptr, nullptr, nullptr),
                 IRS_NOT_LOADED, torch);
    expect_error(irs_loss_reconstruction(&tensor, nullptr, nullptr, nullptr, 1, 1, 1), IRS_NOT_LOADED, torch);
    expect_error(irs_loss_kl(&tensor, nullptr, nullptr), IRS_NOT_LOADED, torch);
    expect_error(irs_loss_contrastive(&tensor, nullptr, nullptr, nullptr, nullptr), IRS_NOT_LOADED, torch);
    expect_error(irs_loss_cosine(&tensor, nullptr, nullptr), IRS_NOT_LOADED, torch);
    expect_error(irs_loss_classes(&tensor, nullptr, nullptr, nullptr, nullptr), IRS_NOT_LOADED, torch);
    expect_error(irs_loss_sum(&tensor, 0, nullptr, nullptr), IRS_NOT_LOADED, torch);
    expect_error(irs_vae_sample(&tensor, nullptr, nullptr, nullptr, nullptr), IRS_NOT_LOADED, torch);
    expect_error(irs_tensor_pool(&tensor, nullptr), IRS_NOT_LOADED, torch);
    irs_recording_set(0);
    expect_error(irs_loss_backward(nullptr, 1, memory), IRS_INVALID_ARGUMENT, "losses is NULL");

    irs_adamw_free(nullptr);
    irs_tensor_free(nullptr);
    irs_plan_free(nullptr);
    irs_reward_free(nullptr);
    irs_inception_free(nullptr);
    irs_dinov2_free(nullptr);
    expect(irs_live_objects() == 0, "nothing lives at the end");
    return failures;
}
