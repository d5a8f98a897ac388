// The team: every place is done once whatever the pieces, failures come out, others' calls do not disturb it, and threads
// that had no Shift have no team.
#include "team.h"

#include <stdexcept>

#include "testing.h"

namespace {

using namespace irs;

void check_places(testing::Checks& checks, Team& team, int64_t count, int64_t grain) {
    std::vector<std::atomic<int>> times(static_cast<size_t>(count));
    team.run(count, grain, [&](int64_t begin, int64_t end) {
        if (end - begin < count) checks.that(Team::inside(), "a piece knows that it is one");
        for (int64_t i = begin; i < end; i++) times[static_cast<size_t>(i)]++;
    });
    for (const std::atomic<int>& each : times) checks.that(each == 1, "each place is done once");
}

}  // namespace

int main() {
    testing::Checks checks;
    Team team(3), other(2);
    checks.that(Team::current() == nullptr, "no team without a shift");
    for (int round = 0; round < 200; round++) {
        const Team::Shift shift(team);
        checks.that(Team::current() == &team, "the shift's team");
        const Team::Shift inner(other);
        checks.that(Team::current() == &team, "the first shift of a thread counts");
        for (const int64_t count : {0, 1, 2, 3, 7, 100, 1001}) check_places(checks, team, count, 1);
        check_places(checks, team, 1000, 300);
        std::thread([&] {
            const Team::Shift late(team);
            checks.that(Team::current() == nullptr, "another thread has the team");
        }).join();
    }
    checks.that(Team::current() == nullptr, "the shift is over");

    const Team::Shift shift(team);
    for (int round = 0; round < 20; round++) {
        bool thrown = false;
        try {
            team.run(100, 1, [](int64_t begin, int64_t) {
                if (begin == 0) throw std::runtime_error("first");
            });
        } catch (const std::runtime_error&) {
            thrown = true;
        }
        checks.that(thrown, "a failure comes out");
        check_places(checks, team, 50, 1);
    }
    return checks.result();
}
