// The parts of a run, each in a process of its own.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "rows.h"
#include "settings.h"

namespace gpu_check {

struct Part {
    std::string name;
    std::string says;     // what it is, for people
    double seconds;       // about what it takes on a large GPU; what a run's time is shared out by
    bool short_form;      // part of the five-minute form
    bool needs_torch;
    std::function<void(const Settings&, Rows&)> work;
};

// In the order in which they run: what others rest on first, parity before figures.
std::vector<Part> parts_of(const Settings& settings);

// parts_machine.cpp
void describe_machine(const Settings& settings, Rows& rows);
void test_kernels(const Settings& settings, Rows& rows);
void sanitize_kernels(const Settings& settings, Rows& rows);

// parts_step.cpp
void check_roads(const Settings& settings, Rows& rows);
void measure_steps(const Settings& settings, int32_t pixels, Rows& rows);
void measure_fp8(const Settings& settings, int32_t pixels, Rows& rows);
void measure_without_kernels(const Settings& settings, Rows& rows);
void measure_memory(const Settings& settings, Rows& rows);

// parts_plain.cpp
void compare_with_plain(const Settings& settings, Rows& rows);

// parts_image.cpp
void measure_decode(const Settings& settings, Rows& rows);
void measure_clip(const Settings& settings, Rows& rows);
void measure_merge(const Settings& settings, Rows& rows);
void measure_search(const Settings& settings, Rows& rows);

}  // namespace gpu_check
