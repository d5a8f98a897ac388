#include "parts.h"

#include "parity.h"

namespace gpu_check {

std::vector<Part> parts_of(const Settings& settings) {
    std::vector<Part> parts{
        {"machine", "the device and its fastest matrix product", 10, true, true, describe_machine},
        {"kernels", "every kernel against its CPU twin", 20, true, false, test_kernels}};
    for (const std::string& stage : parity_stages(settings.goldens)) {
        parts.push_back({"parity-" + stage, "golden tensors: " + stage, 6, true, true, [stage](const Settings& all, Rows& rows) {
                             run_parity(stage, all.goldens, all.device, rows);
                         }});
    }
    const Shapes shapes = shapes_of(settings.shape);
    const auto steps = [&](int32_t pixels, double seconds) {
        const std::string size = std::to_string(pixels);
        parts.push_back({"steps-" + size, "a denoising step at " + size + " px", seconds, true, true,
                         [pixels](const Settings& all, Rows& rows) { measure_steps(all, pixels, rows); }});
    };
    const auto fp8 = [&](int32_t pixels, double seconds) {
        const std::string size = std::to_string(pixels);
        parts.push_back({"fp8-" + size, "a denoising step at " + size + " px in FP8, beside bf16", seconds, true, true,
                         [pixels](const Settings& all, Rows& rows) { measure_fp8(all, pixels, rows); }});
    };
    parts.push_back({"roads", "which kernels a forward takes", 12, true, true, check_roads});
    steps(shapes.large, 35);
    steps(shapes.small, 20);
    parts.push_back({"plain", "the step beside plain PyTorch's, in turns", 35, true, true, compare_with_plain});
    fp8(shapes.large, 30);
    parts.push_back({"merge", "merging a LoRA", 15, true, true, measure_merge});
    parts.push_back({"decode", "latents to images", 10, true, true, measure_decode});
    parts.push_back({"clip", "images to scores", 8, true, true, measure_clip});
    parts.push_back({"search", "best of 16 by pruning", 40, true, true, measure_search});
    fp8(shapes.small, 25);
    parts.push_back({"memory", "memory by candidates", 40, false, true, measure_memory});
    parts.push_back({"without", "what each kernel saves", 30, false, true, measure_without_kernels});
    parts.push_back({"sanitizer", "compute-sanitizer on the kernels", 300, false, false, sanitize_kernels});
    return parts;
}

}  // namespace gpu_check
