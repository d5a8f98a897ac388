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

// ||got - wanted|| / ||wanted||
double difference(const std::vector<float>& got, const std::vector<float>& wanted) {
    double off = 0, of = 0;
    for (size_t i = 0; i < wanted.size(); i++) {
        off += std::pow(double{got[i]} - wanted[i], 2);
        of += std::pow(double{wanted[i]}, 2);
    }
    return std::sqrt(off / of);
}

// In turns with the forward as it is: how many times as long it takes without.
void without(StepBench& bench, const char* kernel, const Settings& settings, Rows& rows) {
    const auto step_without = [&] {
        check(irs_kernel_enable(kernel, 0));
        const double seconds = bench.once();
        check(irs_kernel_enable(kernel, 1));
        return seconds;
    };
    const Turns turns = in_turns(settings.rounds(), [&] { return bench.once(); }, step_without);
    rows.add(std::string("without ") + kernel, "measured", "",
             {{"ms", 1e3 * median(turns.first)},
              {"ratio", median(turns.ratios)},
              {"ratio_least", quantile(turns.ratios, 0)},
              {"ratio_most", quantile(turns.ratios, 1)}});
}

}  // namespace

// Every block of one forward must have taken the kernels that suit the device.
void check_roads(const Settings& settings, Rows& rows) {
    StepBench bench(settings, IRS_DTYPE_BF16);
    const irs_flux_config& flux = bench.shapes().flux;
    bench.prepare(bench.shapes().small, 2);
    const CudaDevice device = settings.device < 0 ? CudaDevice{} : cuda_device(settings.device);
    const int32_t of_device = 10 * device.major + device.minor; // 90 for 9.0; 0 of the CPU
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

void measure_steps(const Settings& settings, int32_t pixels, Rows& rows) {
    const double product = fastest_product(settings, IRS_DTYPE_BF16);
    StepBench bench(settings, IRS_DTYPE_BF16);
    for (const int32_t batch : bench.shapes().batches) {
        rows.attempt(work_of(pixels, batch), [&] {
            bench.prepare(pixels, batch);
            std::vector<double> launches;
            const std::vector<double> seconds = seconds_of(settings.repeats(), [&] {
                double launch = 0;
                bench.once(&launch);
                launches.push_back(launch);
            });
            launches.erase(launches.begin(), launches.begin() + kWarmups);
            const double rate = forward_operations(bench.shapes(), pixels, batch) / median(seconds);
            std::vector<Json::Field> numbers = milliseconds(seconds);
            numbers.emplace_back("launch_ms", 1e3 * median(launches));
            numbers.emplace_back("tflops", rate / 1e12);
            numbers.emplace_back("of_product", rate / product);
            numbers.emplace_back("taken_gib", taken_bytes(settings.device) / 0x1p30);
            rows.add(work_of(pixels, batch), "measured", "", numbers);
        });
    }
}

void measure_fp8(const Settings& settings, int32_t pixels, Rows& rows) {
    StepBench bench(settings, IRS_DTYPE_BF16);
    // Quantising is no part of a step.
    const auto step = [&](bool fp8) {
        bench.fp8(fp8);
        return bench.once();
    };
    for (const int32_t batch : bench.shapes().fp8_batches) {
        rows.attempt(work_of(pixels, batch), [&] {
            bench.prepare(pixels, batch);
            const Turns turns = in_turns(settings.rounds(), [&] { return step(true); }, [&] { return step(false); });
            const std::vector<float> wanted = values_of(bench.forward());
            bench.fp8(true);
            const std::vector<float> got = values_of(bench.forward());
            bench.fp8(false);
            std::vector<Json::Field> numbers = milliseconds(turns.first);
            numbers.emplace_back("bf16_ms", 1e3 * median(turns.second));
            numbers.emplace_back("times_as_fast", median(turns.ratios));
            numbers.emplace_back("differs_by", difference(got, wanted));
            rows.add(work_of(pixels, batch) + ", FP8", "measured", "", numbers);
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
            rows.add(work_of(bench.shapes().small, batch), "measured", "",
                     {{"taken_gib", taken_bytes(settings.device) / 0x1p30}, {"ms", 1e3 * seconds}});
        } catch (const Failure& e) {
            if (e.status != IRS_OUT_OF_MEMORY) throw;
            rows.add(work_of(bench.shapes().small, batch), "measured", std::string("out of memory: ") + e.what());
            return;
        }
    }
}

}  // namespace gpu_check
