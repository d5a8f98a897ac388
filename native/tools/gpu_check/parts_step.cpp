// The denoising step: which kernels it takes, how long it lasts, what each of them saves, what candidates cost in memory.
#include <cmath>

#include "parts.h"
#include "step_bench.h"
#include "timing.h"

namespace gpu_check {

namespace {

int64_t calls_of(const char* kernel) {
    int64_t calls = 0;
    check(irs_kernel_calls(&calls, kernel));
    return calls;
}

// 90 for compute capability 9.0; 0 of the CPU.
int32_t capability(int32_t device) {
    if (device < 0) return 0;
    char name[256] = {};
    int64_t bytes = 0;
    int32_t major = 0, minor = 0;
    check(irs_cuda_device_describe(name, sizeof name, &bytes, &major, &minor, device));
    return 10 * major + minor;
}

// ||got - wanted|| / ||wanted||
double difference(const std::vector<float>& got, const std::vector<float>& wanted) {
    double off = 0, of = 0;
    for (size_t i = 0; i < wanted.size(); i++) {
        off += std::pow(double{got[i]} - wanted[i], 2);
        of += std::pow(double{wanted[i]}, 2);
    }
    return std::sqrt(off / of);
}

std::string label(int32_t pixels, int32_t batch) { return std::to_string(pixels) + " px, batch " + std::to_string(batch); }

// In turns with the forward as it is: how many times as long it takes without.
void without(StepBench& bench, const char* kernel, const Settings& settings, Rows& rows) {
    std::vector<double> with, ratios;
    for (int32_t i = 0; i < 1 + settings.rounds(); i++) {
        const double own = bench.once();
        check(irs_kernel_enable(kernel, 0));
        const double other = bench.once();
        check(irs_kernel_enable(kernel, 1));
        if (i == 0) continue;
        with.push_back(own);
        ratios.push_back(other / own);
    }
    rows.add(std::string("without ") + kernel, "measured", "",
             {{"ms", 1e3 * median(with)}, {"ratio", median(ratios)}, {"ratio_least", quantile(ratios, 0)}, {"ratio_most", quantile(ratios, 1)}});
}

}  // namespace

// Every block of one forward must have taken the kernels that suit the device.
void check_roads(const Settings& settings, Rows& rows) {
    StepBench bench(settings, IRS_DTYPE_BF16);
    const irs_flux_config& flux = bench.shapes().flux;
    bench.prepare(bench.shapes().small, 2);
    const int32_t of_device = capability(settings.device);
    const bool own = settings.device >= 0 && settings.has_cuda_kernels(), cudnn = own && of_device >= 90;
    const int64_t fused = own ? 1 : 0;
    const std::pair<const char*, int64_t> expected[] = {
        {"layer_norm_modulate", fused},
        {"gated_residual", fused},
        {"qk_norm_rope", fused},
        {"cudnn_attention", cudnn ? flux.layers + flux.single_layers : 0}};
    std::vector<int64_t> before;
    for (const auto& [kernel, least] : expected) before.push_back(calls_of(kernel));
    wait_for(bench.forward());
    size_t i = 0;
    for (const auto& [kernel, least] : expected) {
        const int64_t calls = calls_of(kernel) - before[i++];
        const bool exact = std::string(kernel) == "cudnn_attention";
        const bool good = exact ? calls == least : calls >= least;
        rows.add(kernel, good ? "pass" : "fail",
                 good ? "" : "expected " + std::to_string(least) + (exact ? "" : " or more") + " calls in a forward",
                 {{"calls", static_cast<double>(calls)}});
    }
    rows.add("attention backend", "measured",
             cudnn ? "cuDNN's" : "libtorch chooses (capability " + std::to_string(of_device) + ", cuDNN's from 90 on)");
}

void measure_steps(const Settings& settings, int32_t pixels, bool fp8, Rows& rows) {
    double product = 0;
    for (const int32_t n : shapes_of(settings.shape).matrices) {
        double rate = 0;
        check(irs_matmul_rate(&rate, settings.device, IRS_DTYPE_BF16, n, settings.repeats()));
        product = std::max(product, rate);
    }
    StepBench bench(settings, IRS_DTYPE_BF16);
    for (const int32_t batch : fp8 ? bench.shapes().fp8_batches : bench.shapes().batches) {
        rows.attempt(label(pixels, batch), [&] {
            bench.prepare(pixels, batch);
            const double operations = forward_operations(bench.shapes(), pixels, batch);
            if (!fp8) {
                std::vector<double> launches;
                const std::vector<double> seconds = seconds_of(settings.repeats(), [&] {
                    double launch = 0;
                    bench.once(&launch);
                    launches.push_back(launch);
                });
                launches.erase(launches.begin(), launches.begin() + kWarmups);
                std::vector<Json::Field> numbers = milliseconds(seconds);
                numbers.emplace_back("launch_ms", 1e3 * median(launches));
                numbers.emplace_back("tflops", operations / median(seconds) / 1e12);
                numbers.emplace_back("of_product", operations / median(seconds) / product);
                numbers.emplace_back("taken_gib", taken_bytes(settings.device) / 0x1p30);
                rows.add(label(pixels, batch), "measured", "", numbers);
                return;
            }
            std::vector<double> lossless, seconds, ratios;
            for (int32_t i = 0; i < kWarmups + settings.rounds(); i++) {
                bench.fp8(false);
                const double own = bench.once();
                bench.fp8(true); // quantising is no part of a step
                const double quantised = bench.once();
                if (i < kWarmups) continue;
                lossless.push_back(own);
                seconds.push_back(quantised);
                ratios.push_back(own / quantised);
            }
            const std::vector<float> got = values_of(bench.forward());
            bench.fp8(false);
            std::vector<Json::Field> numbers = milliseconds(seconds);
            numbers.emplace_back("bf16_ms", 1e3 * median(lossless));
            numbers.emplace_back("times_as_fast", median(ratios));
            numbers.emplace_back("differs_by", difference(got, values_of(bench.forward())));
            rows.add(label(pixels, batch) + ", FP8", "measured", "", numbers);
        });
    }
}

void measure_without_kernels(const Settings& settings, Rows& rows) {
    StepBench bench(settings, IRS_DTYPE_BF16);
    bench.prepare(bench.shapes().large, 1);
    for (const char* kernel : {"layer_norm_modulate", "gated_residual", "qk_norm_rope", "cudnn_attention"}) {
        rows.attempt(kernel, [&] { without(bench, kernel, settings, rows); });
    }
}

// One step of ever more candidates, until the memory ends.
void measure_memory(const Settings& settings, Rows& rows) {
    StepBench bench(settings, IRS_DTYPE_BF16);
    constexpr int32_t kMost = 64;
    for (int32_t batch = 1; batch <= kMost; batch *= 2) {
        try {
            bench.prepare(bench.shapes().small, batch);
            const double seconds = bench.once();
            rows.add(label(bench.shapes().small, batch), "measured", "",
                     {{"taken_gib", taken_bytes(settings.device) / 0x1p30}, {"ms", 1e3 * seconds}});
        } catch (const Failure& e) {
            if (e.status != IRS_OUT_OF_MEMORY) throw;
            rows.add(label(bench.shapes().small, batch), "measured", std::string("out of memory: ") + e.what());
            return;
        }
    }
}

}  // namespace gpu_check
