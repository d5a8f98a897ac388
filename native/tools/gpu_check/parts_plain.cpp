// The same step as plain PyTorch code, in turns with ours.
#include "parts.h"
#include "step_bench.h"
#include "timing.h"

namespace gpu_check {

namespace {

constexpr double kPatience = 300; // seconds for an answer

Json answer_of(Child& worker) {
    const auto line = worker.read_line(kPatience);
    if (!line) throw std::runtime_error("plain_step.py " + worker.finish(5));
    const Json answer = Json::parse(*line, "plain_step.py");
    if (const Json* const error = answer.find("error")) throw std::runtime_error("plain_step.py: " + error->text());
    return answer;
}

Json request_of(const irs_flux_config& flux) {
    std::vector<Json> axes(flux.axes, flux.axes + 3);
    return Json::object({{"in_channels", flux.in_channels}, {"layers", flux.layers}, {"single_layers", flux.single_layers},
                         {"heads", flux.heads}, {"head_dim", flux.head_dim}, {"joint_dim", flux.joint_dim},
                         {"pooled_dim", flux.pooled_dim}, {"axes", axes}});
}

}  // namespace

void compare_with_plain(const Settings& settings, Rows& rows) {
    if (settings.python.empty()) {
        rows.add("plain PyTorch", "skipped", "no Python with PyTorch was named");
        return;
    }
    StepBench bench(settings, IRS_DTYPE_BF16);
    const Shapes& shapes = bench.shapes();
    Child worker({settings.python, settings.plain, settings.device_name()}, settings.out + "/logs/plain_step.log");
    worker.write_line(request_of(shapes.flux).write());
    const Json about = answer_of(worker);
    rows.add("plain PyTorch", "measured", "", {{"torch", about.at("torch")}});
    const std::pair<int32_t, int32_t> works[] = {{shapes.large, 1}, {shapes.small, 1}, {shapes.small, 8}};
    for (const auto& [pixels, batch] : works) {
        const std::string what = work_of(pixels, batch);
        rows.attempt(what, [&, pixels = pixels, batch = batch] {
            bench.prepare(pixels, batch);
            const Json step = Json::object({{"edge", shapes.latents(pixels).height / 2}, {"text_tokens", shapes.text_tokens},
                                            {"batch", batch}});
            const auto theirs = [&] {
                worker.write_line(step.write());
                return answer_of(worker).at("seconds").number();
            };
            const Turns turns = in_turns(settings.rounds(), [&] { return bench.once(); }, theirs);
            std::vector<Json::Field> numbers = milliseconds(turns.first);
            numbers.emplace_back("plain_ms", 1e3 * median(turns.second));
            numbers.emplace_back("times_as_fast", median(turns.ratios));
            numbers.emplace_back("ratio_least", quantile(turns.ratios, 0));
            numbers.emplace_back("ratio_most", quantile(turns.ratios, 1));
            rows.add(what, "measured", "", numbers);
        });
    }
}

}  // namespace gpu_check
